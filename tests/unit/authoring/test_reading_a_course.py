"""From a folder to a course: what is read, and that everything wrong is found at once."""

import os
from pathlib import Path

import pytest
from author_notebooks import OPENING, READ, code, markdown, notebook, write_course

from courses.authoring.check_course import check_course
from courses.authoring.read_course import read_course, read_folder
from courses.errors import AuthoringError
from courses.models.checkpoint import Exercise, Read
from courses.models.course import Cell, Chapter, Course, CourseFile, Policies

PNG = b"\x89PNG\r\n"
STEP = "## A step"


def chapter_of(folder: Path, *cells: dict[str, object] | str) -> Chapter:
    """The chapter made of these cells; nothing is wrong with it."""
    course, _, warnings = read_course(write_course(folder / "demo", one=notebook(*cells)))
    assert warnings == []
    return course.chapters[0]


def findings(folder: Path, *cells: dict[str, object] | str) -> list[str]:
    """Errors, or else warnings, of a course with one chapter made of these cells."""
    return findings_in(write_course(folder / "demo", one=notebook(*cells)))


def findings_in(folder: Path) -> list[str]:
    try:
        return [str(finding) for finding in read_course(folder)[2]]
    except AuthoringError as error:
        return [str(finding) for finding in error.findings]


def test_a_notebook_is_cut_at_its_checkpoints(tmp_path: Path) -> None:
    """A step is the run of cells up to its checkpoint; what follows the last one closes the chapter."""
    chapter = chapter_of(
        tmp_path, OPENING, STEP, code("x = 1"), READ, "## Two", "%%checkpoint b\nkind: read", "Bye"
    )
    assert (chapter.id, chapter.title, chapter.summary) == ("one", "A chapter", "What it is about.")
    first, second = chapter.steps
    assert first.cells == (Cell("c1", "markdown", "## A step"), Cell("c2", "code", "x = 1"))
    assert (first.id, first.title, first.checkpoint.question) == ("start", "A step", Read())
    assert (second.id, second.title) == ("b", "Two")
    assert chapter.closing == (Cell("c6", "markdown", "Bye"),)


def test_the_opening_cell_may_say_how_long_it_takes(tmp_path: Path) -> None:
    """Above the heading or below it."""
    for number, opening in enumerate(["<!--| minutes: 25 -->\n# T\n\nS", "# T\n<!--| minutes: 25 -->\n\nS"]):
        chapter = chapter_of(tmp_path / str(number), opening, STEP, READ)
        assert (chapter.title, chapter.minutes, chapter.summary) == ("T", 25, "S")


def test_loading_the_extension_and_empty_cells_are_left_out(tmp_path: Path) -> None:
    """They are there for the author's kernel."""
    chapter = chapter_of(tmp_path, "%load_ext stepwise_kernel_ext\n", OPENING, code(""), STEP, READ)
    assert [cell.source for cell in chapter.steps[0].cells] == ["## A step"]


def test_a_title_replaces_the_heading(tmp_path: Path) -> None:
    """From any cell of the step; the heading stays where it is."""
    for number, cells in enumerate(
        [["<!--| title: No: spoilers -->\n## X", READ], ["## X", READ + "\ntitle: No: spoilers"]]
    ):
        step = chapter_of(tmp_path / str(number), OPENING, *cells).steps[0]
        assert step.title == "No: spoilers"
        assert step.cells[0].source == "## X"


def test_a_comment_in_a_code_block_is_no_heading(tmp_path: Path) -> None:
    """`# note` inside a fence is Python."""
    assert chapter_of(tmp_path, OPENING, "```\n# note\n```\n\n## Real", READ).steps[0].title == "Real"


