"""What was measured, and how it is kept: one file of JSON, in which a topic can be replaced."""

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

OURS = "Stepwise"
DIGITS = 4


@dataclass(frozen=True)
class Figure:
    """One kind of work done by one contestant: all values of a run, in `unit`.

    Without values it could not be measured, and `failure` says why.
    """

    work: str
    who: str
    unit: str
    values: tuple[float, ...] = ()
    failure: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)


@dataclass(frozen=True)
class Measured:
    """A topic's figures, and the day."""

    day: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Results:
    """All topics' figures from one machine. `machine` describes it."""

    machine: Mapping[str, str]
    topics: Mapping[str, Measured] = field(default_factory=dict)

    def figures(self) -> Iterable[tuple[str, Figure]]:
        """Each with its topic."""
        return [(topic, figure) for topic, measured in self.topics.items() for figure in measured.figures]

    def find(self, topic: str, work: str, who: str) -> Figure | None:
        """The figure, if it was measured."""
        measured = self.topics.get(topic)
        found = (figure for figure in (measured.figures if measured else ()) if figure.values)
        return next((figure for figure in found if (figure.work, figure.who) == (work, who)), None)

    def merged(self, newer: "Results") -> "Results":
        """With the newer ones' topics in place of the same ones here.

        Figures of two machines cannot be compared: when the machine has changed, only the newer stay.
        """
        if dict(newer.machine) != dict(self.machine):
            return newer
        return Results(self.machine, {**self.topics, **newer.topics})


def save(results: Results, file: Path) -> None:
    """Values keep as many digits as mean anything."""
    record = asdict(results)
    for measured in record["topics"].values():
        for figure in measured["figures"]:
            figure["values"] = [float(f"{value:.{DIGITS}g}") for value in figure["values"]]
    file.write_text(_lines(record) + "\n", encoding="utf-8")


def load(file: Path) -> Results | None:
    """What was saved; None when there is nothing. Raises ValueError that names the file."""
    if not file.exists():
        return None
    try:
        record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        topics = {
            name: Measured(topic["day"], tuple(_figure(figure) for figure in topic["figures"]))
            for name, topic in record["topics"].items()
        }
        return Results(record["machine"], topics)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{file} holds no results ({error!r}). Delete it, and run all topics.") from None


def _figure(record: dict[str, Any]) -> Figure:
    return Figure(**{**record, "values": tuple(record["values"])})


def _lines(record: dict[str, Any]) -> str:
    """JSON with a line for each figure, so that changes can be read."""
    topics = []
    for name, measured in record["topics"].items():
        figures = ",\n".join(f"   {json.dumps(figure, ensure_ascii=False)}" for figure in measured["figures"])
        topics.append(f'  "{name}": {{"day": "{measured["day"]}", "figures": [\n{figures}\n  ]}}')
    machine = json.dumps(record["machine"], ensure_ascii=False)
    text = ",\n".join(topics)
    return f'{{"machine": {machine},\n "topics": {{\n{text}\n }}}}'
