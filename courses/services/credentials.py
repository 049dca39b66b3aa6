"""What a name and a password must be, and how secrets are made and remembered."""

import secrets
import unicodedata
from hashlib import sha256

from courses.errors import Rejected, WeakPassword

_SHORTEST, _LONGEST = 10, 256
_LONGEST_NAME = 40
_COMMON = frozenset(
    {
        *("password", "passwort", "passw0rd", "password1", "password123", "12345678", "123456789"),
        *("1234567890", "0123456789", "87654321", "qwertyui", "qwertyuiop", "qwerty123", "qwertz123"),
        *("asdfghjk", "asdfghjkl", "1q2w3e4r", "iloveyou", "sunshine", "princess", "football", "baseball"),
        *("superman", "trustno1", "welcome1", "abcd1234", "abcdefgh", "letmein1", "administrator"),
        *("changeme", "stepwise"),
    }
)


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
    if folded == name.casefold():
        raise WeakPassword("The password is your name. Choose one that others cannot guess.")
    if folded in _COMMON or len(set(folded)) < 3:
        raise WeakPassword("This password is among the first that others would try. Choose another one.")


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token: enough to recognise it, nothing to sign in with."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
