"""What the tests cannot do with what they were given.

The course was published because its tests work with the solution, so it is the submission that does not fit:
a test that meets this has failed. Its author, who may see it first, is told what to write instead.
"""

from courses.grading.inside.sentences import NO_PLAIN_VALUE, OF_A_TYPE, UNCALLED

_FUNCTIONS = frozenset({"function", "method", "builtin_function_or_method"})


class Misfit(Exception):
    """The text is for the author. `told` is for the learner, and only of a test that is not hidden.

    `kind` is what the submission calls the type of the object that did not fit.
    """

    def __init__(self, advice: str, *, told: str = "", kind: str = "") -> None:
        super().__init__(advice)
        self.told, self.kind = told, kind


def describe(kind: str) -> str:
    """To the learner, of an object that is not plain. `kind` is a name that may be told, or empty."""
    if kind in _FUNCTIONS:
        return UNCALLED
    return OF_A_TYPE.format(kind=kind) if kind else NO_PLAIN_VALUE
