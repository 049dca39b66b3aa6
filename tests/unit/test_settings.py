"""Where settings come from, which counts more, and what is said of those that are wrong."""

from pathlib import Path

import pytest

from courses.errors import Rejected
from courses.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's `stepwise.toml` is read by accident."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stepwise.toml"
    path.write_text('port = 1001\nip = "::1"\nbase_url = "/file"\n')
    return path


def test_precedence(file: Path) -> None:
    """The command line counts more than the environment, that more than the file, that more than defaults."""
    environment = {"STEPWISE_PORT": "1002", "STEPWISE_BASE_URL": "/environment", "PORT": "1"}
    settings = load_settings(file, {"base_url": "/line"}, environment)
    assert (settings.ip, settings.port, settings.base_url) == ("::1", 1002, "/line/")
    assert settings.kernels_per_user == Settings().kernels_per_user


def test_nothing_is_set() -> None:
    """Without any source the defaults hold, and an empty variable sets nothing."""
    assert load_settings(None, {}, {"STEPWISE_PORT": ""}) == Settings()


def test_file_of_the_working_folder(file: Path) -> None:
    """`stepwise.toml` is read without being named."""
    assert load_settings(None, {}, {}).port == 1001


@pytest.mark.parametrize(
    ("content", "field", "said"),
    [
        (b"prot = 1\n", "prot", "There is no setting “prot” (in {file}). Known settings: allow_remote"),
        (b'port = "many"\n', "port", "Setting “port” (in {file}): Input should be a valid integer"),
        (
            b"port = 70000\n",
            "port",
            "Setting “port” (in {file}): Input should be less than or equal to 65535",
        ),
        (b"port = = 1\n", "config", "{file} is not valid TOML: "),
        (b'base_url = "\xff"\n', "config", "{file} is not text in UTF-8."),
        (b'base_url = "/a b/"\n', "base_url", "Setting “base_url” (in {file}): Use a path of letters"),
        (b'base_url = "/../"\n', "base_url", "Setting “base_url” (in {file}): Use a path of letters"),
        (
            b'base_url = "//evil.example/"\nip = 1\n',
            "ip",
            "Setting “ip” (in {file}): Input should be a valid string",
        ),
        (b'registration = "code"\n', "settings", "Registration by code needs a registration_code."),
        (b'registration = "maybe"\n', "registration", "Input should be 'open', 'code' or 'off'."),
        (
            b'trusted_proxies = ["10.0.0.0/99"]\n',
            "trusted_proxies",
            "“10.0.0.0/99” is no address and no network",
        ),
        (b"kernel_memory_mb = 64\n", "kernel_memory_mb", "Input should be greater than or equal to 128"),
        (b"kernels = 901\n", "kernels", "Input should be less than or equal to 900"),
        (b"run_limit = 0\n", "run_limit", "Input should be greater than or equal to 1"),
        (
            b"kernel_disk_mb = 512\n",
            "settings",
            "kernel_disk_mb has to be less than kernel_memory_mb: files are kept in memory.",
        ),
        (b"session_hours = 9000\n", "session_hours", "Input should be less than or equal to 720"),
    ],
)
def test_bad_file(tmp_path: Path, content: bytes, field: str, said: str) -> None:
    """What is wrong in a file is said with the file, the setting and what it may be."""
    file = tmp_path / "mine.toml"
    file.write_bytes(content)
    with pytest.raises(Rejected) as caught:
        load_settings(file, {}, {})
    assert caught.value.field == field
    assert said.format(file=file) in str(caught.value)


def test_all_mistakes_at_once() -> None:
    """Mistakes of several sources are said together, each with its place."""
    with pytest.raises(Rejected) as caught:
        load_settings(None, {"port": -1}, {"STEPWISE_KERNELS_PER_USER": "none"})
    assert str(caught.value).splitlines() == [
        "Setting “port” (in the command line): Input should be greater than or equal to 0.",
        "Setting “kernels_per_user” (in the environment): Input should be a valid integer, "
        "unable to parse string as an integer.",
    ]


def test_missing_file(tmp_path: Path) -> None:
    """A file that was named must be there."""
    with pytest.raises(Rejected, match=r"Cannot read the settings file .*gone\.toml: No such file"):
        load_settings(tmp_path / "gone.toml", {}, {})


@pytest.mark.parametrize(("given", "kept"), [("", "/"), ("/", "/"), ("x", "/x/"), ("/a/b-c", "/a/b-c/")])
def test_base_url(given: str, kept: str) -> None:
    """A base URL begins and ends with a slash, however it was typed."""
    assert Settings(base_url=given).base_url == kept


def test_lists_in_the_environment() -> None:
    """Proxies in the environment have commas between them."""
    settings = load_settings(None, {}, {"STEPWISE_TRUSTED_PROXIES": "10.0.0.1, 192.168.0.0/16,"})
    assert settings.trusted_proxies == ("10.0.0.1", "192.168.0.0/16")


def test_secrets_stay_out_of_sight() -> None:
    """A printed Settings shows neither the database's address nor the code for registering."""
    settings = Settings(database="postgresql://ada:sesame@host/x", registration_code="sesame")
    assert "sesame" not in repr(settings)


def test_database_of_the_data_folder(tmp_path: Path) -> None:
    """Without an address the database is a file in the data folder, wherever the server is started."""
    assert Settings(data=tmp_path).database_url == f"sqlite:///{tmp_path}/stepwise.db"


def test_limits_of_kernels() -> None:
    """What is set is what a kernel's sandbox is given."""
    given = Settings(kernel_memory_mb=300, kernel_processes=20, kernel_disk_mb=30, kernel_cpus=0.5)
    limits = given.kernel_limits
    assert (limits.memory_mb, limits.processes, limits.disk_mb, limits.cpus) == (300, 20, 30, 0.5)


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+pysqlite"])
def test_what_holds_secrets_is_hidden(tmp_path: Path, scheme: str) -> None:
    """The settings file, if there is one, and an embedded database wherever it lies."""
    file, database = tmp_path / "our.toml", tmp_path / "our.db"
    file.write_text(f'database = "{scheme}:///{database}?timeout=5"')
    settings = load_settings(file, {}, {})
    assert {settings.data, settings.courses, file, database, Path(f"{database}-wal")} <= set(settings.hidden)
    settings = load_settings(None, {"database": "postgresql+psycopg://someone:secret@machine/stepwise"}, {})
    assert settings.hidden == (settings.data, settings.courses)
