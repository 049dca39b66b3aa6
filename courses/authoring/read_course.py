"""From a folder to a course: every file read, every error found at once, nothing run."""

from dataclasses import dataclass, replace
from pathlib import Path

from courses.authoring.checkpoints import check_id
from courses.authoring.course_files import read_files
from courses.authoring.course_yml import FILE, read_course_fields
from courses.authoring.notebook import ChapterReading, read_chapter
from courses.authoring.spots import Spot, raise_errors
from courses.errors import AuthoringError, Finding
from courses.models.course import Chapter, Course, CourseFile


@dataclass(frozen=True, slots=True)
class Places:
    """Where in the notebooks things stand: cell numbers by (chapter, cell id) and by step id."""

    cells: dict[tuple[str, str], int]
    steps: dict[str, int]


@dataclass(frozen=True, slots=True)
class CourseReading:
    """A course as its folder has it, not proved yet."""

    course: Course
    files: tuple[CourseFile, ...]
    warnings: list[Finding]
    places: Places


def read_course(folder: Path) -> tuple[Course, tuple[CourseFile, ...], list[Finding]]:
    """The course, its files and warnings. Raises AuthoringError with everything that is wrong."""
    reading = read_folder(folder)
    return reading.course, reading.files, reading.warnings


def read_folder(folder: Path) -> CourseReading:
    """Like `read_course`, with the places that findings of a proof need."""
    spot = Spot(FILE, [])
    if not (folder / FILE).is_file():
        spot.error(f"There is no {FILE} in {folder}.", "A folder without it is no course.")
        raise AuthoringError(spot.findings)
    check_id(folder.resolve().name, "the course's folder", spot)
    fields = read_course_fields((folder / FILE).read_bytes(), spot)
    files = read_files(folder, spot)
    images = frozenset(file.path for file in files if file.access == "page")
    found = [_read_notebook(folder, name, spot, images) for name in fields.chapters]
    _report_unlisted(folder, fields.chapters, spot)
    readings = _with_unique_cells([reading for reading in found if reading is not None])
    _check_unique_steps(readings, spot)
    _check_needs(readings, spot)
    raise_errors(spot.findings)
    course = Course(
        folder.resolve().name,
        fields.title,
        tuple(reading.chapter for reading in readings),
        summary=fields.summary,
        language=fields.language,
        packages=fields.packages,
        policies=fields.policies,
    )
    return CourseReading(course, files, spot.findings, _places(readings))


def _read_notebook(folder: Path, name: str, spot: Spot, images: frozenset[str]) -> ChapterReading | None:
    path = folder / f"{name}.ipynb"
    listed = spot.at(field="chapters")
    if not check_id(name, "the chapter", listed):
        return None
    if not path.is_file():
        listed.error(f"There is no {path.name}.", "Correct the name, or write the notebook.")
        return None
    if path.is_symlink():  # reported with the files
        return None
    return read_chapter(name, path.read_bytes(), Spot(path.name, spot.findings), images)


def _report_unlisted(folder: Path, chapters: tuple[str, ...], spot: Spot) -> None:
    for path in sorted(folder.glob("*.ipynb")):
        if path.stem not in chapters:
            fix = "List it, or move it out of the folder."
            spot.at(field="chapters").warn(f"{path.name} is not among the chapters.", fix)


def _with_unique_cells(readings: list[ChapterReading]) -> list[ChapterReading]:
    """Cell ids are unique in a notebook; make them so in the course, for copied notebooks."""
    taken: set[str] = set()
    for reading in readings:
        chapter = reading.chapter
        clashes = taken & reading.cell_numbers.keys()
        if clashes:
            _rename_cells(reading, {cell: f"{chapter.id}-{cell}" for cell in clashes})
        taken |= reading.cell_numbers.keys()
    return readings


def _rename_cells(reading: ChapterReading, names: dict[str, str]) -> None:
    def renamed(chapter: Chapter) -> Chapter:
        steps = tuple(
            replace(step, cells=tuple(replace(c, id=names.get(c.id, c.id)) for c in step.cells))
            for step in chapter.steps
        )
        closing = tuple(replace(c, id=names.get(c.id, c.id)) for c in chapter.closing)
        return replace(chapter, steps=steps, closing=closing)

    reading.chapter = renamed(reading.chapter)
    reading.cell_numbers = {names.get(cell, cell): n for cell, n in reading.cell_numbers.items()}


def _check_unique_steps(readings: list[ChapterReading], spot: Spot) -> None:
    first: dict[str, str] = {}
    for reading in readings:
        file = f"{reading.chapter.id}.ipynb"
        for step, number in reading.step_numbers.items():
            if step in first:
                where = Spot(file, spot.findings, cell=number)
                where.error(f"The id “{step}” stands in {first[step]} too.", "Ids are unique in the course.")
            first.setdefault(step, f"{file}, cell {number}")


def _check_needs(readings: list[ChapterReading], spot: Spot) -> None:
    """A skill that is needed and never given is a slip of the pen more often than not."""
    steps = [(reading, step) for reading in readings for step in reading.chapter.steps]
    given = {skill for _, step in steps for skill in step.checkpoint.skills}
    for reading, step in steps:
        for need in step.checkpoint.needs:
            if need not in given:
                number = reading.step_numbers[step.id]
                where = Spot(f"{reading.chapter.id}.ipynb", spot.findings, cell=number, field="needs")
                where.warn(f"No step gives the skill “{need}”.", "Name it in some step's `skills`.")


def _places(readings: list[ChapterReading]) -> Places:
    return Places(
        {(r.chapter.id, cell): number for r in readings for cell, number in r.cell_numbers.items()},
        {step: number for r in readings for step, number in r.step_numbers.items()},
    )
