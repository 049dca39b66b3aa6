"""`stepwise serve` as an operator meets it: real processes, from the first start to the last signal."""

import asyncio
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from tests.integration.harbour import (
    CHOICE,
    COURSE,
    PASSWORD,
    SESSION,
    Guest,
    Harbour,
    execute,
    write_harbour,
    write_tides,
)
from tests.plain_http import plain_get
from tests.processes import all_gone, name
from tests.serve import Served, free_port, serving, stepwise
from tests.waiting import wait_for

pytestmark = pytest.mark.xdist_group("serve")

Guests = Callable[[Served], Guest]
LINK = re.compile(r"http://\S+/setup\?token=(\S+)")


@pytest.fixture(scope="module")
def busy_port() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, busy_port: int) -> Iterator[Served]:
    """A server on its very first start, below /x/. The environment names a port that cannot be had."""
    folder = tmp_path_factory.mktemp("first")
    write_harbour(folder / "courses")
    course_yml = write_harbour(folder / "courses", "far-harbour") / "course.yml"
    course_yml.write_text(COURSE.replace("babel", "no-such-package"))
    environment = {"STEPWISE_PORT": str(busy_port), "STEPWISE_LOG_LEVEL": "debug"}
    with serving(folder / "data", folder / "courses", base_url="/x/", **environment) as served:
        yield served


