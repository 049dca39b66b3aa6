"""Free text passes when there is some; the model answer and the rubric do the rest."""

from courses.models.checkpoint import Write
from courses.models.phrases import phrase
from courses.models.verdict import Verdict


def judge_write(question: Write, typed: str) -> Verdict:
    return Verdict.right() if typed.strip() else Verdict.wrong(phrase("Write your answer first."))
