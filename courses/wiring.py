"""Builds the platform from its settings: the one place where ports meet what implements them."""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from courses.grading.runner import ProcessGrader
from courses.services.platform import Platform
from courses.settings import Settings
from courses.storage import SqlStore, open_store
from courses.web.markdown import MarkdownRenderer
from courses.web.passwords import Argon2Passwords

THREADS = 16
"""Use cases that run at once. Most wait for a grading or for SQLite's writer."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """A platform and what must be closed after it."""

    settings: Settings
    platform: Platform
    store: SqlStore
    executor: ThreadPoolExecutor

    def key(self, purpose: str) -> bytes:
        """A secret of its own for each purpose, derived from the server's."""
        return sha256(purpose.encode() + b"\0" + self.platform.secret).digest()


@contextmanager
def wired(settings: Settings) -> Iterator[Wiring]:
    """A platform on its database, closed at the end."""
    settings.data.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.database_url)
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="stepwise")
    grader = ProcessGrader()
    platform = Platform(
        store=store,
        grader=grader,
        text=MarkdownRenderer(),
        passwords=Argon2Passwords(),
        clock=lambda: datetime.now(UTC),
        secret=server_secret(settings.data / "secret"),
        registration=settings.registration,
        registration_code=settings.registration_code,
    )
    try:
        yield Wiring(settings, platform, store, executor)
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
        store.close()


def server_secret(file: Path) -> bytes:
    """The server's secret, made on its first start. Only its owner may read it."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(file.read_text().strip())
    with os.fdopen(descriptor, "w") as handle:
        secret = secrets.token_bytes(32)
        handle.write(secret.hex() + "\n")
    return secret
