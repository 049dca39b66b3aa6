"""A text to read passes when the learner says so."""

from courses.models.checkpoint import Read
from courses.models.verdict import Verdict


def judge_read(question: Read) -> Verdict:
    return Verdict.right()
