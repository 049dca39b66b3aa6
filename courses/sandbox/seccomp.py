"""Which system calls a child may make: a list of those it may not, in two steps.

The first step is for the whole life of a child. It leaves sockets between processes of the machine
(AF_UNIX) and takes the network, new namespaces, other processes' memory and the calls in which kernels
have most often been found wanting. The second a child takes once it has bound its own sockets.

A refused socket is EOPNOTSUPP, as on a kernel without that family: libzmq aborts the process on EACCES.
"""

import ctypes
import errno
import struct
from collections.abc import Iterable

from courses.sandbox import linux

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SOCKETS = {
    "x86_64": {"socket": 41, "connect": 42, "bind": 49, "socketpair": 53, "clone": 56, "seccomp": 317},
    "aarch64": {"socket": 198, "socketpair": 199, "bind": 200, "connect": 203, "clone": 220, "seccomp": 277},
}
_CLONE3 = 435
_OF_A_PROCESS = {
    # prlimit64 sched_setaffinity sched_setparam sched_setattr
    "x86_64": (302, 203, 142, 314),
    "aarch64": (261, 122, 118, 274),
}
_SET_SCHEDULER = {"x86_64": 144, "aarch64": 119}
# setpriority ioprio_set, each with what says that a process is meant, and not a group or all of a user's
_OF_SOME = {"x86_64": ((141, 0), (251, 1)), "aarch64": ((140, 0), (30, 1))}
_REFUSED = {
    # ptrace process_vm_readv process_vm_writev kcmp
    "x86_64": (
        *(101, 310, 311, 312),
        # mount umount2 pivot_root chroot unshare setns sethostname setdomainname mknod mknodat quotactl
        *(165, 166, 155, 161, 272, 308, 170, 171, 133, 259, 179),
        # bpf perf_event_open userfaultfd keyctl add_key request_key
        *(321, 298, 323, 250, 248, 249),
        # kexec_load kexec_file_load init_module finit_module delete_module swapon swapoff reboot acct syslog
        *(246, 320, 175, 313, 176, 167, 168, 169, 163, 103),
        # settimeofday clock_settime adjtimex clock_adjtime open_by_handle_at name_to_handle_at fanotify_init
        *(164, 227, 159, 305, 304, 303, 300),
        # personality ioperm iopl modify_ldt move_pages migrate_pages mbind set_mempolicy lookup_dcookie
        *(135, 173, 172, 154, 279, 256, 237, 238, 212),
        # vmsplice shmget msgget semget
        *(278, 29, 68, 64),
    ),
    "aarch64": (
        *(117, 270, 271, 272),
        *(40, 39, 41, 51, 97, 268, 161, 162, 33, 60),  # no mknod here
        *(280, 241, 282, 219, 217, 218),
        *(104, 294, 105, 273, 106, 224, 225, 142, 89, 116),
        *(170, 112, 171, 266, 265, 264, 262),
        *(92, 239, 238, 235, 237),  # no ioperm, iopl, modify_ldt, lookup_dcookie that matters
        *(75, 194, 186, 190),
    ),
}
# The newer calls have one number on every machine: io_uring_setup io_uring_enter io_uring_register
# open_tree move_mount fsopen fsconfig fsmount fspick pidfd_getfd process_madvise mount_setattr
# quotactl_fd memfd_secret statmount listmount open_tree_attr
_REFUSED_EVERYWHERE = (425, 426, 427, 428, 429, 430, 431, 432, 433, 438, 440, 442, 443, 447, 457, 458, 467)

_MEMFD_CREATE = {"x86_64": 319, "aarch64": 279}

_NAMESPACES = (
    linux.NEW_MOUNTS
    | linux.NEW_CGROUPS
    | linux.NEW_HOST_NAME
    | linux.NEW_IPC
    | linux.NEW_USERS
    | linux.NEW_PIDS
    | linux.NEW_NETWORK
)
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_CALL, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in what the filter sees
_X32 = 0x40000000
_UNIX, _STREAM, _TYPE = 1, 1, 0xF
_SET_SECCOMP, _MODE_FILTER = 22, 2
_SET_FILTER, _ALL_THREADS = 1, 1

Program = list[bytes]


def supported() -> bool:
    return linux.machine() in _AUDIT


def install(*, memory_files: bool) -> None:
    """The first step. The process can gain no rights by exec already (`linux.gain_no_rights`).

    `memory_files` are files without a place: to be refused where nothing counts their memory.
    """
    program = _prologue() + _no_namespaces() + _unix_only() + _itself_only()
    refused = _REFUSED[linux.machine()] + _REFUSED_EVERYWHERE
    if not memory_files:
        program += _refuse([_MEMFD_CREATE[linux.machine()]], errno.ENOSYS)
    _load(program + _refuse(refused, errno.EPERM) + [_ret(_ALLOW)], every_thread=False)


