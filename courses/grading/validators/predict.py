"""What a program prints, line by line."""

from courses.grading.validators.feedback import wrong_answer
from courses.models.checkpoint import Predict
from courses.models.phrases import phrase
from courses.models.verdict import Verdict

_QUOTES = str.maketrans("", "", "'\"‘’“”")


def judge_predict(question: Predict, typed: str) -> Verdict:
    """Spaces at the ends of lines and empty lines at the end cannot be seen, so they never count."""
    got, wanted = _lines(typed), _lines(question.answer)
    if got == wanted:
        return Verdict.right()
    for mistake in question.mistakes:
        if got == _lines(mistake.answer):
            return Verdict.wrong(mistake.feedback)
    return wrong_answer(question.feedback, _observe(got, wanted), otherwise="")


def _lines(text: str) -> list[str]:
    return "\n".join(line.rstrip() for line in text.splitlines()).rstrip("\n").split("\n")


def _observe(got: list[str], wanted: list[str]) -> str:
    if got == [""]:
        return phrase("Type what the code prints. It does print something.")
    if _dense(got) == _dense(wanted):
        return phrase("Nearly: only spaces or line breaks differ from what is printed.")
    if [line.translate(_QUOTES) for line in got] == [line.translate(_QUOTES) for line in wanted]:
        return phrase("Nearly: only quotes differ. Does `print` show the quotes around a text?")
    if [line.casefold() for line in got] == [line.casefold() for line in wanted]:
        return phrase("Nearly: only capital and small letters differ.")
    return _first_difference(got, wanted)


def _dense(lines: list[str]) -> str:
    return "".join("".join(line.split()) for line in lines)


def _first_difference(got: list[str], wanted: list[str]) -> str:
    same = next((i for i, (g, w) in enumerate(zip(got, wanted, strict=False)) if g != w), None)
    if same is None and len(got) < len(wanted):
        return phrase("Right so far, but more is printed.")
    if same is None:
        return phrase("It starts right, but less is printed: you have lines too many.")
    if len(got) == len(wanted) == 1:
        return phrase(
            "That is not what is printed. Go through the code line by line, and write down each value."
        )
    if same == 0:
        return phrase("The first line differs from what is printed.")
    return phrase("Line {number} is the first that differs. The lines before it are right.", number=same + 1)
