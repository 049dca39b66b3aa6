"""A course is proved by running it; here against a grader that runs code in this process."""

from pathlib import Path

import pytest
from author_notebooks import OPENING, READ, code, notebook, write_course
from fake_grader import AbsentGrader, FakeGrader

from courses.authoring.check_course import check_course
from courses.authoring.packages import modules_of
from courses.errors import AuthoringError
from courses.models.checkpoint import Mistake, Number, Parts, Predict, Text
from courses.models.course import Chapter, Step

STEP = "## A step"
EXERCISE = """%%exercise double
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION
### BEGIN TESTS
assert double(1) == 2, "Twice 1 is 2."
### END TESTS
### BEGIN HIDDEN TESTS
assert double(3) == 6, "Twice 3 is 6."
### END HIDDEN TESTS
"""
FIGURE = 'shown.append({"output_type": "display_data", "data": {"image/png": "aGk="}})'


def prove(folder: Path, *cells: dict[str, object] | str, grader: FakeGrader | None = None) -> Chapter:
    """The proved chapter of these cells; neither errors nor warnings."""
    course = check_course(
        write_course(folder / "demo", one=notebook(OPENING, *cells)), grader or FakeGrader()
    )
    assert course.warnings == []
    return course.course.chapters[0]


def prove_step(folder: Path, *cells: dict[str, object] | str) -> Step:
    return prove(folder, *cells).steps[0]


def findings(folder: Path, *cells: dict[str, object] | str, grader: FakeGrader | None = None) -> list[str]:
    folder = write_course(folder / "demo", one=notebook(OPENING, *cells))
    try:
        found = check_course(folder, grader or FakeGrader()).warnings
    except AuthoringError as error:
        found = error.findings
    return [str(finding).removeprefix("one.ipynb, ") for finding in found]


def test_outputs_are_recorded(tmp_path: Path) -> None:
    """What a cell showed belongs to the edition; what a hidden one showed does not."""
    hidden = code("#| setup: true\nprint('no')")
    chapter = prove(tmp_path, STEP, code("print('hi')"), hidden, READ, code("print('bye')"))
    stream = {"output_type": "stream", "name": "stdout", "text": "hi\n"}
    assert [cell.outputs for cell in chapter.steps[0].cells] == [(), (stream,), ()]
    assert chapter.closing[0].outputs == (stream | {"text": "bye\n"},)


def test_a_cell_that_fails_is_an_error(tmp_path: Path) -> None:
    """What follows it is not blamed."""
    cells: list[dict[str, object] | str] = [
        STEP,
        code("x = 1"),
        code("1 / 0"),
        "%%checkpoint a\nkind: number\nask: x\nanswer: = x",
    ]
    assert findings(tmp_path, *cells) == [
        "cell 4: The cell fails: ZeroDivisionError: division by zero. "
        "Correct it; if it is meant to raise, tag it `raises-exception`."
    ]


def test_a_cell_may_be_meant_to_raise(tmp_path: Path) -> None:
    """Its error is recorded, and what it did before it raised is there for what follows."""
    raising = code("y = 5\n1 / 0", tags=("raises-exception",))
    step = prove_step(
        tmp_path, STEP, raising, code("print(y)"), "%%checkpoint a\nkind: number\nask: x\nanswer: = y"
    )
    assert step.cells[1].outputs[0]["output_type"] == "error"
    assert step.cells[2].outputs[0]["text"] == "5\n"
    assert step.checkpoint.question == Number("x", 5.0)


def test_solutions_run_where_learners_will_have_run_theirs(tmp_path: Path) -> None:
    """Later cells use what an exercise defines."""
    chapter = prove(tmp_path, STEP, EXERCISE, STEP, code("print(double(4))"), READ)
    assert chapter.steps[1].cells[1].outputs[0]["text"] == "8\n"


def test_expressions_become_their_values(tmp_path: Path) -> None:
    """Numbers are numbers; in texts whole ones have no fraction."""
    checkpoint = """%%checkpoint a
parts:
- kind: number
  ask: x
  answer: = 3 * n
  mistakes:
  - answer: = n
    feedback: f
  - answer: = n / 2
    feedback: g
- kind: text
  ask: y
  answer:
  - = name.upper()
  - = n
"""
    question = prove_step(tmp_path, STEP, code("n, name = 3, 'a'"), checkpoint).checkpoint.question
    mistakes = (Mistake("3", "f"), Mistake("1.5", "g"))
    assert question == Parts((Number("x", 9.0, mistakes=mistakes), Text("y", ("A", "3"))))
    assert isinstance(question, Parts)
    number, text = question.questions
    assert isinstance(number, Number)
    assert isinstance(text, Text)
    assert {type(number.answer), *map(type, text.answers)} == {float, str}


