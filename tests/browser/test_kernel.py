"""Code in the page: outputs, Run and Stop, input, loss and replay. Answers never wait for any of it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from courses.kernels.limits import LEFT_OUT
from courses.kernels.notices import SHORTENED
from courses.kernels.pages import MOST_PAGES
from tests.browser.conftest import WIDE, Learner, Published
from tests.serve import Served, free_port, serving

pytestmark = pytest.mark.browser
ON_ONE_PAGE = pytest.mark.xdist_group("open-page")
ON_THE_STRICT_SERVER = pytest.mark.xdist_group("strict")
MakeLearner = Callable[..., Learner]


@pytest.fixture(scope="module")
def strict(published: Published, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that gives kernels little time and memory."""
    data = published.copy(tmp_path_factory.mktemp("strict") / "data")
    limits = {"STEPWISE_RUN_LIMIT": "3", "STEPWISE_KERNEL_MEMORY_MB": "200"}
    with serving(data, published.courses, **limits) as served:
        yield served


@pytest.fixture(scope="module")
def open_page(chromium: Browser, server: Served) -> Iterator[Learner]:
    """The page of a chapter with code, for tests that leave it as good as new."""
    ada = Learner(chromium, server.url, WIDE).join().open("code")
    yield ada
    ada.context.close()


def pass_read(someone: Learner, step: str) -> None:
    someone.step(step).control.get_by_role("button", name="Continue").click()


def scratch(someone: Learner, code: str) -> Locator:
    """Run code in the scratch cell and return its output."""
    area = someone.page.locator(".sw-scratch")
    if area.get_attribute("open") is None:
        area.locator("summary").click()
    area.locator(".cm-content").click()
    someone.page.keyboard.press("ControlOrMeta+a")
    someone.page.keyboard.insert_text(code)
    area.get_by_role("button", name="Run").click()
    return area.locator(".sw-outputs")


def test_every_sort_of_output_is_shown(learner: MakeLearner) -> None:
    """Text, a described figure, a table, a file's content, and an author's slider that works."""
    ada = learner().join().open("code")
    section = ada.page.locator("#step-c-read")
    expect(section).to_contain_text("base is 10")
    expect(section.get_by_role("img", name="A line that rises from 0 to 9")).to_be_visible()
    expect(section.get_by_role("cell", name="Lima")).to_be_visible()
    expect(section).to_contain_text("a note in a file")
    slider = section.get_by_role("slider")
    expect(slider).to_be_visible(timeout=30_000)
    expect(section).to_contain_text("square is 9")
    expect(slider).not_to_have_css("background-color", "rgb(255, 255, 255)")  # as the page around it
    expect(section.locator(".widget-label", has_text="k")).not_to_have_attribute("title", "null")
    slider.focus()
    ada.page.keyboard.press("ArrowRight")
    expect(section).to_contain_text("square is 16")
    assert "base = 10" not in section.inner_text()
    assert ada.errors == []


WIDGETS = """
import ipywidgets as w
button, said = w.Button(description="Count", icon="plus"), w.Output()
clicks = []
def click(_):
    clicks.append(1)
    with said:
        print("clicked", len(clicks))
button.on_click(click)
tab = w.Tab([w.Label("in the first"), w.Label("in the second")], titles=["First", "Second"])
w.VBox([button, said, tab, w.Accordion([w.Label("within")], titles=["More"])])"""


@ON_ONE_PAGE
def test_widgets_work_and_look_as_in_a_notebook(open_page: Learner) -> None:
    """A button's callback with its output, an icon, and tabs and folds that hide what is not chosen."""
    output = scratch(open_page, WIDGETS)
    output.get_by_role("button", name="Count").click(timeout=30_000)
    expect(output).to_contain_text("clicked 1")
    expect(output.locator(".fa-plus")).to_have_css("font-family", re.compile("Font Awesome"))
    assert open_page.page.evaluate(
        "() => document.fonts.load('900 16px \"Font Awesome 7 Free\"', '+').then(f => f.length)"
    )
    expect(output.get_by_text("in the second")).to_be_hidden()
    output.get_by_role("tab", name="Second").click()
    expect(output.get_by_text("in the second")).to_be_visible()
    expect(output.get_by_text("in the first")).to_be_hidden()
    expect(output.get_by_text("within")).to_be_hidden()
    output.get_by_text("More").click()
    expect(output.get_by_text("within")).to_be_visible()


