"""A field file with what to show of it, for the figures and the movie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from matplotlib.ticker import MaxNLocator
from matplotlib.tri import Triangulation

from lithode.core.errors import InputError
from lithode.output.fields import FieldReader
from lithode.output.vtkhdf import Grid
from lithode.plots.panels import FIELD_PANELS, FieldPanel, Front

Array = npt.NDArray[np.float64]


Extend = Literal["neither", "min", "max", "both"]


@dataclass(frozen=True)
class Scale:
    """Range of a colour bar.

    Attributes:
        low: Lower end.
        high: Upper end.
        extend: Which ends shown values go beyond.
    """

    low: float
    high: float
    extend: Extend


@dataclass(frozen=True)
class Scene:
    """A field file with what to show of it.

    Attributes:
        reader: The file.
        panels: Fields to show.
        front: Contour, None if the file does not have it.
    """

    reader: FieldReader
    panels: Sequence[FieldPanel]
    front: Front | None

    @classmethod
    def of(
        cls, reader: FieldReader, panels: Sequence[FieldPanel] | None, front: Front | None
    ) -> Scene:
        """Choose the usual panels where none are given.

        Raises:
            InputError: The fields are in one dimension.
        """
        if reader.grid.dimension == 1:
            raise InputError("fields", "", "are along a line: there is no map of them")
        if panels is None:
            usual = [panel for panel in FIELD_PANELS if panel.field in reader.names]
            panels = usual or [FieldPanel(n, n.replace("_", " ")) for n in reader.names]
        if front is not None and front.field not in reader.names:
            front = None
        return cls(reader, panels, front)

    @property
    def is_flat(self) -> bool:
        """Whether the mesh is of triangles."""
        return self.reader.grid.dimension == 2

    @cached_property
    def _triangulations(self) -> list[tuple[Grid, Triangulation]]:
        return []

    def triangulation(self, step: int) -> Triangulation:
        """Return the mesh of a 2D run at an output for matplotlib."""
        grid, known = self.reader.grid_at(step), self._triangulations
        if not known or known[0][0] is not grid:
            x, y = grid.points[:, :2].T
            known[:] = [(grid, Triangulation(x, y, grid.cells))]
        return known[0][1]

    def triangulation_of(self, panel: FieldPanel, step: int) -> Triangulation:
        """Return the mesh at an output with only the regions of a panel."""
        whole = self.triangulation(step)
        if not panel.regions:
            return whole
        hidden = ~np.isin(self.reader.grid_at(step).regions, panel.regions)
        return Triangulation(whole.x, whole.y, whole.triangles, hidden)

    def steps(self, times: Sequence[float] | None, most: int) -> list[int]:
        """Return the outputs nearest to times, by default all or ``most`` spread evenly."""
        if times is None:
            count = len(self.reader.times)
            return sorted({round(k) for k in np.linspace(0, count - 1, min(most, count))})
        return sorted({self.reader.step(time) for time in times})

    def values(self, panel: FieldPanel, step: int) -> Array:
        """Return the shown values per node or cell."""
        return panel.shown(self._lengths(panel, step))

    def logarithms(self, panel: FieldPanel, step: int) -> Array:
        """Return the values of a logarithmic panel, also those far below its colour bar."""
        return panel.logarithms(self._lengths(panel, step))

    def _lengths(self, panel: FieldPanel, step: int) -> Array:
        values = self.reader.values(panel.field, step)
        return np.linalg.norm(values, axis=1) if values.ndim == 2 else values

    def front_values(self, front: Front, step: int) -> Array:
        """Return the front's field per node."""
        return self.reader.values(front.field, step)

    def scales(self, steps: Sequence[int]) -> list[Scale]:
        """Return the range of each panel's colour bar, common to some outputs."""
        return [self._scale(panel, steps) for panel in self.panels]

    def _scale(self, panel: FieldPanel, steps: Sequence[int]) -> Scale:
        ends = [
            np.percentile(shown, (0.0, 0.2, 99.8, 100.0))
            for step in steps
            if len(shown := self._shown(panel, step))
        ]
        found = np.array(ends) if ends else np.array([[0.0, 0.0, 1.0, 1.0]])
        low, high = float(found[:, 1].min()), float(found[:, 2].max())
        # A constant field would otherwise show its rounding errors.
        rounding = 1e-6 * max(abs(low), abs(high)) or 1.0
        if high - low < rounding:
            low, high = low - rounding, high + rounding
        ticks = MaxNLocator(nbins=10, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        low, high = (
            float(end) if given is None else given
            for given, end in zip(panel.limits, (ticks[0], ticks[-1]), strict=True)
        )
        tolerance = 0.01 * (high - low)
        below, above = found[:, 0].min() < low - tolerance, found[:, 3].max() > high + tolerance
        extend: Extend = "both" if below else "max"
        if not above:
            extend = "min" if below else "neither"
        return Scale(low, high, extend)

    def _shown(self, panel: FieldPanel, step: int) -> Array:
        values, grid = self.values(panel, step), self.reader.grid_at(step)
        if panel.regions:
            cells = np.isin(grid.regions, panel.regions)
            values = values[cells if len(values) == len(cells) else np.unique(grid.cells[cells])]
        elif panel.behind_front and self.front:
            kept = self.front_values(self.front, step) >= self.front.level
            if len(values) != len(kept):
                kept = np.all(kept[grid.cells], axis=1)
            values = values[kept]
        return values[np.isfinite(values)]
