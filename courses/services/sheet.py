"""What is being answered: a step in the edition that the learner saw, and the answer in its terms."""

import re
from dataclasses import dataclass

from courses.errors import NotFound, QuestionCorrected, Rejected
from courses.models.course import Chapter, Edition, Step
from courses.models.phrases import phrase
from courses.models.recheck import counts_no_more
from courses.models.views import Answer
from courses.services.answers import answer_digest, read_answer
from courses.services.opaque import OpaqueIds
from courses.services.place import Place
from courses.services.platform import Platform
from courses.services.records import Given
from courses.services.store import UnitOfWork

_LONGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Submission:
    """An answer as it was sent. `edition` is the one the learner saw, None for the newest."""

    answer: Answer
    key: str
    edition: int | None = None
    duration_ms: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer that has the shape of its question, in the edition that the learner saw."""

    submission: Submission
    edition: Edition
    chapter: Chapter
    step: Step
    given: Given
    digest: str


def read_sheet(
    unit: UnitOfWork,
    platform: Platform,
    place: Place,
    step_id: str,
    submission: Submission,
    *,
    ordered: bool,
) -> Sheet:
    """Find the question and check the answer's shape; first, if it is `ordered`, that it may be answered.

    Raises Rejected, NotFound, StepLocked, QuestionCorrected and BadAnswer.
    """
    _check(submission)
    edition = _seen(unit, place, submission.edition)
    found = edition.course.find_step(step_id)
    if found is None:
        raise NotFound("step", step_id)
    chapter, step = found
    if ordered:
        require_answerable(place, edition, chapter, step)
    ids = OpaqueIds(platform.secret, place.actor.id, step_id)
    given = read_answer(step.checkpoint.question, submission.answer, ids)
    return Sheet(submission, edition, chapter, step, given, answer_digest(given))


def require_answerable(place: Place, seen: Edition, chapter: Chapter, step: Step) -> None:
    """`chapter` and `step` are those of the edition seen. Raises StepLocked and QuestionCorrected."""
    place.require_open(path_chapter(place, chapter, step.id), step.id)
    if counts_no_more(seen, step.id, place.course):
        raise QuestionCorrected


def path_chapter(place: Place, seen: Chapter, step_id: str) -> Chapter:
    """The chapter whose order counts: the newest edition's, unless that has lost the step."""
    found = place.course.find_step(step_id)
    return found[0] if found else seen


def chapter_now(place: Place, sheet: Sheet) -> Chapter:
    """The newest edition's chapter, as long as there is one."""
    path = path_chapter(place, sheet.chapter, sheet.step.id)
    return place.course.chapter(path.id) or path


def _check(submission: Submission) -> None:
    if not re.fullmatch(r"[\x21-\x7e]{1,64}", submission.key):
        raise Rejected("key", "An idempotency key is 1 to 64 printable characters of ASCII, without spaces.")
    if not 0 <= submission.duration_ms <= _LONGEST:
        raise Rejected("duration_ms", f"A duration is from 0 to {_LONGEST} milliseconds.")


def _seen(unit: UnitOfWork, place: Place, number: int | None) -> Edition:
    """The edition that the learner saw. Raises Rejected."""
    newest = place.edition
    if number is None or number == newest.number:
        return newest
    seen = unit.editions.get(place.course.id, number) if 0 < number < newest.number else None
    if seen is None:
        raise Rejected(
            "edition",
            phrase(
                "There is no edition {number}: the newest is {newest}.", number=number, newest=newest.number
            ),
        )
    return seen
