"""From a question and an answer to a verdict: pure functions, one module a kind.

Answers are positions in the author's list and plain text; who asked and how options were shuffled is
no concern of theirs. A wrong answer is a verdict; an answer of the wrong shape raises BadAnswer. No
feedback ever holds the answer.
"""

from courses.grading.validators.choice import judge_choice
from courses.grading.validators.exercise import judge_exercise
from courses.grading.validators.many import judge_many
from courses.grading.validators.number import judge_number
from courses.grading.validators.order import judge_order
from courses.grading.validators.predict import judge_predict
from courses.grading.validators.read import judge_read
from courses.grading.validators.text import judge_text
from courses.grading.validators.write import judge_write

__all__ = [
    "judge_choice",
    "judge_exercise",
    "judge_many",
    "judge_number",
    "judge_order",
    "judge_predict",
    "judge_read",
    "judge_text",
    "judge_write",
]
