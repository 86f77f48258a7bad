"""Pictures of a void and its crack, from the files of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from matplotlib.tri import Triangulation

from lithode.cases.fracture.edge_crack import AXIS
from lithode.cases.fracture.pictures import draw_growth
from lithode.cases.fracture.readings import CURRENT
from lithode.cases.fracture.void.parameters import VoidParameters
from lithode.output.fields import FieldReader
from lithode.output.history import read_history
from lithode.plots.maps import COLOURS, STYLE
from lithode.plots.saving import save

# Heights of the flaw that are shown.
_SHOWN = 2.5


def draw(run_directory: Path, parameters: VoidParameters) -> list[Path]:
    """Draw pressure and current, and the void at its critical current and at the end."""
    return [draw_growth(run_directory, parameters), _maps(run_directory, parameters)]


def _maps(run_directory: Path, p: VoidParameters) -> Path:
    history = read_history(run_directory / "history.csv")
    peak = int(np.argmax(history[CURRENT]))
    reader = FieldReader(run_directory / "fields.vtkhdf")
    steps = [reader.step(float(history[AXIS.column][row])) for row in (peak, -1)]
    points = reader.grid.points
    middle = p.block if p.is_pore else 0.0
    mesh = Triangulation(points[:, 0] - middle, points[:, 1], reader.grid.cells)
    picture = run_directory / "figures" / "void.png"
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(8.4, 3.0), layout="constrained")
        panels = figure.subplots(1, 3, sharey=True)
        potential = 1e3 * reader.values("potential", steps[0])
        flat = {"shading": "gouraud", "rasterized": True}
        for axes, step, words in zip(
            panels, steps, ("at the critical current", "at the end"), strict=False
        ):
            damage = reader.values("damage", step)
            drawn = axes.tripcolor(mesh, damage, cmap="Blues", vmin=0, vmax=1, **flat)
            axes.set_title(words)
        figure.colorbar(drawn, ax=list(panels[:2]), label="damage")
        high = _SHOWN * p.crack_size
        near = (abs(mesh.x) < high / 2) & (mesh.y < high)
        levels = MaxNLocator(20).tick_values(0.0, float(potential[near].max()))
        lines = panels[2].tricontourf(mesh, potential, levels=levels, cmap="cividis", extend="max")
        panels[2].set_title("at the critical current")
        bar = figure.colorbar(lines, ax=panels[2], label="potential of Li+ (mV)")
        bar.ax.yaxis.set_major_locator(MaxNLocator(6))
        for axes in panels:
            if not p.is_pore:
                axes.plot([p.element_size, p.void_width], [0, 0], linewidth=4, color=COLOURS[1])
            _finish(axes, high)
        panels[0].set_ylabel("µm")
        save(figure, picture)
    return picture


def _finish(axes: Axes, high: float) -> None:
    place: dict[str, Any] = {"xlim": (-high / 2, high / 2), "ylim": (0.0, high)}
    axes.set(aspect="equal", xlabel="µm", **place)
