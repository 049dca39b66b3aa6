"""From cells to checkpoints: every kind, every field, and messages for what does not fit."""

import re
from pathlib import Path

import pytest

from courses.authoring.checkpoints import find_checkpoint, read_checkpoint, read_exercise
from courses.authoring.formulas import NumberFormula, TextFormula
from courses.authoring.spots import Spot
from courses.models.checkpoint import (
    Checkpoint,
    Choice,
    CodeMistake,
    Exercise,
    Many,
    Mistake,
    Number,
    Option,
    Order,
    Parts,
    Predict,
    Read,
    Text,
    Write,
)

THREE_STEPS = Path(__file__).with_name("three_steps.txt").read_text()


def read(cell: str, ask: str = "The task.") -> Checkpoint:
    spot = Spot("one.ipynb", [])
    found = find_checkpoint(cell, spot)
    assert found
    if found.magic == "exercise":
        checkpoint: Checkpoint | None = read_exercise(found, ask, spot)[0]
    else:
        checkpoint = read_checkpoint(found, spot)[0]
    assert spot.findings == []
    assert checkpoint
    return checkpoint


def findings(body: str) -> list[str]:
    spot = Spot("one.ipynb", [], cell=3)
    found = find_checkpoint(body if body.startswith("%%") else f"%%checkpoint a\n{body}", spot)
    if found and found.magic == "exercise":
        read_exercise(found, "The task.", spot)
    elif found:
        read_checkpoint(found, spot)
    return [str(finding).removeprefix("one.ipynb, cell 3, ") for finding in spot.findings]


def three_steps() -> list[str]:
    return re.split(r"^=== .*\n", THREE_STEPS, flags=re.MULTILINE)[1:]


def test_a_loop_written_as_an_instructor_would() -> None:
    """Fields, STARTER, hidden tests and a mistake with its message below the mark."""
    checkpoint = read(three_steps()[0])
    assert checkpoint.question == Exercise(
        ask="The task.",
        starter="total = 0\nfor v in values:\n    ...",
        solution="total = 0\nfor v in values:\n    total += v",
        tests='assert total == 16, "3 + 5 + 8 is 16."',
        hidden_tests=(
            'assert run(values=[]).total == 0, "An empty list adds up to 0."\n'
            'assert run(values=[1, -1, 4]).total == 4, "Does it work for other lists?"'
        ),
        mistakes=(
            CodeMistake(
                "total = 0\nfor v in values:\n    total = v",
                r"You keep only the last value. Write `+=`: $t \leftarrow t + v$.",
            ),
        ),
    )


def test_an_interval_written_as_an_instructor_would() -> None:
    """Expressions wait for the proof; a list, a `no`, a colon and a backslash are text."""
    checkpoint = read(three_steps()[1])
    mistake = Mistake(TextFormula("np.percentile(boot, 5)"), r"Not quite: $5\%$ lies in *one* tail now.")
    number = Number(
        "Lower end: in minutes", NumberFormula("np.percentile(boot, 2.5)"), 0.05, mistakes=(mistake,)
    )
    options = (Option("[1, 2, 3]"), Option("no", correct=True, feedback=r"*Right*: because \frac{1}{2}"))
    assert checkpoint.question == Parts((number, Choice("`boot` holds", options)))


def test_a_query_written_as_an_instructor_would() -> None:
    """The marks stand inside a string, where only `...` may stand in."""
    question = read(three_steps()[2]).question
    assert isinstance(question, Exercise)
    assert question.starter == 'query = """\n...\n"""\nbest = pd.read_sql(query, con)'
    assert question.timeout == 5
    assert "SELECT name" in question.solution
    assert "###" not in question.solution


