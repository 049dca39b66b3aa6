"""Everything that can go wrong and is somebody's to mend.

StepwiseError
├── AuthoringError        a course's sources: a list of Findings, all at once
├── NotFound              no such course, chapter, step, file or user, or not for this person to know
├── Forbidden             known, and not allowed
│   └── StepLocked        an earlier step is not settled yet
├── Conflict              true already, or true no longer
│   ├── NameTaken
│   ├── KeyReused         an idempotency key that came with another answer
│   └── QuestionCorrected an answer to a question whose passes do not count any more
├── Rejected              the request itself is wrong: `field` says where
│   ├── BadAnswer         an answer of the wrong shape or size
│   └── WeakPassword
├── BadCredentials        wrong name or password; never says which
├── RegistrationClosed
├── TooMany               too fast or too often: `retry_after` in seconds
│   └── GuessingPause     a short pause after quick guesses
├── GraderUnavailable     the server could not grade; nothing is held against the learner
│   ├── GraderBusy        too many wait for it, or one has waited too long
│   └── ServerStopping    the one that takes its place will grade it
├── StorageUnavailable    the database does not answer
│   └── StorageFull       its disk is full
└── SandboxUnavailable    no process for untrusted code can be started now; says what to do
    ├── SandboxLost       one was, and something killed it: another one may do
    └── NoSandboxHere     nor ever, for the machine gives none

A wrong answer is a verdict, never an exception.
"""

from dataclasses import dataclass

from courses.models.phrases import phrase


class StepwiseError(Exception):
    """Base of all. `str()` is a sentence that may be shown to the person who asked.

    What a learner may meet on a page is a phrase, so that it can be said in the page's language.
    """

    @property
    def words(self) -> str:
        """The sentence as it was made: perhaps a phrase."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a course's sources, or worth a warning.

    `cell` counts from 1 in the notebook, `line` from 1 in the cell or file; 0 is unknown.
    """

    file: str
    message: str
    fix: str = ""
    cell: int = 0
    line: int = 0
    field: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        place = self.file
        if self.cell:
            place += f", cell {self.cell}"
        if self.line:
            place += f", line {self.line}"
        if self.field:
            place += f", {self.field}"
        return f"{place}: {self.message}" + (f" {self.fix}" if self.fix else "")


class AuthoringError(StepwiseError):
    """A course that cannot be published."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(f) for f in findings))


class NotFound(StepwiseError):
    """There is no such thing, as far as this person may know."""

    def __init__(self, what: str, name: str) -> None:
        self.what, self.name = what, name
        missing = phrase("There is no step “{name}”.", name=name) if what == "step" else ""
        super().__init__(missing or f"There is no {what} “{name}”.")


class Forbidden(StepwiseError):
    """This person may not do that."""


class StepLocked(Forbidden):
    """The step opens when the one before it is settled."""

    def __init__(self, step: str) -> None:
        self.step = step
        super().__init__(phrase("This step is locked. It opens when the step before it is passed."))


class Conflict(StepwiseError):
    """The state of things does not allow it."""


class NameTaken(Conflict):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"The name “{name}” is taken. Choose another one.")


class KeyReused(Conflict):
    def __init__(self) -> None:
        super().__init__(phrase("This idempotency key was used with another answer."))


class QuestionCorrected(Conflict):
    def __init__(self) -> None:
        super().__init__(
            phrase("This question has been corrected. Reload the page and answer it as it is now.")
        )


class Rejected(StepwiseError):
    """Input that cannot be accepted. `field` names the part that is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class BadAnswer(Rejected):
    def __init__(self, message: str) -> None:
        super().__init__("answer", message)


class WeakPassword(Rejected):
    def __init__(self, message: str) -> None:
        super().__init__("password", message)


class BadCredentials(StepwiseError):
    def __init__(self) -> None:
        super().__init__("The name or the password is not right.")


class RegistrationClosed(StepwiseError):
    """Registration is off, or the code is wrong."""


class TooMany(StepwiseError):
    """`retry_after` is in seconds."""

    def __init__(self, retry_after: float, message: str) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class GuessingPause(TooMany):
    def __init__(self, retry_after: float) -> None:
        super().__init__(
            retry_after, phrase("Take a moment before the next try: quick guesses teach little.")
        )


class GraderUnavailable(StepwiseError):
    """Grading failed on the server's side."""


class GraderBusy(GraderUnavailable):
    """`retry_after` is in seconds."""

    retry_after = 60.0

    def __init__(self) -> None:
        super().__init__(phrase("Too much code is being checked just now. Please try again in a minute."))


class ServerStopping(GraderUnavailable):
    def __init__(self) -> None:
        super().__init__(phrase("The server is stopping. Please try again in a minute."))


class StorageUnavailable(StepwiseError):
    """Nothing was recorded, and nothing is known to be lost: what was sent can be sent again."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or phrase("The server's database does not answer. Try again in a moment."))


class StorageFull(StorageUnavailable):
    def __init__(self) -> None:
        super().__init__(
            phrase(
                "The server's disk is full, so nothing can be recorded. What you typed stays in this "
                "browser: tell whoever runs the server, and try again later."
            )
        )


class SandboxUnavailable(StepwiseError):
    """No process for untrusted code can be started. The text is for the operator, and says what to do."""


class SandboxLost(SandboxUnavailable):
    """A process for untrusted code was killed before it did anything, or what it is forked from was."""


class NoSandboxHere(SandboxUnavailable):
    """The machine gives no sandbox, and no other try would help: only then may there be none."""
