"""Two small courses whose every secret holds the word SECRET."""

from courses.models.checkpoint import Checkpoint, Choice, CodeMistake, Exercise, Mistake, Number, Option, Read
from courses.models.course import Cell, Chapter, Course, Policies, Step

SECRET = "SECRET"
"""In every answer, hint, solution, hidden test and locked step, and nowhere else."""

_FIRST = Step(
    title="Where counting starts",
    cells=(
        Cell("first-prose", "markdown", "Counting starts at zero."),
        Cell("first-code", "code", "print(list(range(3)))"),
    ),
    checkpoint=Checkpoint(
        id="first",
        question=Choice(
            ask="What does `list(range(3))` give?",
            options=(
                Option("[1, 2, 3]", feedback="SECRET feedback one"),
                Option("[0, 1, 2]", correct=True, feedback="SECRET feedback two"),
                Option("[0, 1, 2, 3]", feedback="SECRET feedback three"),
            ),
        ),
        hints=("SECRET hint one", "SECRET hint two"),
        explanation="SECRET explanation",
    ),
)
_SECOND = Step(
    title="How many",
    cells=(Cell("second-prose", "markdown", "SECRET prose"), Cell("second-code", "code", "'SECRET code'")),
    checkpoint=Checkpoint(
        id="second",
        question=Number(
            ask="SECRET question",
            answer=3.0,
            feedback="SECRET feedback",
            mistakes=(Mistake("4", "SECRET mistake"),),
        ),
        hints=("SECRET hint",),
    ),
)
_THIRD = Step(
    title="Write it",
    cells=(Cell("third-prose", "markdown", "SECRET task"),),
    checkpoint=Checkpoint(
        id="third",
        question=Exercise(
            ask="SECRET exercise",
            starter="# SECRET starter",
            solution="SECRET = 1",
            tests="assert 'SECRET test'",
            hidden_tests="assert 'SECRET hidden test'",
            mistakes=(CodeMistake("SECRET = 2", "SECRET code mistake"),),
        ),
    ),
)
ALPHA = Course(
    id="alpha",
    title="Alpha",
    chapters=(
        Chapter(
            "one", "Chapter one", (_FIRST, _SECOND, _THIRD), closing=(Cell("end", "markdown", "SECRET end"),)
        ),
    ),
    policies=Policies(attempts_before_show=2),
)
BETA = Course(
    id="beta",
    title="Beta",
    chapters=(
        Chapter(
            "start", "Start", (Step("Read", (Cell("b", "markdown", "Hello."),), Checkpoint("hello", Read())),)
        ),
    ),
)
