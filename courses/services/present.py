"""From models to what may cross the trust line.

Everything a learner sees of a step is built here and nowhere else, so that what is held back is held
back in one place: answers, feedback that was not earned, hints not taken, hidden tests.
"""

from dataclasses import dataclass, field
from html import escape

from courses.models import checkpoint as c
from courses.models.course import Cell, Edition, Step
from courses.models.guessing import can_be_guessed, pause_end
from courses.models.progress import Settlement, StepState
from courses.models.verdict import TestResult, Verdict
from courses.models.views import (
    AttemptView,
    CellView,
    CheckpointView,
    OptionView,
    QuestionView,
    Rendered,
    SolutionView,
    StepView,
    TestView,
    VerdictView,
)
from courses.services.answers import write_answer
from courses.services.opaque import OpaqueIds
from courses.services.platform import Actor, Platform
from courses.services.records import Attempt, History
from courses.services.solutions import may_see_solution, rubric, solution_code, solution_text

FILES = "files/"
"""Where images are: relative to a chapter's page, so that it holds under any base address."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a learner has done at one step.

    `last` is how their latest attempt is shown, `last_pass` the latest that passed.
    """

    settlement: Settlement | None = None
    hints: int = 0
    history: History = field(default_factory=History)
    last: AttemptView | None = None
    last_pass: AttemptView | None = None


@dataclass(frozen=True, slots=True)
class Presenter:
    """Presents an edition's steps to one person."""

    platform: Platform
    actor: Actor
    edition: Edition
    preview: bool = False

    def step(self, step: Step, state: StepState, record: Record) -> StepView:
        cells = self.cells(step.cells)
        return StepView(step.id, step.title, state, cells, self.checkpoint(step.checkpoint, record))

    def cells(self, cells: tuple[Cell, ...]) -> list[CellView]:
        return [self._cell(cell) for cell in cells if not cell.setup]

    def checkpoint(self, checkpoint: c.Checkpoint, record: Record) -> CheckpointView:
        hints = len(checkpoint.hints) if self.preview else record.hints
        return CheckpointView(
            step=checkpoint.id,
            edition=self.edition.number,
            question=self._question_or_parts(checkpoint),
            points=checkpoint.points,
            hints=[self.text(hint) for hint in checkpoint.hints[:hints]],
            hints_total=len(checkpoint.hints),
            last_attempt=record.last,
            last_pass=record.last_pass,
            attempts=record.history.attempts,
            failures_left=self.failures_left(record),
            pause_seconds=self.pause(checkpoint, record.history),
            solution=self._solution(checkpoint, record.settlement),
        )

    def failures_left(self, record: Record) -> int | None:
        """Failed attempts until "show me and go on"; None when it is not offered."""
        if self.preview:
            return 0
        needed = self.edition.course.policies.attempts_before_show
        if not needed or record.settlement:
            return None
        return max(0, needed - record.history.failures)

    def pause(self, checkpoint: c.Checkpoint, history: History) -> float:
        """Seconds until the next attempt may be made."""
        end = pause_end(history.recent) if can_be_guessed(checkpoint.question) else None
        return max(0.0, (end - self.platform.clock()).total_seconds()) if end else 0.0

    def attempt(self, attempt: Attempt, question: c.Question | c.Parts) -> AttemptView:
        """`question` is the one that was answered, in the attempt's own edition."""
        return AttemptView(
            id=attempt.id,
            step=attempt.step,
            edition=attempt.edition,
            answer=write_answer(question, attempt.given, self.ids(attempt.step)),
            passed=attempt.verdict.passed,
            verdict=self._verdict(attempt.verdict),
            at=attempt.at.isoformat(),
            duration_ms=attempt.duration_ms,
        )

    def ids(self, step: str) -> OpaqueIds:
        return OpaqueIds(self.platform.secret, self.actor.id, step)

    def text(self, markdown: str) -> Rendered:
        return Rendered(markdown, self.platform.text.html(markdown, base=FILES) if markdown else "")

    def _cell(self, cell: Cell) -> CellView:
        html = ""
        if cell.kind == "markdown":
            html = self.platform.text.html(cell.source, attachments=cell.attachments, base=FILES)
        source = "" if cell.hide_source else cell.source
        return CellView(
            cell.id, cell.kind, source, html, list(cell.outputs), cell.fig_alt, hidden_source=cell.hide_source
        )

    def _question_or_parts(self, checkpoint: c.Checkpoint) -> QuestionView:
        question = checkpoint.question
        if not isinstance(question, c.Parts):
            return self._question(question, checkpoint.id, 0)
        parts = [self._question(part, checkpoint.id, i) for i, part in enumerate(question.questions)]
        return QuestionView("parts", self.text(question.ask), [], "", parts)

    def _question(self, question: c.Question, step: str, part: int) -> QuestionView:
        match question:
            case c.Choice() | c.Many():
                texts: tuple[str, ...] = tuple(option.text for option in question.options)
            case c.Order():
                texts = question.lines
            case _:
                texts = ()
        ids = self.ids(step)
        known = ids.of(question, part)
        code = isinstance(question, c.Order) and question.code
        options = [
            OptionView(known[i], _code_line(texts[i]) if code else self.text(texts[i]))
            for i in ids.presented(question, part)
        ]
        return QuestionView(question.kind, self.text(question.ask), options, _code_to_show(question), [])

    def _verdict(self, verdict: Verdict) -> VerdictView:
        return VerdictView(
            passed=verdict.passed,
            score=verdict.score,
            outcome=verdict.outcome,
            feedback=[self.text(text) for text in verdict.feedback],
            tests=[_test(test) for test in verdict.tests],
            printed=_readable(verdict.printed),
            traceback=_readable(verdict.traceback),
            parts=[self._verdict(part) for part in verdict.parts],
        )

    def _solution(self, checkpoint: c.Checkpoint, settlement: Settlement | None) -> SolutionView | None:
        """What a settled step reveals. Free text always gets its model answer: that is its feedback."""
        if settlement is None:
            return None
        question = checkpoint.question
        free = isinstance(question, c.Write)
        shown = free or may_see_solution(self.edition.course.policies, settlement)
        code, text = (solution_code(question), solution_text(question)) if shown else ("", "")
        if not (code or text or rubric(checkpoint) or checkpoint.explanation):
            return None
        return SolutionView(
            question.kind,
            code,
            self.text(text),
            self.text(rubric(checkpoint)),
            self.text(checkpoint.explanation),
        )


def _code_to_show(question: c.Question) -> str:
    match question:
        case c.Predict():
            return question.code
        case c.Exercise():
            return question.starter
        case _:
            return ""


def _code_line(line: str) -> Rendered:
    return Rendered(line, f"<code>{escape(line)}</code>")


def _test(test: TestResult) -> TestView:
    return TestView(_readable(test.label), test.passed, _readable(test.message), test.hidden)


def _readable(printed: str) -> str:
    """What a program printed, without the half characters that no page can carry."""
    return printed.encode("utf-8", "replace").decode()
