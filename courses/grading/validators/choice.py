"""One option of several."""

from courses.errors import BadAnswer
from courses.grading.validators.feedback import wrong_answer
from courses.models.checkpoint import Choice
from courses.models.phrases import phrase
from courses.models.verdict import Verdict


def judge_choice(question: Choice, chosen: int) -> Verdict:
    """`chosen` is a position in the author's list. The feedback is the chosen option's."""
    if not 0 <= chosen < len(question.options):
        raise BadAnswer(f"There is no option {chosen}: there are {len(question.options)}.")
    option = question.options[chosen]
    if option.correct:
        return Verdict.right(*filter(None, [option.feedback]))
    return wrong_answer(
        option.feedback, otherwise=phrase("That is not it. What speaks for it, and what against it?")
    )
