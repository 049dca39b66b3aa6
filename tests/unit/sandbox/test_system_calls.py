"""The filter's program for both processors, read as the kernel would read it."""

import errno
import struct

import pytest

from courses.sandbox import linux, seccomp

ALLOWED, ERROR, KILLED = 0x7FFF0000, 0x00050000, 0x80000000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBERS = {
    "x86_64": {
        "socket": 41,
        "connect": 42,
        "bind": 49,
        "socketpair": 53,
        "clone": 56,
        "mount": 165,
        "read": 0,
    },
    "aarch64": {
        "socket": 198,
        "connect": 203,
        "bind": 200,
        "socketpair": 199,
        "clone": 220,
        "mount": 40,
        "read": 63,
    },
}


def verdict(program: list[bytes], machine: str, number: int, first: int = 0, second: int = 0) -> int:
    data = struct.pack("=iIQQQ", number, AUDIT.get(machine, 1), 0, first, second)
    at = value = 0
    while True:
        code, true, false, operand = struct.unpack("=HBBI", program[at])
        at += 1
        if code == 0x20:
            (value,) = struct.unpack_from("=I", data, operand)
        elif code == 0x54:
            value &= operand
        elif code == 0x06:
            return operand
        else:
            met = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}[code]
            at += true if met else false


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(linux, "machine", lambda: request.param)
    return str(request.param)


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """What would be loaded."""
    loaded: list[list[bytes]] = []
    monkeypatch.setattr(seccomp, "_load", lambda program, every_thread: loaded.append(program))
    return loaded


def test_the_first_step(machine: str, programs: list[list[bytes]]) -> None:
    """Sockets of the machine alone, no namespaces, no mounts; everything else goes on."""
    seccomp.install(memory_files=True)
    (program,), numbers = programs, NUMBERS[machine]
    assert verdict(program, machine, numbers["read"]) == ALLOWED
    for call in ("socket", "socketpair"):
        assert verdict(program, machine, numbers[call], 1) == ALLOWED
        for family in (2, 10, 16, 17, 40):
            assert verdict(program, machine, numbers[call], family) == ERROR | errno.EOPNOTSUPP
    assert verdict(program, machine, numbers["mount"]) == ERROR | errno.EPERM
    assert verdict(program, machine, 435) == ERROR | errno.ENOSYS
    assert verdict(program, machine, numbers["clone"], 0x11) == ALLOWED
    assert verdict(program, machine, numbers["clone"], 0x10000011) == ERROR | errno.EPERM
    assert verdict(program, "another", numbers["read"]) == KILLED


CHANGES = {
    "x86_64": {"a process": (302, 203, 142, 314), "priority": 141, "input": 251, "scheduler": 144},
    "aarch64": {"a process": (261, 122, 118, 274), "priority": 140, "input": 30, "scheduler": 119},
}


def test_limits_and_priorities(machine: str, programs: list[list[bytes]]) -> None:
    """The caller's own alone: of no other process, and not of all that its user has."""
    seccomp.install(memory_files=True)
    (program,), numbers, refused = programs, CHANGES[machine], ERROR | errno.EPERM
    for number in numbers["a process"]:
        assert verdict(program, machine, number, 0) == ALLOWED
        assert verdict(program, machine, number, 42) == refused
    assert verdict(program, machine, numbers["scheduler"], 0) == ALLOWED
    assert verdict(program, machine, numbers["scheduler"], 42) == ERROR  # and no error: it does nothing
    for name, process in (("priority", 0), ("input", 1)):
        for kind in range(4):
            expected = ALLOWED if kind == process else refused
            assert verdict(program, machine, numbers[name], kind, 0) == expected
            assert verdict(program, machine, numbers[name], kind, 42) == refused


def test_files_in_memory(machine: str, programs: list[list[bytes]]) -> None:
    """They are refused, as by a kernel that has none, where their memory is not counted."""
    for counted in (True, False):
        seccomp.install(memory_files=counted)
    number = {"x86_64": 319, "aarch64": 279}[machine]
    verdicts = [verdict(program, machine, number) for program in programs]
    assert verdicts == [ALLOWED, ERROR | errno.ENOSYS]


def test_the_last_step(machine: str, programs: list[list[bytes]]) -> None:
    """No more sockets but pairs of streams; where the view is private, no more names."""
    seccomp.refuse_sockets()
    seccomp.refuse_binding()
    (closed, unbound), numbers = programs, NUMBERS[machine]
    for call in ("socket", "connect", "bind"):
        assert verdict(closed, machine, numbers[call], 1, 1) == ERROR | errno.EOPNOTSUPP
    stream, cloexec = 1, 0o2000000
    assert verdict(closed, machine, numbers["socketpair"], 1, stream | cloexec) == ALLOWED
    assert verdict(closed, machine, numbers["socketpair"], 1, 2) == ERROR | errno.EOPNOTSUPP
    assert verdict(closed, machine, numbers["read"]) == ALLOWED
    assert verdict(unbound, machine, numbers["bind"]) == ERROR | errno.EOPNOTSUPP
    assert verdict(unbound, machine, numbers["connect"]) == ALLOWED
