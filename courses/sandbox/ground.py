"""What the warm processes of a program have in common, whatever is forked from them."""

from dataclasses import dataclass
from pathlib import Path

from courses.sandbox.run_folder import default_base


@dataclass(frozen=True, slots=True)
class Ground:
    """`hidden` are paths that no child may see, `modules` what courses import.

    `run_folder` is where they have their folders (default: the system's place for such), `cache` where they
    may keep what they compute anew at every start; see `Config`.
    """

    hidden: tuple[Path, ...] = ()
    modules: tuple[str, ...] = ()
    run_folder: Path | None = None
    cache: Path | None = None

    @property
    def base(self) -> Path:
        """Raises SandboxUnavailable when the system's place cannot be used."""
        return self.run_folder or default_base()

    @property
    def hidden_paths(self) -> tuple[str, ...]:
        return tuple(str(path.resolve()) for path in self.hidden)

    @property
    def cache_path(self) -> str:
        return str(self.cache.resolve()) if self.cache else ""
