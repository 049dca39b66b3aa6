"""What a name and a password must be, and how secrets are made and remembered."""

import secrets
import unicodedata
from hashlib import sha256

from courses.errors import Rejected, WeakPassword

_SHORTEST, _LONGEST = 10, 256
_LONGEST_NAME = 40
_COMMON = frozenset(
    {
        *("password", "passwort", "passw0rd", "qwerty", "qwertyui", "qwertyuiop", "qwertz", "qwertzuiop"),
        *(
            "asdf",
            "asdfgh",
            "asdfghjk",
            "asdfghjkl",
            "q2w3e4r",
            "q2w3e4r5t",
            "abc",
            "abcd",
            "abcdefgh",
            "iloveyou",
        ),
        *("sunshine", "princess", "football", "baseball", "superman", "trustno", "welcome", "letmein"),
        *("administrator", "admin", "changeme", "stepwise", "hello", "hallo", "secret", "geheim", "test"),
    }
)
"""What digits and signs before or after it do not make any better."""
_ROWS = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop")


def check_name(name: str) -> str:
    """The name as it is kept. Raises Rejected."""
    kept = unicodedata.normalize("NFKC", name).strip()
    if not 2 <= len(kept) <= _LONGEST_NAME:
        raise Rejected("name", f"Choose a name of 2 to {_LONGEST_NAME} characters.")
    if not all(c.isalnum() or unicodedata.combining(c) or c in "._-@+' " for c in kept):
        raise Rejected("name", "A name may hold letters, digits, spaces and . _ - @ + '.")
    return kept


def find_name(name: str) -> str | None:
    """A name as it would have been kept; None when nobody can have it."""
    try:
        return check_name(name)
    except Rejected:
        return None


def check_password(name: str, password: str) -> None:
    """Raises WeakPassword."""
    if len(password) < _SHORTEST:
        raise WeakPassword(f"Choose a password of at least {_SHORTEST} characters.")
    if len(password) > _LONGEST or not _encodable(password):
        raise WeakPassword(f"Choose a password of at most {_LONGEST} characters, each of them a real one.")
    folded = password.casefold()
    core = _core(folded)
    if folded == name.casefold() or (core and core == _core(name.casefold())):
        raise WeakPassword("The password is your name, or little more. Choose one that others cannot guess.")
    if core in _COMMON or len(set(folded)) < 3 or any(folded in row for row in _ROWS):
        raise WeakPassword("This password is among the first that others would try. Choose another one.")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token: enough to recognise it, nothing to sign in with."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _core(password: str) -> str:
    """Without the digits and signs around its letters: `password123!` is no better than `password`."""
    return password.strip("".join(character for character in set(password) if not character.isalpha()))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
