"""From a record of fields to a question: one function a kind."""

from collections.abc import Callable

import regex

from courses.authoring.field_reader import FieldReader, to_number
from courses.authoring.fields import Scalar
from courses.authoring.foreseen import check_mistakes, is_settled
from courses.authoring.formulas import NumberFormula, TextFormula
from courses.models.cell_syntax import syntax_error
from courses.models.checkpoint import (
    Choice,
    Many,
    Mistake,
    Number,
    Option,
    Order,
    Parts,
    Plain,
    Predict,
    Read,
    Text,
    Write,
)

_OTHER_KINDS = "Several questions in one are written as `parts:`; code to write is a cell `%%exercise ID`."
RECORD_FIELDS = frozenset({"options", "mistakes", "parts"})
"""Fields whose list items are records."""


def read_question(fields: FieldReader) -> Plain | Parts | None:
    """The question of a checkpoint; None when its kind is unknown."""
    if not fields.has("parts"):
        return _read_kind(fields, QUESTION_KINDS, _OTHER_KINDS)
    if fields.has("kind") and fields.text("kind") != "parts":
        fields.spot_of("kind").error("A checkpoint with `parts` has no kind.", "Give each part its own.")
    records = fields.records("parts", "ask")
    if not records:
        fields.lacks("parts", "`parts` is empty.", "Write each part as `- ask: …`.")
    parts = [_read_part(record) for record in records]
    return Parts(tuple(part for part in parts if part is not None), fields.text("ask"))


def _read_part(fields: FieldReader) -> Plain | None:
    kinds = {kind: read for kind, read in QUESTION_KINDS.items() if kind != "read"}
    question = _read_kind(fields, kinds)
    if question is not None:
        fields.finish()
    return question


def _read_kind(fields: FieldReader, kinds: "dict[str, _QuestionReader]", others: str = "") -> Plain | None:
    if not fields.has("kind"):
        fix = f"Write one of: {', '.join(sorted(kinds))}. {others}".rstrip()
        fields.lacks("kind", "`kind` is missing.", fix)
        return None
    kind = fields.one_of("kind", list(kinds), "", others)
    return kinds[kind](fields) if kind else None


def _read_read(fields: FieldReader) -> Read:
    return Read(fields.text("ask"))


def _read_choice(fields: FieldReader) -> Choice:
    options = _read_options(fields)
    right = sum(option.correct for option in options)
    if options and right == 0:
        fields.lacks("options", "No option is correct.", "Write `correct: true` below the right one.")
    if right > 1:
        second = [i for i, option in enumerate(options) if option.correct][1]
        fields.spot_of("options", second).error(
            f"{right} options are correct, and a choice has one.", "Correct them, or write `kind: many`."
        )
    return Choice(_read_ask(fields), options, fields.flag("shuffle", default=True))


def _read_many(fields: FieldReader) -> Many:
    options = _read_options(fields)
    if options and not any(option.correct for option in options):
        fields.lacks("options", "No option is correct.", "Write `correct: true` below each right one.")
    return Many(_read_ask(fields), options, fields.flag("shuffle", default=True))


def _read_options(fields: FieldReader) -> tuple[Option, ...]:
    options: list[Option] = []
    for record in fields.records("options", "text"):
        text = record.text("text", required=True)
        if text and any(option.text == text for option in options):
            record.spot_of("text").error(f"The option “{text}” is there twice.", "Change one of them.")
        options.append(Option(text, record.flag("correct"), record.text("feedback")))
        record.finish()
    if len(options) < 2:
        fields.lacks("options", "There is nothing to choose from.", "Write two `options` or more.")
    return tuple(options)


def _read_number(fields: FieldReader) -> Number:
    scalar = fields.scalar("answer", required=True)
    answer = _number_or_formula(fields, "answer", scalar) if scalar else 0.0
    tolerance = fields.number("tolerance")
    question = Number(_read_ask(fields), answer, tolerance, fields.text("feedback"), _read_mistakes(fields))
    if is_settled(question):
        check_mistakes(question, lambda position: fields.spot_of("mistakes", position))
    return question


