"""Chance that is the same each time, so that no verdict depends on it.

Seeds alone would not do: numpy's `default_rng()`, `uuid4` and `secrets` ask the system for entropy. Here it
gives them a fixed sequence. None of these processes keeps a secret.
"""

import os
import random
import sys

_SEED = 0


def fix_chance() -> None:
    """For this process and those that it forks, each of which goes on from where it was forked."""
    _fix_system()
    _fix_generators()
    random.seed(_SEED)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(_SEED)


def _fix_system() -> None:
    source = random.Random(_SEED)  # noqa: S311 - that it can be foreseen is the point

    def urandom(size: int, /) -> bytes:
        return source.randbytes(size)

    def getrandom(size: int, flags: int = 0) -> bytes:
        return source.randbytes(size)

    os.urandom, os.getrandom = urandom, getrandom
    random._urandom = urandom  # type: ignore[attr-defined]  # what `secrets` is made of, and so numpy's


def _fix_generators() -> None:
    """Python's own generators ask the system past `os`."""
    seed = random.Random.seed

    def fixed(self: random.Random, a: int | float | str | bytes | None = None, version: int = 2) -> None:
        seed(self, os.urandom(32) if a is None else a, version)

    random.Random.seed = fixed  # type: ignore[method-assign, assignment]
    random.seed = random._inst.seed