def test_a_prediction_s_answer_is_what_the_code_prints(tmp_path: Path) -> None:
    """After the chapter so far, in processes of its own."""
    checkpoint = "%%checkpoint a\nkind: predict\nask: x\ncode: |\n  n = n + 1\n  print(n)\n  print()"
    chapter = prove(tmp_path, STEP, code("n = 1"), checkpoint, code("print(n)"))
    assert chapter.steps[0].checkpoint.question == Predict("x", "n = n + 1\nprint(n)\nprint()", "2")
    assert chapter.closing[0].outputs[0]["text"] == "1\n"


@pytest.mark.parametrize(
    ("checkpoint", "found"),
    [
        ("kind: number\nask: x\nanswer: = nothing",
         "answer: `nothing` has no value: NameError: name 'nothing' is not defined "
         "Use names that the chapter has defined by then."),
        ("kind: number\nask: x\nanswer: = 'a'",
         "answer: `'a'` gives “a”, not a number. Correct the expression, or write `kind: text`."),
        ("kind: number\nask: x\nanswer: = float('inf')",
         "answer: `float('inf')` gives “inf”, not a number. "
         "Correct the expression, or write `kind: text`."),
        ("kind: number\nask: x\nanswer: 3\nmistakes:\n- answer: = 1 + 2\n  feedback: f",
         "mistakes[1].answer: “3” is a right answer. Change or delete the mistake."),
        ("kind: predict\nask: x\ncode: print(seed)",
         "code: Two runs of the code print different things. "
         "Sort sets, seed random numbers, and print no times or addresses."),
        ("kind: predict\nask: x\ncode: x = 1",
         "code: The code prints nothing. Print what the learner is to predict."),
        ("kind: predict\nask: x\ncode: 1 / 0",
         "code: The code does not run: ZeroDivisionError: division by zero. Correct it."),
        ("kind: predict\nask: x\ncode: print(1)\nmistakes:\n- answer: 1\n  feedback: f",
         "mistakes[1].answer: “1” is a right answer. Change or delete the mistake."),
        ("parts:\n- kind: read", None),
        ("parts:\n- kind: number\n  ask: x\n  answer: = nothing",
         "parts[1].answer: `nothing` has no value: NameError: name 'nothing' is not defined "
         "Use names that the chapter has defined by then."),
    ],
)  # fmt: skip
def test_answers_that_cannot_be_told(tmp_path: Path, checkpoint: str, found: str | None) -> None:
    """Golden messages: an author reads these."""
    messages = findings(tmp_path, STEP, f"%%checkpoint a\n{checkpoint}")
    if found is not None:
        assert messages == [f"cell 3, {found}"]


@pytest.mark.parametrize(
    ("region", "found"),
    [
        ("### BEGIN TESTS\nassert double(1) == 3, 'No.'\n### END TESTS",
         "SOLUTION: The solution does not pass: the test “No.” fails. Correct the solution or its tests."),
        ("### BEGIN HIDDEN TESTS\nassert double(1) == 3, 'No.'\n### END HIDDEN TESTS",
         "SOLUTION: The solution does not pass: the hidden test “No.” fails. "
         "Correct the solution or its tests."),
        ("### BEGIN STARTER\n    return 2 * x\n### END STARTER",
         "STARTER: The starter passes already. Leave something to write, or test what is left out."),
        ("### BEGIN MISTAKE Ah.\ndef double(x): return 2 * x\n### END MISTAKE",
         "MISTAKE 1: This mistake passes the tests. Add a test that it fails."),
        ("### BEGIN MISTAKE Ah.\nbad(\n### END MISTAKE",
         "MISTAKE 1: This mistake is not recognised as itself. Does its cell say what a learner would?"),
        ("### BEGIN MISTAKE Ah.\ndef double(x): return 1\n### END MISTAKE\n"
         "### BEGIN MISTAKE Oh.\ndef double(x): return 1\n### END MISTAKE",
         "MISTAKE 2: This mistake is taken for mistake 1. "
         "Delete one of them, or put the special one before the general one."),
        ("### BEGIN ALTERNATIVE\ndef double(x): return 2\n### END ALTERNATIVE",
         "ALTERNATIVE 1: This alternative does not pass: the hidden test “Twice 3 is 6.” fails. "
         "Correct it, or make the tests accept it."),
        ("### BEGIN ALTERNATIVE\nnothing\n### END ALTERNATIVE",
         "ALTERNATIVE 1: This alternative does not pass: "
         "it raises NameError: name 'nothing' is not defined. Correct it, or make the tests accept it."),
    ],
)  # fmt: skip
def test_an_exercise_that_breaks_its_word(tmp_path: Path, region: str, found: str) -> None:
    """Golden messages: an author reads these."""
    exercise = EXERCISE.replace("    ### END SOLUTION\n", f"    ### END SOLUTION\n{region}\n")
    assert findings(tmp_path, STEP, exercise) == [f"cell 3, {found}"]


