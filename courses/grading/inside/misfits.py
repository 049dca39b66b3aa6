"""What the tests cannot do with what they were given.

The course was published because its tests work with the solution, so it is the submission that does not fit:
a test that meets this has failed. Its author, who may see it first, is told what to write instead.
"""

_UNCALLED = frozenset({"function", "method", "builtin_function_or_method"})


class Misfit(Exception):
    """The text is for the author. `told` is for the learner, and only of a test that is not hidden.

    `kind` is what the submission calls the type of the object that did not fit.
    """

    def __init__(self, advice: str, *, told: str = "", kind: str = "") -> None:
        super().__init__(advice)
        self.told, self.kind = told, kind


def describe(kind: str) -> str:
    """To the learner, of an object that is not plain. `kind` is a name that may be told, or empty."""
    if kind in _UNCALLED:
        return "Your code gave a function here, and not what it returns. Are there `()` behind its name?"
    what = f"an object of type `{kind}`" if kind else "an object of its own"
    return f"Your code gave {what} here, and the test compares plain values: numbers, texts, lists."
