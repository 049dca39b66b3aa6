"""The `#| field: value` lines on top of code: where they end, for the server and for authors' kernels.

Further down such a line is a comment like any other.
"""

import re


def split_code_fields(source: str, first_line: int = 1) -> tuple[str, str, int]:
    """The `#|` lines on top of code without their prefix, the code below, and the line it starts at."""
    lines = source.split("\n")
    count = 0
    while count < len(lines) and (lines[count].startswith("#|") or not lines[count].strip()):
        count += 1
    if not any(line.startswith("#|") for line in lines[:count]):
        return "", source, first_line
    fields = [re.sub(r"^#\| ?", "", line) for line in lines[:count]]
    return "\n".join(fields), "\n".join(lines[count:]), first_line + count
