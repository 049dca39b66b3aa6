"""What a warm process is told once, when it starts. It crosses as JSON."""

from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["auto", "namespaces", "landlock", "none"]
"""How children are closed off: the best there is, one way and no other, or not at all."""
UIDS = 1000
"""User ids in a pool: more than children at once."""


@dataclass(frozen=True, slots=True)
class Config:
    """`preload` are modules to import, `prepare` functions as "module:function" to call then, which make
    what all children are to find, and `warmup` functions to call in a throw-away fork: each returns names of
    modules that it found itself importing, to be imported as well. `tried` are modules that anybody may have
    named: each is imported in a throw-away fork first, and left out if that fails, takes too long or starts
    a thread, after which nothing could be forked.

    `shown` are folders or files that children may read beside the Python installation and the system's
    libraries; `hidden` are those that they never may. `import_from` is put before the module search path
    while modules are imported, and is gone afterwards.

    `uid_base` is the first of UIDS user ids for children, where the server runs as root; -1 takes ids
    that no system uses, apart for every warm process, and 0 leaves children the server's own.
    `reserve` is how many children are forked before anybody asks for one.
    `cache` is a folder in which the server keeps what warm modules would compute anew at every start
    (matplotlib's fonts); no warm process writes there itself.
    `show_errors` lets the errors of the warm process and of children through to the server's own.
    """

    mode: Mode = "auto"
    preload: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()
    warmup: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    import_from: tuple[str, ...] = ()
    uid_base: int = -1
    cgroups: bool = True
    hash_seed: int = 0
    reserve: int = 0
    cache: str = ""
    show_errors: bool = False


def from_wire(record: dict[str, Any]) -> Config:
    """JSON has no tuples."""
    fields: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
    return Config(**fields)
