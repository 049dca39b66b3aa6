"""Which cell of a new edition is which of the one before."""

from courses.models.cell_ids import keep_cell_ids
from courses.models.checkpoint import Checkpoint, Read
from courses.models.course import Cell, Chapter, Course, Step

Told = dict[str, str]
"""Cells' ids and sources."""


def course(first: Told, second: Told | None = None, closing: Told | None = None) -> Course:
    steps = (
        Step("One", cells(first), Checkpoint("one", Read())),
        Step("Two", cells(second or {}), Checkpoint("two", Read())),
    )
    return Course("demo", "Demo", (Chapter("ch", "Chapter", steps, cells(closing or {})),))


def cells(told: Told) -> tuple[Cell, ...]:
    return tuple(
        Cell(id_, "markdown" if source.startswith("#") else "code", source) for id_, source in told.items()
    )


def kept(old: Course, new: Course) -> list[list[str]]:
    """The ids, step by step, the closing's last."""
    chapter = keep_cell_ids(old, new).chapters[0]
    return [[cell.id for cell in part] for part in (*(s.cells for s in chapter.steps), chapter.closing)]


def test_what_has_not_changed_stays_as_it_is() -> None:
    """Down to the last cell."""
    old = course({"a": "x = 1", "p": "# Prose"}, {"~b": "x = 1"}, {"c": "z = 1"})
    assert keep_cell_ids(old, old) == old


def test_a_given_id_counts_more_than_what_the_cell_says() -> None:
    """However much was changed, and although another cell has its former words."""
    old = course({"a": "x = 1"})
    assert kept(old, course({"b": "x = 1", "a": "def f(): pass"}))[0] == ["b", "a"]


def test_cells_with_other_ids_are_found_by_what_they_say() -> None:
    """In their step, in another step, and where a step is cut in two."""
    old = course({"a": "x = 1", "b": "y = 2"}, {"c": "x = 1"}, {"d": "z = 3"})
    assert kept(old, course({"k": "x = 1"}, {"l": "y = 2", "m": "x = 1"}, {"n": "z = 3"})) == [
        ["a"],
        ["b", "c"],
        ["d"],
    ]


def test_a_changed_cell_is_found_by_what_it_is_like() -> None:
    """Within its step; what is like nothing that has gone is a new cell."""
    old = course({"~a": "price = 3\nprint(price)", "~b": "for n in range(3):\n    print(n)"})
    new = course(
        {"~n": "import os", "~c": "for k in range(4):\n    print(k)", "~d": "price = 4\nprint(price)"}
    )
    assert kept(old, new)[0] == ["~n", "~b", "~a"]
    assert kept(old, course({}, {"~d": "price = 4\nprint(price)"}))[1] == ["~d"]


def test_no_two_cells_get_one_id() -> None:
    """A cell that says what another one said when it got its id has another, for as long as it is there."""
    old = course({"~first": "price = 3\nprint(price)"})
    changed = keep_cell_ids(old, course({"~changed": "price = 4\nprint(price)"}))
    both = course({"~changed": "price = 4\nprint(price)", "~first": "price = 3\nprint(price)"})
    assert kept(changed, both)[0] == ["~first", "~first-2"]
    assert kept(keep_cell_ids(changed, both), both)[0] == ["~first", "~first-2"]


def test_prose_keeps_what_it_has() -> None:
    """Nobody writes in it, and a cell that was code before has the id already."""
    old = course({"a": "x = 1\nprint(x)"})
    assert kept(old, course({"a": "# Prose", "b": "x = 2\nprint(x)"}))[0] == ["a", "b"]
