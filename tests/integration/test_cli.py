"""`stepwise check`, `publish` and `users`: what they do, and what they say when they cannot."""

import contextlib
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result

from courses import publishing
from courses.cli import main
from courses.halting import HaltingGrader
from tests.integration.harbour import CHOICE, Harbour, write_tides
from tests.processes import all_gone
from tests.serve import free_port
from tests.waiting import wait_for

PASSWORD = "seven grey herons at dawn"
Run = Callable[..., Result]


@pytest.fixture
def own(harbour: Harbour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Harbour:
    """The published course, to change as one likes."""
    monkeypatch.chdir(tmp_path)  # nobody's settings file
    return harbour.copy(tmp_path)


@pytest.fixture
def run(own: Harbour) -> Run:
    """Run `stepwise` on its data in this process."""

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, [*arguments, "--data", str(own.data)], input=typed)

    return run


def editions(harbour: Harbour) -> list[int]:
    with sqlite3.connect(harbour.data / "stepwise.db") as connection:
        found = [number for (number,) in connection.execute("select number from edition order by number")]
    connection.close()
    return found


def test_users(run: Run) -> None:
    """People are added, made instructors, given new passwords and listed."""
    assert run("users", "list").stdout == "Nobody yet. Add somebody with: stepwise users add NAME\n"
    assert run("users", "add", "ada", "--password", PASSWORD).stdout == "Added ada.\n"
    assert run("users", "add", "root", "--admin", "--password", PASSWORD).exit_code == 0
    assert run("users", "role", "ada", "harbour", "instructor").stdout == "ada is instructor in harbour.\n"
    assert run("users", "passwd", "ada", "--password", PASSWORD[::-1]).exit_code == 0
    listed = run("users", "list").stdout.splitlines()
    assert [line.split("  ")[:2] for line in listed] == [
        ["ada", listed[0].split("  ")[1]],
        ["root", "(admin)"],
    ]


def test_password_is_asked_for(run: Run) -> None:
    """Without --password it is asked for twice, and not shown."""
    done = run("users", "add", "ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0
    assert PASSWORD not in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "ADA", "--password", PASSWORD), "The name “ADA” is taken. Choose another one."),
        (("add", "bo", "--password", "short"), "Choose a password of at least 10 characters."),
        (("add", "bo", "--password", "1234567890"), "This password is among the first"),
        (("add", "<b>", "--password", PASSWORD), "A name may hold letters"),
        (("role", "ada", "harbor", "instructor"), "There is no course “harbor”."),
        (("role", "bo", "harbour", "instructor"), "There is no user “bo”."),
        (("passwd", "bo", "--password", PASSWORD), "There is no user “bo”."),
        (("passwd", "ada", "--password", "ada"), "Choose a password of at least 10 characters."),
    ],
)
def test_what_cannot_be_done_with_people(run: Run, arguments: tuple[str, ...], said: str) -> None:
    """One line says why, and the status is 1."""
    run("users", "add", "ada", "--password", PASSWORD)
    done = run("users", *arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"stepwise: {said}")
    assert done.stderr.count("\n") == 1


def test_unknown_role(run: Run) -> None:
    """A role that does not exist is answered with those that do."""
    done = run("users", "role", "ada", "harbour", "captain")
    assert done.exit_code == 2
    assert "'learner', 'assistant', 'instructor'" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--config", "gone.toml"), "Cannot read the settings file gone.toml: No such file or directory."),
        (("--database", "what"), "The database's address is not one. Use sqlite:///FILE or postgresql://"),
        (("--database", "mysql://host/x"), "“mysql” is not supported."),
        (
            ("--database", "sqlite:////nowhere/x.db"),
            "Cannot open the database: unable to open database file.",
        ),
        (("--database", "sqlite:///courses/harbour/course.yml"), "Cannot open the database: file is not a"),
        (("--data", "courses/harbour/course.yml"), "Cannot use the data folder courses/harbour/course.yml: "),
    ],
)
def test_settings_that_do_not_work(own: Harbour, options: tuple[str, str], said: str) -> None:
    """What an operator got wrong is said in a line, without a traceback."""
    done = CliRunner().invoke(main, ["users", "list", *options])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"stepwise: {said}")
    assert done.stderr.count("\n") == 1


def test_no_server_of_the_database(own: Harbour) -> None:
    """A database server that does not answer is named; the password is not."""
    address = f"postgresql://ada:sesame@127.0.0.1:{free_port()}/stepwise"
    done = CliRunner().invoke(main, ["users", "list", "--database", address])
    assert done.exit_code == 1
    assert done.stderr.startswith("stepwise: Cannot open the database: connection failed")
    assert "sesame" not in done.stderr


