"""The queue is fair between learners, and has an end."""

import threading
import time

import pytest

from courses.errors import GraderBusy
from courses.grading.turnstile import Turnstile


def waiting(turnstile):
    return turnstile.counts()[1]


def enter_in_order(turnstile, names, visit):
    threads = []
    for name in names:
        before = waiting(turnstile)
        threads.append(threading.Thread(target=visit, args=(name,)))
        threads[-1].start()
        while waiting(turnstile) == before:
            time.sleep(0.001)
    return threads


def test_learners_take_turns():
    """Who has many submissions in line waits for whoever has one."""
    turnstile, entered = Turnstile(1, patience=30), []

    def visit(name):
        with turnstile.place(name):
            entered.append(name)

    with turnstile.place():
        threads = enter_in_order(turnstile, ["ada", "ada", "ada", "bob", "cy"], visit)
    for thread in threads:
        thread.join()
    assert entered == ["ada", "bob", "cy", "ada", "ada"]


def test_a_learner_has_one_place_at_a_time():
    """Free places are for others."""
    turnstile = Turnstile(2, patience=0.01)
    with turnstile.place("ada"):
        with pytest.raises(GraderBusy), turnstile.place("ada"):
            pass
        with turnstile.place("bob"):
            pass
    with turnstile.place("ada"):
        pass
    assert turnstile._lines == {}
    assert not turnstile._inside


def test_the_line_has_an_end():
    """Whoever comes when it is full is told so at once."""
    turnstile = Turnstile(1, patience=30, longest=1)

    def visit(name):
        with turnstile.place(name):
            pass

    with turnstile.place():
        threads = enter_in_order(turnstile, ["ada"], visit)
        with pytest.raises(GraderBusy, match="Too much code"), turnstile.place("bob"):
            pass
    for thread in threads:
        thread.join()


def test_calm_is_when_nobody_waits():
    """Whoever has a place already does not."""
    turnstile = Turnstile(1, patience=30)

    def visit(name):
        with turnstile.place(name):
            pass

    assert turnstile.is_calm()
    with turnstile.place():
        assert turnstile.is_calm()
        threads = enter_in_order(turnstile, ["ada"], visit)
        assert not turnstile.is_calm()
    for thread in threads:
        thread.join()
    assert turnstile.is_calm()


def test_it_tells_how_many_are_before_one():
    """By the order of turns, whoever has how many in line; the number only shrinks."""
    turnstile, entered, told = Turnstile(1, patience=30), [], []

    def visit(name):
        with turnstile.place(name, name):
            entered.append(name)
            told.append([turnstile.before(other, other) for other in ("ada", "bob", "cy")])

    with turnstile.place():
        threads = enter_in_order(turnstile, ["ada", "ada", "bob", "cy"], visit)
        assert [turnstile.before(name, name) for name in ("ada", "bob", "cy")] == [0, 1, 2]
        assert turnstile.before("ada", "bob") is None
        assert turnstile.counts() == (1, 4)
    for thread in threads:
        thread.join()
    assert entered == ["ada", "bob", "cy", "ada"]
    assert told == [[2, 0, 1], [1, None, 0], [0, None, None], [None, None, None]]
    assert turnstile.counts() == (0, 0)


def test_who_is_refused_leaves_the_others_in_line():
    """Patience that has run out takes nobody else's turn."""
    turnstile, entered = Turnstile(1, patience=30), []

    def visit(name):
        with turnstile.place(name, name):
            entered.append(name)

    with turnstile.place():
        threads = enter_in_order(turnstile, ["ada"], visit)
        turnstile._patience = 0.01
        with pytest.raises(GraderBusy), turnstile.place("ada", "late"):
            pass
        assert turnstile.before("ada", "ada") == 0
        assert turnstile.before("ada", "late") is None
    for thread in threads:
        thread.join()
    assert entered == ["ada"]
