"""A course is proved by running it: no learner meets a cell, an answer or a test that does not work."""

import os
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from courses.authoring.chapter_run import ChapterRun, run_chapter
from courses.authoring.course_yml import FILE
from courses.authoring.figure_alt import describe_figure, has_figure
from courses.authoring.packages import check_packages
from courses.authoring.prove_exercise import ExerciseProof
from courses.authoring.prove_question import QuestionProof
from courses.authoring.read_course import Places
from courses.authoring.spots import Spot, raise_errors
from courses.errors import Finding, GraderUnavailable
from courses.models.checkpoint import Exercise
from courses.models.course import Cell, Chapter, Course, CourseFile, Step
from courses.services.ports import CellRun, CodeGrader

SLOW_CHAPTER = 10.0
"""Seconds after which a chapter is slow: a learner's lost kernel takes as long to come back."""


def prove_course(
    course: Course, files: tuple[CourseFile, ...], grader: CodeGrader, *, places: Places | None = None
) -> tuple[Course, list[Finding]]:
    """The course with outputs recorded and answers worked out, and warnings.

    Raises AuthoringError with everything found. `places` lets findings name cells of the notebooks.
    """
    findings: list[Finding] = []
    check_packages(course.packages, grader, Spot(FILE, findings, field="packages"))
    known = places or Places({}, {})
    proofs = [_ChapterProof(chapter, files, grader, known) for chapter in course.chapters]
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        chapters = tuple(pool.map(_ChapterProof.prove, proofs))
    findings += [finding for proof in proofs for finding in proof.findings]
    raise_errors(findings)
    return replace(course, chapters=chapters), findings


@dataclass(slots=True)
class _ChapterProof:
    chapter: Chapter
    course_files: tuple[CourseFile, ...]
    grader: CodeGrader
    places: Places
    findings: list[Finding] = field(default_factory=list)

    def prove(self) -> Chapter:
        started = time.monotonic()
        try:
            run = run_chapter(self.chapter, self._files("code"), self.grader)
            self._report_time(time.monotonic() - started)
            self._report_failure(run)
            steps = [self._prove_step(run, i, step) for i, step in enumerate(self.chapter.steps)]
        except GraderUnavailable as error:
            self._spot().error(f"The chapter could not be run: {error}", "Mend the grader and try again.")
            return self.chapter
        shown = run.outputs()
        closing = tuple(self._record(cell, shown) for cell in self.chapter.closing)
        return replace(self.chapter, steps=tuple(steps), closing=closing)

    def _prove_step(self, run: ChapterRun, position: int, step: Step) -> Step:
        shown = run.outputs()
        cells = tuple(self._record(cell, shown) for cell in step.cells)
        context = run.context(position)
        question = step.checkpoint.question
        spot = self._spot_of_step(step)
        if context is None:
            return replace(step, cells=cells)  # what stopped the chapter is reported already
        if isinstance(question, Exercise):
            files = self._files("code", "tests")
            question = ExerciseProof(question, context, files, self.grader, spot).prove()
        else:
            proof = QuestionProof(context, self._files("code"), self.grader, spot)
            question = proof.prove(question)
        return replace(step, cells=cells, checkpoint=replace(step.checkpoint, question=question))

    def _record(self, cell: Cell, shown: Mapping[str, CellRun]) -> Cell:
        """The cell with its outputs, and with words for a figure that has none."""
        if cell.setup or cell.id not in shown:
            return cell
        outputs = shown[cell.id].outputs
        alt = cell.fig_alt
        if not alt and has_figure(outputs):
            alt = describe_figure(cell.source)
            if not alt:
                fix = "Write `#| fig-alt: what it shows`, or give the figure a title and labels."
                self._spot_of_cell(cell).warn("This figure has no description.", fix)
        return replace(cell, outputs=outputs, fig_alt=alt)

    def _report_failure(self, run: ChapterRun) -> None:
        if (entry := run.failed) is None:
            return
        text = run.runs[-1].error.strip() if run.runs else ""
        reason = text.splitlines()[-1] if text else "it stopped without a word"
        if entry.cell is not None:
            fix = "Correct it; if it is meant to raise, tag it `raises-exception`."
            self._spot_of_cell(entry.cell).error(f"The cell fails: {reason}.", fix)
        else:
            spot = self._spot_of_step(self.chapter.steps[entry.position])
            where = spot.at(field=".".join(name for name in (spot.field, "SOLUTION") if name))
            where.error(f"The solution fails: {reason}.", "Correct it.")

    def _report_time(self, seconds: float) -> None:
        if seconds > SLOW_CHAPTER:
            message = f"The chapter takes {seconds:.0f} s to run; a lost kernel takes as long to come back."
            self._spot().warn(message, "Make it lighter, or mark slow cells `no-replay`.")

    def _files(self, *access: str) -> dict[str, bytes]:
        return {file.path: file.content for file in self.course_files if file.access in access}

    def _spot(self) -> Spot:
        return Spot(f"{self.chapter.id}.ipynb", self.findings)

    def _spot_of_cell(self, cell: Cell) -> Spot:
        number = self.places.cells.get((self.chapter.id, cell.id), 0)
        return self._spot().at(cell=number, field="" if number else f"cell {cell.id}")

    def _spot_of_step(self, step: Step) -> Spot:
        number = self.places.steps.get(step.id, 0)
        return self._spot().at(cell=number, field="" if number else step.id)
