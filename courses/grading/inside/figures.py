"""What there is on a submission's figures, as plain values: no picture is compared, only its content."""

import sys
from typing import Any


def describe_figures() -> list[dict[str, Any]]:
    """Open figures in order: `{"title", "axes": [{"kind", "title", "xlabel", "ylabel", "xlim", "ylim",
    "legend", "data": [{"kind", "label", "x", "y"}]}]}`. Empty when nothing was ever drawn."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return []
    figures = (pyplot.figure(number) for number in pyplot.get_fignums())
    return [_describe(figure) for figure in figures if figure.get_axes()]


def close_figures() -> None:
    """Forget what was drawn so far."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def _describe(figure: Any) -> dict[str, Any]:
    return {"title": figure.get_suptitle(), "axes": [_axes(axes) for axes in figure.get_axes()]}


def _axes(axes: Any) -> dict[str, Any]:
    data = [*_lines(axes), *_bars(axes), *_points(axes), *_images(axes), *_wedges(axes)]
    kinds = {series["kind"] for series in data}
    legend = axes.get_legend()
    return {
        "kind": kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "empty",
        "title": axes.get_title(),
        "xlabel": axes.get_xlabel(),
        "ylabel": axes.get_ylabel(),
        "xlim": [float(limit) for limit in axes.get_xlim()],
        "ylim": [float(limit) for limit in axes.get_ylim()],
        "legend": [text.get_text() for text in legend.get_texts()] if legend else [],
        "data": data,
    }


def _series(kind: str, artist: Any, x: Any, y: Any) -> dict[str, Any]:
    label = str(artist.get_label())
    return {"kind": kind, "label": "" if label.startswith("_") else label, "x": x, "y": y}


def _lines(axes: Any) -> list[dict[str, Any]]:
    return [_series("line", line, _plain(line.get_xdata()), _plain(line.get_ydata())) for line in axes.lines]


def _bars(axes: Any) -> list[dict[str, Any]]:
    found = []
    for container in axes.containers:
        patches = [patch for patch in container if hasattr(patch, "get_height")]
        if patches:
            middles = [float(patch.get_x() + patch.get_width() / 2) for patch in patches]
            heights = [float(patch.get_height()) for patch in patches]
            found.append(_series("bar", container, middles, heights))
    return found


def _points(axes: Any) -> list[dict[str, Any]]:
    found = []
    for collection in axes.collections:
        if type(collection).__name__ == "PathCollection":
            offsets = collection.get_offsets().tolist()
            found.append(_series("scatter", collection, [p[0] for p in offsets], [p[1] for p in offsets]))
    return found


def _images(axes: Any) -> list[dict[str, Any]]:
    return [_series("image", image, [], image.get_array().tolist()) for image in axes.images]


def _wedges(axes: Any) -> list[dict[str, Any]]:
    wedges = [patch for patch in axes.patches if type(patch).__name__ == "Wedge"]
    return [_series("pie", wedge, [], [(wedge.theta2 - wedge.theta1) / 360]) for wedge in wedges]


def _plain(values: Any) -> list[Any]:
    return values.tolist() if hasattr(values, "tolist") else list(values)
