"""The course that comes with the platform: complete, provable, and fair to somebody who never programmed."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from courses.authoring.prove_course import prove_course
from courses.authoring.read_course import read_course
from courses.halting import HaltingGrader
from courses.models.checkpoint import (
    Choice,
    Exercise,
    Many,
    Number,
    Order,
    Parts,
    Predict,
    Question,
    Text,
    Write,
)
from courses.models.course import Cell, Chapter, Course, Step
from courses.wiring import own_code_grader

pytestmark = pytest.mark.xdist_group("proof")

FOLDER = Path(__file__).parents[2] / "notebooks" / "python-foundations"
CHAPTERS = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
KINDS = {"read", "choice", "many", "number", "text", "order", "predict", "write", "parts", "exercise"}
_CODE = re.compile(r"```python\n(?P<block>.*?)```|`(?P<inline>[^`\n]+)`", re.DOTALL)


@pytest.fixture(scope="module")
def course() -> Course:
    return read_course(FOLDER)[0]


@pytest.fixture(scope="module")
def grader() -> Iterator[HaltingGrader]:
    """The one that `stepwise check` has."""
    grader = own_code_grader()
    yield grader
    grader.close()


def steps(course: Course) -> Iterator[Step]:
    for chapter in course.chapters:
        yield from chapter.steps


def questions(step: Step) -> tuple[Question, ...]:
    question = step.checkpoint.question
    return question.questions if isinstance(question, Parts) else (question,)


def test_reads_without_findings() -> None:
    """Nothing in the course's sources is wrong, and nothing is worth a warning."""
    _, _, findings = read_course(FOLDER)
    assert findings == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", CHAPTERS)
def test_proves_without_findings(name: str, grader: HaltingGrader) -> None:
    """Solutions pass, starters fail, mistakes are recognised and cells run, with the real grader."""
    course, files, _ = read_course(FOLDER)
    chapter = course.chapter(name)
    assert chapter is not None, f"course.yml does not list {name}"
    _, findings = prove_course(replace(course, chapters=(chapter,)), files, grader)
    slow = [finding for finding in findings if " s allowed" in finding.message]  # a busy machine's doing
    assert [finding for finding in findings if finding not in slow] == []


def test_size(course: Course) -> None:
    """There are at least six chapters of five to nine steps, and at least 38 steps in all."""
    assert len(course.chapters) >= 6
    assert all(5 <= len(chapter.steps) <= 9 for chapter in course.chapters)
    assert len(list(steps(course))) >= 38


def test_kinds(course: Course) -> None:
    """Every kind of checkpoint is met at least twice."""
    kinds: list[str] = [step.checkpoint.question.kind for step in steps(course)]
    kinds += [question.kind for step in steps(course) for question in questions(step)]
    counts = Counter(kinds)
    assert {kind for kind in KINDS if counts[kind] >= 2} == KINDS


def test_frame(course: Course) -> None:
    """Each chapter has a summary and a time to plan for, and ends with what the learner can do now."""
    for chapter in course.chapters:
        assert chapter.summary, chapter.id
        assert 15 <= chapter.minutes <= 30, chapter.id
        assert any("you can do now" in cell.source for cell in chapter.closing), chapter.id


def test_options_have_feedback(course: Course) -> None:
    """Every option says something of its own, be it right or wrong."""
    for step in steps(course):
        for question in questions(step):
            if isinstance(question, Choice | Many):
                texts = [option.feedback for option in question.options]
                assert all(texts), step.id


def test_typed_answers_have_feedback(course: Course) -> None:
    """Whoever types a wrong answer that was foreseen, or brings lines into a wrong order, hears why."""
    for step in steps(course):
        for question in questions(step):
            if isinstance(question, Number | Text | Predict):
                assert question.mistakes or question.feedback, step.id
            elif isinstance(question, Order):
                assert question.feedback, step.id
            elif isinstance(question, Write):
                assert question.model, step.id
                assert question.rubric, step.id


def test_exercises_are_complete(course: Course) -> None:
    """An exercise has visible and hidden tests that all say something, mistakes, another way, and hints."""
    for step in steps(course):
        question = step.checkpoint.question
        if isinstance(question, Exercise):
            assert len(question.mistakes) >= 2, step.id
            assert question.alternatives, step.id
            assert step.checkpoint.hints, step.id
            for tests in (question.tests, question.hidden_tests):
                assert tests, step.id
                assert all(s.msg for s in ast.parse(tests).body if isinstance(s, ast.Assert)), step.id


def test_hints(course: Course) -> None:
    """Whoever is stuck finds a hint, at every checkpoint that can be failed."""
    for step in steps(course):
        if step.checkpoint.question.kind != "read":
            assert step.checkpoint.hints, step.id


def test_titles_differ(course: Course) -> None:
    """Step titles are public and name one step each in their chapter."""
    for chapter in course.chapters:
        titles = [step.title for step in chapter.steps]
        assert len(set(titles)) == len(titles), chapter.id


def test_skills_come_before_their_need(course: Course) -> None:
    """No step needs a skill that only a later step gives."""
    given: set[str] = set()
    for step in steps(course):
        assert set(step.checkpoint.needs) <= given, step.id
        given.update(step.checkpoint.skills)


def test_nothing_before_it_is_taught(course: Course) -> None:
    """What a checkpoint's code uses was shown before, in an example or in the text."""
    shown: set[str] = set()
    for step in steps(course):
        for cell in step.cells:
            codes = [cell.source] if cell.kind == "code" else _code_in(cell.source)
            shown.update(*map(_features, codes))
        for code in _asked_code(step):
            assert _features(code) - _own_names(code) <= shown, step.id


def _code_in(markdown: str) -> list[str]:
    return [match["block"] or match["inline"] for match in _CODE.finditer(markdown)]


def _asked_code(step: Step) -> Iterator[str]:
    for question in questions(step):
        if isinstance(question, Exercise):
            yield question.solution
        elif isinstance(question, Predict):
            yield question.code
        elif isinstance(question, Order):
            yield "\n".join(question.lines)


def _features(code: str) -> set[str]:
    """Kinds of syntax, and the functions, tools and modules that code names."""
    try:
        tree = ast.parse(code.strip().replace("(...)", "(0)"))
    except SyntaxError:
        return set()
    found = {type(node).__name__ for node in ast.walk(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(f"{node.func.id}()")
        elif isinstance(node, ast.Attribute):
            found.add(f".{node.attr}")
    return found


def _own_names(code: str) -> set[str]:
    return {f"{node.name}()" for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)}


def test_pictures_have_words(course: Course) -> None:
    """Every image has an alternative text, and every figure a description."""
    for chapter in course.chapters:
        for cell in _cells(chapter):
            assert "![](" not in cell.source, cell.id
            if "plt.show()" in cell.source:
                assert cell.fig_alt, cell.id


def _cells(chapter: Chapter) -> Iterator[Cell]:
    for step in chapter.steps:
        yield from step.cells
    yield from chapter.closing
