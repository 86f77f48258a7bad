"""Pictures of the interphase, from the files of a run: profiles, growth, potentials (Fig. 6)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lithode.cases.cheng2020.interphase.parameters import DAY, LAYERS, Parameters
from lithode.cases.cheng2020.interphase.tables import shown_time
from lithode.cases.cheng2020.interphase.targets import is_papers
from lithode.output.fields import FieldReader
from lithode.output.history import History, read_history
from lithode.output.lines import left_wall
from lithode.plots.maps import COLOURS, STYLE
from lithode.plots.saving import save
from lithode.theory.interphase import potentials

Array = npt.NDArray[np.float64]

_GREY = "#7f7f7f"
_PHASES = (
    ("metal", "Li", _GREY, "-"),
    ("oxide", "Li$_2$O", COLOURS[1], "-"),
    ("nitride", "Li$_3$N", COLOURS[0], "-"),
    ("phosphate", "Li$_3$PO$_4$", COLOURS[2], "-"),
    ("intact", "LiPON", "black", "--"),
)
_ELEMENTS = (
    ("nitrogen", "N, over that in LiPON", COLOURS[0], "-"),
    ("phosphorus", "P, over that in LiPON", COLOURS[3], "-"),
    ("lithium_activity", "activity of Li", _GREY, "--"),
    ("interstitial_O", "interstitial O per P", COLOURS[1], ":"),
)
_SHADES = ("#f3e3d3", "#d8e6f2", "#dff0e4")


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw what the run has; a run that ended before the age shows its end instead."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    history = read_history(run_directory / "history.csv")
    time = shown_time(history, parameters)
    reader = FieldReader(fields)
    nodes = left_wall(reader.grid)
    axis = 0 if reader.grid.cells.shape[1] == 2 else 1
    zero = parameters.lithium_thickness + parameters.roughness
    place = 1e3 * (reader.grid.points[nodes, axis] - zero)
    step = reader.step(time)
    names = [name for name, *_ in (*_PHASES, *_ELEMENTS)]
    values = {name: reader.values(name, step)[nodes] for name in names}
    edges = boundaries(history, time)
    with matplotlib.rc_context(STYLE):
        pictures = [
            save(_profiles(place, values, edges, time), out / "profiles.png"),
            save(_growth(history, parameters), out / "thickness.png"),
            save(_potentials(place, edges, parameters), out / "potentials.png"),
        ]
    if parameters.width is not None:
        with matplotlib.rc_context(STYLE):
            pictures.append(save(_maps(reader, step, zero, edges), out / "maps.png"))
    return pictures


def boundaries(history: History, time: float) -> dict[str, tuple[float, float]]:
    """Return begin and end of layers 1, 2 and 3 in nm from the original interface."""

    def at(column: str) -> float:
        return float(np.interp(time, history["time [s]"], history[column]))

    metal, front = at("metal_end [nm]"), at("front [nm]")
    second = metal - at("layer_2 [nm]")
    return {
        "1": (second - at("layer_1 [nm]"), second),
        "2": (second, metal),
        "3": (front - at("layer_3 [nm]"), front),
    }


def _shade(axes: Axes, edges: Mapping[str, tuple[float, float]]) -> None:
    for (name, (begin, end)), shade in zip(edges.items(), _SHADES, strict=True):
        if end > begin:
            axes.axvspan(begin, end, color=shade, linewidth=0)
            axes.annotate(
                name, ((begin + end) / 2, 1.0), xycoords=("data", "axes fraction"), ha="center",
                va="bottom",
            )  # fmt: skip
    left = min(begin for begin, _ in edges.values())
    right = max(end for _, end in edges.values())
    axes.set_xlim(min(left - 15, -60.0), max(right, 5.0) + 15)
    axes.set_xlabel("distance from the first interface (nm)")


def _profiles(
    place: Array,
    values: Mapping[str, Array],
    edges: Mapping[str, tuple[float, float]],
    time: float,
) -> Figure:
    figure = Figure(figsize=(7.4, 2.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, shown in ((left, _PHASES), (right, _ELEMENTS)):
        _shade(axes, edges)
        for name, label, colour, style in shown:
            axes.plot(place, values[name], style, color=colour, label=label)
    left.set_ylabel(f"volume fraction after {_in_words(time)}")
    left.legend(loc="center left")
    right.set(yscale="log", ylim=(1e-5, 3), ylabel="amount, activity")
    right.legend(loc="lower right", fontsize=6)
    return figure


def _in_words(time: float) -> str:
    """Return a time in s, hours or days, whichever is next below it."""
    for unit, seconds in (("d", DAY), ("h", DAY / 24)):
        if time >= seconds:
            return f"{time / seconds:.3g} {unit}"
    return f"{time:.3g} s"


def _maps(
    reader: FieldReader, step: int, zero: float, edges: Mapping[str, tuple[float, float]]
) -> Figure:
    """Draw the phases around the interface of a 2D run."""
    x, y = 1e3 * reader.grid.points[:, :2].T
    figure = Figure(figsize=(1.3 * len(_PHASES), 3.2), layout="constrained")
    row = figure.subplots(1, len(_PHASES), sharey=True)
    for axes, (name, label, *_) in zip(row, _PHASES, strict=True):
        values = reader.values(name, step)
        image = axes.tripcolor(
            x, y - 1e3 * zero, reader.grid.cells, values, vmin=0.0, vmax=1.0, shading="gouraud"
        )
        axes.set(title=label, xlabel="nm", aspect="equal")
        axes.set_ylim(-60, max(end for _, end in edges.values()) + 30)
    row[0].set_ylabel("distance from the first interface at the left (nm)")
    figure.colorbar(image, ax=list(row), label="volume fraction")
    return figure


def _growth(history: History, parameters: Parameters) -> Figure:
    time = history["time [s]"]
    figure = Figure(figsize=(3.8, 3.0), layout="constrained")
    axes = figure.subplots()
    compared = is_papers(parameters)
    for (name, paper, column), colour in zip(
        LAYERS, (COLOURS[1], COLOURS[0], COLOURS[2], "black"), strict=True
    ):
        shown = np.where(history[column] > 0, history[column], np.nan)
        axes.plot(time, shown, color=colour, label=name.split(",")[0])
        if compared:
            axes.plot(parameters.age, paper, "o", color=colour, markersize=4)
    third = float(np.interp(parameters.age, time, history[LAYERS[2][2]]))
    if third > 0 and time[-1] > 2 * parameters.age:
        late = np.array([parameters.age, time[-1]])
        axes.plot(
            late, 1.8 * third * np.sqrt(late / late[0]), ":", color=_GREY,
            label=r"$\propto\sqrt{t}$",
        )  # fmt: skip
    label = "thickness (nm); dots: paper" if compared else "thickness (nm)"
    axes.set(xscale="log", yscale="log", xlabel="time (s)", ylabel=label)
    axes.set_xlim(max(time[-1] * 1e-5, time[1]), time[-1])
    axes.set_ylim(bottom=0.5)
    axes.legend(loc="upper left")
    return figure


def _potentials(
    place: Array, edges: Mapping[str, tuple[float, float]], parameters: Parameters
) -> Figure:
    p = parameters
    begin, end = edges["2"][1], edges["3"][1]
    grid = np.unique(np.concatenate([place, [begin, end]]))
    ones = np.ones(len(grid) - 1)
    found = potentials(
        grid,
        p.electronic_conductivity * ones,
        p.ionic_conductivity * ones,
        p.reduction_potential,
        begin,
        end,
    )
    figure = Figure(figsize=(3.8, 2.8), layout="constrained")
    axes = figure.subplots()
    _shade(axes, edges)
    for values, label, colour, style in (
        (found.cation, "Li$^+$, electrochemical", COLOURS[0], "-"),
        (found.electron, "electrons, electrochemical", COLOURS[4], "-"),
        (found.lithium, "Li, chemical", "black", "--"),
    ):
        axes.plot(grid, values, style, color=colour, label=label)
    axes.set_ylabel("potential over e, from Li (V)")
    axes.legend(loc="lower left")
    return figure
