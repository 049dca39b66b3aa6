"""What a grading says in words of its own, as templates in English.

The server, which knows the course's language, finds them again in what it is told
(`courses/grading/validators/recognised.py`): of two that fit, the first counts.
"""

SENTENCES: list[str] = []


def sentence(template: str) -> str:
    """`template` has `{name}` for each value; it is a message id of the catalogues."""
    SENTENCES.append(template)
    return template


IN_FUNCTION = sentence("your code, line {line}, in {name}")
IN_CODE = sentence("your code, line {line}")

HIDDEN_FAILS = sentence("A hidden test does not pass yet.")
UNUSABLE = sentence("The test cannot use what your code gave.")
NO_NAME = sentence("Your code did not make the name `{name}`.")
SOME_ERROR = sentence("An error in line {line} of your code.")
ERROR = sentence("{name} in line {line} of your code.")
WRONG_MODULE = sentence("`{name}` should be the module `{expected}`.")

UNCALLED = sentence(
    "Your code gave a function here, and not what it returns. Are there `()` behind its name?"
)
NO_PLAIN_VALUE = sentence(
    "Your code gave an object of its own here, and the test compares plain values: numbers, texts, lists."
)
OF_A_TYPE = sentence(
    "Your code gave an object of type `{kind}` here, "
    "and the test compares plain values: numbers, texts, lists."
)

GAVE = {
    "holds": sentence("`{test}` gave `{got}`, which does not hold."),
    "==": sentence("`{test}` gave `{got}`, but `{wanted}` was expected."),
    "!=": sentence("`{test}` gave `{got}`, and it should be anything else."),
    "<": sentence("`{test}` gave `{got}`, but it should be less than `{wanted}`."),
    "<=": sentence("`{test}` gave `{got}`, but it should be at most `{wanted}`."),
    ">": sentence("`{test}` gave `{got}`, but it should be more than `{wanted}`."),
    ">=": sentence("`{test}` gave `{got}`, but it should be at least `{wanted}`."),
    "in": sentence("`{test}` gave `{got}`, which is not in `{wanted}`."),
    "not in": sentence("`{test}` gave `{got}`, which should not be in `{wanted}`."),
}
"""Of a call."""
IS = {
    "holds": sentence("`{test}` is `{got}`, which does not hold."),
    "==": sentence("`{test}` is `{got}`, but `{wanted}` was expected."),
    "!=": sentence("`{test}` is `{got}`, and it should be anything else."),
    "<": sentence("`{test}` is `{got}`, but it should be less than `{wanted}`."),
    "<=": sentence("`{test}` is `{got}`, but it should be at most `{wanted}`."),
    ">": sentence("`{test}` is `{got}`, but it should be more than `{wanted}`."),
    ">=": sentence("`{test}` is `{got}`, but it should be at least `{wanted}`."),
    "in": sentence("`{test}` is `{got}`, which is not in `{wanted}`."),
    "not in": sentence("`{test}` is `{got}`, which should not be in `{wanted}`."),
}
"""Of any other expression."""
