"""The calls to Linux that Python 3.11 does not offer.

The C library is loaded at the first call: other systems can import this module, and get OSError from it.
"""

import contextlib
import ctypes
import errno
import functools
import os
import platform
import signal
import struct

NEW_MOUNTS, NEW_CGROUPS, NEW_HOST_NAME, NEW_IPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
NEW_USERS, NEW_PIDS, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000

READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC = 1, 2, 4, 8
REMOUNT, BIND, RECURSIVE, PRIVATE = 32, 4096, 16384, 1 << 18

_DETACH = 2
_SET_PDEATHSIG, _SET_DUMPABLE, _DROP_BOUNDING, _SET_SUBREAPER = 1, 4, 24, 36
_SET_NO_NEW_PRIVS, _AMBIENT, _AMBIENT_CLEAR = 38, 47, 4
_CAPABILITIES_V3 = 0x20080522
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_MOUNT_SETATTR = 442
_HERE, _WHOLE_TREE = -100, 0x8000


@functools.cache
def _libc() -> ctypes.CDLL:
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong]
        libc.mount.argtypes += [ctypes.c_char_p]
        libc.syscall.restype = ctypes.c_long
    except (TypeError, AttributeError) as error:
        raise OSError(errno.ENOSYS, "This is not Linux") from error
    return libc


def machine() -> str:
    """The processor, as system call numbers depend on it."""
    return platform.machine()


def call(number: int, *arguments: object) -> int:
    """A system call by its number."""
    return _checked(_libc().syscall(ctypes.c_long(number), *arguments), f"system call {number}")


def unshare(namespaces: int) -> None:
    _checked(_libc().unshare(namespaces), f"unshare {namespaces:#x}")


def join_namespace(descriptor: int, kind: int) -> None:
    _checked(_libc().setns(descriptor, kind), "setns")


def mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    _checked(_libc().mount(*encoded[:3], flags, encoded[3]), f"mount {source} on {target}")


def make_read_only(target: str, *, devices: bool = False) -> None:
    """A mounted tree, with all that is mounted beneath it."""
    attributes = READ_ONLY | NO_SUID | (0 if devices else NO_DEVICES)
    record = ctypes.c_char_p(struct.pack("=QQQQ", attributes, 0, 0, 0))
    path = ctypes.c_char_p(os.fsencode(target))
    call(_MOUNT_SETATTR, ctypes.c_int(_HERE), path, ctypes.c_uint(_WHOLE_TREE), record, ctypes.c_size_t(32))


def change_root(folder: str) -> None:
    """Make a mounted folder the root, and let go of the old one with everything in it."""
    os.chdir(folder)
    here = ctypes.c_char_p(b".")
    call(_number(_PIVOT_ROOT), here, here)
    _checked(_libc().umount2(b".", _DETACH), "umount of the old root")
    os.chdir("/")


def unmount(target: str) -> None:
    _checked(_libc().umount2(os.fsencode(target), _DETACH), f"umount {target}")


def end_with_parent() -> None:
    """Changes of the user id undo this: ask for it after them."""
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)


def end_before_others() -> None:
    """When the machine has no memory left. Who has no rights by then cannot take that back. Best effort."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")


def adopt_orphans() -> None:
    """Descendants whose parent has ended become this process's children, so that they are found."""
    _prctl(_SET_SUBREAPER, 1)


def gain_no_rights() -> None:
    """No program that is executed from now on gets rights that this process has not."""
    _prctl(_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    for capability in range(64):
        try:
            _prctl(_DROP_BOUNDING, capability)
        except OSError as error:
            if error.errno == errno.EINVAL:
                break  # past the last one
            if error.errno != errno.EPERM:
                raise
    _prctl(_AMBIENT, _AMBIENT_CLEAR)
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0)
    _checked(_libc().capset(header, (ctypes.c_uint32 * 6)()), "capset")


def prctl_pointer(option: int, argument: int, pointer: object) -> None:
    _checked(
        _libc().prctl(option, ctypes.c_ulong(argument), pointer, ctypes.c_ulong(0), ctypes.c_ulong(0)),
        "prctl",
    )


def _prctl(option: int, argument: int) -> None:
    _checked(_libc().prctl(option, *[ctypes.c_ulong(n) for n in (argument, 0, 0, 0)]), f"prctl {option}")


def _number(numbers: dict[str, int]) -> int:
    if machine() not in numbers:
        raise OSError(errno.ENOSYS, f"not known for {machine()} processors")
    return numbers[machine()]


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result
