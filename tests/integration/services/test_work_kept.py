"""Half-written work, course files, and what a new kernel replays."""

from dataclasses import replace

import pytest
from small_world import FILES, Desk, code, make_learner, small_course, with_step, without_step

from courses.errors import NotFound, Rejected, StepLocked
from courses.models.course import Policies
from courses.models.views import DraftView
from courses.services.manage_users import set_role
from courses.services.open_step import open_step
from courses.services.platform import Actor, Platform
from courses.services.publish_edition import publish_edition
from courses.services.read_drafts import read_drafts
from courses.services.read_file import read_file
from courses.services.replay_plan import replay_plan
from courses.services.save_draft import MAX_DEVICES, MAX_TEXT, save_draft
from courses.services.show_solution import show_solution


def save(desk: Desk, slot: str, text: str, revision: int = 1, device: str = "desk") -> DraftView:
    desk.clock.advance(1)
    return save_draft(desk.platform, desk.actor, "small", slot, device=device, text=text, revision=revision)


def test_older_revision_changes_nothing(desk: Desk) -> None:
    """A save that arrives late is answered with what is stored."""
    save(desk, "start", "second", 2)
    assert save(desk, "start", "first", 1).text == "second"
    assert save(desk, "start", "other second", 2).text == "second"
    assert save(desk, "start", "third", 3).text == "third"


def test_both_devices_drafts_are_offered(desk: Desk) -> None:
    """Two devices' drafts are both kept, newest first, and only for what is open."""
    save(desk, "start", "phone's", device="phone")
    save(desk, "start", "desk's", 9)
    save(desk, "cell:c1", "a = 5")
    save(desk, "scratch:one", "1 + 1")
    found = read_drafts(desk.platform, desk.actor, "small", "one")
    assert [draft.text for draft in found] == ["1 + 1", "a = 5", "desk's", "phone's"]
    assert read_drafts(desk.platform, make_learner(desk.platform, "bo"), "small", "one") == []


def test_devices_are_limited(desk: Desk) -> None:
    """A slot keeps the drafts of the devices that saved last, so that nobody fills the disk."""
    for i in range(MAX_DEVICES + 3):
        save(desk, "start", f"{i}", device=f"d{i}")
    assert len(read_drafts(desk.platform, desk.actor, "small", "one")) == MAX_DEVICES


@pytest.mark.parametrize(
    ("slot", "error"),
    [("count", StepLocked), ("cell:c5", NotFound), ("cell:c9", NotFound), ("nothing", NotFound)],
)
def test_only_open_slots_take_drafts(desk: Desk, slot: str, error: type[Exception]) -> None:
    """Nothing can be stored where nothing is open."""
    with pytest.raises(error):
        save(desk, slot, "text")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("text", {"text": "x" * (MAX_TEXT + 1)}),
        ("text", {"text": "\x00"}),
        ("text", {"text": "\ud800"}),
        ("device", {"device": ""}),
        ("device", {"device": "x" * 65}),
        ("revision", {"revision": -1}),
        ("revision", {"revision": 2**60}),
    ],
)
def test_bad_draft_names_its_field(desk: Desk, field: str, change: dict[str, object]) -> None:
    """A draft that cannot be kept is refused with the field's name."""
    draft: dict[str, object] = {"text": "t", "device": "d", "revision": 1, **change}
    with pytest.raises(Rejected) as refused:
        save_draft(desk.platform, desk.actor, "small", "start", **draft)  # type: ignore[arg-type]
    assert refused.value.field == field


def sources(platform: Platform, actor: Actor) -> list[str]:
    return [cell.source for cell in replay_plan(platform, actor, "small", "one").cells]


def test_replay_runs_up_to_the_current_step(platform: Platform, ada: Actor, desk: Desk) -> None:
    """A new kernel gets the author's open cells and the learner's latest passed code, nothing locked."""
    assert sources(platform, ada) == ["a = 1"]
    desk.reach("task")
    assert sources(platform, ada) == ["a = 1", "import os", "b = 2"]
    for attempt in ("mine = 'right'", "better = 'right'", "worse = 'wrong'"):
        desk.answer("task", attempt)
    assert sources(platform, ada) == ["a = 1", "import os", "b = 2", "better = 'right'", "c = 3"]
    desk.answer("count", "7")
    assert sources(platform, ada)[-2:] == ["c = 3", "z = 9"]


def test_replay_hides_set_up_and_gives_code_s_files(platform: Platform, desk: Desk) -> None:
    """Set-up cells run unseen; files for code are in, those of pages and tests are not."""
    desk.reach("task")
    plan = replay_plan(platform, desk.actor, "small", "one")
    assert [cell.id for cell in plan.cells if not cell.visible] == ["c2"]
    assert [file.path for file in plan.files] == ["data/t.csv"]


def test_replay_of_a_shown_exercise_uses_the_author_s_solution(platform: Platform, desk: Desk) -> None:
    """What was shown may be run, so that later cells find its names."""
    publish_edition(platform, small_course(Policies(2, solution="never")), FILES, "test")
    desk.reach("task")
    desk.answer("task", "one")
    desk.answer("task", "two")
    assert "x = 'right, says the author'" not in sources(platform, desk.actor)
    show_solution(platform, desk.actor, "small", "task")
    assert "x = 'right, says the author'" in sources(platform, desk.actor)


def test_images_come_with_their_step(platform: Platform, ada: Actor, desk: Desk) -> None:
    """An image is served once a step that names it is open; no other file ever is."""
    assert read_file(platform, ada, "small", "img/map.png").content == b"map"
    closed = ["img/wheel.png", "img/cup.png", "img/nowhere.png", "data/t.csv", "private/t.csv", "no\x00"]
    for path in closed:
        with pytest.raises(NotFound):
            read_file(platform, ada, "small", path)
    desk.reach("colour")
    assert read_file(platform, ada, "small", "img/wheel.png").content == b"wheel"
    desk.reach("all")
    desk.answer("count", "7")
    assert read_file(platform, ada, "small", "img/cup.png").content == b"cup"


def test_staff_see_every_file_but_the_tests(platform: Platform, ada: Actor) -> None:
    """Staff may look at all images and data; what tests read is for tests."""
    set_role(platform, "ada", "small", "instructor")
    assert read_file(platform, ada, "small", "img/nowhere.png").content == b"nowhere"
    with pytest.raises(NotFound):
        read_file(platform, ada, "small", "private/t.csv")


def test_a_changed_example_keeps_its_draft(platform: Platform, ada: Actor, desk: Desk) -> None:
    """Although its notebook gives it another id; publishing it again changes nothing."""
    save(desk, "cell:c1", "a = 1  # mine")
    course = small_course()
    start = course.chapters[0].steps[0]
    changed = replace(start, cells=(code("n1", "import math"), code("n2", "a = 1 + 1")))
    new = with_step(without_step(course, "start"), changed, 0)
    edition = publish_edition(platform, new, FILES, "test")
    assert publish_edition(platform, new, FILES, "test") == edition
    shown = open_step(platform, ada, "small", "start").cells
    drafts = {draft.slot: draft.text for draft in read_drafts(platform, ada, "small", "one")}
    assert [drafts.get(f"cell:{cell.id}") for cell in shown] == [None, "a = 1  # mine"]