def test_fields_on_code_cells(tmp_path: Path) -> None:
    """They leave the source and say how the cell is treated."""
    source = "\n".join(
        [
            "#| setup: true",
            "#| hide-source: yes",
            "#| no-replay: true",
            "#| fig-alt: A line: up",
            "#| for: a > 1",
            "x = 1",
        ]
    )
    cell = (
        chapter_of(tmp_path, OPENING, STEP, code(source, tags=("raises-exception",)), READ).steps[0].cells[1]
    )
    assert cell == Cell(
        "c2",
        "code",
        "x = 1",
        setup=True,
        hide_source=True,
        no_replay=True,
        raises_exception=True,
        fig_alt="A line: up",
        condition="a > 1",
    )


def test_fields_on_markdown_cells(tmp_path: Path) -> None:
    """One comment or several; points, skills and needs are the step's."""
    source = "<!--| points: 3 -->\n<!--|\nskills: a, b\nfor: x == 1\n-->\n\n## H"
    step = chapter_of(tmp_path, OPENING, source, READ + "\nskills: [b, c]\nneeds: a\nfor: y").steps[0]
    assert step.cells == (Cell("c1", "markdown", "## H", condition="x == 1"),)
    assert (step.checkpoint.points, step.checkpoint.skills) == (3, ("a", "b", "c"))
    assert (step.checkpoint.needs, step.condition) == (("a",), "y")


def test_the_cell_above_an_exercise_is_its_task(tmp_path: Path) -> None:
    """It stays a cell of the step, and names the control; an example may stand between."""
    exercise = "%%exercise e\n### BEGIN SOLUTION\nx\n### END SOLUTION\n### BEGIN TESTS\nx\n### END TESTS"
    step = chapter_of(tmp_path, OPENING, STEP, "Set `x`.", code("y = 2"), exercise).steps[0]
    assert isinstance(step.checkpoint.question, Exercise)
    assert step.checkpoint.question.ask == "Set `x`."
    assert [cell.source for cell in step.cells] == [STEP, "Set `x`.", "y = 2"]


def without_ids(*cells: dict[str, object] | str) -> bytes:
    return notebook(*cells).replace(b'"id"', b'"no"')


def ids_by_source(folder: Path, *cells: dict[str, object] | str) -> list[tuple[str, str]]:
    course, _, _ = read_course(write_course(folder / "demo", one=without_ids(*cells)))
    chapter = course.chapters[0]
    every = [cell for step in chapter.steps for cell in step.cells] + list(chapter.closing)
    return [(cell.source, cell.id) for cell in every]


def test_cells_without_ids_get_what_they_are_for_an_id(tmp_path: Path) -> None:
    """A cell that comes in above changes nobody's; equal cells are told apart."""
    other = "%%checkpoint other\nkind: read"
    cells = [STEP, code("x = 1"), code("x = 1"), READ, STEP, code("x = 1"), other, code("x = 1")]
    first = ids_by_source(tmp_path / "a", OPENING, *cells)
    later = ids_by_source(tmp_path / "b", OPENING, "New prose", code("new = 1"), *cells)
    assert later[2:] == first
    assert len({id_ for _, id_ in first}) == len(first) == 6


def test_a_copied_notebook_keeps_cells_apart(tmp_path: Path) -> None:
    """Its cells have the same ids as the first one's, and drafts belong to ids."""
    folder = write_course(
        tmp_path / "demo",
        one=notebook(OPENING, STEP, READ),
        two=notebook(OPENING, STEP, "%%checkpoint other\nkind: read"),
    )
    reading = read_folder(folder)
    assert [chapter.steps[0].cells[0].id for chapter in reading.course.chapters] == ["c1", "two-c1"]
    assert reading.places.cells["two", "two-c1"] == 2


def test_course_yml_is_read(tmp_path: Path) -> None:
    """Everything that it may say."""
    yml = (
        "summary: Short: and clear\nlanguage: de\npackages: numpy, pandas\n"
        "policies:\n  attempts-before-show: 3\n  solution: never\n  prove: off\n"
    )
    course, _, _ = read_course(write_course(tmp_path / "demo", yml=yml, one=notebook(OPENING, STEP, READ)))
    assert course == Course(
        "demo",
        "A course",
        course.chapters,
        "Short: and clear",
        "de",
        ("numpy", "pandas"),
        Policies(3, "never"),
    )


