"""The process that holds the tests: it drives the submission's runs and alone says how they went.

Told to the server, as it goes: each result, what was printed up to the hidden part, the verdict; then,
on request, which of the foreseen mistakes the submission makes.
"""

import ast
from typing import Any

from courses.grading.inside import notebook_shell
from courses.grading.inside.answers import Ended, traceback_of
from courses.grading.inside.examination import Examination, Result
from courses.grading.inside.frames import HOST, Channel
from courses.grading.inside.remote import import_for
from courses.grading.inside.subject import Subject, Surroundings

_MISTAKES_FROM = 1_000_000
_RUNS_A_MISTAKE = 10_000
_NEVER_SEEN = ""
"""The trace of a mistake that ends before the tests have seen all of it."""


class Examiner:
    """`job` has source, tests, hidden_tests, mistakes, modules, expected and output."""

    def __init__(self, channel: Channel, job: dict[str, Any]) -> None:
        self.channel = channel
        self.job = job
        self.parts = [
            Examination(job["tests"], hidden=False),
            Examination(job["hidden_tests"], hidden=True),
        ]
        self.around = Surroundings({}, job["expected"], job["output"])
        self.trace: str | None = None
        """What the tests saw of the submission, once they have seen all of it."""

    def judge(self) -> dict[str, Any]:
        """The verdict on the submission, results told on the way."""
        if broken := next((part.broken for part in self.parts if part.broken), ""):
            return {"verdict": "unavailable", "detail": broken}
        try:
            self.around = self.around._replace(modules=import_for(self.job["modules"]))
            return self._run_and_examine()
        except Ended as ended:
            return {"verdict": ended.outcome}
        except MemoryError:  # the submission's, which is too full even to say what it has printed
            return {"verdict": "memory"}
        except Exception as error:
            return {"verdict": "crash", "detail": f"The submission's answers make no sense: {error!r}"}

    def find_mistake(self, traces: list[str | None]) -> dict[str, Any]:
        """The first mistake with the submission's syntax tree, or else with its trace.

        `traces` are those known already; the answer holds those found on the way too.
        """
        mistakes = self.job["mistakes"]
        tree = _tree(self.job["source"])
        same = next((i for i, mistake in enumerate(mistakes) if tree and _tree(mistake) == tree), None)
        if same is not None or self.trace is None:
            return {"mistake": same, "traces": traces}
        for position, mistake in enumerate(mistakes):
            try:
                if traces[position] is None:
                    traces[position] = self._trace(mistake, position)
            except Ended:
                traces[position] = _NEVER_SEEN
                break
            if traces[position] == self.trace:
                return {"mistake": position, "traces": traces}
        return {"mistake": None, "traces": traces}

    def _run_and_examine(self) -> dict[str, Any]:
        subject = self._subject(self.job["source"], 1)
        answer = subject.start()
        if _stopped(answer):
            error = subject.main.error(answer)
            return {
                "verdict": _outcome_of(error),
                "traceback": traceback_of(answer),
                "printed": subject.printed(),
            }
        visible, hidden = self.parts
        failures = self._examine(visible, subject)
        self._tell({"printed": subject.printed()})
        subject.begin_part()
        failures += self._examine(hidden, subject)
        self.trace = subject.trace()
        if not failures:
            return {"verdict": "passed", "modules": subject.names.borrowed}
        advice = next((failure.advice for failure in failures if failure.advice), "")
        return {"detail": advice, **_verdict_of(failures[0])}

    def _examine(self, part: Examination, subject: Subject) -> list[Result]:
        """The results that are not as they should be."""
        failures = []
        for result in part.run(subject):
            self._tell({"result": result.told()})
            if not result.passed:
                failures.append(result)
        return failures

    def _trace(self, mistake: str, position: int) -> str:
        """What the tests see of a mistake. Raises Ended when time is up for this one and all others."""
        subject = self._subject(mistake, _MISTAKES_FROM + position * _RUNS_A_MISTAKE)
        try:
            if _stopped(subject.start()):
                return _NEVER_SEEN
            visible, hidden = self.parts
            list(visible.run(subject))
            subject.printed()
            subject.begin_part()
            list(hidden.run(subject))
        except Ended as ended:
            if ended.for_good:
                raise
            return _NEVER_SEEN
        return subject.trace()

    def _subject(self, source: str, number: int) -> Subject:
        return Subject(self.channel, source, number, self.around)

    def _tell(self, message: dict[str, Any]) -> None:
        tell(self.channel, message)


def serve(channel: Channel) -> None:
    """Judge one submission, then answer requests for its mistake."""
    _, job = channel.receive()
    examiner = Examiner(channel, job)
    tell(channel, examiner.judge())
    while True:
        try:
            _, asked = channel.receive()
        except EOFError:
            return
        tell(channel, examiner.find_mistake(asked["traces"]))


def tell(channel: Channel, message: dict[str, Any]) -> None:
    channel.send(HOST, _readable(message))


def _readable(value: Any) -> Any:
    """Half a surrogate pair, which a submission may well say, is no text to the server."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return {key: _readable(part) for key, part in value.items()} if isinstance(value, dict) else value


def _stopped(answer: dict[str, Any]) -> bool:
    """A submission that only waits for more input may still be examined by running it with some."""
    return "exc" in answer and not answer.get("waits")


def _outcome_of(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return "crash"
    return "memory" if isinstance(error, MemoryError) else "error"


def _verdict_of(failure: Result) -> dict[str, Any]:
    answer = getattr(failure.error, "submission", None)
    if failure.error is None or answer is None:
        return {"verdict": "failed"}
    if failure.hidden:
        outcome = _outcome_of(failure.error)
        return {"verdict": "failed" if outcome == "error" else outcome}
    return {"verdict": _outcome_of(failure.error), "traceback": traceback_of(answer)}


def _tree(source: str) -> str:
    """The syntax tree as text, without positions; empty when there is none."""
    try:
        return ast.dump(ast.parse(notebook_shell.to_python(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
