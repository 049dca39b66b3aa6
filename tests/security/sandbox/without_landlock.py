"""A warm process that imports this finds a kernel without Landlock."""

from courses.sandbox import landlock


def _none() -> int:
    return 0


landlock.abi = _none
