"""The small read-only file system that a child sees: Python, the system's libraries and little else.

It is put together once, in the warm process's own mount namespace. A child adds its folders, in memory
and limited in size, and makes it its root.
"""

import contextlib
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from courses.sandbox import linux
from courses.sandbox.limits import Limits

HOME, SOCKETS, SHARED_MEMORY = "/home/learner", "/run/sockets", "/dev/shm"  # noqa: S108
_SAFE = linux.NO_SUID | linux.NO_DEVICES
_LIBRARIES = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_SETTINGS = ("ld.so.cache", "fonts", "localtime", "alternatives", "mime.types", "ssl/openssl.cnf")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_STREAMS = (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2"))
_TMP_FILES, _MEMORY_FILES, _MEMORY_MB = 4096, 256, 16


def installation() -> list[str]:
    """Where this Python and the system's libraries are."""
    paths = {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    return sorted(paths | {path for path in _LIBRARIES if os.path.exists(path)})


def settings() -> list[str]:
    return [f"/etc/{name}" for name in _SETTINGS]


def is_beneath(path: str, folder: str) -> bool:
    """Or the same."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


@dataclass(frozen=True, slots=True)
class Root:
    """`at` is where it is mounted, `tmp` the folder for passing things in it."""

    at: str
    tmp: str

    def dress(self, folders: Mapping[str, str], sockets: str, limits: Limits, owner: int) -> None:
        """Add a child's own folders. `folders` maps paths beneath HOME to folders of the host."""
        self._in_memory(HOME, limits.disk_mb, limits.files, owner)
        self._in_memory(self.tmp, max(8, limits.disk_mb // 2), _TMP_FILES, owner)
        self._in_memory(SHARED_MEMORY, _MEMORY_MB, _MEMORY_FILES, owner)
        for inside, outside in folders.items():
            target = os.path.join(self.at + HOME, inside)
            os.makedirs(target, exist_ok=True)
            linux.mount(outside, target, None, linux.BIND)
            linux.make_read_only(target)
        if sockets:
            linux.mount(sockets, self.at + SOCKETS, None, linux.BIND)
            flags = linux.BIND | linux.REMOUNT | _SAFE | linux.NO_EXEC
            linux.mount(None, self.at + SOCKETS, None, flags)
        try:
            linux.mount("proc", f"{self.at}/proc", "proc", _SAFE | linux.NO_EXEC)
        except OSError:  # a container that hides parts of /proc allows no other
            linux.mount("tmpfs", f"{self.at}/proc", "tmpfs", _SAFE | linux.READ_ONLY, "size=4k,mode=555")

    def enter(self) -> None:
        linux.change_root(self.at)

    def _in_memory(self, path: str, size: int, files: int, owner: int) -> None:
        options = f"size={size}m,nr_inodes={files},mode=700,uid={owner},gid={owner}"
        linux.mount("tmpfs", self.at + path, "tmpfs", _SAFE, options)


def build(at: str, shown: Iterable[str], hidden: Iterable[str], user: int) -> Root:
    """In a mount namespace of its own."""
    linux.mount(None, "/", None, linux.RECURSIVE | linux.PRIVATE)
    visible = _outermost([*installation(), *shown])
    covered = [path for path in hidden if any(is_beneath(path, folder) for folder in visible)]
    linux.mount("tmpfs", at, "tmpfs", _SAFE, "size=1m,mode=755")
    for path in (*visible, *settings()):
        _show(at, path)
    for path in covered:
        _cover(at + path)
    _devices(at)
    tmp = "/run/tmp" if any(is_beneath(path, "/tmp") for path in visible) else "/tmp"  # noqa: S108
    for folder in ("/proc", tmp, "/tmp", SHARED_MEMORY, SOCKETS, HOME):  # noqa: S108
        os.makedirs(at + folder, exist_ok=True)
    _write(f"{at}/etc/passwd", f"learner:x:{user}:{user}::{HOME}:/bin/sh\n")
    _write(f"{at}/etc/group", f"learner:x:{user}:\n")
    flags = linux.REMOUNT | linux.BIND | linux.READ_ONLY | _SAFE
    linux.mount(None, at, None, flags)
    return Root(at, tmp)


def _outermost(paths: Iterable[str]) -> list[str]:
    """Without those that lie in another of them."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if os.path.islink(path) or not any(is_beneath(path, folder) for folder in kept):
            kept.append(path)
    return kept


def _show(at: str, path: str) -> None:
    target = at + path
    if os.path.islink(path) and path in _LIBRARIES:
        os.symlink(os.readlink(path), target)
    elif os.path.exists(path):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.isdir(path):
            os.makedirs(target, exist_ok=True)
        else:
            _write(target, "")
        linux.mount(path, target, None, linux.BIND | linux.RECURSIVE)
        linux.make_read_only(target, devices=path.startswith("/dev/"))


def _cover(target: str) -> None:
    if os.path.isdir(target):
        options = "size=4k,mode=000"
        linux.mount("tmpfs", target, "tmpfs", _SAFE | linux.READ_ONLY, options)
    elif os.path.exists(target):
        linux.mount("/dev/null", target, None, linux.BIND)


def _devices(at: str) -> None:
    os.makedirs(f"{at}/dev", exist_ok=True)
    for name in _DEVICES:
        _show(at, f"/dev/{name}")
    for name, stream in _STREAMS:
        with contextlib.suppress(FileExistsError):
            os.symlink(f"/proc/self/fd{stream}", f"{at}/dev/{name}")


def _write(file: str, text: str) -> None:
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, "w") as stream:
        stream.write(text)
