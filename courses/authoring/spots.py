"""Where in an author's sources something is, so that every finding names its place."""

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Self

from courses.errors import AuthoringError, Finding


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the sources that can be complained about. Spots of one reading share `findings`."""

    file: str
    findings: list[Finding]
    cell: int = 0
    line: int = 0
    field: str = ""

    def at(self, *, cell: int | None = None, line: int | None = None, field: str | None = None) -> Self:
        """The same place, made more exact."""
        return replace(
            self,
            cell=self.cell if cell is None else cell,
            line=self.line if line is None else line,
            field=self.field if field is None else field,
        )

    def error(self, message: str, fix: str = "") -> None:
        self._report(message, fix, "error")

    def warn(self, message: str, fix: str = "") -> None:
        self._report(message, fix, "warning")

    def _report(self, message: str, fix: str, severity: str) -> None:
        self.findings.append(
            Finding(self.file, message, fix, self.cell, self.line, self.field, severity=severity)
        )


def raise_errors(findings: list[Finding]) -> None:
    """Raise AuthoringError with all errors among the findings, if there is any; warnings stop nobody."""
    if errors := [finding for finding in findings if finding.severity == "error"]:
        raise AuthoringError(errors)


def did_you_mean(word: str, known: list[str]) -> str:
    """A suggestion as a sentence: the nearest known word, else all of them."""
    if close := get_close_matches(word.lower(), known, n=1, cutoff=0.7):
        return f"Did you mean `{close[0]}`?"
    return f"Known: {', '.join(sorted(known))}."
