"""Everything that the server itself reads of what grading processes say: small, and of the declared types.

Learners' code shares the process that runs submissions, and what it gives to the tests may come back in what
they tell. All other frames are passed on unread.
"""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, NonNegativeInt

from courses.models.verdict import Outcome, TestResult

_MOST = 2 << 20
"""Bytes of a frame. What was printed may be six times as long in JSON as it was."""
_LONGEST = 20_000
Text = Annotated[str, AfterValidator(lambda text: text[:_LONGEST])]
T = TypeVar("T", bound="_Told")


class _Told(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class Ready(_Told):
    """The chapter's code so far has run, or has `failed`."""

    failed: Text = ""
    modules: dict[str, str] = {}
    """What it has imported, by the names that it gave them."""
    seconds: list[float] = []


class Dropped(_Told):
    """It is there, and has ended the runs that it was told to."""

    dropped: bool


class Raised(_Told):
    """`bases` are the names of the exception's classes, its own first."""

    bases: list[Text]
    message: Text


class Value(_Told):
    """Of an expression."""

    value: int | float | str | None = None
    exc: Raised | None = None


class Word(_Told):
    """The examiner's: a result, what was printed up to the hidden tests, the verdict, or the mistake."""

    result: TestResult | None = None
    printed: str | None = None
    verdict: Outcome | None = None
    traceback: Text = ""
    detail: Text = ""
    modules: dict[str, str] = {}
    """What the tests took from the submission and found to be modules."""
    mistake: NonNegativeInt | None = None
    traces: list[str | None] | None = None

    @property
    def is_last(self) -> bool:
        return self.verdict is not None or self.traces is not None


def read(kind: type[T], body: bytes) -> T:
    """Raises ValueError for whatever is not of that kind."""
    if len(body) > _MOST:
        raise ValueError(f"{len(body)} bytes are more than the server reads.")
    return kind.model_validate_json(body)
