"""The magics of an author's notebook, in a real IPython shell."""

from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from stepwise_kernel_ext import load_ipython_extension
from stepwise_kernel_ext.magics import preview_checkpoint, read_solution

EXERCISE = """
%%exercise double
#| timeout: 3
def double(x):
    ### BEGIN SOLUTION
    return f"{x}" * 2
    ### END SOLUTION
### BEGIN STARTER
nonsense(
### END STARTER
### BEGIN TESTS
assert False
### END TESTS
### BEGIN HINT
Not Python.
### END HINT
"""


@pytest.fixture
def shell() -> Any:
    """A shell of its own that writes no history."""
    config = Config()
    config.HistoryManager.enabled = False
    shell: Any = InteractiveShell(config=config)  # type: ignore[no-untyped-call] # IPython is typed in part
    load_ipython_extension(shell)
    return shell


def test_an_exercise_runs_its_solution(shell: Any) -> None:
    """Later cells find its names; braces are left alone, and nothing but the solution runs."""
    shell.user_ns["x"] = "wrong"
    assert shell.run_cell(EXERCISE).success
    assert shell.user_ns["double"](4) == "44"


def test_a_solution_that_raises_fails_its_cell(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """So that running the notebook from top to bottom stops there."""
    result = shell.run_cell("%%exercise a\n### BEGIN SOLUTION\n1 / 0\n### END SOLUTION")
    assert not result.success
    assert str(result.error_in_exec) == "The solution of a raises ZeroDivisionError."
    assert "division by zero" in capsys.readouterr().out


def test_a_checkpoint_shows_what_it_asks(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """As Markdown, without answers."""
    assert shell.run_cell("%%checkpoint a\nkind: read\nask: Is {x} read?").success
    assert "Markdown" in capsys.readouterr().out


def test_a_preview_names_kinds_and_questions() -> None:
    """Those of each part."""
    cell = "parts:\n- ask: One: or two?\n  kind: number\n  answer: 3\n- kind: text\n  ask: |\n    Long"
    assert preview_checkpoint("a", cell) == "**Checkpoint** `a`\n\nOne: or two?\n\n*number*\n\n*text*"


def test_marks_that_do_not_fit_are_said() -> None:
    """As `stepwise check` says it."""
    with pytest.raises(UsageError, match=r"SOLUTION is never ended\. Write `### END SOLUTION`"):
        read_solution("### BEGIN SOLUTION\nx = 1")


def test_fields_stand_on_top_alone() -> None:
    """What looks like one further down is the solution's, as it is for the server."""
    source = '#| points: 2\n\n#| timeout: 3\ntable = """\n#| a | b |\n"""\n#| a comment'
    assert read_solution(source) == 'table = """\n#| a | b |\n"""\n#| a comment'


@pytest.mark.parametrize("line", ["%%exercise", "%%checkpoint two words"])
def test_a_magic_needs_an_id(shell: Any, line: str) -> None:
    """One word."""
    result = shell.run_cell(f"{line}\nx")
    assert isinstance(result.error_in_exec, UsageError)
    assert "one id, unique in the course" in str(result.error_in_exec)
