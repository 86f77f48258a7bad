"""Which of a few named states holds where: bands along an axis, and maps over two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lithode.plots.maps import STYLE
from lithode.plots.saving import save

Array = npt.NDArray[np.float64]

# Paul Tol's light scheme: areas that black text stays readable on, told apart in any vision.
_COLOURS = (
    "#77AADD", "#EE8866", "#EEDD88", "#AAAA00", "#FFAABB", "#44BB99", "#BBCC33", "#99DDFF",
    "#DDDDDD",
)  # fmt: skip


def draw_bands(
    picture: Path, label: str, x: Array, bands: Mapping[str, Sequence[str]], title: str = ""
) -> Path:
    """Draw one band for each load with the state at every x in a colour of its own.

    Args:
        picture: File to write.
        label: Label of the horizontal axis.
        x: Positions along it, ascending.
        bands: Label of the band to the states at x.
        title: What the colours are.

    Returns:
        The picture.
    """
    colours = _colours(state for states in bands.values() for state in states)
    with matplotlib.rc_context(STYLE):
        height = 0.9 + 0.45 * len(bands) + 0.16 * -(-len(colours) // 2)
        figure = Figure(figsize=(5.4, height), layout="constrained")
        axes = figure.subplots()
        edges = _edges(x)
        for row, states in enumerate(bands.values()):
            image = np.array([[colours[state] for state in states]])
            axes.pcolormesh(edges, [row - 0.4, row + 0.4], image)
        axes.set_yticks(range(len(bands)), list(bands))
        axes.set_xlabel(label)
        axes.set_xlim(edges[0], edges[-1])
        axes.tick_params(axis="y", length=0)
        _legend(figure, colours, title)
        return save(figure, picture)


def draw_state_map(
    picture: Path,
    labels: tuple[str, str],
    x: Array,
    y: Array,
    states: Sequence[Sequence[str]],
    marks: Sequence[float] = (),
    title: str = "",
) -> Path:
    """Draw the states over two axes.

    Args:
        picture: File to write.
        labels: Labels of the axes.
        x: Positions along the horizontal axis, ascending.
        y: Positions along the vertical axis, ascending.
        states: One sequence along x for each y.
        marks: Values of y to mark by lines.
        title: What the colours are.

    Returns:
        The picture.
    """
    colours = _colours(state for row in states for state in row)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(4.4, 3.2 + 0.16 * -(-len(colours) // 2)), layout="constrained")
        axes: Axes = figure.subplots()
        image = np.array([[colours[state] for state in row] for row in states])
        axes.pcolormesh(_edges(x), _edges(y), image, rasterized=True)
        for mark in marks:
            axes.axhline(mark, color="black", linewidth=0.6, linestyle="--")
        axes.set_xlim(x[0], x[-1])
        axes.set_ylim(y[0], y[-1])
        axes.set_xlabel(labels[0])
        axes.set_ylabel(labels[1])
        _legend(figure, colours, title)
        return save(figure, picture)


def _colours(states: Iterable[str]) -> dict[str, tuple[float, float, float]]:
    names = dict.fromkeys(states)
    return {name: to_rgb(_COLOURS[k % len(_COLOURS)]) for k, name in enumerate(names)}


def _edges(centres: Array) -> Array:
    if len(centres) == 1:
        return np.array([centres[0] - 0.5, centres[0] + 0.5])
    middles = (centres[1:] + centres[:-1]) / 2
    return np.concatenate([[centres[0]], middles, [centres[-1]]])


def _legend(figure: Figure, colours: Mapping[str, tuple[float, float, float]], title: str) -> None:
    patches = [Patch(color=colour, label=name) for name, colour in colours.items()]
    figure.legend(handles=patches, loc="outside lower center", ncols=2, title=title or None)