def test_files_belong_to_the_course(tmp_path: Path) -> None:
    """Images to pages, data and modules to code, `private/` to tests; anything else to nobody."""
    folder = write_course(
        tmp_path / "demo", one=notebook(OPENING, f"{STEP}\n\n![A dot](img/a%20b.png)", READ)
    )
    files = {"img/a b.png": PNG, "data/x.csv": b"1", "tool.py": b"x = 1", "private/key.txt": b"k"}
    others = {"README.md": b"", ".git/x.png": PNG, "__pycache__/y.py": b"", ".ipynb_checkpoints/z.png": PNG}
    for name, content in (files | others).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    assert read_course(folder)[1] == (
        CourseFile("data/x.csv", b"1", "code"),
        CourseFile("img/a b.png", PNG, "page"),
        CourseFile("private/key.txt", b"k", "tests"),
        CourseFile("tool.py", b"x = 1", "code"),
    )


def test_attachments_are_kept(tmp_path: Path) -> None:
    """An image pasted into a cell needs no file."""
    attachments = {"a.png": {"image/png": "aGk="}}
    cell = markdown(f"{STEP}\n\n![A dot](attachment:a.png)", attachments=attachments)
    assert chapter_of(tmp_path, OPENING, cell, READ).steps[0].cells[0].attachments == attachments


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"{bad", "one.ipynb, line 1: This is not a notebook: not valid JSON "),
        (b"\xc3\x28", "one.ipynb: This is not a notebook: not valid JSON "),
        (b"[]", "one.ipynb: This is not a notebook: it names no `nbformat`."),
        (b'{"nbformat": 5}', "one.ipynb: The notebook has format 5, newer than the 4 that is understood."),
        (b'{"nbformat": 3}', "one.ipynb: The notebook has format 3, which is too old."),
        (b'{"nbformat": 4}', "one.ipynb: The notebook has no list of cells."),
        (b'{"nbformat": 4, "cells": [3]}', "one.ipynb, cell 1: This is not a cell of notebook format 4."),
        (b'{"nbformat": 4, "cells": []}', "one.ipynb: The notebook is empty."),
        (b" " * (10 * 2**20 + 1), "one.ipynb: The notebook has 10 MiB; the limit is 10."),
        (b"[" * 200_000, "one.ipynb"),
    ],
)
def test_what_is_no_notebook_is_refused(tmp_path: Path, content: bytes, found: str) -> None:
    """With the reason, and nothing but the reason."""
    (message,) = findings_in(write_course(tmp_path / "demo", one=content))
    assert message.startswith(found)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([STEP, READ], "one.ipynb, cell 1: The chapter has no title. "
         "Begin with a Markdown cell whose first line is `# Title`."),
        ([OPENING, STEP], "one.ipynb: The chapter has no checkpoint. "
         "End each step with a `%%checkpoint ID` cell."),
        ([OPENING, "Text", READ], "one.ipynb, cell 3: The step has no title. "
         "Begin it with a heading, or write `title:`."),
        ([OPENING, STEP, READ, STEP, READ], "one.ipynb, cell 5: Cell 3 has the id “start” too. "
         "Give each checkpoint an id of its own."),
        ([OPENING, code("# no id", id="x"), markdown(STEP, id="x"), READ],
         "one.ipynb, cell 3: Cell 2 has the same id, “x”. "
         "Open the notebook in JupyterLab, cut this cell, paste it and save."),
        ([OPENING, STEP, code("#| fig-lat: x\nx"), READ],
         "one.ipynb, cell 3, line 1, fig-lat: There is no field `fig-lat` here. Did you mean `fig-alt`?"),
        ([OPENING, STEP, code("#| setup: true\nx = ("), READ],
         "one.ipynb, cell 3: The code is not valid Python: '(' was never closed at “x = (”. "
         "Correct it; if it is meant to raise, tag it `raises-exception`."),
        ([OPENING, "\n<!--|\npoints: many\n-->\n## H", READ],
         "one.ipynb, cell 2, line 3, points: “many” is not a number. Write `points: 0`, for example."),
        ([OPENING, "<!--| title: A -->\n## H", READ + "\ntitle: B"],
         "one.ipynb, cell 3, title: The step's `title` is given twice. Keep one of them."),
        ([OPENING, f"{STEP}\n\n![x](img/no.png)", READ],
         "one.ipynb, cell 2, line 3: There is no image “img/no.png” in the course. "
         "Put the file there, or correct the name; it is relative to the course's folder."),
        ([OPENING, f"{STEP}\n\n![x](../../etc/passwd.png)", READ],
         "one.ipynb, cell 2, line 3: There is no image “../../etc/passwd.png” in the course. "
         "Put the file there, or correct the name; it is relative to the course's folder."),
        ([OPENING, f'{STEP}\n\n<img alt="x" src="no.png">', READ],
         "one.ipynb, cell 2, line 3: There is no image “no.png” in the course. "
         "Put the file there, or correct the name; it is relative to the course's folder."),
        ([OPENING, f"{STEP}\n\n![x](attachment:no.png)", READ],
         "one.ipynb, cell 2, line 3: There is no attachment “no.png”. Paste the image in again."),
        ([OPENING, f"{STEP}\n\n![x](https://example.org/a.png)", READ],
         "one.ipynb, cell 2, line 3: The image “https://example.org/a.png” is on another host; "
         "pages ask no other host. Save it in the course's folder and name that file."),
        ([OPENING, STEP, READ + "\nask: ![x](no.png)"],
         "one.ipynb, cell 3, ask: There is no image “no.png” in the course. "
         "Put the file there, or correct the name; it is relative to the course's folder."),
        ([OPENING, code("x"), "%%exercise e\n### BEGIN SOLUTION\nx\n### END SOLUTION\n"
          "### BEGIN TESTS\nx\n### END TESTS"],
         "one.ipynb, cell 3: The exercise has no task. "
         "Write what is to be done in a Markdown cell above it."),
    ],
)  # fmt: skip
def test_errors_name_their_cell(tmp_path: Path, cells: list[dict[str, object] | str], found: str) -> None:
    """Golden messages: an author reads these."""
    assert found in findings(tmp_path, *cells)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("<script>x</script>", "This HTML asks for script, which will not run on the page."),
        ('a <b onclick="x()">b</b>', "This HTML asks for script, which will not run on the page."),
        (code("from IPython.display import Javascript\nJavascript('x')"),
         "This cell puts script on the page, and it will not run."),
        (code("%%javascript\nx"), "This cell puts script on the page, and it will not run."),
        (code("%%html\n<script>x</script>"), "This cell puts script on the page, and it will not run."),
        ("![](data:image/png;base64,aGk=)", "has no description."),
        ({"cell_type": "raw", "metadata": {}, "source": "x"}, "A raw cell is not shown to learners."),
    ],
)  # fmt: skip
def test_warnings_stop_nobody(tmp_path: Path, cell: dict[str, object] | str, found: str) -> None:
    """The author hears of what learners will not see as it was meant."""
    (message,) = findings(tmp_path, OPENING, STEP, cell, READ)
    assert found in message
    assert message.startswith("one.ipynb, cell 3")


