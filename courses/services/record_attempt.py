"""Record a judged answer: in one transaction that checks the order, lets in one attempt of a learner at
a time, and so ends in exactly one pass whatever is sent at once or again."""

from courses.errors import GuessingPause, KeyReused
from courses.models.guessing import LOOK_BACK
from courses.models.verdict import Verdict
from courses.services.place import Place, enter
from courses.services.platform import Actor, Platform
from courses.services.present import Presenter
from courses.services.records import Attempt, NewAttempt, Standing
from courses.services.settle import newly_unlocked
from courses.services.sheet import Sheet, path_chapter, require_answerable
from courses.services.store import UnitOfWork


def record_attempt(platform: Platform, actor: Actor, sheet: Sheet, verdict: Verdict) -> tuple[Attempt, bool]:
    """Record once; the second value says that it had been recorded already."""
    course = sheet.edition.course.id
    with platform.store.unit() as unit:
        unit.enrolments.lock(actor.id, course, platform.clock())
        place = enter(unit, actor, course)
        earlier = find_recorded(unit, place, sheet.step.id, sheet.submission.key)
        if earlier is not None:
            require_same(earlier, sheet)
            return earlier, True
        require_answerable(place, sheet.edition, sheet.chapter, sheet.step)
        require_no_pause(unit, platform, place, sheet)
        attempt = _add(unit, platform, place, sheet, verdict)
        path = path_chapter(place, sheet.chapter, sheet.step.id)
        if place.visited != path.id:
            unit.enrolments.visit(actor.id, course, path.id, attempt.at)
        unit.commit()
    return attempt, False


def find_recorded(unit: UnitOfWork, place: Place, step: str, key: str) -> Attempt | None:
    """The attempt at the step that came with the same key. Raises KeyReused when it was at another step.

    A retry is answered with it even if an edition has locked the step since.
    """
    attempt = None if place.preview else unit.attempts.by_key(place.actor.id, key)
    if attempt is not None and (attempt.course, attempt.step) != (place.course.id, step):
        raise KeyReused
    return attempt


def require_same(recorded: Attempt, sheet: Sheet) -> None:
    """Raises KeyReused when the answer is another one."""
    if recorded.digest != sheet.digest:
        raise KeyReused


def require_no_pause(unit: UnitOfWork, platform: Platform, place: Place, sheet: Sheet) -> None:
    """Raises GuessingPause."""
    if place.preview:
        return
    since, step = platform.clock() - LOOK_BACK, sheet.step
    history = unit.attempts.histories(place.actor.id, place.course.id, [step.id], since)[step.id]
    pause = Presenter(platform, place.actor, sheet.edition).pause(step.checkpoint, history)
    if pause > 0:
        raise GuessingPause(pause)


def _add(unit: UnitOfWork, platform: Platform, place: Place, sheet: Sheet, verdict: Verdict) -> Attempt:
    user, course, step = place.actor.id, place.course.id, sheet.step.id
    at, path = platform.clock(), path_chapter(place, sheet.chapter, step)
    passes = verdict.passed and place.course.find_step(step) is not None
    attempt = unit.attempts.add(
        NewAttempt(
            user=user,
            course=course,
            step=step,
            edition=sheet.edition.number,
            given=sheet.given,
            digest=sheet.digest,
            verdict=verdict,
            counted=_counts(unit, place, sheet, verdict),
            duration_ms=sheet.submission.duration_ms,
            key=sheet.submission.key,
            at=at,
            unlocked=newly_unlocked(path, place.settled, step, "passed") if passes else None,
        )
    )
    if passes:
        unit.progress.settle(user, course, step, Standing("passed", at, attempt.id))
    return attempt


def _counts(unit: UnitOfWork, place: Place, sheet: Sheet, verdict: Verdict) -> bool:
    """Neither a repeated wrong answer counts, nor one that the server failed to grade."""
    if verdict.passed or verdict.outcome == "unavailable":
        return verdict.passed
    return not unit.attempts.failed_before(
        place.actor.id, place.course.id, sheet.step.id, sheet.edition.number, sheet.digest
    )
