"""The warm process that a server's kernels are forked from."""

from collections.abc import Iterable
from pathlib import Path

from courses.kernels.provisioner import PRELOAD, WARMUP
from courses.sandbox.config import Config
from courses.sandbox.run_folder import check_base, default_base
from courses.sandbox.warm_server import WarmServer

LIBRARIES = ("numpy", "pandas", "matplotlib.pyplot")
"""What most courses use; imported once for all kernels."""
_PACKAGES = str(Path(__file__).parents[2])


def warm_kernels(hidden: Iterable[Path], run_folder: Path | None, cache: Path | None = None) -> WarmServer:
    """Begins to warm up. `hidden` is what no kernel may see, `cache` as in the warm process's configuration.

    Raises SandboxUnavailable.
    """
    config = Config(
        preload=(*PRELOAD, *LIBRARIES),
        warmup=WARMUP,
        import_from=(_PACKAGES,),
        hidden=tuple(str(path.resolve()) for path in hidden),
        cache=str(cache.resolve()) if cache else "",
    )
    base = run_folder or default_base()
    check_base(base)
    warm = WarmServer(config, base)
    warm.zygote()
    return warm
