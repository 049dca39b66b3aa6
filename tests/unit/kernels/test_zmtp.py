"""Messages of a ZeroMQ peer, cut out of its stream however that comes in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.kernels.zmtp import Cutter, NotZmtp

GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x01" + b"NULL".ljust(20, b"\0") + bytes(32)


def frame(body: bytes, flags: int = 0) -> bytes:
    if len(body) > 255:
        return bytes([flags | 2]) + len(body).to_bytes(8, "big") + body
    return bytes([flags, len(body)]) + body


def message(*bodies: bytes) -> bytes:
    return b"".join(frame(body, 1) for body in bodies[:-1]) + frame(bodies[-1])


BODIES = st.lists(st.lists(st.binary(max_size=400), min_size=1, max_size=4), max_size=8)


@given(BODIES, st.lists(st.integers(1, 200), min_size=1))
def test_messages_come_out_as_they_went_in(messages: list[list[bytes]], cuts: list[int]) -> None:
    """However the stream is cut, greeting and messages are the same in sum, each message whole."""
    sent = [message(*bodies) for bodies in messages]
    stream, taken, at, turn = GREETING + b"".join(sent), [], 0, 0
    cutter = Cutter(10_000)
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        taken += list(cutter.take(stream[at : at + step]))
        at, turn = at + step, turn + 1
    assert b"".join(taken) == stream
    greeting = 0
    while greeting < len(GREETING):
        greeting += len(taken.pop(0))
    assert [piece for piece in taken if piece] == sent
    assert cutter.frames == sum(map(len, messages))


@given(st.integers(0, 5000), st.integers(1, 300))
def test_what_is_too_large_is_left_out_and_not_kept(size: int, step: int) -> None:
    """All else arrives, and no more than what may pass is in memory meanwhile."""
    small, large = message(b"small"), message(bytes(size), bytes(size))
    stream = GREETING + small + large + small
    cutter, taken = Cutter(2000), []
    for at in range(0, len(stream), step):
        taken += list(cutter.take(stream[at : at + step]))
        assert len(cutter._message) <= 2000
        assert len(cutter._rest) < 9
    passed = 2 * (size + 64) + (4 if size < 256 else 18) <= 2000
    assert b"".join(taken) == GREETING + small + (large if passed else b"") + small


def test_a_message_without_end() -> None:
    """Empty frames count, too, and none of it gets through."""
    cutter = Cutter(10_000)
    list(cutter.take(GREETING))
    for _ in range(100):
        assert list(cutter.take(frame(b"", 1) * 1000)) == []
    assert cutter.frames == 100_000
    assert len(cutter._message) == 0


@pytest.mark.parametrize(
    "stream",
    [
        b"\x01\x00",
        b"\xff" + bytes(8) + b"\x7e",
        b"\xff" + bytes(8) + b"\x7f\x01",
        GREETING + frame(b"x", 1) + frame(b"READY", 4),
        GREETING + frame(b"READY", 5),
        GREETING + frame(bytes(70_000), 4),
    ],
    ids=["version 1", "signature", "old version", "amid a message", "more of a command", "long command"],
)
def test_what_is_not_zmtp_3(stream: bytes) -> None:
    """Older versions cut their frames otherwise, and commands have their own bounds."""
    with pytest.raises(NotZmtp):
        list(Cutter(10_000).take(stream))