def test_script_that_is_only_talked_about_is_fine(tmp_path: Path) -> None:
    """In code spans and fences it is text."""
    chapter_of(tmp_path, OPENING, STEP, "A `<script>` tag\n\n```\n<script>\n```", READ)


def test_ids_are_unique_in_the_course(tmp_path: Path) -> None:
    """Not only in a chapter."""
    content = notebook(OPENING, STEP, READ)
    assert findings_in(write_course(tmp_path / "demo", one=content, two=content)) == [
        "two.ipynb, cell 3: The id “start” stands in one.ipynb, cell 3 too. Ids are unique in the course."
    ]


def test_course_yml_with_mistakes(tmp_path: Path) -> None:
    """Each with its line; fields that nothing honours are refused, not ignored."""
    folder = write_course(tmp_path / "demo", one=notebook(OPENING, STEP, READ))
    (folder / "course.yml").write_text(
        "format: 2\nlanguage: English\nbackground: x\nchapters:\n- one\n- one\n- two\n- Three Four\n"
        "policies:\n  solution: always\n  attempts: 3\npackages:\n- pandas>=2\n"
    )
    known = "chapters, format, language, packages, policies, summary, title"
    assert findings_in(folder) == [
        "course.yml, line 1, format: Format 2 is not understood. Write `format: 1`.",
        "course.yml, line 2, language: “English” is no language tag. Write `en` or `de`, say.",
        "course.yml, line 1, title: `title` is missing. Write `title: …`.",
        "course.yml, line 5, chapters: “one” is listed twice. Keep one of them.",
        "course.yml, line 13, packages: “pandas>=2” is not a name. "
        "Write a package's name alone, without a version.",
        "course.yml, line 10, policies.solution: `solution` cannot be “always”. Known: after-pass, never.",
        "course.yml, line 11, policies.attempts: There is no field `attempts` here. "
        "Known: attempts-before-show, prove, solution.",
        f"course.yml, line 3, background: There is no field `background` here. Known: {known}.",
        "course.yml, chapters: There is no two.ipynb. Correct the name, or write the notebook.",
        "course.yml, chapters: “Three Four” cannot be an id: use small letters, digits and hyphens, "
        "64 at most. Write `three-four`.",
    ]