@pytest.mark.parametrize(
    ("body", "question"),
    [
        ("kind: read", Read()),
        ("kind: read\nask: Done?", Read("Done?")),
        (
            "kind: choice\nask: x\nshuffle: false\n"
            "options:\n- text: a\n  feedback: no\n- text: b\n  correct: yes",
            Choice("x", (Option("a", feedback="no"), Option("b", correct=True)), shuffle=False),
        ),
        (
            "kind: many\nask: x\noptions:\n- text: a\n  correct: true\n- text: b\n  correct: true",
            Many("x", (Option("a", correct=True), Option("b", correct=True))),
        ),
        (
            "kind: number\nask: x\nanswer: 010\ntolerance: .5\nfeedback: f\n"
            "mistakes:\n- answer: 8\n  feedback: g",
            Number("x", 10.0, 0.5, "f", (Mistake("8", "g"),)),
        ),
        ("kind: number\nask: x\nanswer: = 1/3", Number("x", NumberFormula("1/3"))),
        ("kind: text\nask: x\nanswer: yes", Text("x", ("yes",))),
        (
            'kind: text\nask: x\nanswer:\n- a, b\n- = f(2)\n- "= 3"\nignore-case: no\npattern: [ab]+',
            Text("x", ("a, b", TextFormula("f(2)"), "= 3"), "[ab]+", ignore_case=False),
        ),
        ('kind: order\nask: x\nlines:\n- b: 1\n- "    a"', Order("x", ("b: 1", "    a"))),
        (
            "kind: order\nask: x\nlines: |\n  if a:\n      b\n\n  c",
            Order("x", ("if a:", "    b", "c"), code=True),
        ),
        ("kind: predict\nask: x\ncode: |\n  print(1)\n  print(2)", Predict("x", "print(1)\nprint(2)")),
        ("kind: write\nask: x\nmodel: m\nrubric: |\n  - a\n  - b", Write("x", "m", "- a\n- b")),
        ("parts:\n- kind: read\n", None),
    ],
)
def test_each_kind_is_read(body: str, question: object) -> None:
    """With its own fields, converted as it needs them."""
    if question is None:
        assert findings(body)
    else:
        assert read(f"%%checkpoint a\n{body}").question == question


def test_expressions_are_not_texts_of_the_same_letters() -> None:
    """Equality alone would not tell a TextFormula from its expression."""
    question = read('%%checkpoint a\nkind: text\nask: x\nanswer:\n- = f(2)\n- "= 3"').question
    assert isinstance(question, Text)
    assert [isinstance(answer, TextFormula) for answer in question.answers] == [True, False]


def test_a_checkpoint_has_hints_and_an_explanation() -> None:
    """Hints are Markdown in their order."""
    checkpoint = read(
        "\n%%checkpoint a-b\nkind: read\nhints:\n- Note: one\n- |\n  two\n"
        "explanation: Because.\nrecheck: true"
    )
    assert checkpoint == Checkpoint(
        "a-b", Read(), hints=("Note: one", "two"), explanation="Because.", recheck=True
    )