@ON_ONE_PAGE
def test_stop_reaches_a_program_that_the_code_waits_for(open_page: Learner) -> None:
    """The program ends with the run, and names stay."""
    code = "import subprocess\nkept = 5\nprint('begun', flush=True)\nsubprocess.run(['sleep', '61'])"
    output = scratch(open_page, code)
    expect(output).to_contain_text("begun", timeout=30_000)
    open_page.page.locator(".sw-scratch").get_by_role("button", name="Stop").click()
    expect(output).to_contain_text("KeyboardInterrupt")
    output = scratch(open_page, "print(kept)\n!pgrep -x sleep || echo none is left")
    expect(output).to_contain_text("5\nnone is left")


@ON_ONE_PAGE
def test_an_example_can_be_edited_rerun_and_restored(open_page: Learner) -> None:
    """And it counts for nothing."""
    ada = open_page
    cell = ada.page.locator("#step-c-read .sw-cell").first
    cell.get_by_role("button", name="Edit and run").click()
    cell.locator(".cm-content").click()
    ada.page.keyboard.press("ControlOrMeta+a")
    ada.page.keyboard.insert_text("print('changed', base + 1)")
    cell.get_by_role("button", name="Run").click()
    expect(cell.locator(".sw-outputs")).to_contain_text("changed 11", timeout=30_000)
    cell.get_by_role("button", name="Restore").click()
    expect(cell.locator(".sw-outputs")).to_contain_text("base is 10")
    assert ada.progress("code")["settled"] == 0


def test_the_first_run_after_a_lost_session_says_that_names_were_rebuilt(learner: MakeLearner) -> None:
    """It stays to be read below what came of that run, and later runs do not say it again."""
    ada = learner().register().open("code")
    status = ada.page.locator(".sw-scratch .sw-run-status")
    scratch(ada, "mine = 1\nimport os\nos._exit(1)")
    expect(status).to_contain_text("The Python session ended unexpectedly")
    expect(scratch(ada, "print(base + mine)")).to_contain_text("NameError", timeout=40_000)
    expect(status).to_contain_text("Python was started anew")
    field = scratch(ada, "input('Who? ')").get_by_label("Who?")
    expect(field).to_be_focused()
    expect(status).to_have_text("Running…")
    ada.page.keyboard.press("Enter")
    expect(field).to_have_count(0)
    expect(status).to_have_text("")


@pytest.mark.parametrize("visit", ["first", "second"])
def test_a_run_begun_without_a_connection_goes_on_when_there_is_one(learner: MakeLearner, visit: str) -> None:
    """Also when what talks to Python has to be fetched before, from the server or the browser's cache."""
    ada = learner().register().open("kinds")
    if visit == "second":
        expect(scratch(ada, "print('there')")).to_contain_text("there", timeout=30_000)
        ada.page.reload()
    ada.page.locator(".sw-scratch summary").click()
    ada.page.locator(".sw-scratch .cm-content").wait_for()
    ada.context.set_offline(True)
    output = scratch(ada, "print(6 * 7)")
    expect(ada.page.locator(".sw-connection")).to_contain_text("No connection", timeout=40_000)
    ada.context.set_offline(False)
    expect(output).to_contain_text("42", timeout=60_000)


@ON_ONE_PAGE
def test_run_asks_for_input_in_the_page_and_shows_tracebacks(open_page: Learner) -> None:
    """`input()` gets a field with its prompt; an error shows the learner's line."""
    ada = open_page
    output = scratch(ada, "name = input('Who? ')\nprint('hello', name)")
    field = output.get_by_label("Who?")
    expect(field).to_be_focused(timeout=30_000)
    field.fill("Ada")
    ada.page.keyboard.press("Enter")
    expect(output).to_contain_text("hello Ada")
    output = scratch(ada, "values = []\nvalues[3]")
    expect(output).to_contain_text("IndexError")