def test_a_new_data_folder_is_its_owners_alone(own: Harbour, tmp_path: Path) -> None:
    """Others on the machine cannot read the database; a folder that is there stays as it is."""
    made, given = tmp_path / "made", tmp_path / "given"
    given.mkdir(mode=0o750)
    given.chmod(0o750)
    for folder in (made, given):
        assert CliRunner().invoke(main, ["users", "list", "--data", str(folder)]).exit_code == 0
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (made, given)] == [0o700, 0o750]


def test_damaged_secret(run: Run, own: Harbour) -> None:
    """A damaged secret is not replaced behind the operator's back."""
    (own.data / "secret").write_text("none\n")
    assert "holds no secret. Restore it, or delete it" in run("users", "list").stderr


def test_check(own: Harbour) -> None:
    """A sound course is said to be one, proved or not."""
    for option in ("--prove", "--no-prove"):
        done = CliRunner().invoke(main, ["check", option, str(own.courses / "harbour")])
        assert (done.exit_code, done.stdout) == (0, "Harbour: 1 chapter, 2 steps, no errors.\n")


def test_check_fails(own: Harbour) -> None:
    """Everything that is wrong is said with file, cell, line or field and what to do."""
    folder = own.courses / "harbour"
    write_tides(
        folder,
        cell_5="%%checkpoint t-look\nkind: raed\nask: Look.",
        cell_7=CHOICE.replace("text: flow", "text: flow\n  correct: true"),
    )
    done = CliRunner().invoke(main, ["check", str(folder)])
    assert done.exit_code == 1
    first, second, last = done.stderr.splitlines()
    assert first.startswith("error: tides.ipynb, cell 5, line 2, kind: ")
    assert second.startswith("error: tides.ipynb, cell 7")
    assert last == "2 errors. Nothing was published."


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"cell_7": CHOICE.replace("  correct: true\n", "")}, "tides.ipynb, cell 7"),
        ({"cell_4": "print(levle)"}, "tides.ipynb, cell 4: The cell fails: NameError"),
    ],
    ids=["reading", "proving"],
)
def test_failing_publication(run: Run, own: Harbour, change: dict[str, str], place: str) -> None:
    """A course that fails to be read or proved is not stored: the running edition goes on."""
    write_tides(own.courses / "harbour", **change)
    done = run("publish", str(own.courses / "harbour"))
    assert done.exit_code == 1
    assert f"error: {place}" in done.stderr
    assert done.stderr.endswith("1 error. Nothing was published.\n")
    assert editions(own) == [1]


def test_publishing_again(run: Run, own: Harbour) -> None:
    """The same sources make no new edition; changed ones do, with a warning of what learners lose."""
    folder = own.courses / "harbour"
    assert run("publish", str(folder)).stdout == "Harbour: nothing has changed, edition 1 goes on.\n"
    write_tides(folder, cell_7=CHOICE.replace("t-choose", "t-chosen"))
    done = run("publish", str(folder))
    assert (done.exit_code, done.stdout) == (0, "Harbour: edition 2 is published.\n")
    assert "warning: tides.ipynb, t-choose: The step “Choose” has got the id “t-chosen”" in done.stderr
    assert editions(own) == [1, 2]


def test_no_course(run: Run, tmp_path: Path) -> None:
    """A folder without a course.yml, or none at all, is said to be none."""
    for name in (".", "nowhere"):
        done = run("publish", name)
        assert done.exit_code == 1
        assert f"There is no course.yml in {name}." in done.stderr


def test_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long says that it goes on."""
    monkeypatch.setattr(publishing, "PROGRESS_SECONDS", 0.01)
    said_twice = threading.Event()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if len(said) == 2:
            said_twice.set()

    grader = HaltingGrader(grader=None)  # type: ignore[arg-type]  # nothing is graded
    assert publishing.run_with_progress(grader, lambda: said_twice.wait(20), say)
    assert said[0] == "  … 0 runs of solutions, mistakes and examples so far"


def commands_below(pid: int) -> list[list[str]]:
    """Of the processes that a process has started; those that end meanwhile have none."""
    commands = []
    for one in psutil.Process(pid).children(recursive=True):
        with contextlib.suppress(psutil.Error):
            commands.append(one.cmdline())
    return commands


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_stopping_a_publication(own: Harbour, how: signal.Signals) -> None:
    """Told to stop in the middle of a cell, it ends soon, with what it has started, and stores nothing."""
    sleep = ["sleep", f"61.{how:d}"]
    write_tides(own.courses / "harbour", cell_4=f"import subprocess\nsubprocess.run({sleep})")
    command = [sys.executable, "-m", "courses", "publish", "courses/harbour", "--data", str(own.data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for(lambda: sleep in commands_below(process.pid), "a cell runs")
        below = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(how)
        said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Traceback" not in said[1]
    assert said[1].endswith("Aborted!\n")
    assert all_gone(below)
    assert editions(own) == [1]
