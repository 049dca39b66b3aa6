"""Exercises on three subjects as an instructor writes them, graded with solution and with wrong answers."""

import pytest

from courses.services.ports import Limits

pytestmark = pytest.mark.xdist_group("grading")

LIMITS = Limits(memory_mb=4096)

BOOT = "import numpy as np\nrng = np.random.default_rng(1)\nboot = rng.normal(30, 2, 5000)"
INTERVAL = {
    "context": (BOOT,),
    "tests": "import numpy as np\nassert abs(low - np.percentile(boot, 2.5)) < 0.05",
    "hidden_tests": 'assert run(boot=np.arange(101.0)).low == 2.5, "Try other samples."',
    "mistakes": ("low = np.percentile(boot, 5)",),
}

ORDERS = """
import sqlite3
import pandas as pd
con = sqlite3.connect(":memory:")
con.execute("create table orders (name text, amount real)")
con.executemany("insert into orders values (?, ?)", [("ann", 2.0), ("bob", 5.0), ("ann", 4.0)])
"""
QUERY = {
    "context": (ORDERS,),
    "tests": 'assert list(best.columns) == ["name", "spent"]',
    "hidden_tests": 'assert best.iloc[0]["name"] == "ann", "Who spent most comes first."\n'
    'assert best["spent"].tolist() == [6.0, 5.0]',
}


def query(text):
    return f'query = """\n{text}\n"""\nbest = pd.read_sql(query, con)'


@pytest.mark.parametrize(
    ("source", "outcome", "mistake"),
    [
        ("low, high = np.percentile(boot, [2.5, 97.5])", "passed", None),
        ("low = np.percentile(boot, 5)", "failed", 0),
        ("low = np.quantile(boot, 0.05)", "failed", 0),
        ("low = np.percentile(boot, 1)", "failed", None),
    ],
)
def test_interval(grade, source, outcome, mistake):
    """An interval of a sample: right, foreseen wrong in two spellings, and wrong in another way."""
    report = grade(source, limits=LIMITS, **INTERVAL)
    assert (report.outcome, report.mistake) == (outcome, mistake), report


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("SELECT name, SUM(amount) AS spent FROM orders GROUP BY name ORDER BY spent DESC", "passed"),
        ("SELECT name, SUM(amount) AS spent FROM orders GROUP BY name ORDER BY spent", "failed"),
        ("SELECT name FROM orders", "failed"),
        ("SELECT name FROM nowhere", "error"),
    ],
)
def test_query(grade, text, outcome):
    """A query on a table: right, in the wrong order, without a column, and broken."""
    report = grade(query(text), limits=LIMITS, **QUERY)
    assert report.outcome == outcome, report
    if outcome == "error":
        assert "your code, line 4" in report.traceback and "no such table" in report.traceback
