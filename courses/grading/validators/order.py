"""Lines to bring into order."""

from courses.errors import BadAnswer
from courses.grading.validators.feedback import wrong_answer
from courses.models.checkpoint import Order
from courses.models.phrases import phrase
from courses.models.verdict import Verdict


def judge_order(question: Order, order: tuple[int, ...]) -> Verdict:
    """`order` holds positions in the author's list. Lines that read the same may trade places."""
    if sorted(order) != list(range(len(question.lines))):
        raise BadAnswer(f"Send each of the {len(question.lines)} lines exactly once.")
    arranged = [question.lines[i] for i in order]
    in_place = next(
        (i for i, (got, wanted) in enumerate(zip(arranged, question.lines, strict=True)) if got != wanted),
        None,
    )
    if in_place is None:
        return Verdict.right()
    return wrong_answer(
        question.feedback, _observe(in_place), otherwise="", score=in_place / len(question.lines)
    )


def _observe(in_place: int) -> str:
    match in_place:
        case 0:
            return phrase("The first line is not in its place yet. What must happen before everything else?")
        case 1:
            return phrase("The first line is in place. Look at what follows it.")
        case _:
            return phrase("The first {count} lines are in place. Look at what follows them.", count=in_place)
