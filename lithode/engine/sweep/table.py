"""What the points of a sweep gave, as one table: CSV, netCDF, and numbers for pictures."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.core.files import read_text
from lithode.core.results import Result, Value
from lithode.engine.case import StudyCase
from lithode.engine.sweep.plan import DONE, Plan
from lithode.engine.sweep.space import Point, Varied
from lithode.output.tables import write_table

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Table:
    """Points of a sweep with what they gave.

    Attributes:
        varied: What was varied.
        is_grid: Whether the points are a full grid, the last parameter running fastest.
        points: Values of what was varied.
        statuses: How each point has ended; "not run" where it has not.
        messages: Why a point has failed; empty where it has not.
        results: Results of the points that are done, by name; None in place of those of the others.
        seconds: Wall time of each point; NaN where there is none.
    """

    varied: Sequence[Varied]
    is_grid: bool
    points: Sequence[Point]
    statuses: Sequence[str]
    messages: Sequence[str]
    results: Sequence[Mapping[str, Result] | None]
    seconds: Sequence[float]

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the grid; of the list of points if it is none."""
        if not self.is_grid:
            return (len(self.points),)
        return tuple(len(varied.values) for varied in self.varied)

    @property
    def done(self) -> int:
        """Number of points that are done."""
        return sum(found is not None for found in self.results)

    @property
    def names(self) -> dict[str, str]:
        """Names of all results with their units."""
        return {n: r.unit for found in self.results if found for n, r in found.items()}

    def values(self, name: str) -> list[Value]:
        """Return a result of all points."""
        return [found[name].value if found and name in found else None for found in self.results]

    def numbers(self, name: str) -> Array:
        """Return a result of all points, NaN where it is no number."""
        return np.array(
            [v if isinstance(v, float | int) else math.nan for v in self.values(name)], dtype=float
        )

    @property
    def numeric(self) -> list[str]:
        """Names of the results that are numbers and differ between points."""
        found = []
        for name in self.names:
            values = self.numbers(name)
            finite = values[np.isfinite(values)]
            if len(finite) and (np.ptp(finite) > 1e-9 * np.max(np.abs(finite)) or len(finite) == 1):
                found.append(name)
        return found

    def columns(self) -> dict[str, list[Any]]:
        """Return all of it by heading."""
        units = self.names
        return {
            "point": list(range(len(self.points))),
            **{v.column: [point[v.name] for point in self.points] for v in self.varied},
            "status": list(self.statuses),
            **{
                (f"{n} [{unit}]" if unit else n): [_cell(value) for value in self.values(n)]
                for n, unit in units.items()
            },
            "wall [s]": [_cell(None if math.isnan(s) else s) for s in self.seconds],
            "message": list(self.messages),
        }


def collect(plan: Plan) -> Table:
    """Read the points of a sweep, from their files alone."""
    statuses, messages, results, seconds = [], [], [], []
    at_once = isinstance(plan.case, StudyCase) and plan.case.together is not None
    for number in range(len(plan.points)):
        summary = plan.directory(number).read_summary()
        file = plan.failure_file(number)
        done = summary.get("status") in DONE
        failed = not done and file.is_file()
        statuses.append("failed" if failed else str(summary.get("status", "not run")))
        messages.append(read_text(file, "failure").strip() if failed else "")
        entries = summary.get("results", []) if done else None
        results.append(None if entries is None else {e["name"]: Result(**e) for e in entries})
        # Of points that were computed at once, nobody knows the time of one.
        seconds.append(float(summary["wall_seconds"]) if done and not at_once else math.nan)
    space = plan.space
    return Table(
        space.varied, space.way == "grid", plan.points, statuses, messages, results, seconds
    )


def write_csv(table: Table, path: Path) -> Path:
    """Write ``table.csv``."""
    return write_table(path, table.columns())


def write_netcdf(table: Table, path: Path, title: str) -> Path:
    """Write a grid, or a list of points, for xarray and its kin.

    Args:
        table: The table. Of a grid every parameter is a dimension.
        path: The file; netCDF 3, which needs no library but SciPy.
        title: What it is.
    """
    from scipy.io import netcdf_file

    partial = path.with_name(f".{path.name}.part")
    partial.unlink(missing_ok=True)
    with netcdf_file(partial, "w", version=2) as file:
        file.title = title
        if table.is_grid:
            dimensions = tuple(_symbol(varied.name) for varied in table.varied)
            for name, varied in zip(dimensions, table.varied, strict=True):
                file.createDimension(name, len(varied.values))
                _write(file, name, (name,), varied.values, varied.name, varied.unit)
        else:
            dimensions = ("point",)
            file.createDimension("point", len(table.points))
            for varied in table.varied:
                given = [point[varied.name] for point in table.points]
                _write(file, _symbol(varied.name), dimensions, given, varied.name, varied.unit)
        taken = {*dimensions, *(_symbol(varied.name) for varied in table.varied)}
        for name, unit in table.names.items():
            symbol = _symbol(name)
            while symbol in taken:
                symbol += "_"
            taken.add(symbol)
            values = table.values(name)
            if any(isinstance(value, str) for value in values):
                texts = ["" if value is None else str(value) for value in values]
                _write(file, symbol, dimensions, texts, name, unit, table.shape)
            else:
                _write(file, symbol, dimensions, table.numbers(name), name, unit, table.shape)
    partial.replace(path)
    return path


def _write(
    file: Any,
    symbol: str,
    dimensions: tuple[str, ...],
    values: Any,
    name: str,
    unit: str,
    shape: tuple[int, ...] | None = None,
) -> None:
    if any(isinstance(value, str) for value in values):
        data = np.array([value.encode() for value in values])
        width = max(data.dtype.itemsize, 1)
        letters = f"letters_{width}"
        if letters not in file.dimensions:
            file.createDimension(letters, width)
        content = data.astype(f"S{width}").view("S1").reshape(*(shape or data.shape), width)
        variable = file.createVariable(symbol, "c", (*dimensions, letters))
    else:
        content = np.asarray(values, dtype=float).reshape(shape or -1)
        variable = file.createVariable(symbol, "d", dimensions)
    variable[:] = content
    variable.long_name = name
    if unit:
        variable.units = unit


def _symbol(name: str) -> str:
    """Return a name as netCDF takes it."""
    symbol = re.sub(r"\W+", "_", name.encode("ascii", "ignore").decode()).strip("_")
    return symbol if symbol[:1].isalpha() else f"n_{symbol}"


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else repr(float(value))
