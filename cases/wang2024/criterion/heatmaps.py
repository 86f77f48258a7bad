"""A quantity over four parameters: a grid of maps on one colour scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from lithode.plots.maps import STYLE
from lithode.plots.panels import with_unit
from lithode.plots.saving import save

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """One of the parameters.

    Attributes:
        label: Its name.
        unit: Unit of its values, empty for a pure number.
        values: Rising.
    """

    label: str
    unit: str
    values: Sequence[float]

    def at(self, k: int) -> str:
        """Return one value as matplotlib sets it."""
        value = self.values[k]
        text = f"{value:.3g}"
        if not 1e-2 <= abs(value) < 1e3:
            digit, _, exponent = f"{value:.0e}".partition("e")
            factor = "" if digit == "1" else f"{digit} \N{MULTIPLICATION SIGN} "
            text = f"{factor}10$^{{{int(exponent)}}}$"
        if self.unit == "deg":
            return f"{self.label} = {text}\N{DEGREE SIGN}"
        return f"{self.label} = {text} {self.unit}".strip()


@dataclass(frozen=True)
class Heatmaps:
    """What is shown.

    Attributes:
        rows: Parameter from map to map downwards.
        columns: Parameter from map to map to the right.
        y: Parameter upwards in a map.
        x: Parameter to the right in a map.
        values: Positive, shape (rows, columns, y, x); on a logarithmic colour scale.
        hatched: A condition of the same shape; where it holds is hatched.
        label: Of the values.
        unit: Of the values.
        note: What the hatches mean.
    """

    rows: Scale
    columns: Scale
    y: Scale
    x: Scale
    values: Array
    hatched: npt.NDArray[np.bool_]
    label: str
    unit: str
    note: str

    def draw(self, picture: Path) -> Path:
        """Draw them as one picture."""
        count = len(self.rows.values), len(self.columns.values)
        positive = self.values[self.values > 0]
        norm = matplotlib.colors.LogNorm(positive.min(), positive.max())
        with matplotlib.rc_context({**STYLE, "hatch.color": "white", "hatch.linewidth": 0.4}):
            figure = Figure(figsize=(1.7 * count[1] + 0.9, 1.5 * count[0] + 0.5))
            figure.set_layout_engine("constrained")
            grid = figure.subplots(*count, sharex=True, sharey=True, squeeze=False)
            for (row, column), axes in np.ndenumerate(grid):
                image = axes.pcolormesh(
                    self.x.values,
                    self.y.values,
                    np.maximum(self.values[row, column], positive.min()),
                    norm=norm,
                    cmap="cividis",
                    shading="nearest",
                )
                axes.contourf(
                    self.x.values,
                    self.y.values,
                    self.hatched[row, column].astype(float),
                    [0.5, 1.5],
                    colors="none",
                    hatches=["///"],
                )
                if row == 0:
                    axes.set_title(self.columns.at(column), fontsize=7)
                if row == count[0] - 1:
                    axes.set_xlabel(with_unit(self.x.label, self.x.unit))
                if column == 0:
                    axes.set_ylabel(f"{self.rows.at(row)}\n{with_unit(self.y.label, self.y.unit)}")
            bar = figure.colorbar(image, ax=grid, shrink=0.8)
            bar.set_label(with_unit(self.label, self.unit))
            figure.supxlabel(self.note, fontsize=7)
            save(figure, picture)
        return picture
