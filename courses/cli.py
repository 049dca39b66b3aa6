"""`stepwise`: everything an instructor and an operator do from a command line."""

import courses.quick_start  # noqa: F401  # isort: skip

import signal
import sys
from collections.abc import Callable, Iterable
from functools import partial, wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from courses import __version__
from courses.authoring.check_course import check_course
from courses.errors import AuthoringError, Finding, StepwiseError
from courses.publishing import publish_folder, run_with_progress
from courses.sandbox.client import probe
from courses.sandbox.run_folder import check_base, default_base
from courses.services import manage_users
from courses.settings import Settings, load_settings
from courses.web.logs import configure_logging
from courses.wiring import own_code_grader, wired

P = ParamSpec("P")
R = TypeVar("R")
NAMED_ROLES = ("learner", "assistant", "instructor")


def clear_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Say what went wrong in a sentence, and end with status 1 instead of a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except AuthoringError as error:
            _show(error.findings)
            count = sum(finding.severity == "error" for finding in error.findings)
            click.echo(f"{_counted(count, 'error')}. Nothing was published.", err=True)
        except StepwiseError as error:
            click.echo(f"stepwise: {error}", err=True)
        sys.exit(1)

    return run


def _show(findings: Iterable[Finding]) -> None:
    for finding in findings:
        click.echo(f"{finding.severity}: {finding}", err=True)


def settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The settings that every command which opens the database understands."""
    options = (
        click.option("--config", type=click.Path(path_type=Path), help="Settings file (TOML)."),
        click.option("--data", type=click.Path(path_type=Path), help="Folder of the embedded database."),
        click.option("--database", help="SQLAlchemy URL; the default is SQLite in the data folder."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _settings(config: Path | None, **overrides: Any) -> Settings:
    return load_settings(config, {name: value for name, value in overrides.items() if value is not None})


@click.group()
@click.version_option(__version__, prog_name="stepwise")
@click.pass_context
def main(context: click.Context) -> None:
    """Interactive courses on Jupyter."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    context.call_on_close(partial(signal.signal, signal.SIGTERM, before))


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    """Being told to end is as good as Ctrl-C: what runs is ended too."""
    raise KeyboardInterrupt


@main.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--prove/--no-prove", default=True, help="Run the chapters and test their exercises.")
@clear_errors
def check(folder: Path, prove: bool) -> None:
    """Check the course in FOLDER and report everything that is wrong with it."""
    grader = own_code_grader()
    work = partial(check_course, folder, grader if prove else None)
    try:
        checked = run_with_progress(grader, work, _progress)
    finally:
        grader.close()
    _show(checked.warnings)
    chapters = checked.course.chapters
    steps = sum(len(chapter.steps) for chapter in chapters)
    size = f"{_counted(len(chapters), 'chapter')}, {_counted(steps, 'step')}"
    click.echo(f"{checked.course.title}: {size}, no errors.")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _progress(text: str) -> None:
    """Beside the results, which may be read by a program."""
    click.echo(text, err=True)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (8000).")
@click.option("--ip", help="Address to listen on (127.0.0.1).")
@click.option("--base-url", help="Path below which everything is served (/).")
@click.option("--courses", type=click.Path(path_type=Path), help="Folder of course folders (notebooks).")
@click.option("--watch/--no-watch", default=None, help="Publish a course whenever its sources change.")
@click.option("--allow-unsandboxed", is_flag=True, default=None, help="See the operator's guide.")
@click.option("--allow-remote-plain-kernels/--local-only", default=None, help="See the operator's guide.")
@settings_options
@clear_errors
def serve(config: Path | None, **options: Any) -> None:
    """Serve the courses to learners."""
    from courses.serving import serve_forever  # noqa: PLC0415  # starts the whole of Jupyter's server

    settings = _settings(config, **options)
    configure_logging(settings.log_level)
    try:
        serve_forever(settings, say=click.echo)
    except KeyboardInterrupt:  # while it was publishing; later its own handlers stop it
        click.echo("Stopped.")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@settings_options
@clear_errors
def publish(folder: Path, config: Path | None, **options: Any) -> None:
    """Check, prove and publish the course in FOLDER as a new edition."""
    with wired(_settings(config, **options), own_code=True) as wiring:
        work = partial(publish_folder, wiring.platform, folder, by="stepwise publish")
        published = run_with_progress(wiring.grader, work, _progress)
    _show(published.warnings)
    click.echo(str(published))


@main.command()
@click.option("--config", type=click.Path(path_type=Path), help="Settings file (TOML).")
@clear_errors
def doctor(config: Path | None) -> None:
    """Say which layers of a sandbox this machine gives to learners' code, and what is lacking."""
    base = _settings(config).run_folder or default_base()
    check_base(base)
    layers = probe(base)
    click.echo(f"Layers: {layers}")
    for lack in layers.lacking:
        click.echo(f"Lacking {lack}")


@main.group()
def users() -> None:
    """Add people and change their roles and passwords."""


@users.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="May do everything.")
@click.password_option(help="Asked for when not given.")
@settings_options
@clear_errors
def add_user(name: str, admin: bool, password: str, config: Path | None, **options: Any) -> None:
    """Add a person."""
    with wired(_settings(config, **options)) as wiring:
        user = manage_users.add_user(wiring.platform, name, password, admin)
    click.echo(f"Added {user.name}.")


@users.command("passwd")
@click.argument("name")
@click.password_option(help="Asked for when not given.")
@settings_options
@clear_errors
def set_password(name: str, password: str, config: Path | None, **options: Any) -> None:
    """Set a person's password and sign them out everywhere."""
    with wired(_settings(config, **options)) as wiring:
        manage_users.set_password(wiring.platform, name, password)
    click.echo(f"{name} has a new password.")


@users.command("role")
@click.argument("name")
@click.argument("course")
@click.argument("role", type=click.Choice(NAMED_ROLES))
@settings_options
@clear_errors
def set_role(name: str, course: str, role: Any, config: Path | None, **options: Any) -> None:
    """Give a person a role in a course."""
    with wired(_settings(config, **options)) as wiring:
        manage_users.set_role(wiring.platform, name, course, role)
    click.echo(f"{name} is {role} in {course}.")


@users.command("list")
@settings_options
@clear_errors
def list_users(config: Path | None, **options: Any) -> None:
    """List everybody."""
    with wired(_settings(config, **options)) as wiring:
        everybody = manage_users.list_users(wiring.platform)
    for user in everybody:
        click.echo(f"{user.name}{'  (admin)' if user.admin else ''}  since {user.at[:10]}")
    if not everybody:
        click.echo("Nobody yet. Add somebody with: stepwise users add NAME")
