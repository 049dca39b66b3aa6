"""The warm process that a server's kernels are forked from."""

import atexit
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from courses.sandbox.config import Config
from courses.sandbox.run_folder import default_base
from courses.sandbox.warm_server import WarmServer

PRELOAD = (
    "courses.kernels.inside.kernel",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.completer",
    "ipywidgets",
    "matplotlib_inline.backend_inline",
)
WARMUP = ("courses.kernels.inside.kernel:rehearse",)
LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot")
"""What most courses use; imported once for all kernels."""
_PACKAGES = str(Path(__file__).parents[2])


def warm_kernels(
    hidden: Iterable[Path], run_folder: Path | None, modules: tuple[str, ...] = ()
) -> WarmServer:
    """Begins to warm up, with `modules` of courses. `hidden` is what no kernel may see.

    Raises SandboxUnavailable.
    """
    config = Config(
        preload=(*PRELOAD, *LIBRARIES),
        tried=modules,
        warmup=WARMUP,
        import_from=(_PACKAGES,),
        hidden=tuple(str(path.resolve()) for path in hidden),
    )
    warm = WarmServer(config, run_folder or default_base())
    warm.zygote()
    return warm


@cache
def shared_warm(modules: tuple[str, ...], run_folder: Path | None) -> WarmServer:
    """One for all kernels that a program starts by a kernelspec; it ends with the program."""
    warm = warm_kernels((), run_folder, modules)
    atexit.register(warm.stop)
    return warm
