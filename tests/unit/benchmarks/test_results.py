"""Figures are kept, merged and shown without losing or inventing any."""

from pathlib import Path

import pytest

from benchmarks import plot, report
from benchmarks.figures import OURS, Figure, Measured, Results, load, save
from benchmarks.rounds import contest
from benchmarks.topics import kernels

MACHINE = {"processor": "2 × a small one"}
FAST = Figure(kernels.ALONE, OURS, "ms", (60.0, 70.0, 90.0))
SLOW = Figure(kernels.ALONE, kernels.STOCK, "ms", (600.0, 770.0))
OUT = Figure("a graded submission", "papermill", "ms", (), "no | wheel\nfor it")


def results(machine: dict[str, str] = MACHINE, **topics: Figure) -> Results:
    return Results(machine, {topic: Measured("2026-01-02", (figure,)) for topic, figure in topics.items()})


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """All but digits that mean nothing."""
    file = tmp_path / "results.json"
    save(results(kernels=Figure("a", OURS, "ms", (1.23456789,)), gradings=OUT), file)
    assert load(file) == results(kernels=Figure("a", OURS, "ms", (1.235,)), gradings=OUT)
    assert load(tmp_path / "none.json") is None


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """And what to do about it."""
    file = tmp_path / "results.json"
    file.write_text('{"machine": {}}')
    with pytest.raises(ValueError, match=r"results\.json holds no results .* Delete it"):
        load(file)


def test_a_topic_measured_anew_takes_the_place_of_the_old_one_alone() -> None:
    older = results(kernels=SLOW, gradings=OUT)
    assert older.merged(results(kernels=FAST)) == results(kernels=FAST, gradings=OUT)


def test_figures_of_two_machines_are_not_mixed() -> None:
    newer = results({"processor": "another"}, kernels=FAST)
    assert results(kernels=SLOW, gradings=OUT).merged(newer) == newer


def test_tables_say_what_was_measured_and_what_not() -> None:
    """Ratios of medians against the targets, and failures in cells that they cannot break."""
    kernel = Measured("2026-01-02", (FAST, SLOW))
    text = report.tables(Results(MACHINE, {"kernels": kernel, "gradings": Measured("2026-01-03", (OUT,))}))
    assert "| kernel start, times faster than stock | at least 10 × | 9.79 × | **no** |" in text
    assert f"| {kernels.ALONE} | **{OURS}** | 70.0 ms | 60.0 to 90.0 | 3 |" in text
    assert "| a graded submission | papermill | not measured | no \\| wheel for it | 0 |" in text
    assert "| a graded submission | at most 50 ms | not measured | – |" in text


def test_tables_are_put_between_the_marks() -> None:
    """What an author wrote around them stays, however often."""
    text = f"Before\n{report.BEGIN}\nold\n{report.END}\nAfter\n"
    once = report.replaced(text, "new", "benchmarks.md")
    assert once == f"Before\n{report.BEGIN}\n\nnew\n\n{report.END}\nAfter\n"
    assert report.replaced(once, "new", "benchmarks.md") == once
    with pytest.raises(ValueError, match=r"benchmarks\.md lacks the marks"):
        report.replaced("no marks", "new", "benchmarks.md")


def test_a_contestant_that_fails_is_out_and_says_why() -> None:
    """The others' rounds go on; one failure is forgiven, and the first round does not count."""
    tries: list[int] = []

    def shaky(round_: int) -> float:
        tries.append(round_)
        if len(tries) == 2:
            raise OSError("once")
        return float(round_)

    def broken(_round: int) -> float:
        raise OSError("no such program")

    good, bad = contest("work", "ms", {"good": shaky, "bad": broken}, 3)
    assert good == Figure("work", "good", "ms", (0.0, 1.0, 2.0))
    assert bad == Figure("work", "bad", "ms", (), "no such program")


def test_a_plot_is_drawn_of_whatever_there_is(tmp_path: Path) -> None:
    plot.draw(Results(MACHINE, {"kernels": Measured("2026-01-02", (FAST, SLOW))}), tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
