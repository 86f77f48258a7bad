"""What is where in a VTKHDF file of fields over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from lithode.core.axis import Axis

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

REGION = "region"
AXIS = "LithodeAxis"
# Numbers of VTK of intervals, triangles and tetrahedra.
_VTK_CELLS = {1: 3, 2: 5, 3: 10}


@dataclass(frozen=True)
class Grid:
    """A mesh of intervals, triangles or tetrahedra, whole, in its input order.

    Attributes:
        points: Coordinates in um, shape (nodes, 3).
        cells: Nodes of each cell, shape (cells, 2, 3 or 4).
        regions: Region number of each cell.
    """

    points: Array
    cells: Indices
    regions: npt.NDArray[np.int32]

    @property
    def dimension(self) -> int:
        """1, 2 or 3, by the corners of the cells."""
        return int(self.cells.shape[1]) - 1


@dataclass(frozen=True)
class Layout:
    """Where a field is kept, and its shape at a node or cell.

    Attributes:
        group: ``PointData`` or ``CellData``.
        components: () of a scalar, (3,) of a vector.
    """

    group: str
    components: tuple[int, ...]

    def rows(self, grid: Grid) -> int:
        """Return the number of nodes or cells."""
        return len(grid.cells if self.group == "CellData" else grid.points)


def open_file(path: Path, mode: str = "r") -> Any:
    """Open a file that others may read meanwhile."""
    # Without a lock, or ParaView looking at the file would stop the run.
    return h5py.File(path, mode, locking=False)


def layout_of(file: Any) -> dict[str, Layout]:
    """Return the fields of an open file by name."""
    return {
        name: Layout(group, data.shape[1:])
        for group in ("PointData", "CellData")
        for name, data in file[f"VTKHDF/{group}"].items()
        if name != REGION
    }


def lay_out(file: Any, grid: Grid, layout: Mapping[str, Layout], capacity: int, axis: Axis) -> None:
    """Write all but the fields, for which room is kept at ``capacity`` times."""
    count, width = grid.cells.shape
    zeros = np.zeros(capacity, dtype=np.int64)
    root = file.create_group("VTKHDF")
    root.attrs["Version"] = np.array([2, 0])
    root.attrs["Type"] = np.bytes_("UnstructuredGrid")
    root["NumberOfPoints"] = np.array([len(grid.points)])
    root["NumberOfCells"] = np.array([count])
    root["NumberOfConnectivityIds"] = np.array([grid.cells.size])
    root["Points"] = grid.points
    root["Connectivity"] = grid.cells.reshape(-1)
    root["Offsets"] = np.arange(count + 1) * width
    root["Types"] = np.full(count, _VTK_CELLS[grid.dimension], dtype=np.uint8)
    root[f"CellData/{REGION}"] = grid.regions
    root.create_group("PointData")
    steps = root.create_group("Steps")
    steps.attrs["NSteps"] = np.int64(0)
    steps.attrs[AXIS] = [axis.name, axis.symbol, axis.unit]
    steps.create_dataset("Values", (0,), "f8", maxshape=(capacity,), chunks=(capacity,))
    steps["NumberOfParts"] = zeros + 1
    for name in ("PartOffsets", "PointOffsets"):
        steps[name] = zeros
    for name in ("CellOffsets", "ConnectivityIdOffsets"):
        steps[name] = zeros.reshape(-1, 1)
    steps.create_group("PointDataOffsets")
    steps[f"CellDataOffsets/{REGION}"] = zeros
    for name, entry in layout.items():
        rows = entry.rows(grid)
        _reserve(root[entry.group], name, (capacity * rows, *entry.components))
        steps[f"{entry.group}Offsets/{name}"] = np.arange(capacity) * rows


def _reserve(group: Any, name: str, shape: tuple[int, ...]) -> None:
    """Make a dataset whose place in the file is fixed now and whose values come later."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    space, kind = h5py.h5s.create_simple(shape), h5py.h5t.NATIVE_DOUBLE
    h5py.h5d.create(group.id, name.encode(), kind, space, properties)


def set_times(file: Any, times: Array) -> None:
    """Say which times are valid, without changing the layout of the file.

    VTK reads as many times as there are into room for NSteps of them: never let there be more.
    """
    steps = file["VTKHDF/Steps"]
    values, number = steps["Values"], len(times)
    if number < len(values):
        values.resize((number,))
        file.flush()
    if steps.attrs["NSteps"] != number:
        steps.attrs.modify("NSteps", np.int64(number))
        file.flush()
    if number > len(values):
        values.resize((number,))
        values[:] = times
        file.flush()