@pytest.fixture(scope="module")
def second(first: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Another server on the same data; its file wants a code of whoever registers."""
    config = tmp_path_factory.mktemp("second") / "settings.toml"
    config.write_text('registration = "code"\nregistration_code = "low water"\nbase_url = "/not-this"\n')
    courses = first.data.parent / "courses"
    options = ("--config", str(config), "--ip", "0.0.0.0", "--allow-remote-plain-kernels")
    with serving(first.data, courses, *options) as served:
        yield served


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A short path for a server's temporary files; sockets' paths must be short."""
    folder = Path(tempfile.mkdtemp(prefix="sw-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_first_start(first: Served) -> None:
    """The first start publishes the courses, and says the address and a link for an administrator once."""
    wait_for(lambda: any("Stepwise is at" in line for line in first.lines), "the address is said")
    said = "".join(first.lines)
    assert "Harbour: edition 1 is published." in said
    assert said.count(f"Stepwise is at {first.url}") == 1
    assert len(LINK.findall(said)) == 1
    assert LINK.search(said)[0].startswith(first.url)  # type: ignore[index]


def test_a_package_that_is_not_installed(first: Served) -> None:
    """The start says which course names it and what to do; that course is not published."""
    said = "".join(first.lines)
    assert "far-harbour names the package “no-such-package”, which is not installed here." in said
    assert "error: course.yml, packages: The package “no-such-package” is not installed here." in said
    assert "far-harbour was not published." in said


def test_health(first: Served) -> None:
    """/healthz answers without signing in."""
    assert plain_get(first.url + "healthz").status_code == 200


def test_everything_is_below_the_base_url(first: Served, guests: Guests) -> None:
    """Pages, forms, assets, API and websocket all stand below --base-url, and nothing beside it."""
    outside, guest = first.url.removesuffix("x/"), guests(first)
    assert plain_get(outside, follow_redirects=True).url.path == "/x/login"
    assert guest.get("").headers["Location"].startswith("/x/login")
    assert guest.register().headers["Location"] == "/x/"
    for page in ("", "learn/harbour/tides"):
        text = guest.get(page).raise_for_status().text
        addresses = set(re.findall(r'(?:href|src|action)="(?!#|data:)([^"]+)"', text))
        assert addresses
        assert [address for address in addresses if not address.startswith("/x/")] == []
        assets = [address for address in addresses if "/static/" in address]
        assert [asset for asset in assets if guest.get(asset).status_code != 200] == []
    assert guest.me().json()["name"] == guest.name
    assert plain_get(outside + "stepwise/api/v1/me").status_code != 200
    kernel = guest.start_kernel()

    async def run() -> None:
        async with guest.channels(kernel) as channels:
            await execute(channels, "print('level', level)", until="level 3")
            await execute(channels, "import sys; print('warm', 'babel' in sys.modules)", until="warm True")

    asyncio.run(run())


def test_second_server_on_the_same_data(first: Served, second: Served, guests: Guests) -> None:
    """Two servers may share a database: accounts and progress are the same."""
    one, two = guests(first), guests(second)
    one.register()
    two.name = one.name
    assert two.sign_in().status_code == 302
    assert one.answer("t-look", True, "key-of-the-first").status_code == 201
    assert two.answer("t-look", True, "key-of-the-first").json()["replayed"] is True
    assert two.course()["settled"] == one.course()["settled"] == 1


def test_registration_by_code(second: Served, guests: Guests) -> None:
    """Who has no code is not registered; the file's settings count where nothing else says otherwise."""
    guest = guests(second)
    assert guest.register().status_code == 403
    assert guest.register(code="high water").status_code == 403
    assert guest.register(code=" low water ").status_code == 302


def test_setup_link(first: Served, second: Served, guests: Guests) -> None:
    """The newest link makes an administrator exactly once; a link that it replaced makes none."""
    links = [LINK.search("".join(served.lines)) for served in (first, second)]
    old, new = (link[1] for link in links if link)
    assert guests(first).fill_in(f"setup?token={old}", name="eve", password=PASSWORD).status_code == 403
    boss = guests(first)
    assert boss.fill_in(f"setup?token={new}", name="boss", password=PASSWORD).status_code == 302
    assert boss.me().json()["admin"] is True
    assert guests(first).fill_in(f"setup?token={new}", name="eve", password=PASSWORD).status_code == 403


def test_new_password_signs_out(first: Served, guests: Guests) -> None:
    """`users passwd` ends the person's sessions in a running server, and the new password works."""
    guest = guests(first)
    guest.register()
    new = "a lighthouse in the fog"
    done = stepwise("users", "passwd", guest.name, "--password", new, "--data", str(first.data))
    assert (done.returncode, done.stdout) == (0, f"{guest.name} has a new password.\n")
    assert guest.me().status_code in (401, 403)
    assert guest.sign_in().status_code == 401
    assert guest.sign_in(new).status_code == 302


BUSY = """
import signal, subprocess
subprocess.Popen(["sleep", "600"])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('busy', flush=True)
while True:
    pass
"""


def _with_busy_kernel(guest: Guest) -> list[psutil.Process]:
    """Start a kernel that loops for ever, beside a program of its own; return all below the server."""
    guest.register()
    kernel = guest.start_kernel()

    async def run() -> None:
        async with guest.channels(kernel) as channels:
            await execute(channels, BUSY, until="busy")

    asyncio.run(run())
    started = psutil.Process(guest.served.process.pid).children(recursive=True)
    assert "sleep" in map(name, started)
    return started


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_stopping(
    harbour: Harbour, tmp_path: Path, temporary: Path, guests: Guests, how: signal.Signals
) -> None:
    """Told to stop, it ends within seconds, in peace, and leaves no kernel and no folder behind."""
    mine = harbour.copy(tmp_path)
    with serving(mine.data, mine.courses, TMPDIR=str(temporary)) as served:
        started = _with_busy_kernel(guests(served))
        assert list(temporary.glob("stepwise-*"))
        assert served.stop(how) == 0  # or it was waited for in vain
        wait_for(lambda: all_gone(started), "the kernel is gone", 5)
    assert served.lines[-1] == "Stopped.\n"
    assert re.findall(r'"level": "(?:error|critical)"', served.log.read_text()) == []
    assert list(temporary.glob("stepwise-*")) == []


def test_power_cut_and_restart(harbour: Harbour, tmp_path: Path, temporary: Path, guests: Guests) -> None:
    """A killed server's kernels die by themselves; the next one knows people and their progress.

    What learners' code has started outlives its kernel then: nobody is left to end it.
    """
    mine, port = harbour.copy(tmp_path), free_port()
    with serving(mine.data, mine.courses, port=port, TMPDIR=str(temporary)) as served:
        guest = guests(served)
        started = _with_busy_kernel(guest)
        kernels = [process for process in started if name(process) != "sleep"]
        assert guest.answer("t-look", True, "before-the-power-cut").status_code == 201
        served.kill()
        wait_for(lambda: all_gone(kernels), "the orphaned kernel is gone", 15)
        for process in started:
            with suppress(psutil.NoSuchProcess):
                process.kill()
    environment = {"TMPDIR": str(temporary), "STEPWISE_REGISTRATION": "off"}
    with serving(mine.data, mine.courses, port=port, **environment):
        assert guest.me().json()["name"] == guest.name
        assert guest.course()["settled"] == 1
        newcomer = guests(served)
        assert "register" not in newcomer.get("login").text
        form = {"_xsrf": newcomer.token, "name": newcomer.name, "password": PASSWORD}
        assert newcomer.http.post("register", data=form).status_code == 403
        assert newcomer.sign_in().status_code == 401


def test_watching(harbour: Harbour, tmp_path: Path, guests: Guests) -> None:
    """A save is published; a broken one is reported and changes nothing; the next good one is published."""
    mine = harbour.copy(tmp_path)
    folder = mine.courses / "harbour"
    with serving(mine.data, mine.courses, "--watch") as served:

        def said(text: str) -> bool:
            return any(text in line for line in served.lines)

        guest = guests(served)
        guest.register()
        (folder / "course.yml").write_text(COURSE.replace("title: Harbour", "title: The harbour"))
        wait_for(lambda: said("The harbour: edition 2 is published."), "the change is published")
        assert guest.course()["title"] == "The harbour"

        write_tides(folder, cell_7=CHOICE.replace("text: flow", "text: flow\n  correct: true"))
        wait_for(lambda: said("harbour keeps its running edition."), "the broken save is reported")
        assert said("tides.ipynb, cell 7")
        assert guest.course()["title"] == "The harbour"

        write_tides(folder)
        (folder / "course.yml").write_text(COURSE.replace("title: Harbour", "title: Our harbour"))
        wait_for(lambda: said("Our harbour: edition 3 is published."), "the mended course is published")
        assert served.stop() == 0


def test_port_in_use(busy_port: int, tmp_path: Path) -> None:
    """A port that somebody else has is said in one line, before anything else happens."""
    done = stepwise("serve", "--data", str(tmp_path / "data"), STEPWISE_PORT=str(busy_port))
    assert done.returncode == 1
    assert done.stderr == f"stepwise: Port {busy_port} is in use. Choose another one with --port.\n"
    assert not (tmp_path / "data").exists()


def test_other_machines(tmp_path: Path) -> None:
    """Without a sandbox around learners' code it does not listen beyond this machine, and says why."""
    taken = tmp_path / "taken"
    taken.touch()
    options = ("--ip", "0.0.0.0", "--port", str(free_port()), "--allow-unsandboxed")
    done = stepwise(
        "serve", *options, "--data", str(tmp_path / "data"), STEPWISE_RUN_FOLDER=str(taken / "run")
    )
    assert done.returncode == 1
    assert "WITHOUT a sandbox" in done.stdout
    assert "without a sandbox" in done.stderr
    assert "--allow-remote-plain-kernels" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_sandbox(tmp_path: Path) -> None:
    """Where there is none, the server says so with what to do, serves, and starts no plain kernel instead."""
    taken = tmp_path / "taken"
    taken.touch()
    write_harbour(tmp_path / "courses")
    folder = str(taken / "run")
    with ExitStack() as stack:
        served = stack.enter_context(
            serving(tmp_path / "data", tmp_path / "courses", STEPWISE_RUN_FOLDER=folder)
        )
        guest = stack.enter_context(Guest(served))
        guest.register()
        guest.send(SESSION).raise_for_status()
        wait_for(lambda: guest.get(SESSION).json()["state"] == "lost", "the refusal")
        assert "Python cannot be started" in guest.get(SESSION).json()["notice"]
    said = "".join(served.lines)
    assert "cannot be started (see --allow-unsandboxed)" in said
    assert "run_folder" in said
