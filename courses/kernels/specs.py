"""How a kernel in a sandbox is asked for by name."""

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

NAME = "stepwise-sandbox"
"""Of the provisioner, by which any kernelspec may name it."""
SPEC = "stepwise"


class SandboxSpecs(KernelSpecManager):
    """Knows one kernel, Python in a sandbox."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        metadata = {"kernel_provisioner": {"provisioner_name": NAME}}
        spec: KernelSpec = self.kernel_spec_class(
            argv=["python"], display_name="Python 3", language="python", metadata=metadata
        )
        return spec

    def find_kernel_specs(self) -> dict[str, str]:
        return {SPEC: ""}
