"""Which files a child may read and change, as Landlock enforces it for any user without namespaces.

Newer kernels also keep it from TCP (ABI 4) and from signals and abstract sockets of others (ABI 6).
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from courses.sandbox import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER, _REMOVE_FILE = 1, 2, 4, 8, 1 << 5
_MAKE_DEVICES = 1 << 6 | 1 << 11
_MAKE_SOCKET, _TRUNCATE, _IOCTL = 1 << 9, 1 << 14, 1 << 15
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
_TCP_BOTH_WAYS, _SIGNALS_AND_ABSTRACT = 3, 3
_FILES_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}


@dataclass(frozen=True, slots=True)
class Paths:
    """What stays open: to read and execute, to change as well, and to make sockets in, nothing else."""

    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    sockets: tuple[str, ...] = ()


def abi() -> int:
    """The version of Landlock here; 0 is none."""
    try:
        return linux.call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION))
    except OSError:
        return 0


def restrict(paths: Paths) -> None:
    """Paths that do not exist are left out. Raises OSError where there is no Landlock."""
    version = abi()
    files = max(mask for since, mask in _FILES_BY_ABI.items() if since <= max(version, 1))
    record = struct.pack(
        "=QQQ", files, _TCP_BOTH_WAYS * (version >= 4), _SIGNALS_AND_ABSTRACT * (version >= 6)
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = linux.call(_CREATE_RULESET, ctypes.c_char_p(record), ctypes.c_size_t(size), ctypes.c_uint(0))
    try:
        _allow(rules, paths.readable, _READ)
        _allow(rules, paths.writable, files & ~_MAKE_DEVICES)
        _allow(rules, paths.sockets, _READ_FOLDER | _REMOVE_FILE | _MAKE_SOCKET)
        linux.call(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint(0))
    finally:
        os.close(rules)


def _allow(rules: int, paths: Iterable[str], access: int) -> None:
    for path in paths:
        try:
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            folder = stat.S_ISDIR(os.fstat(place).st_mode)
            record = struct.pack("=Qi", access if folder else access & _FOR_FILES, place)
            beneath = ctypes.c_int(_PATH_BENEATH)
            linux.call(_ADD_RULE, ctypes.c_int(rules), beneath, ctypes.c_char_p(record), ctypes.c_uint(0))
        finally:
            os.close(place)
