"""Passwords at rest."""

from courses.web.passwords import Argon2Passwords


def test_round_trip() -> None:
    """The right password verifies against its hash, another one does not."""
    passwords = Argon2Passwords.light()
    hashed = passwords.hash("correct horse")
    assert passwords.verify(hashed, "correct horse")
    assert not passwords.verify(hashed, "correct horse ")


def test_salted() -> None:
    """Two people with one password have different hashes, and neither holds it."""
    passwords = Argon2Passwords.light()
    assert passwords.hash("correct horse") != passwords.hash("correct horse")
    assert "correct" not in passwords.hash("correct horse")


def test_argon2id() -> None:
    """The profile for people is Argon2id with at least 64 MiB."""
    assert Argon2Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=2$")


def test_damaged_hash() -> None:
    """A hash that is none verifies nothing and raises nothing."""
    assert not Argon2Passwords.light().verify("not a hash", "x")