def refuse_binding() -> None:
    """No further socket gets a name, so that nothing more can be put where names are shared."""
    numbers = _SOCKETS[linux.machine()]
    _load(_prologue() + _refuse([numbers["bind"]], errno.EOPNOTSUPP) + [_ret(_ALLOW)], every_thread=True)


def refuse_sockets() -> None:
    """No further socket, connection or name, in any thread; pairs of stream sockets remain.

    Landlock does not govern connecting to sockets of the same user. Datagram pairs would remain a way:
    they may send to any name.
    """
    numbers = _SOCKETS[linux.machine()]
    refused = [numbers["socket"], numbers["connect"], numbers["bind"]]
    pairs = [
        _op(_EQUAL, numbers["socketpair"], 0, 5),
        _op(_LOAD, _SECOND),
        _op(_AND, _TYPE),
        _op(_EQUAL, _STREAM, 0, 1),
        _ret(_ALLOW),
        _ret(_ERROR | errno.EOPNOTSUPP),
    ]
    program = _prologue() + _refuse(refused, errno.EOPNOTSUPP) + pairs + [_ret(_ALLOW)]
    _load(program, every_thread=True)


def _prologue() -> Program:
    """Calls made by another machine's convention are another list of numbers: they end the process."""
    program = [_op(_LOAD, _ARCHITECTURE), _op(_EQUAL, _AUDIT[linux.machine()], 1, 0), _ret(_KILL)]
    program.append(_op(_LOAD, _CALL))
    if linux.machine() == "x86_64":
        program += [_op(_AT_LEAST, _X32, 0, 1), _ret(_KILL)]
    return program


def _no_namespaces() -> Program:
    """clone3 hides its flags from filters; told that there is none, the C library uses clone."""
    return [
        *_refuse([_CLONE3], errno.ENOSYS),
        _op(_EQUAL, _SOCKETS[linux.machine()]["clone"], 0, 4),
        _op(_LOAD, _FIRST),
        _op(_ANY_BIT, _NAMESPACES, 0, 1),
        _ret(_ERROR | errno.EPERM),
        _ret(_ALLOW),
    ]


def _unix_only() -> Program:
    program: Program = []
    for name in ("socket", "socketpair"):
        program += [
            _op(_EQUAL, _SOCKETS[linux.machine()][name], 0, 4),
            _op(_LOAD, _FIRST),
            _op(_EQUAL, _UNIX, 0, 1),
            _ret(_ALLOW),
            _ret(_ERROR | errno.EOPNOTSUPP),
        ]
    return program


def _itself_only() -> Program:
    """A child changes limits and priorities of none but the caller, whose number is 0 in these calls.

    Where it has no user of its own, it could else take from the server what that needs to run. libzmq sets
    the scheduler of its own threads, by their numbers, to what it is, and aborts where it may not: it is
    told that this was done.
    """
    calls = [(number, errno.EPERM) for number in _OF_A_PROCESS[linux.machine()]]
    program: Program = []
    for number, error in (*calls, (_SET_SCHEDULER[linux.machine()], 0)):
        program += [_op(_EQUAL, number, 0, 4), _op(_LOAD, _FIRST), *_allow_zero(error)]
    for number, process in _OF_SOME[linux.machine()]:
        program += [_op(_EQUAL, number, 0, 6), _op(_LOAD, _FIRST), _op(_EQUAL, process, 0, 3)]
        program += [_op(_LOAD, _SECOND), *_allow_zero(errno.EPERM)]
    return program


def _allow_zero(error: int) -> Program:
    return [_op(_EQUAL, 0, 0, 1), _ret(_ALLOW), _ret(_ERROR | error)]


def _refuse(numbers: Iterable[int], error: int) -> Program:
    return [op for number in numbers for op in (_op(_EQUAL, number, 0, 1), _ret(_ERROR | error))]


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _ret(value: int) -> bytes:
    return _op(_RETURN, value)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _load(program: Program, *, every_thread: bool) -> None:
    code = b"".join(program)
    buffer = ctypes.create_string_buffer(code, len(code))
    record = ctypes.byref(_Program(len(program), ctypes.addressof(buffer)))
    if every_thread:
        number = _SOCKETS[linux.machine()]["seccomp"]
        linux.call(number, ctypes.c_uint(_SET_FILTER), ctypes.c_uint(_ALL_THREADS), record)
    else:
        linux.prctl_pointer(_SET_SECCOMP, _MODE_FILTER, record)
