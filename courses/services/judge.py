"""From an answer to a verdict, whatever the kind: the server alone decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from courses.grading import validators
from courses.models import checkpoint as c
from courses.models.verdict import Outcome, Verdict
from courses.services.ports import CodeGrader, GradingJob, Limits
from courses.services.records import Given


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What code is judged in: the chapter's code so far, and the course's files."""

    context: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    learner: str = ""
    """Who waits for the verdict, so that learners take turns."""
    key: str = ""
    """The attempt's, by which they see how long."""


def judge(
    grader: CodeGrader, question: c.Question | c.Parts, given: Given, surroundings: Surroundings
) -> Verdict:
    """The verdict on `given`, which has the question's shape. Raises GraderUnavailable.

    Only an exercise needs its surroundings.
    """
    match question:
        case c.Exercise():
            assert isinstance(given, str)
            job = grading_job(question, given, surroundings)
            return validators.judge_exercise(question, grader.grade(job))
        case c.Parts():
            assert isinstance(given, tuple)
            answers = zip(question.questions, given, strict=True)
            return _together(tuple(_judge_plain(part, answer) for part, answer in answers))
        case _:
            return _judge_plain(question, given)


def _judge_plain(question: c.Plain, given: Any) -> Verdict:  # noqa: PLR0911 - one return a kind
    match question:
        case c.Read():
            return validators.judge_read(question)
        case c.Choice():
            return validators.judge_choice(question, given)
        case c.Many():
            return validators.judge_many(question, frozenset(given))
        case c.Number():
            return validators.judge_number(question, given)
        case c.Text():
            return validators.judge_text(question, given)
        case c.Order():
            return validators.judge_order(question, given)
        case c.Predict():
            return validators.judge_predict(question, given)
        case c.Write():
            return validators.judge_write(question, given)


def grading_job(question: c.Exercise, source: str, surroundings: Surroundings) -> GradingJob:
    return GradingJob(
        source=source,
        tests=question.tests,
        hidden_tests=question.hidden_tests,
        context=surroundings.context,
        files=surroundings.files,
        mistakes=tuple(mistake.source for mistake in question.mistakes),
        modules=question.modules,
        limits=Limits(wall=question.timeout, cpu=question.timeout),
        on_behalf=surroundings.learner,
        key=surroundings.key,
    )


def _together(parts: tuple[Verdict, ...]) -> Verdict:
    """Passed when every part is; a part that could not be graded leaves the whole without a verdict."""
    outcomes: list[Outcome] = [part.outcome for part in parts if not part.passed]
    outcome: Outcome = "unavailable" if "unavailable" in outcomes else next(iter(outcomes), "passed")
    score = sum(part.score for part in parts) / len(parts) if parts else 1.0
    return Verdict(not outcomes, score, outcome, parts=parts)