def test_a_folder_without_course_yml_is_no_course(tmp_path: Path) -> None:
    """And is told so."""
    assert findings_in(tmp_path) == [
        f"course.yml: There is no course.yml in {tmp_path}. A folder without it is no course."
    ]


def test_files_that_may_not_be_there(tmp_path: Path) -> None:
    """Links, giants and broken modules."""
    folder = write_course(tmp_path / "demo", one=notebook(OPENING, STEP, READ))
    (folder / "a.png").symlink_to("/etc/hostname")
    (folder / "data").symlink_to("/etc")
    (folder / "tool.py").write_text("x =\n")
    with (folder / "big.png").open("wb") as file:
        os.truncate(file.fileno(), 20 * 2**20 + 1)
    assert findings_in(folder) == [
        "a.png: A course holds no symbolic links. Put the file itself here.",
        "big.png: The file has 20 MiB; the limit is 20. Make it smaller.",
        "data: A course holds no symbolic links. Put the file itself here.",
        "tool.py, line 1: The module is not valid Python: invalid syntax. Correct it.",
    ]


def test_everything_wrong_is_found_at_once(tmp_path: Path) -> None:
    """In all files, all cells, all fields."""
    folder = write_course(
        tmp_path / "demo",
        one=notebook(OPENING, STEP, "%%checkpoint A\nkind: red", STEP, "%%checkpoint b\nkind: number\nask:x"),
        two=b"{",
    )
    (folder / "tool.py").write_text("x =\n")
    places = {finding.split(":")[0] for finding in findings_in(folder)}
    assert places == {
        "tool.py, line 1",
        "one.ipynb, cell 3, line 1",
        "one.ipynb, cell 3, line 2, kind",
        "one.ipynb, cell 5, line 3",
        "one.ipynb, cell 5, line 2, answer",
        "one.ipynb, cell 5, line 2, ask",
        "two.ipynb, line 1",
    }


def test_without_a_grader_nothing_is_run(tmp_path: Path) -> None:
    """A check can stop before code runs."""
    folder = write_course(tmp_path / "demo", one=notebook(OPENING, STEP, code("1 / 0"), READ))
    assert check_course(folder, None).course.chapters[0].steps[0].cells[1].outputs == ()
