"""What a step asks of a learner, answers and all: these objects never leave the server.

A checkpoint wraps one question. Each kind of question is a dataclass of its own, so that a validator
is a function of one type; `kind` tells them apart in storage. Texts are Markdown with math unless a
field says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Option:
    """One line to choose. Its place in the author's list is its identity."""

    text: str
    correct: bool = False
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer the author foresaw (plain text, as a learner would type it) and what to say."""

    answer: str
    feedback: str


@dataclass(frozen=True, slots=True)
class CodeMistake:
    """A whole replacement cell that goes wrong in a known way, and what to say to who wrote it."""

    source: str
    feedback: str


@dataclass(frozen=True, slots=True)
class Read:
    """Passes when the learner says that they have read it."""

    ask: str = ""
    kind: Literal["read"] = "read"


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one option is correct."""

    ask: str
    options: tuple[Option, ...]
    shuffle: bool = True
    kind: Literal["choice"] = "choice"


@dataclass(frozen=True, slots=True)
class Many:
    """Any number of options are correct; all of them and no other must be chosen."""

    ask: str
    options: tuple[Option, ...]
    shuffle: bool = True
    kind: Literal["many"] = "many"


@dataclass(frozen=True, slots=True)
class Number:
    """A number within `tolerance` (absolute) of `answer`."""

    ask: str
    answer: float
    tolerance: float = 0.0
    feedback: str = ""
    mistakes: tuple[Mistake, ...] = ()
    kind: Literal["number"] = "number"


@dataclass(frozen=True, slots=True)
class Text:
    """A short text equal to one of `answers` or matching `pattern` (a regular expression, whole text)."""

    ask: str
    answers: tuple[str, ...]
    pattern: str = ""
    ignore_case: bool = True
    feedback: str = ""
    mistakes: tuple[Mistake, ...] = ()
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Order:
    """Lines to bring into the order in which they are written here: Markdown, or lines of `code`."""

    ask: str
    lines: tuple[str, ...]
    feedback: str = ""
    code: bool = False
    kind: Literal["order"] = "order"


@dataclass(frozen=True, slots=True)
class Predict:
    """What `code` prints. `answer` is filled in when the chapter is published, by running it."""

    ask: str
    code: str
    answer: str = ""
    feedback: str = ""
    mistakes: tuple[Mistake, ...] = ()
    kind: Literal["predict"] = "predict"


@dataclass(frozen=True, slots=True)
class Write:
    """Free text; it passes when handed in and then shows a model answer and a rubric."""

    ask: str
    model: str = ""
    rubric: str = ""
    kind: Literal["write"] = "write"


@dataclass(frozen=True, slots=True)
class Exercise:
    """Code to write, judged by tests in a fresh process. All sources are without mark lines."""

    ask: str
    starter: str
    solution: str
    tests: str = ""
    hidden_tests: str = ""
    mistakes: tuple[CodeMistake, ...] = ()
    alternatives: tuple[str, ...] = ()
    timeout: float = 10.0
    modules: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the tests take from the submission and the solution imports: the modules by their names there.
    Filled in when the chapter is published."""
    kind: Literal["exercise"] = "exercise"


Plain = Read | Choice | Many | Number | Text | Order | Predict | Write
"""What is judged without running code."""
Question = Plain | Exercise


@dataclass(frozen=True, slots=True)
class Parts:
    """Several questions under one Check; passed when every one of them is. None is an exercise."""

    questions: tuple[Plain, ...]
    ask: str = ""
    kind: Literal["parts"] = "parts"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The end of a step. `id` is unique in the course and never changes."""

    id: str
    question: Question | Parts
    hints: tuple[str, ...] = ()
    points: float = 1.0
    skills: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    recheck: bool = False
    explanation: str = field(default="")
    """Shown once the checkpoint is settled."""
