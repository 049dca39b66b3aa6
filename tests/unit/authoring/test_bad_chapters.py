"""Whatever a notebook holds, reading it ends in findings, never in another exception."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from courses.authoring.notebook import read_chapter
from courses.authoring.spots import Spot
from courses.errors import Finding

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
LINES = st.sampled_from(
    [
        "%%checkpoint a",
        "%%exercise b",
        "%%checkpoint",
        "kind: choice",
        "kind: number",
        "kind: predict",
        "kind: order",
        "kind: text",
        "kind:",
        "ask: x",
        "ask: |",
        "  indented",
        "answer: = 1/0",
        "answer: 1e999",
        "answer: nan",
        "pattern: (",
        "code: print(",
        "lines: x",
        "options:",
        "- text: a",
        "- a",
        "-",
        "  correct: true",
        "parts:",
        "- ask: x",
        "  kind: number",
        "mistakes:",
        "- answer: 1",
        "  feedback: f",
        "hints: x",
        "points: -1",
        "for: x",
        "#| points: 2",
        "#| title",
        "<!--| points: 2 -->",
        "<!--|",
        "-->",
        "# Heading",
        "![x](y)",
        "![x](http://[)",
        '<img src="data:x">',
        '<img src="http://[">',
        "### BEGIN SOLUTION",
        "### END SOLUTION",
        "### BEGIN TESTS",
        "### END TESTS",
        "### BEGIN MISTAKE x",
        "### END MISTAKE",
        "### BEGIN STARTER",
        "x = '''",
        "\0",
        "if x:",
        "!ls",
        "%time",
        "\t",
        "",
    ]
)
TEXT = st.lists(LINES, max_size=9).map("\n".join)
CELL = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["markdown", "code", "raw"]), "source": TEXT | st.lists(TEXT, max_size=2)},
    optional={"id": st.sampled_from(["x", "y"]), "metadata": JSON, "attachments": JSON},
)


def read(document: object) -> list[Finding]:
    spot = Spot("one.ipynb", [])
    read_chapter("one", json.dumps(document).encode(), spot, frozenset())
    return spot.findings


@given(JSON)
def test_any_json_is_read_or_refused(document: object) -> None:
    """As a document, and as the cells of one."""
    assert read(document)
    assert read({"nbformat": 4, "cells": document})
    assert read({"nbformat": 4, "cells": [document]})


@settings(max_examples=400)
@given(st.lists(CELL, max_size=5))
def test_any_cells_are_read_or_refused(cells: list[object]) -> None:
    """Fields, marks and magics in any order."""
    for finding in read({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}):
        assert finding.message
        assert finding.file == "one.ipynb"


@given(st.binary(max_size=40))
def test_any_bytes_are_refused(content: bytes) -> None:
    """They are no notebook."""
    spot = Spot("one.ipynb", [])
    read_chapter("one", content, spot, frozenset())
    assert [finding.severity for finding in spot.findings] == ["error"]
