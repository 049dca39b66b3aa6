import threading

import pytest

from courses.errors import GraderUnavailable
from courses.grading.turnstile import Turnstile


def test_waiting_ends():
    """Who waits too long is told so, and holds nobody up."""
    turnstile = Turnstile(1, patience=0.01)
    with turnstile.place(), pytest.raises(GraderUnavailable), turnstile.place():
        pass
    with turnstile.place():
        pass


def test_first_come_first_served():
    """Those who wait go in in the order in which they came, never more than there are places."""
    turnstile = Turnstile(1, patience=30)
    entered, inside, most = [], [], []
    waiting = [threading.Event() for _ in range(5)]

    def visit(number):
        with turnstile.place():
            inside.append(number)
            most.append(len(inside))
            entered.append(number)
            inside.remove(number)

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(5)]
    with turnstile.place():
        for number, thread in enumerate(threads):
            thread.start()
            while turnstile.counts()[1] <= number:
                waiting[number].wait(0.001)
    for thread in threads:
        thread.join()
    assert entered == [0, 1, 2, 3, 4]
    assert max(most) == 1


def test_place_is_given_back_after_an_error():
    """An error inside gives the place back."""
    turnstile = Turnstile(1, patience=0.01)
    with pytest.raises(KeyError), turnstile.place():
        raise KeyError
    with turnstile.place():
        pass