def test_an_exercise_has_hints_and_fields() -> None:
    """HINT regions, and `#|` lines with the same dialect."""
    cell = (
        "%%exercise a\n#| timeout: 3\n#| explanation: |\n#|   One.\n#|   Two.\n\nx = 0\n"
        "### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n### BEGIN TESTS\nassert x\n### END TESTS\n"
        "### BEGIN HINT\nOne more.\n### END HINT"
    )
    checkpoint = read(cell, "## Count\n\nTo one.")
    assert checkpoint.hints == ("One more.",)
    assert checkpoint.explanation == "One.\nTwo."
    assert isinstance(checkpoint.question, Exercise)
    assert checkpoint.question.timeout == 3
    assert checkpoint.question.ask == "## Count\n\nTo one."


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("kind: choise\nask: x", "line 2, kind: `kind` cannot be “choise”. Did you mean `choice`?"),
        (
            "ask: x",
            "line 2, kind: `kind` is missing. "
            "Write one of: choice, many, number, order, predict, read, text, write. "
            "Several questions in one are written as `parts:`; code to write is a cell `%%exercise ID`.",
        ),
        (
            "kind: exercise\nask: x",
            "line 2, kind: `kind` cannot be “exercise”. "
            "Known: choice, many, number, order, predict, read, text, write. "
            "Several questions in one are written as `parts:`; code to write is a cell `%%exercise ID`.",
        ),
        (
            "kind: number\nask: x\nanswer: 1\ntolerence: 1",
            "line 5, tolerence: There is no field `tolerence` here. Did you mean `tolerance`?",
        ),
        ("kind: number\nanswer: 1", "line 2, ask: `ask` is missing. Write `ask: …`."),
        ("kind: number\nask: x", "line 2, answer: `answer` is missing. Write `answer: …`."),
        (
            "kind: number\nask: x\nanswer: 1/3",
            "line 4, answer: “1/3” is not a number. "
            "Write a number; for a value to be worked out, `answer: = 1/3`.",
        ),
        (
            "kind: number\nask: x\nanswer: = 1 +",
            "line 4, answer: “1 +” is not an expression of Python: invalid syntax. "
            "Correct it; if it is meant as text, put it in quotes.",
        ),
        (
            "kind: number\nask: x\nanswer: 1\ntolerance: -1",
            "line 5, tolerance: -1 is out of range. `tolerance` is at least 0.",
        ),
        (
            "kind: number\nask: x\nanswer: 1\nmistakes:\n- answer: 1.0\n  feedback: f",
            "line 6, mistakes[1]: “1.0” is a right answer. Change or delete the mistake.",
        ),
        (
            "kind: choice\nask: x\noptions:\n- text: a\n  correct: true\n- text: b\n  correct: true",
            "line 7, options[2]: 2 options are correct, and a choice has one. "
            "Correct them, or write `kind: many`.",
        ),
        (
            "kind: choice\nask: x\noptions:\n- text: a\n- text: b",
            "line 5, options: No option is correct. Write `correct: true` below the right one.",
        ),
        (
            "kind: choice\nask: x\noptions:\n- a\n- text: b\n  correct: true",
            "line 5, options[1]: “a” has no field name. Write `- text: a`.",
        ),
        (
            "kind: choice\nask: x\noptions:\n- text: a\n- text: a\n  correct: true",
            "line 6, options[2].text: The option “a” is there twice. Change one of them.",
        ),
        (
            "kind: choice\nask: x\noptions:\n- text: a\n  corect: true\n- text: b\n  correct: true",
            "line 6, options[1].corect: There is no field `corect` here. Did you mean `correct`?",
        ),
        (
            "kind: choice\nask: x\noptions:\n- text: a\n  correct: maybe\n- text: b\n  correct: true",
            "line 6, options[1].correct: “maybe” is neither true nor false. Write `true` or `false`.",
        ),
        (
            "kind: text\nask: x",
            "line 2, answer: No answer is right. Write `answer:` or `pattern:`.",
        ),
        (
            "kind: text\nask: x\npattern: (a",
            "line 4, pattern: The regular expression is not valid: missing ) at position 2. "
            "Correct it; it must match the whole answer.",
        ),
        (
            "kind: text\nask: x\nanswer: a\nmistakes:\n- answer: a\n  feedback: f",
            "line 6, mistakes[1]: “a” is a right answer. Change or delete the mistake.",
        ),
        ("kind: order\nask: x\nlines: one",
         "line 4, lines: There is nothing to order. Write two `lines` or more."),
        (
            "kind: predict\nask: x\ncode: print(",
            "line 4, code: The code is not valid Python: '(' was never closed at “print(”. Correct it.",
        ),
        (
            "kind: number\nask: x\nanswer: 1\nmistakes:\n- answer: a lot\n  feedback: f",
            "line 6, mistakes[1]: “a lot” is not understood: That is not a number. "
            "Use digits: for example `12.5`. Change the answer.",
        ),
        (
            "kind: text\nask: x\nanswer: a\nmistakes:\n"
            "- answer: B\n  feedback: f\n- answer: b\n  feedback: g",
            "line 8, mistakes[2]: “b” is covered by a mistake above it. "
            "Delete one of them, or put the special one first.",
        ),
        (
            "parts:\n- ask: x\n  kind: exercise",
            "line 4, parts[1].kind: `kind` cannot be “exercise”. "
            "Known: choice, many, number, order, predict, text, write.",
        ),
        ("parts: x", "line 2, parts: `parts` holds a list. Write each as `- ask: …`."),
        ("kind: read\nask: x\nask: y", "line 4, ask: `ask` is given twice. Keep one of them."),
        ("%%checkpoint", "line 1: `%%checkpoint` has no id. "
         "Write `%%checkpoint some-name`; it must be unique in the course."),
        ("%%checkpoint My Step\nkind: read", "line 1: “My Step” cannot be an id: "
         "use small letters, digits and hyphens, 64 at most. Write `my-step`."),
        ("%%chekpoint a", "line 1: There is no magic `%%chekpoint`. Did you mean `checkpoint`?"),
        ("%%exercise a\n#| timout: 3\n### BEGIN SOLUTION\nx\n### END SOLUTION",
         "line 2, timout: There is no field `timout` here. Did you mean `timeout`?"),
        ("%%exercise a\n### BEGIN SOLUTION\nx\n### END SOLUTION",
         "The exercise has no tests. Put them in `### BEGIN TESTS` … `### END TESTS`."),
        ("%%exercise a\nx = 1\n### BEGIN TESTS\nassert x\n### END TESTS",
         "line 1: The exercise has no SOLUTION. Put `### BEGIN SOLUTION` and `### END SOLUTION` "
         "around what the learner is to write."),
    ],
)  # fmt: skip
def test_what_does_not_fit_has_a_line_a_field_and_a_fix(body: str, found: str) -> None:
    """Golden messages: an author reads these."""
    assert found in [finding.removeprefix("one.ipynb, cell 3: ") for finding in findings(body)]


