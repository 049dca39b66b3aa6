"""The plot of docs/benchmarks.md: one panel a question, ours above the peers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Canvas

from benchmarks.figures import OURS, Results
from benchmarks.report import number
from benchmarks.topics import crowds, gradings, kernels, memory, returns

OURS_COLOUR, PEER_COLOUR = "#1f6f54", "#b9bdc3"
LONGEST = 22
ROWS = (2, 2, 7)
"""How many bars the panels of each row have room for."""


@dataclass(frozen=True)
class Panel:
    title: str
    topic: str
    work: str


PANELS = (
    Panel("Kernel, to first reply", "kernels", kernels.ALONE),
    Panel("30 kernels at once", "kernels", kernels.MANY),
    Panel("Memory a kernel, 30 running", "memory", memory.work(30, memory.IDLE)),
    Panel("Back after a sleep", "returns", returns.WORK),
    Panel("A graded submission", "gradings", gradings.GRADED),
    Panel("8 readers at once (more is better)", "crowds", crowds.RATE),
)


def draw(results: Results, file: Path) -> None:
    """Whatever has been measured; panels without figures say so."""
    canvas = Canvas(figsize=(9, 5.5), layout="constrained")
    grid = canvas.subplots(len(ROWS), 2, gridspec_kw={"height_ratios": ROWS})
    for axes, panel, bars in zip(grid.flat, PANELS, [bars for bars in ROWS for _ in range(2)], strict=True):
        _draw_panel(axes, panel, results)
        axes.set_ylim(bars - 0.5, -0.5)
    canvas.savefig(file, dpi=110, facecolor="white", metadata={"Software": ""})


def _draw_panel(axes: Any, panel: Panel, results: Results) -> None:
    figures = [
        figure
        for topic, figure in results.figures()
        if topic == panel.topic and figure.work == panel.work and figure.values
    ]
    axes.set_title(panel.title, loc="left", fontsize=10)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.set_xticks([])
    if not figures:
        axes.text(0.5, 0.5, "not measured", ha="center", transform=axes.transAxes)
        axes.set_yticks([])
        return
    names = [_short(figure.who) for figure in figures]
    medians = [figure.median for figure in figures]
    colours = [OURS_COLOUR if figure.who.startswith(OURS) else PEER_COLOUR for figure in figures]
    bars = axes.barh(names, medians, color=colours, height=0.7)
    axes.bar_label(bars, [f" {number(figure.median)} {figure.unit}" for figure in figures], fontsize=9)
    axes.set_xlim(0, 1.3 * max(medians))
    axes.tick_params(axis="y", length=0, labelsize=9)


def _short(who: str) -> str:
    return (
        who
        if len(who) <= LONGEST
        else who.replace(f"{OURS}, each page with", f"{OURS},\nwith").split(" that")[0]
    )
