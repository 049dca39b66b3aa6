"""What every wrong answer has in common: it is told something useful, the author's own words first."""

from courses.models.verdict import Verdict


def wrong_answer(author: str, observation: str = "", *, otherwise: str, score: float = 0.0) -> Verdict:
    """`author` is the question's own feedback, `observation` what can be said about this very answer.

    `otherwise` is said only when there is neither.
    """
    said = tuple(text for text in (author, observation) if text)
    return Verdict.wrong(*(said or (otherwise,)), score=score)
