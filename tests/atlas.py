"""The course `atlas`: every kind of checkpoint, every kind of output, and markup that tries to run.

Whatever must stay on the server is spelled with a word of `SECRETS`, so that a test can hunt for it.
"""

from pathlib import Path

import nbformat

SECRETS = ("SECRETANSWER", "SECRETHIDDEN", "SECRETLOCKED", "SECRETSOLUTION", "SECRETFEEDBACK")

COURSE = """format: 1
title: Atlas
summary: Every kind of step in one place.
language: en
chapters:
- kinds
- code
- hostile
policies:
  attempts-before-show: 3
"""

KINDS = [
    ("markdown", "# Every kind\n\nOne step of each kind."),
    ("code", "%load_ext stepwise_kernel_ext"),
    (
        "markdown",
        "## Begin here\n\nA first step with math: $a^2 + b^2 = c^2$.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    ),
    ("code", "%%checkpoint k-read\nkind: read\nask: Read the lines above."),
    ("markdown", "## A choice\n\nThe alphabet SECRETLOCKED begins with three letters."),
    ("code", "letters = 'abc'\nprint('the letters are', letters)"),
    (
        "code",
        "%%checkpoint k-choice\nkind: choice\nask: Which letter comes first?\noptions:\n"
        "- text: The letter b\n  feedback: SECRETFEEDBACK b is the second letter.\n"
        "- text: The letter a\n  correct: true\n  feedback: Right, it starts with a.\n"
        "- text: The letter c\n  feedback: That one is the last.\n"
        "hints:\n- Look at the beginning.\n- It is a vowel.",
    ),
    ("markdown", "## Several\n\nSome of these are vowels."),
    (
        "code",
        "%%checkpoint k-many\nkind: many\nask: Which are vowels?\noptions:\n"
        "- text: letter a\n  correct: true\n- text: letter b\n- text: letter e\n  correct: true",
    ),
    ("markdown", "## A number\n\nCount them."),
    (
        "code",
        "%%checkpoint k-number\nkind: number\nask: How many letters has SECRET without its first three?\n"
        "answer: 3\ntolerance: 0.1\nmistakes:\n- answer: 6\n  feedback: You counted all of them.",
    ),
    ("markdown", "## A word\n\nName it."),
    ("code", "%%checkpoint k-text\nkind: text\nask: Which colour has grass?\nanswer: green"),
    ("markdown", "## In order\n\nSort them."),
    (
        "code",
        "%%checkpoint k-order\nkind: order\nask: Bring these into order.\nlines:\n- first line\n- second line\n- third line",
    ),
    ("markdown", "## Predict\n\nRead closely."),
    (
        "code",
        "%%checkpoint k-predict\nkind: predict\nask: What does this print?\ncode: |\n  for n in range(2):\n      print(n)",
    ),
    ("markdown", "## Write\n\nIn your own words."),
    (
        "code",
        "%%checkpoint k-write\nkind: write\nask: Why do maps need a scale?\n"
        "model: SECRETANSWER Because a map is smaller than the land.\nrubric: Names the ratio.",
    ),
    ("markdown", "## Two parts\n\nAnswer both."),
    (
        "code",
        "%%checkpoint k-parts\nparts:\n- ask: One plus one\n  kind: number\n  answer: 2\n- ask: Is the sky blue?\n"
        "  kind: choice\n  options:\n  - text: yes\n    correct: true\n  - text: no",
    ),
    ("markdown", "## An exercise\n\nWrite `double(n)` that gives twice `n`."),
    (
        "code",
        "%%exercise k-exercise\ndef double(n):\n    ### BEGIN SOLUTION\n    return n + n  # SECRETSOLUTION\n    ### END SOLUTION\n\n"
        '### BEGIN TESTS\nassert double(2) == 4, "Twice 2 is 4."\n### END TESTS\n'
        '### BEGIN HIDDEN TESTS\nassert double(7) == 14, "Try other numbers too."  # SECRETHIDDEN\n### END HIDDEN TESTS\n'
        "### BEGIN MISTAKE You square the number. Add it to itself instead.\ndef double(n):\n    return n ** 2\n### END MISTAKE\n"
        "### BEGIN HINT\nTwice is the same as adding a number to itself.\n### END HINT",
    ),
    ("markdown", "## Well done\n\nYou have seen every kind."),
]

CODE = [
    ("markdown", "# Code\n\nOutputs of all sorts, and code that builds on code."),
    ("code", "%load_ext stepwise_kernel_ext"),
    ("markdown", "## Outputs"),
    ("code", "#| setup: true\nfrom pathlib import Path\nbase = 10"),
    ("code", "print('base is', base)"),
    (
        "code",
        "#| fig-alt: A line that rises from 0 to 9\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(3, 2))\n"
        "ax.plot(range(10))\nax.set_title('Rising')\nplt.show()",
    ),
    ("code", "import pandas as pd\npd.DataFrame({'city': ['Oslo', 'Lima'], 'people': [700, 11000]})"),
    (
        "code",
        "from ipywidgets import interact\n@interact(k=(1, 9))\ndef square(k=3):\n    print('square is', k * k)",
    ),
    ("code", "print(Path('data/notes.txt').read_text())"),
    ("code", "%%checkpoint c-read\nkind: read\nask: Look at the outputs."),
    ("markdown", "## Greet\n\nWrite `greet(name)` that gives `Hello, ` and the name."),
    (
        "code",
        "%%exercise c-greet\ndef greet(name):\n    ### BEGIN SOLUTION\n    return 'Hello, ' + name\n    ### END SOLUTION\n"
        "### BEGIN TESTS\nassert greet('Ada') == 'Hello, Ada'\n### END TESTS\n"
        "### BEGIN HIDDEN TESTS\nassert greet('Bo') == 'Hello, Bo', 'Use the name that is given.'\n### END HIDDEN TESTS",
    ),
    ("markdown", "## Build on it\n\nThe next lines use what you wrote."),
    ("code", "print(greet('world'))"),
    ("code", "%%checkpoint c-last\nkind: read\nask: It works."),
]

HOSTILE = [
    ("markdown", "# Hostile\n\nMarkup that tries to run."),
    (
        "markdown",
        "## Markup\n\n<script>window.PWNED = 'markdown'</script>\n"
        '<img src="data:," onerror="window.PWNED=\'onerror\'">\n'
        "<a href=\"javascript:window.PWNED='link'\">a link</a>\n<svg onload=\"window.PWNED='svg'\"></svg>",
    ),
    (
        "code",
        "from IPython.display import HTML, Javascript, display\n"
        "display(HTML(\"<script>window.PWNED='HTML'</script><img src=x onerror=\\\"window.PWNED='HTML'\\\">\"))\n"
        "display(Javascript(\"window.PWNED='Javascript'\"))",
    ),
    (
        "code",
        "import anywidget\nclass Forged(anywidget.AnyWidget):\n"
        "    _esm = \"window.PWNED='anywidget'; export default {render({el}) { window.PWNED='anywidget'; el.textContent='forged' }}\"\nForged()",
    ),
    (
        "code",
        'import ipywidgets\nipywidgets.HTML("<img src=x onerror=\\"window.PWNED=\'widget\'\\"> from a widget")',
    ),
    ("code", "%%checkpoint h-read\nkind: read\nask: Nothing ran."),
]


def write_atlas(root: Path) -> Path:
    """Write the course below `root` and return its folder."""
    folder = root / "atlas"
    (folder / "data").mkdir(parents=True)
    (folder / "course.yml").write_text(COURSE)
    (folder / "data" / "notes.txt").write_text("a note in a file")
    for name, cells in (("kinds", KINDS), ("code", CODE), ("hostile", HOSTILE)):
        nbformat.write(notebook(cells), folder / f"{name}.ipynb")
    return folder


def notebook(cells: list[tuple[str, str]]) -> nbformat.NotebookNode:
    """A notebook of (cell type, source) pairs with ids that say where the cells stand."""
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    nodes = [make[kind](source, id=f"cell-{n}") for n, (kind, source) in enumerate(cells)]
    return nbformat.v4.new_notebook(
        cells=nodes,
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
