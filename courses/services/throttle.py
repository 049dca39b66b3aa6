"""Slow down whoever guesses passwords, and lock nobody out whose name somebody else tries.

Tries at an account count by the address they come from: who uses them up waits, and the account's owner
gets in from elsewhere. Over all addresses an account takes more, but not so many that a guesser with
many addresses gets anywhere. A classroom shares one address, so that alone must not lock a class out.
Names that nobody has count like all others. Tries are kept in the store and survive a restart. A try is
written down before the password is checked and taken back when it was right, so that many at once do not
slip through.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from courses.errors import TooMany
from courses.services.platform import Platform

WINDOW = timedelta(minutes=15)
TRIES_A_PAIR = 10
"""At one account from one address."""
TRIES_AN_ACCOUNT = 100
TRIES_AN_ADDRESS = 200


@dataclass(frozen=True, slots=True)
class ReservedTry:
    """What a try counts for."""

    pair: str
    account: str
    address: str
    at: datetime


def reserve_try(platform: Platform, name: str, address: str) -> ReservedTry:
    """Write a try down. Raises TooMany when there were enough of them."""
    now, name = platform.clock(), name.casefold()
    reserved = ReservedTry(
        _subject("pair", f"{address}\n{name}"), _subject("account", name), _subject("address", address), now
    )
    limits = (
        (reserved.pair, TRIES_A_PAIR),
        (reserved.account, TRIES_AN_ACCOUNT),
        (reserved.address, TRIES_AN_ADDRESS),
    )
    with platform.store.unit() as unit:
        unit.sign_in_failures.remove_before(now - WINDOW)
        for subject, limit in limits:
            tries = unit.sign_in_failures.since(subject, now - WINDOW)
            if len(tries) >= limit:
                wait = (tries[-limit] + WINDOW - now).total_seconds()
                raise TooMany(max(1.0, wait), "Too many tries to sign in. Wait a little, then try again.")
        for subject, _ in limits:
            unit.sign_in_failures.add(subject, now)
        unit.commit()
    return reserved


def forgive(platform: Platform, reserved: ReservedTry) -> None:
    """The password was right: forget the tries at the account from here, and elsewhere this one.

    What others tried at the account stays: its owner's coming and going gives a guesser no fresh start.
    """
    with platform.store.unit() as unit:
        unit.sign_in_failures.clear(reserved.pair)
        unit.sign_in_failures.clear(reserved.account, reserved.at)
        unit.sign_in_failures.clear(reserved.address, reserved.at)
        unit.commit()


def _subject(kind: str, name: str) -> str:
    """A digest, because people type passwords into the field for names."""
    return f"{kind}:{sha256(name.encode('utf-8', 'replace')).hexdigest()}"
