"""What processes with learners' code tell: short, of the right types, and nothing that is hidden."""

from collections.abc import Iterator

import pytest

from courses.grading.runner import ProcessGrader
from courses.grading.validators import judge_exercise
from courses.models.checkpoint import Exercise
from courses.services.ports import GradingJob, Limits
from courses.storage.codec import dump_verdict, load_verdict
from tests.security.grading_bench import check, sandboxed_grader

pytestmark = pytest.mark.xdist_group("grading-messages")

QUESTION = Exercise("?", "", "")
LIMITS = Limits(wall=10)


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessGrader]:
    with sandboxed_grader(tmp_path_factory.mktemp("run")) as grader:
        yield grader


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise type('leak ' + repr(v), (ValueError,), {})", "ValueError in line 3 of your code."),
        ("raise type('L717171', (KeyError,), {})", "KeyError in line 3 of your code."),
        ("exec(compile('\\n' * (v[0] - 1) + 'raise OSError', 'your code', 'exec'))", "OSError."),
        ("return type('leak ' + repr(v), (), {})()", "an object of its own here"),
        ("return type('L717171', (), {})", "object of type `type` here"),
        ("raise Own(v)", "Own in line 3 of your code."),
        ("return Own(v)", "object of type `Own` here"),
    ],
)
def test_no_name_or_line_says_a_hidden_value(grader: ProcessGrader, body: str, message: str) -> None:
    """Told are builtin names, those of classes in the source, and lines that it has."""
    source = f"class Own(Exception): pass\ndef f(v):\n    {body}"
    report = check(grader, source, hidden_tests='assert f([717171]) == 0, "Try other lists."')
    assert (report.outcome, report.tests[0].label) == ("failed", "Try other lists.")
    assert message in report.tests[0].message
    assert "717171" not in repr((report.tests, report.printed, report.traceback))


def test_no_forged_line_says_a_hidden_value(grader: ProcessGrader) -> None:
    """A line that the submission's process makes up is none, whatever it is."""
    source = (
        "import courses.grading.inside.run as run\nlast = []\nrun.own_line = lambda error: last[0]\n"
        "def f(v):\n    last[:] = v\n    raise OSError"
    )
    for hidden in ("'leak 7'", "717171", "-7", "[7]", "1.7", "True"):
        report = check(grader, source, hidden_tests=f"assert f([{hidden}]) == 0")
        assert report.tests[0].message == "OSError."


PRINTED = "import courses.grading.inside.streams as s\ns.Output.text = lambda self: {said}\nx = 1"
TRACEBACK = "import courses.grading.inside.run as r\nr.own_traceback = lambda *a: {said}\nx = 1\n1 / 0"


@pytest.mark.parametrize("said", ["'A' * 50_000_000", "['x']", "5", "None", "{'t': 'list'}", "'\\ud800'"])
@pytest.mark.parametrize("source", [PRINTED, TRACEBACK], ids=["printed", "traceback"])
def test_what_is_shown_is_a_text_of_bounded_length(grader: ProcessGrader, source: str, said: str) -> None:
    """It can be told to the learner, stored, and read again."""
    report = check(grader, source.format(said=said), "assert x == 2")
    assert report.outcome in ("failed", "error", "crash"), report
    assert len(report.printed) <= LIMITS.output and len(report.traceback) <= 20_000
    verdict = judge_exercise(QUESTION, report)
    assert load_verdict(dump_verdict(verdict)) == verdict


def test_long_messages_are_cut(grader: ProcessGrader) -> None:
    """What a submission says in an exception or by its representation is no longer than a paragraph."""
    source = (
        "class Own:\n    def __repr__(self): return 'A' * 9_000_000\nx = Own()\ndef f(): raise ValueError(x)"
    )
    report = check(grader, source, "assert not x\nassert f() == 1")
    assert report.outcome == "failed", report
    assert all(len(test.label) + len(test.message) <= 2000 for test in report.tests)


FRAME = """
import gc, struct
from courses.grading.inside.prefix import Prefix
(prefix,) = [o for o in gc.get_objects() if isinstance(o, Prefix)]
body = {body}
prefix.channel.socket.sendall(struct.pack(">II", len(body), 0xFFFFFFFF) + body)
"""


@pytest.mark.parametrize(
    "body",
    [
        """b'{"ready":true,"modules":{},"x":[' + b'[],' * (1 << 20) + b'[]]}'""",
        """b'{"ready":true,"modules":{"x":5}}'""",
        """b'{"ready":true,"modules":["x"]}'""",
        """b'{"ready":true,"seconds":["x"]}'""",
        """b'{"failed":{}}'""",
        "b'[]'",
        "b'{'",
    ],
    ids=["large", "number", "list", "seconds", "failed", "no object", "no JSON"],
)
def test_what_a_context_makes_up_is_not_taken_in(grader: ProcessGrader, body: str) -> None:
    """A learner's own earlier code, too, is no more than code of a learner's."""
    report = check(grader, "x = 1", "assert x == 1", context=(FRAME.format(body=body),))
    assert report.outcome == "unavailable" and "ends Python itself" in report.detail


MISTAKES = {
    "tests": 'assert "6" in printed, "Print it."\nassert total == 6',
    "mistakes": ("total = 3 * 1\nprint(total)",),
    "limits": LIMITS,
}
MISTAKEN = "total = 1 + 2\nprint(total)"
ATTACK = 'open("../../printed-1000000", "w").write("junk")\n'


def test_a_submission_has_no_say_in_what_mistakes_look_like(grader: ProcessGrader) -> None:
    """What was found out while one learner's code was checked holds for others."""
    attack = ATTACK + "import os\nif os.fork() == 0: os.setsid(); import time; time.sleep(60)\ntotal = 99"
    assert grader.grade(GradingJob(attack, on_behalf="mallory", **MISTAKES)).outcome == "failed"
    assert grader.grade(GradingJob(MISTAKEN, on_behalf="alice", **MISTAKES)).mistake == 0


def test_a_learners_own_code_has_no_say_in_it_for_others(grader: ProcessGrader) -> None:
    """What was found out after that code is used after that very code only."""
    own = (ATTACK.replace("../../", "../"), "y = 1")
    grader.grade(GradingJob(MISTAKEN, context=own, on_behalf="mallory", **MISTAKES))
    report = grader.grade(GradingJob(MISTAKEN, context=("x = 1", "y = 1"), on_behalf="alice", **MISTAKES))
    assert report.mistake == 0
