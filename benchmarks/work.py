"""The work that all contestants do. Peers read this in their own environment: plain texts, no imports."""

IMPORTS = "import math, itertools"
GOOD = """def sumsq(n):
    total = 0
    for i in range(1, n + 1):
        total += i * i
    return total"""
BAD = """def sumsq(n):
    return n * n"""
SUBMISSIONS = {"good": GOOD, "bad": BAD}
HIDDEN = (
    "assert sumsq(0) == 0",
    "assert sumsq(1) == 1",
    "assert sumsq(3) == 14",
    "assert sumsq(10) == 385",
    "assert sumsq(100) == 338350",
)
"""The first two hold for the bad submission as well."""

TABLE_IMPORTS = "import numpy as np\nimport pandas as pd"
TABLE_GOOD = """def totals(frame):
    return frame.groupby("city", as_index=False)["people"].sum()"""
TABLE_BAD = """def totals(frame):
    return frame.groupby("city", as_index=False)["people"].max()"""
TABLE_SUBMISSIONS = {"good": TABLE_GOOD, "bad": TABLE_BAD}
TABLE_HIDDEN = (
    'frame = pd.DataFrame({"city": ["Oslo", "Lima", "Oslo"], "people": np.array([1, 2, 3])})',
    "found = totals(frame)",
    'assert list(found["city"]) == ["Lima", "Oslo"]',
    'assert list(found["people"]) == [2, 4]',
    'assert found.equals(pd.DataFrame({"city": ["Lima", "Oslo"], "people": [2, 4]}))',
    'assert int(totals(frame.iloc[:2])["people"].sum()) == 3',
    'assert np.isclose(totals(frame)["people"].mean(), 3.0)',
)

LIBRARIES = "import numpy as np, pandas as pd, matplotlib.pyplot as plt"
FIRST_WORDS = f"{LIBRARIES}\n1 + 1"
PLOT = "figure, axes = plt.subplots()\naxes.plot(np.arange(100) ** 2)\naxes.set_title('A plot')\nplt.show()"

CHAPTER_CELLS = (
    LIBRARIES,
    "rng = np.random.default_rng(7)\ntable = pd.DataFrame({'x': range(200), 'y': rng.normal(size=200)})",
    "table.describe()",
    "table['group'] = table['x'] % 5\ntable.groupby('group')['y'].mean()",
    "fig, ax = plt.subplots(figsize=(4, 3))\nax.plot(table['x'], table['y'].cumsum())\nplt.show()",
    "print('the sum is', round(float(table['y'].sum()), 3))",
)
"""A chapter's author cells, which are run anew when its kernel starts."""

STEPS = 20
PROSE = "Explain the idea with a list and a word or two.\n\n- point one\n- point two\n\n" + "Text " * 60
EXAMPLE = "xs = [j * {step} for j in range(10)]\nprint(sum(xs))"