def _number_or_formula(fields: FieldReader, name: str, scalar: Scalar) -> float:
    if expression := _formula(fields, name, scalar):
        return NumberFormula(expression)
    value = to_number(scalar.text)
    if value is None:
        fix = f"Write a number; for a value to be worked out, `{name}: = {scalar.text}`."
        fields.spot_of(name).error(f"“{scalar.text}” is not a number.", fix)
    return value or 0.0


def _read_text(fields: FieldReader) -> Text:
    answers = tuple(_text_or_formula(fields, "answer", scalar) for scalar in fields.scalars("answer"))
    pattern = fields.text("pattern")
    if not answers and not pattern:
        fields.lacks("answer", "No answer is right.", "Write `answer:` or `pattern:`.")
    try:
        regex.compile(pattern)
    except regex.error as error:
        fix = "Correct it; it must match the whole answer."
        fields.spot_of("pattern").error(f"The regular expression is not valid: {error}.", fix)
    ignore_case, feedback = fields.flag("ignore-case", default=True), fields.text("feedback")
    question = Text(_read_ask(fields), answers, pattern, ignore_case, feedback, _read_mistakes(fields))
    if is_settled(question):
        check_mistakes(question, lambda position: fields.spot_of("mistakes", position))
    return question


def _text_or_formula(fields: FieldReader, name: str, scalar: Scalar) -> str:
    expression = _formula(fields, name, scalar)
    return TextFormula(expression) if expression else scalar.text


def _formula(fields: FieldReader, name: str, scalar: Scalar) -> str:
    """The expression behind `= `; the empty text when the answer is no formula."""
    if scalar.quoted or not scalar.text.startswith("= "):
        return ""
    expression = scalar.text[2:].strip()
    try:
        compile(expression, "answer", "eval")
    except (SyntaxError, ValueError) as error:
        detail = error.msg if isinstance(error, SyntaxError) else str(error)
        fix = "Correct it; if it is meant as text, put it in quotes."
        fields.spot_of(name).error(f"“{expression}” is not an expression of Python: {detail}.", fix)
    return expression


def _read_mistakes(fields: FieldReader) -> tuple[Mistake, ...]:
    mistakes: list[Mistake] = []
    for record in fields.records("mistakes", "answer"):
        scalar = record.scalar("answer", required=True)
        answer = _text_or_formula(record, "answer", scalar) if scalar else ""
        mistakes.append(Mistake(answer, record.text("feedback", required=True)))
        record.finish()
    return tuple(mistakes)


def _read_order(fields: FieldReader) -> Order:
    scalars = fields.scalars("lines")
    lines = tuple(scalar.text for scalar in scalars)
    code = len(lines) == 1  # a `|` block: a line is a line
    if code:
        lines = tuple(line for line in lines[0].split("\n") if line.strip())
    if len(lines) < 2:
        fields.lacks("lines", "There is nothing to order.", "Write two `lines` or more.")
    elif len(set(lines)) == 1:
        fields.spot_of("lines").error("All lines are the same.", "Write lines that differ.")
    return Order(_read_ask(fields), lines, fields.text("feedback"), code)


def _read_predict(fields: FieldReader) -> Predict:
    code = fields.text("code", required=True)
    if code and (detail := syntax_error(code)):
        fields.spot_of("code").error(f"The code is not valid Python: {detail}.", "Correct it.")
    mistakes = _read_mistakes(fields)
    return Predict(_read_ask(fields), code, "", fields.text("feedback"), mistakes)


def _read_write(fields: FieldReader) -> Write:
    return Write(_read_ask(fields), fields.text("model"), fields.text("rubric"))


def _read_ask(fields: FieldReader) -> str:
    return fields.text("ask", required=True)


_QuestionReader = Callable[[FieldReader], Plain]

QUESTION_KINDS: dict[str, _QuestionReader] = {
    "read": _read_read,
    "choice": _read_choice,
    "many": _read_many,
    "number": _read_number,
    "text": _read_text,
    "order": _read_order,
    "predict": _read_predict,
    "write": _read_write,
}
