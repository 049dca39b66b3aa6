"""Script from anybody but the platform does not run, wherever it comes from."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Learner
from tests.browser.test_kernel import scratch

pytestmark = pytest.mark.browser
MakeLearner = Callable[..., Learner]


def pwned(someone: Learner) -> object:
    return someone.page.evaluate("window.PWNED || null")


def test_authors_markup_and_widgets_run_no_script(learner: MakeLearner) -> None:
    """Markdown, `HTML()`, `Javascript()`, `widgets.HTML` and a forged anywidget."""
    ada = learner().join().open("hostile")
    section = ada.page.locator("#step-h-read")
    expect(section).to_contain_text("from a widget", timeout=40_000)
    section.get_by_text("a link").click()
    assert pwned(ada) is None
    assert ada.foreign == []


OUTPUTS = {
    "script": 'from IPython.display import HTML\nHTML("<b>mark</b><script>window.PWNED=1</script>")',
    "javascript": "from IPython.display import Javascript, display\ndisplay(Javascript('window.PWNED=1'))\nprint('mark')",
    "onerror": "from IPython.display import HTML\nHTML(\"<b>mark</b><img src=x onerror='window.PWNED=1'>\")",
    "iframe": "from IPython.display import HTML\nHTML(\"<b>mark</b><iframe srcdoc='<script>parent.PWNED=1</script>'>\")",
    "svg": "from IPython.display import SVG\nprint('mark')\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"window.PWNED=1\"/>')",
    "markdown": "from IPython.display import Markdown\nMarkdown('mark <script>window.PWNED=1</script>')",
}


def test_learners_output_runs_no_script(learner: MakeLearner) -> None:
    """What code puts on the page is shown, and does not run, neither at once nor on a page that is reloaded."""
    ada = learner().join().open("code")
    ran = []
    for name, code in OUTPUTS.items():
        expect(scratch(ada, code.replace("mark", f"by {name}"))).to_contain_text(f"by {name}", timeout=40_000)
        shown = pwned(ada)
        ada.page.reload()
        expect(ada.page.locator("#step-c-read")).to_contain_text("base is 10")
        ran += [name] if shown or pwned(ada) else []
    assert ran == []
