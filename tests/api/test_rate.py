"""The limit on attempts counts as it says."""

import pytest

from courses.errors import TooMany
from courses.http.rate import SlidingWindow


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_refuses_past_the_limit(seconds: Seconds) -> None:
    """The first one past the limit is refused, with the time until the oldest leaves the window."""
    window = SlidingWindow(2, 60, seconds)
    window.admit(1)
    seconds.now += 20
    window.admit(1)
    with pytest.raises(TooMany) as refused:
        window.admit(1)
    assert refused.value.retry_after == pytest.approx(40)


def test_the_window_slides(seconds: Seconds) -> None:
    """Exactly one more is admitted when exactly one has left the window."""
    window = SlidingWindow(2, 60, seconds)
    window.admit(1)
    seconds.now += 20
    window.admit(1)
    seconds.now += 40
    window.admit(1)
    with pytest.raises(TooMany):
        window.admit(1)


def test_people_are_counted_apart(seconds: Seconds) -> None:
    """One person's haste is nobody else's."""
    window = SlidingWindow(1, 60, seconds)
    window.admit(1)
    window.admit(2)
    with pytest.raises(TooMany):
        window.admit(1)


def test_refused_ones_do_not_count(seconds: Seconds) -> None:
    """Who keeps hammering gets in again as soon as the admitted ones have left."""
    window = SlidingWindow(1, 60, seconds)
    window.admit(1)
    for _ in range(59):
        seconds.now += 1
        with pytest.raises(TooMany):
            window.admit(1)
    seconds.now += 1
    window.admit(1)


def test_forgets_who_is_gone(seconds: Seconds) -> None:
    """People whose last admission has left the window take no memory."""
    window = SlidingWindow(5, 60, seconds)
    for one in range(1000):
        window.admit(one)
    seconds.now += 61
    window.admit(1)
    assert list(window._admitted) == [1]
