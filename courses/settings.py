"""How a server is set up: command line over environment over file over these defaults.

The file is TOML (`stepwise.toml` in the working folder unless named). The environment's names are the
fields' in capitals after `STEPWISE_`. Nothing is read at import.
"""

import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from courses.errors import Rejected

DEFAULT_FILE = Path("stepwise.toml")


class Settings(BaseSettings):
    """Everything an operator may set. Durations are in seconds."""

    model_config = SettingsConfigDict(env_prefix="STEPWISE_", extra="forbid", frozen=True)

    ip: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    base_url: str = "/"
    data: Path = Path("data")
    """Where the embedded database, the cookie secret and the log live."""
    database: str = Field(default="", repr=False)
    """An SQLAlchemy URL; empty is SQLite in `data`."""
    courses: Path = Path("notebooks")
    """A folder of course folders; published on the first start."""
    watch: bool = False
    registration: Literal["open", "code", "off"] = "open"
    registration_code: str = Field(default="", repr=False)
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose X-Forwarded-* headers are believed."""
    allow_remote_plain_kernels: bool = False
    """Listen beyond this machine although learners' kernels run without a sandbox."""
    kernel_idle: float = Field(default=1800, gt=0)
    kernel_grace: float = Field(default=300, ge=0)
    """How long a kernel outlives its last open page."""
    kernels_per_user: int = Field(default=2, ge=1)
    session_hours: float = Field(default=24 * 14, gt=0)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("base_url")
    @classmethod
    def _slashes(cls, value: str) -> str:
        trimmed = value.strip("/")
        return f"/{trimmed}/" if trimmed else "/"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.data / 'stepwise.db').resolve()}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (env_settings, init_settings)


def load_settings(file: Path | None, overrides: dict[str, Any]) -> Settings:
    """Merge the three sources. Raises Rejected naming the file or the setting that is wrong."""
    path = file or DEFAULT_FILE
    from_file: dict[str, Any] = {}
    if file is not None or path.exists():
        from_file = _read(path)
    try:
        merged = Settings(**from_file)
        return Settings.model_validate({**merged.model_dump(), **overrides}) if overrides else merged
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        hint = f"Known settings: {', '.join(sorted(Settings.model_fields))}."
        raise Rejected(name, f"Setting “{name}”: {first['msg']}. {hint}") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        raise Rejected("config", f"Cannot read the settings file {path}: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise Rejected("config", f"{path} is not valid TOML: {error}.") from None
