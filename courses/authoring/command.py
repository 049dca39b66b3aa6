"""`stepwise check FOLDER`: say what is wrong with a course before anybody learns from it."""

from pathlib import Path

import click

from courses.authoring.check_course import check_course
from courses.errors import AuthoringError


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--prove/--no-prove", default=True, help="Run the chapters and test their exercises.")
def check(folder: Path, prove: bool) -> None:
    """Check the course in FOLDER and report everything that is wrong with it."""
    grader = None
    if prove:
        from courses.grading.runner import ProcessGrader  # noqa: PLC0415 - starts nothing unless asked to

        grader = ProcessGrader()
    try:
        checked = check_course(folder, grader)
    except AuthoringError as error:
        for finding in error.findings:
            click.echo(f"{finding.severity}: {finding}", err=True)
        raise click.exceptions.Exit(1) from None
    for finding in checked.warnings:
        click.echo(f"{finding.severity}: {finding}", err=True)
    steps = sum(len(chapter.steps) for chapter in checked.course.chapters)
    click.echo(f"{checked.course.title}: {len(checked.course.chapters)} chapters, {steps} steps, no errors.")


if __name__ == "__main__":
    check()
