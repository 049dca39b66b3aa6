"""A course's fingerprint, and what a new edition does to learners."""

from dataclasses import replace
from pathlib import Path

from author_notebooks import OPENING, code, notebook, write_course
from fake_grader import FakeGrader

from courses.authoring.check_course import check_course
from courses.authoring.compare_editions import compare_editions
from courses.models.checkpoint import Checkpoint, Number, Question, Read
from courses.models.course import Cell, Chapter, Course, CourseFile, Step
from courses.services.digest import edition_digest


def course(*steps: Step, chapter: str = "one") -> Course:
    return Course("demo", "Demo", (Chapter(chapter, "One", steps),))


def step(name: str, question: Question | None = None, *, recheck: bool = False) -> Step:
    return Step(f"Step {name}", (), Checkpoint(name, question or Read(f"Ask {name}"), recheck=recheck))


def messages(old: Course, new: Course) -> list[str]:
    return [str(finding) for finding in compare_editions(old, new)]


def test_the_same_course_has_the_same_digest(tmp_path: Path) -> None:
    """However often it is read and run, and whatever its outputs say."""
    folder = write_course(
        tmp_path / "demo",
        one=notebook(
            OPENING, "## S", code("import time\nprint(time.perf_counter_ns())"), "%%checkpoint a\nkind: read"
        ),
    )
    checked = [check_course(folder, FakeGrader()) for _ in range(2)]
    assert checked[0].course != checked[1].course
    assert len({edition_digest(one.course, one.files) for one in checked}) == 1


def test_any_change_changes_the_digest() -> None:
    """Of a text, a number, a file's content, path or access."""
    file = CourseFile("a.png", b"1")
    digests = [
        edition_digest(course(step("a")), ()),
        edition_digest(replace(course(step("a")), title="Other"), ()),
        edition_digest(course(step("a", Number("x", 1.0))), ()),
        edition_digest(course(step("a", Number("x", 2.0))), ()),
        edition_digest(course(step("a")), (file,)),
        edition_digest(course(step("a")), (replace(file, content=b"2"),)),
        edition_digest(course(step("a")), (replace(file, path="b.png"),)),
        edition_digest(course(step("a")), (replace(file, access="tests"),)),
    ]
    assert len(set(digests)) == len(digests)


def test_files_have_no_order() -> None:
    """A folder lists them as it likes."""
    files = (CourseFile("a", b"1"), CourseFile("b", b"2"))
    assert edition_digest(course(), files) == edition_digest(course(), files[::-1])


def test_an_unchanged_edition_has_nothing_to_say() -> None:
    """Nor one that only adds steps or mends a text."""
    old = course(step("a"), step("b"))
    mended = replace(step("b", Read("Mended")), cells=(Cell("c", "markdown", "x"),))
    assert messages(old, old) == []
    assert messages(old, course(step("a"), step("new", Number("x", 1.0)), mended)) == []


def test_a_removed_step_is_named() -> None:
    """Learners lose it."""
    assert messages(course(step("a"), step("b")), course(step("a"))) == [
        "one.ipynb, b: The step “Step b” is gone. Its attempts are kept; learners see it no more."
    ]


def test_a_renamed_step_is_recognised() -> None:
    """By its question."""
    question = Number("How many minutes?", 25.0)
    assert messages(course(step("wait", question)), course(step("waits", question))) == [
        "one.ipynb, wait: The step “Step wait” has got the id “waits”: whoever passed it must pass it again. "
        "Ids never change: write `wait` again."
    ]


def test_a_moved_step_is_named() -> None:
    """Its id is the course's, so who passed it has passed it."""
    assert messages(course(step("a")), course(step("a"), chapter="two")) == [
        "two.ipynb, a: The step has moved here from one.ipynb; who passed it there has passed it. "
        "If it is another step, give it an id of its own."
    ]


def test_another_kind_of_question_is_named_unless_it_is_rechecked() -> None:
    """An id that stands for something new would give away old passes."""
    new = Number("x", 1.0)
    assert messages(course(step("a")), course(step("a", new))) == [
        "one.ipynb, a: The checkpoint was of kind `read` and is `number` now; earlier passes count. "
        "If they should not, write `recheck: true` or give it a new id."
    ]
    assert not any("earlier passes count" in m for m in messages(course(step("a")), asked_again(new)))


def asked_again(question: Question) -> Course:
    return course(step("a", question, recheck=True))


def test_what_has_to_be_passed_again_is_named() -> None:
    """When the mark is new, and when the question has changed under it; never while both stay."""
    again = (
        "one.ipynb, a: The checkpoint has `recheck: true`: whoever passed it before has to pass it again. "
        "Take that line out, so that passes stay when the question changes again."
    )
    one, two = Number("x", 1.0), Number("x", 2.0)
    assert messages(course(step("a", one)), asked_again(one)) == [again]
    assert messages(asked_again(one), asked_again(two)) == [again]
    assert messages(asked_again(one), asked_again(one)) == []
    assert messages(asked_again(one), course(step("a", two))) == []
