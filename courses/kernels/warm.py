"""The warm process that a server's kernels are forked from."""

import atexit
from functools import cache
from pathlib import Path

from courses.sandbox.config import Config
from courses.sandbox.ground import Ground
from courses.sandbox.run_folder import check_base
from courses.sandbox.warm_server import WarmServer

PRELOAD = (
    "courses.kernels.inside.kernel",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.completer",
    "ipywidgets",
    "matplotlib_inline.backend_inline",
)
PREPARE = ("courses.kernels.inside.kernel:prepare",)
WARMUP = ("courses.kernels.inside.kernel:rehearse",)
RESERVE = 2
"""Kernels that start sooner than others, when they are not all asked for at once."""
LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot")
"""What most courses use; imported once for all kernels."""
_PACKAGES = str(Path(__file__).parents[2])


def warm_kernels(ground: Ground = Ground()) -> WarmServer:  # noqa: B008 - it is frozen
    """Begins to warm up. Raises SandboxUnavailable."""
    config = Config(
        preload=(*PRELOAD, *LIBRARIES),
        tried=ground.modules,
        prepare=PREPARE,
        warmup=WARMUP,
        import_from=(_PACKAGES,),
        hidden=ground.hidden_paths,
        reserve=RESERVE,
        cache=ground.cache_path,
    )
    check_base(ground.base)
    warm = WarmServer(config, ground.base)
    warm.zygote()
    return warm


@cache
def shared_warm(ground: Ground) -> WarmServer:
    """One for all kernels that a program starts by a kernelspec; it ends with the program."""
    warm = warm_kernels(ground)
    atexit.register(warm.stop)
    return warm
