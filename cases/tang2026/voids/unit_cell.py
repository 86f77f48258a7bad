"""Pictures of a disc contact between lithium and an electrolyte, along the contact fraction.

The field file holds both on one mesh of (s, z) with its radii: lithium is drawn below the
contact, mirrored, the electrolyte above.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.tri import LinearTriInterpolator, Triangulation

from lithode.output.fields import FieldReader
from lithode.plots.maps import COLOURS, STYLE
from lithode.plots.saving import save

Array = npt.NDArray[np.float64]

# Heights shown, in tube radii, points across and lines of the current over the whole tube.
_SHOWN = 1.0
_POINTS = 81
_LINES = 14
_ARROWS = 9


@dataclass(frozen=True)
class UnitCell:
    """What is shown of a run.

    Attributes:
        path: A field file.
        potential: Name of the field whose current is drawn.
    """

    path: Path
    potential: str

    def draw(self, picture: Path, fractions: Sequence[float]) -> Path:
        """Draw the outputs nearest to some contact fractions side by side.

        Raises:
            InputError: The file is damaged or does not have the fields.
        """
        reader = FieldReader(self.path)
        steps = [reader.step(fraction) for fraction in fractions]
        rates = [reader.values("strain_rate", step) for step in steps]
        # Cells are small where the contact ends, and lithium hardly moves far from it.
        top = max(float(np.quantile(rate, 0.98)) for rate in rates)
        norm = LogNorm(min(float(np.quantile(rate, 0.3)) for rate in rates), top)
        drops = [reader.values(self.potential, step) for step in steps]
        heights = reader.grid.points[:, 1]
        highest = max(float(np.max(d[heights <= _SHOWN])) for d in drops)
        levels = np.linspace(0.0, highest, 25)
        with matplotlib.rc_context(STYLE):
            figure = Figure(figsize=(2.2 * len(steps), 2.6), layout="constrained")
            panels = figure.subplots(1, len(steps), squeeze=False, sharey=True)
            for axes, step, rate, drop in zip(panels.flat, steps, rates, drops, strict=True):
                radius, edge = reader.values("radius", step), math.sqrt(reader.times[step])
                filled = self._electrolyte(axes, reader, radius, drop, levels)
                self._lithium(axes, reader, radius, step, rate, norm)
                axes.plot([-1, 1], [0, 0], color="white", linewidth=4)
                style: dict[str, Any] = {"color": COLOURS[1], "solid_capstyle": "butt"}
                axes.plot([-edge, edge], [0, 0], linewidth=4, **style)
                axes.set(xlim=(-1, 1), ylim=(-_SHOWN, _SHOWN), aspect="equal")
                axes.set(xlabel="r / b", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
                axes.set_title(rf"$\theta$ = {reader.times[step]:.3g}")
            panels.flat[0].set_ylabel("Li        z / b        electrolyte")
            last = panels.flat[-1]
            bar = figure.colorbar(filled, cax=last.inset_axes((1.08, 0.55, 0.06, 0.45)))
            bar.set_label(r"potential / $\rho b i$")
            marks = np.linspace(0.0, levels[-1], 3)
            bar.set_ticks(marks.tolist(), labels=[f"{value:.2g}" for value in marks])
            bar = figure.colorbar(
                ScalarMappable(norm, "inferno"), cax=last.inset_axes((1.08, 0.0, 0.06, 0.45))
            )
            bar.set_label(r"strain rate / $A p^n$")
            save(figure, picture)
        return picture

    def _electrolyte(
        self, axes: Axes, reader: FieldReader, radius: Array, values: Array, levels: Array
    ) -> ScalarMappable:
        height, cells = reader.grid.points[:, 1], reader.grid.cells
        for side in (1, -1):
            mirrored = Triangulation(side * radius, height, cells)
            filled = axes.tricontourf(mirrored, values, levels=levels, cmap="cividis", extend="max")
        half = Triangulation(radius, height, cells)
        across, up = np.meshgrid(np.linspace(0, 1, _POINTS), np.linspace(0, _SHOWN, _POINTS))
        inward, down = (
            -slope.filled(0.0) for slope in LinearTriInterpolator(half, values).gradient(across, up)
        )
        # Equal currents between neighbouring lines: equal areas of rings.
        rings = np.sqrt((np.arange(_LINES // 2) + 0.5) / (_LINES // 2))
        starts = np.concatenate([-rings[::-1], rings])
        axes.streamplot(
            np.linspace(-1, 1, 2 * _POINTS - 1),
            up[:, 0],
            np.hstack([-np.fliplr(inward)[:, :-1], inward]),
            np.hstack([np.fliplr(down)[:, :-1], down]),
            start_points=np.column_stack([starts, np.full(len(starts), 0.999 * _SHOWN)]),
            integration_direction="forward",
            broken_streamlines=False,
            color="white",
            linewidth=0.6,
            arrowsize=0.6,
        )
        return filled

    def _lithium(
        self, axes: Axes, reader: FieldReader, radius: Array, step: int, rate: Array, norm: LogNorm
    ) -> None:
        height, cells = reader.grid.points[:, 1], reader.grid.cells
        for side in (1, -1):
            mirrored = Triangulation(side * radius, -height, cells)
            axes.tripcolor(
                mirrored,
                np.maximum(_at_nodes(cells, rate, len(height)), norm.vmin or 0.0),
                norm=norm,
                cmap="inferno",
                shading="gouraud",
                rasterized=True,
            )
        velocity = reader.values("velocity", step)
        half = Triangulation(radius, height, cells)
        places = (np.arange(_ARROWS) + 0.5) / _ARROWS
        r, z = np.meshgrid(places, places * _SHOWN)
        outward, along = (
            LinearTriInterpolator(half, velocity[:, k])(r, z).filled(0.0) for k in (0, 1)
        )
        for side in (1, -1):
            arrows = side * r, -z, side * outward, -along
            axes.quiver(*arrows, color="white", scale=30.0, width=0.004)


def _at_nodes(cells: npt.NDArray[np.integer[Any]], values: Array, count: int) -> Array:
    """Return the geometric mean of the cells around each node."""
    sums, around = np.zeros(count), np.zeros(count)
    for corner in cells.T:
        np.add.at(sums, corner, np.log(np.maximum(values, 1e-300)))
        np.add.at(around, corner, 1.0)
    return np.asarray(np.exp(sums / np.maximum(around, 1.0)))
