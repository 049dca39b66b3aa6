"""How a server is set up: command line over environment over file over these defaults.

The file is TOML (`stepwise.toml` in the working folder unless named). The environment's names are the
fields' in capitals after `STEPWISE_`. Nothing is read at import.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from courses.errors import Rejected
from courses.sandbox.limits import Limits

DEFAULT_FILE = Path("stepwise.toml")
PREFIX = "STEPWISE_"
_SQLITE = re.compile(r"sqlite(\+\w+)?:///(?P<file>[^?]+)")
_SQLITE_FILES = ("", "-wal", "-shm", "-journal")
_PATH_PART = re.compile(r"(?!\.)[A-Za-z0-9._-]+")


class Settings(BaseModel):
    """Everything an operator may set. Durations are in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    _settings_file: Path | None = PrivateAttr(default=None)

    ip: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    base_url: str = "/"
    data: Path = Path("data")
    """Where the embedded database and the server's secret live."""
    database: str = Field(default="", repr=False)
    """An SQLAlchemy URL; empty is SQLite in `data`."""
    courses: Path = Path("notebooks")
    """A folder of course folders; published on the first start."""
    watch: bool = False
    registration: Literal["open", "code", "off"] = "open"
    registration_code: str = Field(default="", repr=False)
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks whose X-Forwarded-* headers are believed; a list, or commas between them."""
    allow_remote_plain_kernels: bool = False
    """Listen beyond this machine although learners' kernels run without a sandbox."""
    allow_unsandboxed: bool = False
    """Run learners' code without a sandbox where the machine gives none: for yourself only."""
    run_folder: Path | None = None
    """Where sandboxes have their sockets: a short path; the default is the system's place for such."""
    kernel_idle: float = Field(default=1800, gt=0)
    kernel_grace: float = Field(default=300, ge=0)
    """How long a kernel outlives its last open page."""
    kernels_per_user: int = Field(default=2, ge=1)
    kernels: int | None = Field(default=None, ge=1, le=900)
    """Kernels of all learners at once; by default, what the machine's memory is good for."""
    kernel_memory_mb: int = Field(default=512, ge=128)
    kernel_processes: int = Field(default=64, ge=16, le=4096)
    kernel_disk_mb: int = Field(default=64, ge=8)
    kernel_cpus: float = Field(default=1.0, ge=0.1, le=64)
    """Processors that one kernel may keep busy."""
    run_limit: float = Field(default=120, ge=1, le=86400)
    """Seconds that a kernel may work at one thing, waiting for input left out."""
    gradings_at_once: int | None = Field(default=None, ge=1, le=64)
    """By default, one for each processor."""
    gradings_waiting: int = Field(default=256, ge=0, le=1000)
    grading_patience: float = Field(default=30, gt=0, le=300)
    """The longest that a grading waits for its turn."""
    session_hours: float = Field(default=24 * 14, gt=0, le=24 * 30)
    """How long a sign-in lasts; browsers keep the cookie for thirty days at most."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("base_url")
    @classmethod
    def _slashes(cls, value: str) -> str:
        parts = value.strip("/").split("/")
        if parts != [""] and not all(_PATH_PART.fullmatch(part) for part in parts):
            raise ValueError("Use a path of letters, digits, dots, hyphens and underscores, like /courses/")
        return f"/{'/'.join(parts)}/" if parts != [""] else "/"

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _commas(cls, value: object) -> object:
        return (
            [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
        )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for item in value:
            try:
                ip_network(item, strict=False)
            except ValueError:
                raise ValueError(f"“{item}” is no address and no network like 10.0.0.0/8") from None
        return value

    @model_validator(mode="after")
    def _files_fit_in_memory(self) -> Self:
        if self.kernel_disk_mb >= self.kernel_memory_mb:
            raise ValueError("kernel_disk_mb has to be less than kernel_memory_mb: files are kept in memory")
        return self

    @model_validator(mode="after")
    def _has_code(self) -> Self:
        if self.registration == "code" and not self.registration_code.strip():
            raise ValueError("Registration by code needs a registration_code")
        return self

    @property
    def cache(self) -> Path:
        """What can be computed anew, and need not be at every start."""
        return self.data / "cache"

    @property
    def hidden(self) -> tuple[Path, ...]:
        """What no learner's code may ever read. A settings file may hold a database's password."""
        files = [self._settings_file] if self._settings_file else []
        if embedded := _SQLITE.match(self.database):
            files += [Path(embedded["file"] + end) for end in _SQLITE_FILES]
        return (self.data, self.courses, *files)

    @property
    def kernel_limits(self) -> Limits:
        return Limits(
            memory_mb=self.kernel_memory_mb,
            processes=self.kernel_processes,
            disk_mb=self.kernel_disk_mb,
            cpus=self.kernel_cpus,
        )

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.data / 'stepwise.db').resolve()}"


def load_settings(
    file: Path | None, overrides: Mapping[str, Any], environment: Mapping[str, str] | None = None
) -> Settings:
    """Merge the three sources. Raises Rejected, naming every setting that is wrong and where it stands."""
    path = file or DEFAULT_FILE
    sources: dict[str, Mapping[str, Any]] = {
        str(path): _read(path) if file is not None or path.exists() else {},
        "the environment": _named(os.environ if environment is None else environment),
        "the command line": overrides,
    }
    merged = {name: value for source in sources.values() for name, value in source.items()}
    try:
        settings = Settings.model_validate(merged)
        settings._settings_file = path if file is not None or path.exists() else None
        return settings
    except ValidationError as error:
        places = {name: place for place, source in sources.items() for name in source}
        problems = error.errors(include_url=False, include_input=False)
        names = [str(next(iter(problem["loc"]), "settings")) for problem in problems]
        said = [_say(name, problem, places) for name, problem in zip(names, problems, strict=True)]
        raise Rejected(names[0], "\n".join(said)) from None


def _named(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings that the environment names; an empty text is none."""
    values = {name: environment.get(PREFIX + name.upper(), "") for name in Settings.model_fields}
    return {name: value for name, value in values.items() if value}


def _say(name: str, problem: Mapping[str, Any], places: Mapping[str, str]) -> str:
    if problem["type"] == "extra_forbidden":
        known = ", ".join(sorted(Settings.model_fields))
        return f"There is no setting “{name}” (in {places[name]}). Known settings: {known}."
    message = problem["msg"].removeprefix("Value error, ").rstrip(".")
    if name not in places:
        return f"{message}."
    return f"Setting “{name}” (in {places[name]}): {message}."


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Rejected("config", f"Cannot read the settings file {path}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Rejected("config", f"The settings file {path} is not text in UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise Rejected("config", f"{path} is not valid TOML: {error}.") from None
