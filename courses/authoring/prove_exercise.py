"""An exercise keeps its word: the solution passes, the starter fails, each mistake gets its message."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from courses.authoring.spots import Spot
from courses.models.checkpoint import Exercise
from courses.services.ports import CodeGrader, GradingJob, GradingReport, Limits


@dataclass(frozen=True, slots=True)
class ExerciseProof:
    """One exercise in its place: `context` has run before it."""

    exercise: Exercise
    context: tuple[str, ...]
    files: Mapping[str, bytes]
    grader: CodeGrader
    spot: Spot

    def prove(self) -> Exercise:
        """Grade what the author wrote; findings go to the spot. Raises GraderUnavailable.

        The exercise with the modules that its tests take from the solution.
        """
        report = self._prove_solution()
        if report.outcome != "passed":
            return self.exercise  # nothing else can be told from tests that the solution fails
        proved = replace(self.exercise, modules=report.modules)
        replace(self, exercise=proved)._prove_others()
        return proved

    def _prove_others(self) -> None:
        starter = self._grade(self.exercise.starter)
        if starter.outcome == "passed":
            fix = "Leave something to write, or test what is left out."
            self._at("STARTER").error("The starter passes already.", fix)
        for position in range(len(self.exercise.mistakes)):
            self._prove_mistake(position)
        for number, source in enumerate(self.exercise.alternatives, 1):
            report = self._grade(source)
            if report.outcome != "passed":
                message = f"This alternative does not pass: {explain(report)}"
                self._at(f"ALTERNATIVE {number}").error(message, "Correct it, or make the tests accept it.")

    def _prove_solution(self) -> GradingReport:
        started = time.monotonic()
        report = self._grade(self.exercise.solution)
        seconds = time.monotonic() - started
        if report.outcome != "passed":
            fix = "Correct the solution or its tests."
            self._at("SOLUTION").error(f"The solution does not pass: {explain(report)}", fix)
        elif seconds > self.exercise.timeout / 2:
            message = f"The solution took {seconds:.1f} s of the {self.exercise.timeout:g} s allowed."
            self._at("SOLUTION").warn(message, "Make it lighter, or raise `timeout`.")
        return report

    def _prove_mistake(self, position: int) -> None:
        spot = self._at(f"MISTAKE {position + 1}")
        sources = tuple(mistake.source for mistake in self.exercise.mistakes)
        report = self._grade(sources[position], mistakes=sources)
        if report.outcome == "passed":
            spot.error("This mistake passes the tests.", "Add a test that it fails.")
        elif report.outcome == "unavailable":
            spot.error(f"This mistake could not be graded: {explain(report)}", "Try again.")
        elif report.mistake is None:
            spot.error("This mistake is not recognised as itself.", "Does its cell say what a learner would?")
        elif report.mistake != position:
            fix = "Delete one of them, or put the special one before the general one."
            spot.error(f"This mistake is taken for mistake {report.mistake + 1}.", fix)

    def _grade(self, source: str, *, mistakes: tuple[str, ...] = ()) -> GradingReport:
        seconds = self.exercise.timeout
        return self.grader.grade(
            GradingJob(
                source,
                self.exercise.tests,
                self.exercise.hidden_tests,
                self.context,
                self.files,
                mistakes,
                self.exercise.modules,
                Limits(wall=seconds, cpu=seconds),
            )
        )

    def _at(self, field: str) -> Spot:
        return self.spot.at(field=".".join(name for name in (self.spot.field, field) if name))


def explain(report: GradingReport) -> str:
    """Why a report is no pass, for the author."""
    if report.outcome == "failed" and report.detail:
        return report.detail
    for test in report.tests:
        if not test.passed:
            kind = "the hidden test" if test.hidden else "the test"
            return f"{kind} “{test.label or test.message}” fails" + (
                f" ({test.message})." if test.label and test.message else "."
            )
    if report.traceback.strip():
        return f"it raises {report.traceback.strip().splitlines()[-1]}."
    return f"{report.detail or report.outcome}."
