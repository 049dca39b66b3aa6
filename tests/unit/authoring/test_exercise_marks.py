"""Marks: an exercise's cell cut into solution, starter, tests, mistakes and hints."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.authoring.marks import ExerciseSources, read_sources
from courses.authoring.spots import Spot
from courses.models.checkpoint import CodeMistake
from courses.models.marks import REGION_NAMES, split_regions


def read(cell: str) -> ExerciseSources:
    spot = Spot("one.ipynb", [])
    sources = read_sources(cell, spot)
    assert spot.findings == []
    return sources


def findings(cell: str) -> list[str]:
    spot = Spot("f", [])
    read_sources(cell, spot)
    return [str(finding).removeprefix("f, ") for finding in spot.findings]


def marked(name: str, text: str) -> str:
    return f"### BEGIN {name}\n{text}\n### END {name}"


SOLUTION = marked("SOLUTION", "x = 1")


def test_the_starter_says_where_to_write() -> None:
    """Without a STARTER, a comment and `...` stand in, indented like the solution."""
    cell = "def f(x):\n    ### BEGIN SOLUTION\n    y = x\n    return y\n    ### END SOLUTION\nf(1)"
    sources = read(cell)
    assert sources.starter == "def f(x):\n    # your code here\n    ...\nf(1)"
    assert sources.solution == "def f(x):\n    y = x\n    return y\nf(1)"


def test_a_starter_replaces_the_solution_above_it() -> None:
    """Each SOLUTION has its own STARTER, or none."""
    cell = "\n".join([SOLUTION, marked("STARTER", "x = ..."), "", marked("SOLUTION", "y = 2")])
    assert read(cell).starter == "x = ...\n\n# your code here\n..."


def test_an_empty_starter_leaves_nothing() -> None:
    """So an author can have the learner write everything."""
    assert read("import math\n" + SOLUTION + "\n### BEGIN STARTER\n### END STARTER").starter == "import math"


@pytest.mark.parametrize("prefix", ["", "f", "r"])
def test_marks_may_stand_inside_a_string(prefix: str) -> None:
    """There a comment would be part of the text, so only `...` stands in."""
    cell = f'q = {prefix}"""\n  ### BEGIN SOLUTION\n  SELECT 1\n  ### END SOLUTION\n"""\nrun(q)'
    sources = read(cell)
    assert sources.starter == f'q = {prefix}"""\n  ...\n"""\nrun(q)'
    assert sources.solution == f'q = {prefix}"""\n  SELECT 1\n"""\nrun(q)'


def test_a_string_beside_the_solution_is_no_string_around_it() -> None:
    """Only marks that a string spans lose their comment."""
    cell = '"""About."""\n### BEGIN SOLUTION\n"""Text."""\nx = 1\n### END SOLUTION\n"""End."""'
    assert read(cell).starter == '"""About."""\n# your code here\n...\n"""End."""'


def test_ipython_syntax_is_understood() -> None:
    """Line magics and shell commands may stand in an exercise."""
    assert "# your code here" in read("%matplotlib inline\n!ls\n" + SOLUTION).starter


def test_a_doubtful_escape_is_no_error() -> None:
    """Python warns of `"\\d"`, and runs it."""
    assert read('### BEGIN SOLUTION\nx = "\\d"\n### END SOLUTION').solution == 'x = "\\d"'


def test_tests_are_kept_apart() -> None:
    """Visible and hidden tests, several regions of a kind joined in order."""
    cell = "\n".join(
        [SOLUTION, marked("TESTS", "assert x"), marked("HIDDEN TESTS", "assert x > 0"), marked("TESTS", "x")]
    )
    sources = read(cell)
    assert (sources.tests, sources.hidden_tests) == ("assert x\nx", "assert x > 0")


@pytest.mark.parametrize(
    "region",
    [
        "### BEGIN MISTAKE Too low.\nx = 0\n### END MISTAKE",
        "### BEGIN MISTAKE\n# Too low.\n\nx = 0\n### END MISTAKE",
    ],
)
def test_a_mistake_s_message_stands_on_its_line_or_below(region: str) -> None:
    """In the comment lines below the mark it may hold any Markdown."""
    assert read(SOLUTION + "\n" + region).mistakes == (CodeMistake("x = 0", "Too low."),)


def test_a_mistake_s_message_may_go_on() -> None:
    """A comment line goes on where the mark's line ends; an empty one starts a paragraph."""
    region = "### BEGIN MISTAKE Too low.\n# So $x$ is\n#\n#   much\nx = 0\n# not this\n### END MISTAKE"
    mistake = read(SOLUTION + "\n" + region).mistakes[0]
    assert mistake.feedback == "Too low.\nSo $x$ is\n\n  much"
    assert mistake.source == "x = 0\n# not this"


def test_a_mistake_may_be_one_of_syntax() -> None:
    """Learners forget colons, and a message may say so."""
    assert read(SOLUTION + "\n### BEGIN MISTAKE A colon.\nif x\n### END MISTAKE").mistakes[0].source == "if x"


def test_hints_are_markdown_or_comments() -> None:
    """Both read the same."""
    cell = "\n".join([SOLUTION, marked("HINT", "`len` helps."), marked("HINT", "# One.\n# Two.")])
    assert read(cell).hints == ("`len` helps.", "One.\nTwo.")


