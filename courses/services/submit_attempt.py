"""Judge an answer and record it: the one place where a step is passed.

Judging may take seconds, so it happens outside of any transaction: what is read before it is checked
again in the transaction that records.
"""

from courses.models.checkpoint import Exercise
from courses.models.phrases import in_language
from courses.models.verdict import Verdict
from courses.models.views import AttemptResult
from courses.services.judge import Surroundings, judge
from courses.services.outline import progress_view
from courses.services.place import Place, enter
from courses.services.platform import Actor, Platform
from courses.services.present import Presenter, Record
from courses.services.recall import present_attempt, recall
from courses.services.record_attempt import find_recorded, record_attempt, require_no_pause, require_same
from courses.services.records import Attempt
from courses.services.sheet import Sheet, Submission, chapter_now, read_sheet
from courses.services.store import UnitOfWork
from courses.services.surroundings import surroundings

__all__ = ["Submission", "submit_attempt"]


def submit_attempt(
    platform: Platform, actor: Actor, course: str, step: str, submission: Submission
) -> AttemptResult:
    """Judge and record.

    Raises NotFound, StepLocked, QuestionCorrected, BadAnswer, Rejected, KeyReused and GuessingPause.
    """
    with platform.store.reading() as unit:
        place = enter(unit, actor, course)
        earlier = find_recorded(unit, place, step, submission.key)
        sheet = read_sheet(unit, platform, place, step, submission, ordered=earlier is None)
        if earlier is not None:
            require_same(earlier, sheet)
            return _result(unit, platform, place, sheet, earlier, replayed=True)
        require_no_pause(unit, platform, place, sheet)
        around = _surroundings(unit, place, sheet)
    judged = judge(platform.grader, sheet.step.checkpoint.question, sheet.given, around)
    verdict = in_language(judged, platform.translator(place.course.language))
    if place.preview:
        return _preview(platform, place, sheet, verdict)
    attempt, replayed = record_attempt(platform, actor, sheet, verdict)
    with platform.store.reading() as unit:
        return _result(unit, platform, enter(unit, actor, course), sheet, attempt, replayed=replayed)


def _surroundings(unit: UnitOfWork, place: Place, sheet: Sheet) -> Surroundings:
    if not isinstance(sheet.step.checkpoint.question, Exercise):
        return Surroundings()
    return surroundings(unit, place, sheet.edition, sheet.chapter, sheet.step, key=sheet.submission.key)


def _result(
    unit: UnitOfWork, platform: Platform, place: Place, sheet: Sheet, attempt: Attempt, *, replayed: bool
) -> AttemptResult:
    """The learner's standing as it is now, in terms of the edition that they see."""
    show = Presenter(platform, place.actor, sheet.edition)
    record = recall(unit, platform, place, [sheet.step])[sheet.step.id]
    return AttemptResult(
        attempt=present_attempt(unit, show, attempt),
        counted=attempt.counted,
        checkpoint=show.checkpoint(sheet.step.checkpoint, record),
        progress=progress_view(place, chapter_now(place, sheet)),
        unlocked=attempt.unlocked,
        replayed=replayed,
    )


def _preview(platform: Platform, place: Place, sheet: Sheet, verdict: Verdict) -> AttemptResult:
    """What a learner would be told; nothing is stored."""
    show = Presenter(platform, place.actor, sheet.edition, preview=True)
    attempt = Attempt(
        user=place.actor.id,
        course=place.course.id,
        step=sheet.step.id,
        edition=sheet.edition.number,
        given=sheet.given,
        digest=sheet.digest,
        verdict=verdict,
        counted=False,
        duration_ms=sheet.submission.duration_ms,
        key=sheet.submission.key,
        at=platform.clock(),
    )
    view = show.attempt(attempt, sheet.step.checkpoint.question)
    passed = verdict.passed
    record = Record("passed" if passed else None, last=view, last_pass=view if passed else None)
    checkpoint = show.checkpoint(sheet.step.checkpoint, record)
    progress = progress_view(place, chapter_now(place, sheet))
    return AttemptResult(view, counted=False, checkpoint=checkpoint, progress=progress, unlocked=None)
