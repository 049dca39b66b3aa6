"""The wire shapes that no view declares: request bodies, query parameters, lists and problems.

Bodies are strict (a number is not a text) and refuse fields they do not know, so that a misspelt name
is an error and not a silence. `description` of a field is also what its error message says.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.json_schema import SkipJsonSchema

from courses.models.views import CourseProgressView, CourseView, DraftView

LARGEST = 2**31 - 1
"""Of any whole number that reaches the database."""

WholeNumber = Annotated[int, Field(ge=1, le=LARGEST)]

Content = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
"""Any text but NUL, which PostgreSQL cannot store."""

AnswerBody = bool | Content | list[Content] | list[bool | Content | list[Content]]
"""`models.views.Answer`. How long a text may be is the use case's to say, by the kind of question."""


def _without_default(schema: dict[str, Any]) -> None:
    """For what may be left out and has no null on the wire."""
    del schema["default"]


class RequestBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


KEY = r"^[\x21-\x7e]{1,64}$"


class AttemptBody(RequestBody):
    """An answer to a checkpoint."""

    answer: AnswerBody = Field(
        description=(
            "true (read), an option's id (choice), ids (many, order), the text as typed "
            "(number, text, predict, write, exercise), or a list with one answer a part; no text with NUL"
        )
    )
    key: str = Field(
        pattern=KEY,
        description="1 to 64 printable ASCII characters that name this attempt, the same ones in a retry",
    )
    edition: WholeNumber | None = Field(
        default=None, description="the number of the edition that the learner saw"
    )
    duration_ms: int = Field(
        default=0, ge=0, le=LARGEST, description="milliseconds from seeing the question to answering it"
    )


class DraftBody(RequestBody):
    """Half-written work, as one device has it."""

    device: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}$", description="1 to 64 letters, digits, - or _ that name the device"
    )
    text: Content = Field(description="the text, without NUL")
    revision: int = Field(
        ge=0, le=LARGEST, description="a whole number that grows with each save of this device"
    )


class AttemptQuery(BaseModel):
    """Which attempts to list, newest first.

    Other parameters are ignored: Jupyter's own clients add the time to every address.
    """

    before: WholeNumber | SkipJsonSchema[None] = Field(
        default=None,
        description="an attempt's id, to list only earlier ones",
        json_schema_extra=_without_default,
    )
    limit: int = Field(default=20, ge=1, le=100, description="how many to list at most, from 1 to 100")


class WaitingQuery(BaseModel):
    """Which attempt is meant."""

    key: str = Field(pattern=KEY, description="the key that the attempt was sent with")


class CourseList(BaseModel):
    items: list[CourseView]


class DraftList(BaseModel):
    items: list[DraftView]


class ProgressList(BaseModel):
    items: list[CourseProgressView]


class Problem(BaseModel):
    """Why a request was refused (RFC 9457). Members that do not apply are left out."""

    type: str = Field(description="urn:stepwise: and the problem's name; programs decide by this")
    title: str
    status: int
    detail: str = Field(description="a sentence that may be shown to the person")
    request_id: str = Field(description="find it again in the server's log")
    field: str | SkipJsonSchema[None] = Field(
        default=None, description="the part of the request that is wrong", json_schema_extra=_without_default
    )
    step: str | SkipJsonSchema[None] = Field(
        default=None, description="the locked step", json_schema_extra=_without_default
    )
    retry_after: float | SkipJsonSchema[None] = Field(
        default=None, description="seconds to wait", json_schema_extra=_without_default
    )
