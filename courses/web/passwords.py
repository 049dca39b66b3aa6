"""Passwords as Argon2id hashes, made and checked away from the event loop by whoever calls."""

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """Implements the port `PasswordHasher`. Hashes carry their own parameters, so these may change."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536, parallelism: int = 2) -> None:
        """The defaults follow RFC 9106's second profile, for servers short of memory."""
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=parallelism, type=Type.ID
        )

    @classmethod
    def light(cls) -> "Argon2Passwords":
        """Far too weak for people, right for a test that signs in a hundred times."""
        return cls(time_cost=1, memory_kib=64, parallelism=1)

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False