def test_alternatives_are_whole_cells() -> None:
    """Other ways to pass."""
    assert read(SOLUTION + "\n" + marked("ALTERNATIVE", "x = 2 - 1")).alternatives == ("x = 2 - 1",)


def test_the_starter_warns_where_it_cannot_be_valid() -> None:
    """A placeholder does not stand for an `except`: the author writes a STARTER then."""
    cell = "try:\n    f()\n### BEGIN SOLUTION\nexcept ValueError:\n    pass\n### END SOLUTION"
    assert findings(cell) == [
        "f: The starter is not valid Python. Give one in `### BEGIN STARTER` … `### END STARTER`."
    ]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (
            "### BEGIN SOLUTION\nx",
            "line 1: SOLUTION is never ended. Write `### END SOLUTION` below its last line.",
        ),
        (
            SOLUTION + "\n### END TESTS",
            "line 4: END TESTS does not fit: nothing is open here. Write `### BEGIN TESTS` above it.",
        ),
        (
            "### BEGIN SOLUTION\nx\n### BEGIN TESTS\ny\n### END TESTS",
            "line 3: TESTS begins inside SOLUTION. Write `### END SOLUTION` above it.",
        ),
        (
            "### BEGIN SOLUTION\nx\n### END HINT",
            "line 3: END HINT does not fit: SOLUTION is open here. Write `### END SOLUTION`.",
        ),
        (
            SOLUTION + "\n# BEGIN TESTS",
            "line 4: “BEGIN TESTS” is not a mark. Did you mean `### BEGIN TESTS`?",
        ),
        (
            SOLUTION + "\n### BEGIN SOLUTOIN",
            "line 4: “BEGIN SOLUTOIN” is not a mark. Did you mean `### BEGIN SOLUTION`?",
        ),
        (
            marked("STARTER", "x") + "\n" + SOLUTION,
            "line 1: This STARTER follows no SOLUTION. Put it below the SOLUTION it replaces.",
        ),
        (
            SOLUTION + "\n" + marked("STARTER", "x") + "\n" + marked("STARTER", "x"),
            "line 7: This SOLUTION has a STARTER already. Keep one STARTER below each SOLUTION.",
        ),
        (
            SOLUTION + "\n" + marked("MISTAKE", "x = 0"),
            "line 4: This MISTAKE says nothing to the learner. Write the message behind `BEGIN MISTAKE`.",
        ),
        (
            SOLUTION + "\n### BEGIN MISTAKE No.\n### END MISTAKE",
            "line 4: This MISTAKE has no code. It holds a whole cell that replaces the solution.",
        ),
        (
            SOLUTION + "\n" + marked("TESTS", "assert ("),
            "line 4, TESTS: TESTS is not valid Python: '(' was never closed at “assert (”. Correct the code.",
        ),
        (
            SOLUTION + "\n### BEGIN TESTS now\nx\n### END TESTS",
            "line 4: Nothing may follow `BEGIN TESTS`. Put it on a line of its own.",
        ),
        (
            SOLUTION + "\n" + marked("HINT", ""),
            "line 4: This HINT is empty. Write its text between its marks.",
        ),
    ],
)
def test_marks_that_do_not_fit_have_a_line_and_a_fix(cell: str, found: str) -> None:
    """Golden messages: an author reads these."""
    assert found in findings(cell)


BODY = st.lists(st.text(st.characters(exclude_categories=("C",), exclude_characters="#")), max_size=4)
PIECES = st.lists(st.tuples(st.sampled_from(REGION_NAMES), BODY, st.text(" \t", max_size=4)), max_size=5)


@given(PIECES)
def test_what_is_marked_is_cut(pieces: list[tuple[str, list[str], str]]) -> None:
    """Regions come back with their names and lines, however the marks are indented."""
    lines = [
        line
        for name, body, margin in pieces
        for line in (f"{margin}### BEGIN {name}", *body, f"{margin}### END {name}")
    ]
    regions, problems = split_regions("\n".join(lines))
    assert problems == ()
    assert [(region.name, list(region.lines)) for region in regions if region.name] == [
        (name, body) for name, body, _ in pieces
    ]


@given(
    st.lists(
        st.sampled_from(["x = 1", "### BEGIN SOLUTION", "### END SOLUTION", "### END HINT"]),
        min_size=1,
        max_size=8,
    )
)
def test_no_line_is_lost_and_no_mark_is_left(lines: list[str]) -> None:
    """Balanced or not: every line that is no mark is in exactly one region."""
    regions, _ = split_regions("\n".join(lines))
    kept = [line for region in regions for line in region.lines]
    assert kept == [line for line in lines if not line.startswith("###")]


@given(
    st.integers(0, 4), st.sampled_from(["x = 1", "if a:\n    b", "for i in a: pass", "return x", "'''t'''"])
)
def test_starters_are_valid_python(depth: int, statement: str) -> None:
    """Wherever whole statements are the solution."""
    outer = [f"{'    ' * level}def f{level}():" for level in range(depth + 1)]
    margin = "    " * (depth + 1)
    inner = [margin + line for line in statement.split("\n")]
    cell = "\n".join([*outer, f"{margin}### BEGIN SOLUTION", *inner, f"{margin}### END SOLUTION"])
    ast.parse(read(cell).starter)
