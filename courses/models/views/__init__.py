"""What may cross the trust line: a learner's view of courses, steps and verdicts.

These dataclasses are the wire's shapes too: the API derives its JSON and its OpenAPI document from
them, and the pages render them. Nothing here holds an answer, a hidden test or a locked step's
content. Times are ISO 8601 text in UTC.
"""

from courses.models.views.attempts import AttemptPage, AttemptView, TestView, VerdictView, WaitingView
from courses.models.views.courses import (
    ChapterLine,
    ChapterView,
    ContinueAt,
    CourseProgressView,
    CourseView,
    ProgressView,
    StepLine,
)
from courses.models.views.people import DraftView, UserView
from courses.models.views.questions import (
    Answer,
    CheckpointKind,
    OptionView,
    QuestionView,
    Rendered,
    SolutionView,
)
from courses.models.views.results import AttemptResult, ShowResult
from courses.models.views.steps import CellView, CheckpointView, StepView

__all__ = [
    "Answer",
    "AttemptPage",
    "AttemptResult",
    "AttemptView",
    "CellView",
    "ChapterLine",
    "ChapterView",
    "CheckpointKind",
    "CheckpointView",
    "ContinueAt",
    "CourseProgressView",
    "CourseView",
    "DraftView",
    "OptionView",
    "ProgressView",
    "QuestionView",
    "Rendered",
    "ShowResult",
    "SolutionView",
    "StepLine",
    "StepView",
    "TestView",
    "UserView",
    "VerdictView",
    "WaitingView",
]
