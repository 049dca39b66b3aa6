"""Answers that only running can tell: `= EXPR`, and what the code of a `predict` prints."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from courses.authoring.foreseen import check_mistakes, is_settled
from courses.authoring.formulas import NumberFormula, TextFormula
from courses.authoring.spots import Spot
from courses.errors import GraderUnavailable
from courses.models.checkpoint import Mistake, Number, Parts, Plain, Predict, Text
from courses.services.ports import CellRun, CodeGrader, Limits

Q = TypeVar("Q", Number, Text, Predict)
_LIMITS = Limits(wall=30.0, cpu=30.0)
_HASH_SEEDS = (1, 2)
"""Two orders of sets and of anything else that hashing decides."""


@dataclass(frozen=True, slots=True)
class QuestionProof:
    """One question in its place: `context` has run before it."""

    context: tuple[str, ...]
    files: Mapping[str, bytes]
    grader: CodeGrader
    spot: Spot

    def prove(self, question: Plain | Parts) -> Plain | Parts:
        """The question with every answer worked out. Raises GraderUnavailable."""
        if not isinstance(question, Parts):
            return self._prove_one(question)
        parts = [
            replace(self, spot=self._at(f"parts[{number}]"))._prove_one(part)
            for number, part in enumerate(question.questions, 1)
        ]
        return replace(question, questions=tuple(parts))

    def _prove_one(self, question: Plain) -> Plain:
        if isinstance(question, Predict):
            return self._with_mistakes(self._predict(question))
        if not isinstance(question, Number | Text) or is_settled(question):
            return question  # read and checked already
        if isinstance(question, Number):
            return self._prove_number(question)
        answers = tuple(self._text(answer, "answer") for answer in question.answers)
        return self._with_mistakes(replace(question, answers=answers))

    def _prove_number(self, question: Number) -> Number:
        if isinstance(question.answer, NumberFormula):
            value = self._evaluate(question.answer.expression, "answer")
            if isinstance(value, str) or (value is not None and not math.isfinite(value)):
                message = f"`{question.answer.expression}` gives “{value}”, not a number."
                self._at("answer").error(message, "Correct the expression, or write `kind: text`.")
                return question
            question = replace(question, answer=question.answer if value is None else value)
        return self._with_mistakes(question)

    def _with_mistakes(self, question: Q) -> Q:
        mistakes: list[Mistake] = []
        for number, mistake in enumerate(question.mistakes, 1):
            field = f"mistakes[{number}].answer"
            mistakes.append(replace(mistake, answer=self._text(mistake.answer, field)))
        proved = replace(question, mistakes=tuple(mistakes))
        if isinstance(proved, Predict) or is_settled(proved):
            check_mistakes(proved, lambda position: self._at(f"mistakes[{position + 1}].answer"))
        return proved

    def _text(self, answer: str, field: str) -> str:
        if not isinstance(answer, TextFormula):
            return answer
        value = self._evaluate(str(answer), field)
        if isinstance(value, float):
            return str(int(value)) if value.is_integer() else repr(value)
        return answer if value is None else value

    def _evaluate(self, expression: str, field: str) -> float | str | None:
        """The value, or None when there is none, which is reported."""
        try:
            (value,) = self.grader.evaluate((expression,), self.context, self.files, _LIMITS)
        except GraderUnavailable as error:
            fix = "Use names that the chapter has defined by then."
            self._at(field).error(f"`{expression}` has no value: {error}", fix)
            return None
        return value if isinstance(value, str) else float(value)

    def _predict(self, question: Predict) -> Predict:
        shown: list[str] = []
        for seed in _HASH_SEEDS:
            cells = (*self.context, question.code)
            runs = self.grader.run_cells(cells, self.files, _LIMITS, hash_seed=seed)
            if len(runs) < len(cells) or runs[-1].error:
                reason = runs[-1].error.strip().splitlines()[-1] if runs and runs[-1].error else "it stopped"
                self._at("code").error(f"The code does not run: {reason}.", "Correct it.")
                return question
            shown.append(_shown(runs[-1]))
        if shown[0] != shown[1]:
            fix = "Sort sets, seed random numbers, and print no times or addresses."
            self._at("code").error("Two runs of the code print different things.", fix)
        elif not shown[0]:
            self._at("code").error("The code prints nothing.", "Print what the learner is to predict.")
        return replace(question, answer=shown[0])

    def _at(self, field: str) -> Spot:
        return self.spot.at(field=".".join(name for name in (self.spot.field, field) if name))


def _shown(run: CellRun) -> str:
    """What a cell prints, and the value of its last line if it has one."""
    results = [
        str(output.get("data", {}).get("text/plain", ""))
        for output in run.outputs
        if output.get("output_type") == "execute_result"
    ]
    return "\n".join(part for part in (run.printed.rstrip("\n"), *results) if part)
