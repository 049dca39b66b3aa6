"""Builds the platform from its settings: the one place where ports meet what implements them."""

import os
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from courses.errors import Rejected
from courses.grading.choosing import BestLauncher
from courses.grading.runner import ProcessGrader
from courses.halting import HaltingGrader
from courses.kernels.recording import RecordingKernels
from courses.preloading import Naming, modules_to_warm, named_packages
from courses.sandbox.ground import Ground
from courses.sandbox.own_folders import sweep_temporary
from courses.services.platform import Platform
from courses.settings import Settings
from courses.storage import SqlStore, open_store
from courses.web.markdown import MarkdownRenderer
from courses.web.passwords import Argon2Passwords
from courses.web.texts import Texts

THREADS = 16
"""Use cases that run at once, attempts apart. Most wait for SQLite's writer."""
ATTEMPTS = 64
"""Attempts that run at once, beside those that wait in line for a grading: each of them has a thread."""
PASSWORDS = min(8, max(2, (os.cpu_count() or 2) // 2))
"""Passwords that are hashed at once: each takes two processors and 64 MiB, whoever sent it."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """A platform and what must be closed after it."""

    settings: Settings
    platform: Platform
    store: SqlStore
    launcher: BestLauncher
    grader: HaltingGrader
    executor: ThreadPoolExecutor
    attempts: ThreadPoolExecutor
    entrance: ThreadPoolExecutor
    packages: Naming
    ground: Ground

    def key(self, purpose: str) -> bytes:
        """A secret of its own for each purpose, derived from the server's."""
        return sha256(purpose.encode() + b"\0" + self.platform.secret).digest()


@contextmanager
def wired(settings: Settings, *, own_code: bool = False) -> Iterator[Wiring]:
    """A platform on its database, closed at the end. Raises Rejected for settings that do not work.

    `own_code`: whatever is graded is the user's own, so that a machine without sandboxes will do.
    """
    secret = _data_folder_secret(settings.data)
    store = _open_store(settings)
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="stepwise")
    attempts = ThreadPoolExecutor(ATTEMPTS + settings.gradings_waiting, thread_name_prefix="attempt")
    entrance = ThreadPoolExecutor(PASSWORDS, thread_name_prefix="entrance")
    packages = named_packages(store, settings.courses)
    ground = Ground(
        hidden=settings.hidden,
        modules=modules_to_warm(packages),
        run_folder=settings.run_folder,
        cache=settings.cache,
    )
    launcher = BestLauncher(plain_allowed=own_code or settings.allow_unsandboxed, ground=ground)
    processes = ProcessGrader(
        launcher,
        at_once=settings.gradings_at_once,
        patience=settings.grading_patience,
        longest=settings.gradings_waiting,
        kernels=RecordingKernels(ground),
    )
    grader = HaltingGrader(processes, processes.stop, launcher.warm_up)
    sweep_temporary()
    platform = Platform(
        store=store,
        grader=grader,
        text=MarkdownRenderer(),
        passwords=Argon2Passwords(),
        clock=lambda: datetime.now(UTC),
        secret=secret,
        registration=settings.registration,
        registration_code=settings.registration_code,
        session=timedelta(hours=settings.session_hours),
        translator=Texts().translator,
        preparer=processes,
    )
    try:
        yield Wiring(
            settings, platform, store, launcher, grader, executor, attempts, entrance, packages, ground
        )
    finally:
        for pool in (executor, attempts, entrance):
            pool.shutdown(wait=True, cancel_futures=True)
        grader.close()
        store.close()


def own_code_grader() -> HaltingGrader:
    """For a user's own code, apart from any server: a machine without sandboxes will do."""
    sweep_temporary()
    launcher = BestLauncher(plain_allowed=True)
    processes = ProcessGrader(launcher, kernels=RecordingKernels())
    return HaltingGrader(processes, processes.stop)


def server_secret(file: Path) -> bytes:
    """The server's secret, made on its first start. Only its owner may read it."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _known_secret(file)
    with os.fdopen(descriptor, "w") as handle:
        secret = secrets.token_bytes(32)
        handle.write(secret.hex() + "\n")
    return secret


def _known_secret(file: Path) -> bytes:
    try:
        secret = bytes.fromhex(file.read_text(encoding="ascii"))
    except ValueError:
        secret = b""
    if len(secret) < 32:
        raise Rejected(
            "data", f"{file} holds no secret. Restore it, or delete it: then everybody signs in anew."
        )
    return secret


def _data_folder_secret(folder: Path) -> bytes:
    """A new folder is the server's account's alone: a database holds what everybody has written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return server_secret(folder / "secret")
    except OSError as error:
        raise Rejected("data", f"Cannot use the data folder {folder}: {error.strerror}.") from None


def _open_store(settings: Settings) -> SqlStore:
    try:
        return open_store(settings.database_url)
    except ModuleNotFoundError as error:
        raise Rejected(
            "database",
            f"PostgreSQL needs the package {error.name}: pip install 'stepwise-courses[postgresql]'.",
        ) from None
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise Rejected("database", f"Cannot open the database: {reason}.") from None
