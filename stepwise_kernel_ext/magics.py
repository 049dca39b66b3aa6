"""`%%checkpoint` and `%%exercise`, so that an author's notebook runs top to bottom in any front end.

The kernel holds no parser and no grader: a checkpoint shows a plain preview, an exercise runs its
solution so that later cells find its names. `stepwise check` says whether the answers are right.
"""

import re
from textwrap import dedent

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class, no_var_expand
from IPython.display import Markdown, display

from courses.models.code_fields import split_code_fields
from courses.models.marks import split_regions

_FIELD = re.compile(r"^(?P<dash>- )?\s*(?P<key>kind|ask|title): *(?P<text>.*)$")


@magics_class
class StepwiseMagics(Magics):
    """The two magics of the chapter format."""

    @no_var_expand
    @cell_magic
    def checkpoint(self, line: str, cell: str) -> None:
        """Show what the checkpoint asks."""
        preview = preview_checkpoint(_id_of(line, "checkpoint"), cell)
        display(Markdown(preview))  # type: ignore[no-untyped-call] # IPython is typed in part

    @no_var_expand
    @cell_magic
    def exercise(self, line: str, cell: str) -> None:
        """Run the solution, as if a learner had written it."""
        step = _id_of(line, "exercise")
        solution = read_solution(cell)
        assert self.shell is not None
        result = self.shell.run_cell(solution, store_history=False)  # type: ignore[no-untyped-call]
        if not result.success:  # its traceback is on the page; this makes the cell itself fail
            error = result.error_before_exec or result.error_in_exec
            raise UsageError(f"The solution of {step} raises {type(error).__name__}.")


def read_solution(cell: str) -> str:
    """The cell as it passes: without fields and marks, starter, tests, mistakes and hints."""
    _, code, _ = split_code_fields(cell)
    regions, problems = split_regions(code)
    if problems:
        raise UsageError("\n".join(f"{problem.message} {problem.fix}" for problem in problems))
    return "\n".join(region.text for region in regions if region.name in (None, "SOLUTION"))


def preview_checkpoint(step: str, cell: str) -> str:
    """Markdown that names the checkpoint, its kinds and what they ask."""
    matches = [match for line in dedent(cell).splitlines() if (match := _FIELD.match(line))]
    asked = [
        f"*{match['text']}*" if match["key"] == "kind" else match["text"]
        for match in matches
        if match["text"] not in ("", "|")
    ]
    return "\n\n".join([f"**Checkpoint** `{step}`", *asked])


def _id_of(line: str, magic: str) -> str:
    step = line.strip()
    if not step or " " in step:
        raise UsageError(f"Write `%%{magic} ID`: one id, unique in the course.")
    return step
