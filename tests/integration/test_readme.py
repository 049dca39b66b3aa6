"""Every command that the README and the guides show is run, as far as a test can run it.

`stepwise` commands run in a folder of their own on a small course; of `make` what it would run is read,
and `make serve` is run without its setting up. What is not run stands in `NOT_RUN`, with the reason. Any
other command fails the test, so that nothing is shown that nobody tries.
"""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from courses.cli import main
from tests.integration.harbour import PASSWORD, write_harbour
from tests.plain_http import plain_get
from tests.serve import serving

pytestmark = pytest.mark.xdist_group("serve")

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHELLS = ("sh", "bash", "shell", "console")
COMMANDS = ("stepwise", "make", "git", "cd", "pip", "python", "python3", "conda", "mamba", "curl", "sqlite3")
NOT_RUN = {
    r"git clone \S+( \S+)?": "needs the network",
    r"cd [\w./-]+": "the commands run in a folder of their own",
    r"(python3? -m )?pip install .+": "the test of the wheel installs it",
    r"python3? -m venv \S+|(\.|source) \S+/activate": "the tests have an environment already",
    r"(conda|mamba) (env create -f environment\.yml|activate [\w-]+)": "needs conda; a test reads the file",
    r"curl \S+/healthz": "is asked of every server that is started here",
    r"sqlite3 data/stepwise\.db .+": "needs SQLite's own program",
}
WHAT_MAKE_RUNS = {
    "serve": "stepwise serve",
    "test": "pytest",
    "check": "ruff check",
    "tests": "pytest",
    "format": "ruff format",
    "soak": "-m soak",
    "bench": "-m benchmarks",
    "lock": "pip-compile",
    "clean": "rm -rf",
}


def shown(document: str) -> Iterator[str]:
    """The commands of a document's fenced blocks, without prompts and comments."""
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", document, re.DOTALL | re.MULTILINE):
        lines = [_command(line) for line in block.replace("\\\n", " ").splitlines()]
        commands = [line for line in lines if line]
        unmarked = not language and any(line.split()[0] in COMMANDS for line in commands)
        if language in SHELLS or unmarked:
            yield from commands


def _command(line: str) -> str:
    return re.sub(r"(^|\s)#.*", "", line.strip().removeprefix("$ ")).strip().removeprefix(".venv/bin/")


class Desk:
    """A folder as the documents' reader has it, with courses of every name that they mention."""

    def __init__(self, folder: Path, commands: list[str]) -> None:
        self.folder = folder
        self.served: list[tuple[list[str], dict[str, str]]] = []
        """How it was served: what differs in nothing else than what the test chooses is served once."""
        names = set(re.findall(r"notebooks/([\w-]+)", "\n".join(commands))) | {"python-foundations"}
        for name in names:
            write_harbour(folder / "notebooks", name)
        self.stepwise(["publish", "notebooks/python-foundations"])
        for name in _registered(commands):
            self.stepwise(["users", "add", name])

    def run(self, command: str) -> None:
        """Raises AssertionError when the command fails, or is none that is known."""
        if any(re.fullmatch(pattern, command) for pattern in NOT_RUN):
            return
        words = shlex.split(command)
        environment = {}
        while words and re.match(r"[A-Z_]+=", words[0]):
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        match words:
            case ["stepwise", "serve", *options]:
                self.serve(options, environment)
            case ["stepwise", *arguments]:
                self.stepwise(arguments)
            case ["make", *arguments]:
                self.make(arguments)
            case _:
                raise AssertionError(f"Nothing here knows how to try: {command}")

    def stepwise(self, arguments: list[str]) -> None:
        if "--help" not in arguments and arguments[0] in ("publish", "users"):
            arguments = _without(arguments, "--database")
        done = CliRunner().invoke(main, arguments, input=f"{PASSWORD}\n{PASSWORD}\n")
        assert done.exit_code == 0, f"stepwise {shlex.join(arguments)}\n{done.output}"

    def serve(self, options: list[str], environment: dict[str, str]) -> None:
        options = _without(options, "--port", "--data", "--database", "--courses")
        environment.pop("STEPWISE_DATABASE", None)
        if (options, environment) in self.served:
            return
        self.served.append((options, environment))
        with serving(self.folder / "data", self.folder / "notebooks", *options, **environment) as served:
            assert plain_get(served.url + "healthz").status_code == 200
            assert served.stop() == 0

    def make(self, arguments: list[str]) -> None:
        targets = [word for word in arguments if "=" not in word] or ["serve"]
        dry = subprocess.run(
            ["make", "--dry-run", "--no-print-directory", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert dry.returncode == 0, dry.stderr
        for target in targets:
            assert target in WHAT_MAKE_RUNS, f"Nothing here knows what make {target} should run."
            assert WHAT_MAKE_RUNS[target] in dry.stdout
        if targets == ["serve"]:
            *_, served = dry.stdout.strip().splitlines()
            for name, value in (word.split("=") for word in arguments if "=" in word):
                assert f"--{name.lower()} {value}" in served
            self.serve(shlex.split(served.partition("stepwise serve ")[2]), {})


def _registered(commands: list[str]) -> list[str]:
    """People whom the document supposes to be there: they have registered on the web."""
    added: set[str] = set()
    needed: list[str] = []
    for command in commands:
        match command.split():
            case ["stepwise", "users", "add", name, *_]:
                added.add(name)
            case ["stepwise", "users", "role" | "passwd", name, *_] if name not in {*added, *needed}:
                needed.append(name)
    return needed


def _without(words: list[str], *options: str) -> list[str]:
    """Without these options and their values, which the test chooses."""
    kept: list[str] = []
    rest = iter(words)
    for word in rest:
        if word in options:
            next(rest, None)
        elif word.partition("=")[0] not in options:
            kept.append(word)
    return kept


@pytest.mark.timeout(300)  # each `serve` that a document shows is started
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands(document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a document shows to be typed works, in the order in which it is shown."""
    commands = list(dict.fromkeys(shown(document.read_text())))
    if not commands:
        return
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, commands)
    for command in commands:
        desk.run(command)


def test_commands_are_found() -> None:
    """Shell blocks are commands, unmarked ones if they look like it, and nothing else is."""
    document = (
        "```sh\n$ make serve PORT=1 \\\n  DATA=x  # and a remark\n# only a remark\n```\n"
        "```\nauthor → publish\n```\n```yaml\nmake: no\n```\n```\nstepwise users list\nfrobnicate\n```\n"
    )
    assert list(shown(document)) == ["make serve PORT=1    DATA=x", "stepwise users list", "frobnicate"]


@pytest.mark.parametrize("command", ["frobnicate", "stepwise frobnicate", "make frobnicate", "curl x"])
def test_unknown_commands(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that nobody can try is not passed over."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError):
        Desk.run(Desk.__new__(Desk), command)
