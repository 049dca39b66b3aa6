"""What runs in a kernel or a notebook's front end: the side of the trust line that holds no answers."""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext stepwise_kernel_ext` gives a notebook the magics of the chapter format."""
    from stepwise_kernel_ext.magics import StepwiseMagics  # noqa: PLC0415 - importing us needs no IPython

    shell.register_magics(StepwiseMagics)