MORE = (
    "This line is indented more than the field above it. Line them up. "
    "A text of several lines starts with `|`."
)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("kind: choice\n ask: x\noptions:\n- text: a\n  correct: true\n- text: b", f"line 3: {MORE}"),
        ("kind: choice\nask: x\noptions:\n- text: a\n   correct: true\n- text: b", f"line 6: {MORE}"),
        ("kind: choice\nask: x\n  options:\n  - text: a\n    correct: true\n  - text: b", f"line 4: {MORE}"),
        ("parts:\n- ask: a\n   kind: number\n   answer: 2", f"line 4: {MORE}"),
        (
            "kind: choice\nask: x\noptions:\n- text: a\n correct: true\n- text: b",
            "line 6: This line is indented more than the fields above it. Line them up.",
        ),
        (
            "kind: choice\nask: x\noptions:\n - text: a\n   correct: true\n- text: b\n- text: c",
            "line 7: This item does not stand below the items above it. Line them up.",
        ),
    ],
)
def test_a_line_out_of_place_is_all_that_is_said_of_it(body: str, found: str) -> None:
    """What seems to be missing stands in the lines that it has torn off."""
    assert findings(body) == [found]


def test_a_line_out_of_place_hides_no_other_mistake() -> None:
    """What is there, and wrong, is found at once."""
    said = findings("kind: number\n ask: x\nanswer: many\ntolerence: 1")
    assert [finding.partition(":")[0] for finding in said] == [
        "line 3",
        "line 4, answer",
        "line 5, tolerence",
    ]


def test_a_magic_below_other_code_is_reported() -> None:
    """IPython would take it for a syntax error."""
    spot = Spot("one.ipynb", [])
    assert find_checkpoint("x = 1\n%%checkpoint a", spot) is None
    assert [str(finding) for finding in spot.findings] == [
        "one.ipynb, line 2: `%%checkpoint` must come first in its cell. Make it the cell's first line."
    ]


def test_other_cells_are_no_checkpoints() -> None:
    """Neither code nor other magics."""
    for source in ("x = 1", "%%time\nx", "", "%matplotlib inline"):
        spot = Spot("one.ipynb", [])
        assert find_checkpoint(source, spot) is None
        assert spot.findings == []