@ON_ONE_PAGE
@pytest.mark.parametrize("ends", ["stopped", "lost"])
def test_a_field_for_input_goes_with_what_asked_for_it(open_page: Learner, ends: str) -> None:
    """When the run is stopped, or the session ends: nobody waits for the line any more."""
    ada = open_page
    output = scratch(ada, "print('asks', flush=True)\ninput('Who? ')")
    expect(output.get_by_label("Who?")).to_be_focused(timeout=30_000)
    button = ada.page.locator(".sw-scratch").get_by_role("button", name="Run")
    if ends == "stopped":
        ada.page.locator(".sw-scratch").get_by_role("button", name="Stop").click()
        expect(output).to_contain_text("KeyboardInterrupt")
    else:
        token = {c["name"]: c["value"] for c in ada.context.cookies()}["_xsrf"]
        address = "learn/atlas/code/session?action=restart"
        assert ada.context.request.post(address, headers={"X-XSRFToken": token}).ok
        expect(button).to_be_focused()  # where one goes on
    expect(button).to_be_visible()
    expect(output.get_by_label("Who?")).to_have_count(0)
    expect(output).to_contain_text("asks")


def test_one_page_too_many_says_so_and_comes_in_when_another_closes(learner: MakeLearner) -> None:
    """Its run waits meanwhile."""
    ada = learner().join().open("code")
    expect(scratch(ada, "kept = 5; print('set')")).to_contain_text("set", timeout=30_000)
    first = ada.page
    for _ in range(MOST_PAGES - 1):
        ada.page = ada.context.new_page()
        ada.open("code")
        expect(scratch(ada, "print('there')")).to_contain_text("there", timeout=30_000)
    ada.page = ada.context.new_page()
    ada.open("code")
    output = scratch(ada, "print('kept is', kept)")
    status = ada.page.locator(".sw-scratch .sw-run-status")
    expect(status).to_contain_text("This chapter is open in too many pages")
    first.close()
    expect(output).to_contain_text("kept is 5", timeout=40_000)


def test_what_a_replay_left_out_is_said_in_the_courses_language(learner: MakeLearner) -> None:
    """Outputs of replayed cells are cut by the server, which leaves a notice for the page."""
    ada = learner().join()

    def in_german(route: Route) -> None:
        answer = route.fetch()
        german = f'"texts": {{"{SHORTENED}": "Der Rest fehlt."}}'
        text, count = re.subn(r'"texts":\s*\{\}', german, answer.text())
        assert count == 1
        route.fulfill(response=answer, body=text)

    def cut(route: Route) -> None:
        session = route.fetch().json()
        for outputs in session["outputs"].values():
            outputs.append(LEFT_OUT)
        route.fulfill(json=session)

    ada.page.route("**/learn/atlas/code", in_german)
    ada.page.route(re.compile("/session[?]since"), cut)
    ada.open("code")
    expect(ada.page.get_by_text("Der Rest fehlt.").first).to_be_visible(timeout=30_000)
    ada.page.unroute_all(behavior="ignoreErrors")


def test_answers_work_while_a_cell_loops_for_ever_and_stop_ends_it(learner: MakeLearner) -> None:
    """A busy kernel blocks no answer; the next step appears; Stop brings the kernel back."""
    ada = learner().join().open("code")
    output = scratch(ada, "print('looping', flush=True)\nwhile True:\n    pass")
    expect(output).to_contain_text("looping", timeout=30_000)
    pass_read(ada, "c-read")
    expect(ada.page.locator("#step-c-greet")).to_be_visible()
    editor = ada.step("c-greet").control.locator(".cm-content")
    editor.click()
    ada.page.keyboard.press("ControlOrMeta+a")
    ada.page.keyboard.insert_text("def greet(name):\n    return 'Hello, ' + name")
    ada.step("c-greet").check()
    expect(ada.page.locator("#step-c-last")).to_be_visible()
    ada.page.locator(".sw-scratch").get_by_role("button", name="Stop").click()
    expect(output).to_contain_text("KeyboardInterrupt")
    expect(scratch(ada, "print(greet('again'))")).to_contain_text("Hello, again", timeout=30_000)


def test_a_new_kernel_replays_the_chapter_and_the_learners_own_code(learner: MakeLearner) -> None:
    """After the kernel is killed the next run finds author's and learner's names again."""
    ada = learner().join().open("code")
    pass_read(ada, "c-read")
    editor = ada.step("c-greet").control.locator(".cm-content")
    editor.click()
    ada.page.keyboard.press("ControlOrMeta+a")
    ada.page.keyboard.insert_text("def greet(name):\n    mine = 'Hello, '\n    return mine + name")
    ada.step("c-greet").check()
    expect(ada.page.locator("#step-c-last")).to_contain_text("Hello, world")
    expect(scratch(ada, "print('alive')")).to_contain_text("alive", timeout=30_000)
    scratch(ada, "import os\nos._exit(1)")
    expect(ada.page.get_by_text("The Python session ended unexpectedly").first).to_be_visible()
    expect(scratch(ada, "print(base, greet('back'))")).to_contain_text("10 Hello, back", timeout=40_000)
    expect(ada.page.locator("#step-c-last")).to_contain_text("Hello, world")


