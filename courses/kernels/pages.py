"""The pages that are connected to one kernel.

Each connection takes sockets of the server's, which all learners share, and holds what its page has not
read yet. So there are few to a kernel, whoever opens them.
"""

from collections.abc import Callable

MOST_PAGES = 4
Close = Callable[[], None]


class TooManyPages(Exception):
    """Another page has to be closed first."""


class Pages:
    """By what ends their connection, with the name that a page gives itself."""

    def __init__(self) -> None:
        self._open: dict[Close, str] = {}

    def __bool__(self) -> bool:
        return bool(self._open)

    @property
    def full(self) -> bool:
        return len(self._open) >= MOST_PAGES

    def enter(self, close: Close, name: str) -> None:
        """Take a place. A page that comes again, after a connection that broke, takes its own. Raises
        TooManyPages.
        """
        for before in [other for other, known in self._open.items() if known == name]:
            self.leave(before)
            before()
        if self.full:
            raise TooManyPages
        self._open[close] = name

    def leave(self, close: Close) -> None:
        """Once more is no harm."""
        self._open.pop(close, None)

    def close_all(self) -> None:
        """The kernel goes: who is still connected would talk to nobody."""
        for close in list(self._open):
            close()
