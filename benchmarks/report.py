"""The tables of docs/benchmarks.md, written between two marks. What stands around them stays."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.figures import OURS, Figure, Measured, Results
from benchmarks.targets import TARGETS, Target

BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"
TITLES = {
    "kernels": "Kernel start",
    "memory": "Memory of kernels",
    "gradings": "A graded submission",
    "answers": "Answer to next step",
    "pages": "Chapter page",
    "crowds": "Eight readers at once",
    "returns": "Back after a sleep",
}


def write(results: Results, document: Path) -> None:
    """Raises ValueError when the document has not both marks."""
    text = document.read_text(encoding="utf-8")
    document.write_text(replaced(text, tables(results), document.name), encoding="utf-8")


def replaced(text: str, tables: str, name: str) -> str:
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{name} lacks the marks between which tables go. Put in: {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def tables(results: Results) -> str:
    machine = ", ".join(f"{name} {value}" for name, value in results.machine.items())
    parts = [f"Machine: {machine}.", "### Targets", _targets(results)]
    for topic, title in TITLES.items():
        measured = results.topics.get(topic)
        if measured:
            parts += [f"### {title}", f"Measured on {measured.day}.", _topic(measured)]
    return "\n\n".join(parts)


def _targets(results: Results) -> str:
    return _table(
        ("promised", "target", "measured", "kept"), (_target(target, results) for target in TARGETS)
    )


def _target(target: Target, results: Results) -> tuple[str, ...]:
    value = target.measure(results)
    unit = f" {target.unit}" if target.unit else ""
    limit = f"{'at least' if target.at_least else 'at most'} {target.limit:g}{unit}"
    kept = {None: "–", True: "yes", False: "**no**"}[target.met(results)]
    return target.text, limit, "not measured" if value is None else f"{number(value)}{unit}", kept


def _topic(measured: Measured) -> str:
    head = ("what", "who", "median", "least to most", "n")
    return _table(head, (_row(figure) for figure in measured.figures))


def _row(figure: Figure) -> tuple[str, ...]:
    who = f"**{figure.who}**" if figure.who == OURS else figure.who
    if not figure.values:
        return figure.work, who, "not measured", _cell(figure.failure), "0"
    spread = f"{number(min(figure.values))} to {number(max(figure.values))}"
    return figure.work, who, f"{number(figure.median)} {figure.unit}", spread, str(len(figure.values))


def number(value: float) -> str:
    """Three digits that mean something, and no exponent."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(text: str) -> str:
    """Text that cannot end a table's cell."""
    return text.replace("|", "\\|").replace("\n", " ")
