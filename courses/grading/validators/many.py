"""Any number of options: all the correct ones and no other."""

from courses.errors import BadAnswer
from courses.grading.validators.feedback import wrong_answer
from courses.models.checkpoint import Many
from courses.models.phrases import phrase
from courses.models.verdict import Verdict


def judge_many(question: Many, chosen: frozenset[int]) -> Verdict:
    """`chosen` are positions. The score is the share of correct options found, less the wrong ones."""
    if unknown := sorted(chosen - set(range(len(question.options)))):
        raise BadAnswer(f"There is no option {unknown[0]}: there are {len(question.options)}.")
    correct = frozenset(i for i, option in enumerate(question.options) if option.correct)
    if chosen == correct:
        return Verdict.right(*_feedback(question, chosen))
    extra = chosen - correct
    score = max(0.0, (len(chosen & correct) - len(extra)) / len(correct)) if correct else 0.0
    if said := _feedback(question, extra):
        return Verdict.wrong(*said, score=score)
    return wrong_answer("", otherwise=_general(chosen, extra), score=score)


def _feedback(question: Many, positions: frozenset[int]) -> tuple[str, ...]:
    options = (question.options[i] for i in sorted(positions))
    return tuple(option.feedback for option in options if option.feedback)


def _general(chosen: frozenset[int], extra: frozenset[int]) -> str:
    if not chosen:
        return phrase("Something is missing: choose every option that fits.")
    if not extra:
        return phrase("Right so far, but something is missing.")
    if len(extra) == len(chosen):
        return (
            phrase("None of your choices belongs.")
            if len(chosen) > 1
            else phrase("Your choice does not belong.")
        )
    return (
        phrase("One of your choices does not belong.")
        if len(extra) == 1
        else phrase("Some of your choices do not belong.")
    )
