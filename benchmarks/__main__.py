"""`python -m benchmarks [TOPIC …]`: measure all topics, or some and keep the others' figures.

What was measured goes to `results.json`; from that, the tables of docs/benchmarks.md and the plot.
"""

import argparse
import sys
import traceback
from datetime import date
from pathlib import Path

from benchmarks import figures, plot, report
from benchmarks.figures import Figure, Measured, Results
from benchmarks.machine import describe
from benchmarks.peers.environment import Peers, find_peers
from benchmarks.rounds import reason, say
from benchmarks.topics import answers, crowds, gradings, kernels, memory, pages, returns

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results.json"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
PLOT = ROOT / "docs" / "images" / "benchmarks.png"
TOPICS = {
    "kernels": kernels.measure,
    "memory": memory.measure,
    "gradings": gradings.measure,
    "answers": answers.measure,
    "pages": pages.measure,
    "crowds": crowds.measure,
    "returns": returns.measure,
}


def main() -> int:
    """The exit status: 1 when something of ours could not be measured."""
    wanted = _wanted()
    kept = figures.load(RESULTS) or Results(describe())
    peers = find_peers()
    complete = True
    for topic in wanted:
        say(f"== {topic}")
        measured = _measure(topic, peers)
        complete &= bool(measured) and all(f.values for f in measured if f.who == figures.OURS)
        if measured:
            newer = Results(describe(), {topic: Measured(date.today().isoformat(), tuple(measured))})
            kept = kept.merged(newer)
            figures.save(kept, RESULTS)
    say("Writing the tables and the plot")
    report.write(kept, DOCUMENT)
    plot.draw(kept, PLOT)
    print(report.tables(kept))
    return 0 if complete else 1


def _wanted() -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"some of: {', '.join(TOPICS)}")
    topics: list[str] = parser.parse_args().topics
    unknown = [topic for topic in topics if topic not in TOPICS]
    if unknown:
        parser.error(f"There is no topic {', '.join(unknown)}. Topics: {', '.join(TOPICS)}.")
    return topics or list(TOPICS)


def _measure(topic: str, peers: Peers) -> list[Figure]:
    """Nothing when the topic as a whole failed; the others go on, and what was known of it stays."""
    try:
        return TOPICS[topic](peers)
    except Exception as error:  # whatever it is: the other topics do not depend on it
        traceback.print_exc()
        say(f"{topic} could not be measured: {reason(error)}")
        return []


if __name__ == "__main__":
    sys.exit(main())
