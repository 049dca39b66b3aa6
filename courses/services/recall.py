"""What a learner has done so far, read from the store and ready to be presented."""

from collections.abc import Mapping, Sequence

from courses.models.course import Step
from courses.models.guessing import LOOK_BACK
from courses.models.views import AttemptView
from courses.services.place import Place
from courses.services.platform import Platform
from courses.services.present import Presenter, Record
from courses.services.records import Attempt, History
from courses.services.store import UnitOfWork


def presenter(platform: Platform, place: Place) -> Presenter:
    """A presenter of the newest edition."""
    return Presenter(platform, place.actor, place.edition, place.preview)


def recall(unit: UnitOfWork, platform: Platform, place: Place, steps: Sequence[Step]) -> Mapping[str, Record]:
    """A record a step; blank ones in preview."""
    ids = [step.id for step in steps]
    if place.preview or not ids:
        return {step: Record() for step in ids}
    user, course = place.actor.id, place.course.id
    hints = unit.hints.taken(user, course, ids)
    histories = unit.attempts.histories(user, course, ids, platform.clock() - LOOK_BACK)
    passes = _passes(unit, place, histories)
    show = presenter(platform, place)

    def seen(attempt: Attempt | None) -> AttemptView | None:
        return present_attempt(unit, show, attempt) if attempt else None

    return {
        step: Record(
            place.settled.get(step),
            hints.get(step, 0),
            histories[step],
            seen(_standing(place, histories[step])),
            seen(passes.get(step)),
        )
        for step in ids
    }


def _standing(place: Place, history: History) -> Attempt | None:
    """The latest attempt, but for a pass that counts no more: such a step is to be answered again."""
    last = history.last
    if last is None or not last.verdict.passed or last.step in place.settled:
        return last
    return None if place.course.find_step(last.step) else last


def _passes(unit: UnitOfWork, place: Place, histories: Mapping[str, History]) -> dict[str, Attempt]:
    """The latest passing attempt a step; the store is asked only where later ones failed."""
    lasts = [history.last for history in histories.values() if history.last]
    counting = [last for last in lasts if last.step in place.settled]
    passes = {last.step: last for last in counting if last.verdict.passed}
    failed_since = [last.step for last in counting if last.step not in passes]
    if failed_since:
        passes |= unit.attempts.latest_passed(place.actor.id, place.course.id, failed_since)
    return passes


def present_attempt(unit: UnitOfWork, show: Presenter, attempt: Attempt) -> AttemptView:
    """The attempt in terms of the question it answered, which a later edition may have changed."""
    edition = show.edition
    if edition.number != attempt.edition:
        edition = unit.editions.get(attempt.course, attempt.edition) or edition
    found = edition.course.find_step(attempt.step)
    assert found is not None, "an attempt is at a step of its edition"
    return show.attempt(attempt, found[1].checkpoint.question)