@ON_ONE_PAGE
def test_a_reload_keeps_the_variables(open_page: Learner) -> None:
    """The page comes back to the same live kernel."""
    ada = open_page
    expect(scratch(ada, "kept = 'still here'; print('set')")).to_contain_text("set", timeout=30_000)
    ada.page.reload()
    expect(scratch(ada, "print(kept)")).to_contain_text("still here", timeout=30_000)


def test_endless_output_is_cut_and_the_page_lives(learner: MakeLearner) -> None:
    """Printing without end fills neither the page nor the server."""
    ada = learner().join().open("code")
    output = scratch(ada, "while True:\n    print('x' * 1000)")
    expect(output).to_contain_text("there is too much of it", timeout=40_000)
    ada.page.locator(".sw-scratch").get_by_role("button", name="Stop").click()
    pass_read(ada, "c-read")
    expect(ada.page.locator("#step-c-greet")).to_be_visible()


def test_nothing_is_lost_when_the_server_dies_and_comes_back(
    learner: MakeLearner, published: Published, tmp_path: Path
) -> None:
    """An answer given while the server is away is sent, once, when it is back."""
    port = free_port()
    data = published.copy(tmp_path / "data")
    with serving(data, published.courses, port=port) as first:
        ada = learner(url=first.url).join().open("kinds")
        pass_read(ada, "k-read")
        expect(ada.page.locator("#step-k-choice")).to_be_visible()
        first.kill()
        step = ada.step("k-choice")
        step.control.get_by_text("The letter a").click()
        step.check()
        expect(step.control).to_contain_text("Waiting for the connection")
        expect(ada.page.locator(".sw-connection")).to_contain_text("No connection")
    with serving(data, published.courses, port=port):
        expect(ada.page.locator("#step-k-many")).to_be_visible(timeout=40_000)
        expect(ada.page.locator(".sw-connection")).to_have_text("")
        attempts = ada.context.request.get("stepwise/api/v1/courses/atlas/steps/k-choice/attempts").json()
        assert [attempt["passed"] for attempt in attempts["items"]] == [True]
        ada.page.reload()
        expect(ada.page.locator("#sw-outline [data-state=passed]")).to_have_count(2)


@ON_THE_STRICT_SERVER
def test_a_run_that_goes_on_too_long_is_stopped_and_says_why(learner: MakeLearner, strict: Served) -> None:
    """Where it was run. Waiting for a line of input does not count, and variables stay."""
    ada = learner(url=strict.url).join().open("code")
    status = ada.page.locator(".sw-scratch .sw-run-status")
    expect(scratch(ada, "kept = 5\nwhile True:\n    pass")).to_contain_text("KeyboardInterrupt")
    expect(status).to_contain_text("nothing may run for more than 3 seconds here")
    output = scratch(ada, "import time\nname = input('Who? ')\nprint('hello', name, kept)")
    field = output.get_by_label("Who?")
    expect(field).to_be_focused()
    ada.page.evaluate("new Promise((resolve) => setTimeout(resolve, 4000))")  # longer than the limit
    field.fill("Ada")
    ada.page.keyboard.press("Enter")
    expect(output).to_contain_text("hello Ada 5")
    expect(status).to_have_text("")


@ON_THE_STRICT_SERVER
def test_a_kernel_that_used_too_much_memory_is_said_to_have(learner: MakeLearner, strict: Served) -> None:
    """What happened and what to do, where it was run."""
    if "cgroups (memory" not in "".join(strict.lines):
        pytest.skip("memory is counted in cgroups alone")
    ada = learner(url=strict.url).join().open("code")
    scratch(ada, "x = b'x' * (400 << 20)")
    status = ada.page.locator(".sw-scratch .sw-run-status")
    expect(status).to_contain_text("it used too much memory")
    expect(scratch(ada, "print('back')")).to_contain_text("back", timeout=40_000)