def test_an_exercise_that_keeps_its_word(tmp_path: Path) -> None:
    """Its mistakes are recognised and its alternatives pass."""
    regions = (
        "### BEGIN MISTAKE Ah.\ndef double(x): return 1\n### END MISTAKE\n"
        "### BEGIN ALTERNATIVE\ndef double(x): return 2 * x\n### END ALTERNATIVE\n"
    )
    prove(tmp_path, STEP, EXERCISE + regions)


def test_an_exercise_is_graded_as_a_learner_s_will_be(tmp_path: Path) -> None:
    """After what is replayed, with the files that tests may see, within its own time."""
    folder = write_course(
        tmp_path / "demo",
        one=notebook(
            OPENING,
            STEP,
            code("x = 1"),
            code("#| no-replay: true\ny = 1"),
            EXERCISE.replace("\n", "\n#| timeout: 3\n", 1),
        ),
    )
    for name in ("data/a.csv", "private/b.txt", "c.png"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    grader = FakeGrader()
    check_course(folder, grader)
    assert {job.context for job in grader.jobs} == {("x = 1",)}
    assert {job.limits.wall for job in grader.jobs} == {3.0}
    assert all(set(job.files) == {"data/a.csv", "private/b.txt"} for job in grader.jobs)
    assert all(set(files) == {"data/a.csv"} for files in grader.files)


def test_a_solution_that_raises_on_its_own(tmp_path: Path) -> None:
    """The chapter stops there; the finding names the exercise's cell."""
    exercise = EXERCISE.replace("def double(x):", "1 / 0\ndef double(x):")
    assert findings(tmp_path, STEP, exercise, STEP, EXERCISE.replace("double", "twice"))[0] == (
        "cell 3, SOLUTION: The solution fails: ZeroDivisionError: division by zero. Correct it."
    )


def test_a_figure_is_described_by_its_title_and_axes(tmp_path: Path) -> None:
    """Unless the author described it."""
    labels = 'if False:\n    ax.set(xlabel="min", title="Trains")\n    plt.ylabel("count")'
    step = prove_step(
        tmp_path, STEP, code(f"{FIGURE}\n{labels}"), code(f"#| fig-alt: Mine\n{FIGURE}\n{labels}"), READ
    )
    assert [cell.fig_alt for cell in step.cells] == ["", "Trains. x: min, y: count", "Mine"]


def test_a_figure_without_words_is_a_warning(tmp_path: Path) -> None:
    """Nobody who does not see it would know what it shows."""
    assert findings(tmp_path, STEP, code(FIGURE), READ) == [
        "cell 3: This figure has no description. "
        "Write `#| fig-alt: what it shows`, or give the figure a title and labels."
    ]


def test_without_a_working_grader_nothing_is_proved(tmp_path: Path) -> None:
    """Which is an error, not a pass."""
    assert findings(tmp_path, STEP, code("x"), READ, grader=AbsentGrader()) == [
        "one.ipynb: The chapter could not be run: there is no Python. Mend the grader and try again."
    ]


def test_packages_that_learners_could_not_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not here, and one that is broken; a package may go by its name on PyPI."""
    (tmp_path / "broken_package.py").write_text("import nothing_of_that_name")
    monkeypatch.syspath_prepend(tmp_path)
    yml = "packages: pillow, no-such-package, broken_package\n"
    folder = write_course(tmp_path / "demo", yml=yml, one=notebook(OPENING, STEP, READ))
    with pytest.raises(AuthoringError) as caught:
        check_course(folder, FakeGrader())
    assert [str(finding) for finding in caught.value.findings] == [
        "course.yml, packages: The package “no-such-package” is not installed here. "
        "Install it (pip install no-such-package), or take it out of the list.",
        "course.yml, packages: The package “broken_package” is installed and cannot be imported: "
        "ModuleNotFoundError: No module named 'nothing_of_that_name'. "
        "Mend the installation, or take it out of the list.",
    ]
    assert modules_of("pillow") == ("PIL",)
    assert modules_of("matplotlib") == ("matplotlib.pyplot",)


def test_errors_of_all_chapters_are_found_at_once(tmp_path: Path) -> None:
    """In the order of the chapters."""
    broken = notebook(OPENING, STEP, code("1 / 0"), READ)
    folder = write_course(tmp_path / "demo", a=broken, b=broken.replace(b"start", b"other"))
    with pytest.raises(AuthoringError) as caught:
        check_course(folder, FakeGrader())
    assert [finding.file for finding in caught.value.findings] == ["a.ipynb", "b.ipynb"]
