"""What is where in a VTKHDF file of fields over time.

Every time says which grid it has (its part), and where this and its fields start: meshes that
follow a front have several grids, others one for all times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from lithode.core.axis import Axis
from lithode.output.field_units import UNITS
from lithode.output.slabs import Slab

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

REGION = "region"
AXIS = "LithodeAxis"
GRID = ("Points", "Connectivity", "Offsets", "Types", f"CellData/{REGION}")
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
class Size:
    """How large a grid is.

    Attributes:
        points: Number of nodes.
        cells: Number of cells.
        dimension: 1, 2 or 3.
    """

    points: int
    cells: int
    dimension: int


@dataclass(frozen=True)
class Layout:
    """Where a field is kept, and its shape at a node or cell.

    Attributes:
        group: ``PointData`` or ``CellData``.
        components: () of a scalar, (3,) of a vector.
    """

    group: str
    components: tuple[int, ...]

    def rows(self, size: Size) -> int:
        """Return the number of nodes or cells."""
        return size.cells if self.group == "CellData" else size.points


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


def starts_of(file: Any) -> dict[str, int]:
    """Return the first byte of the data sets of grid and fields, by their names in the root.

    Raises:
        ValueError: One is packed, so that its values have no place of their own.
    """
    root, layout = file["VTKHDF"], layout_of(file)
    fields = [f"{entry.group}/{name}" for name, entry in layout.items()]
    starts = {}
    for name in (*GRID, *fields):
        starts[name] = root[name].id.get_offset()
        if starts[name] is None or (name in fields and root[name].dtype != np.float64):
            raise ValueError(f"{name} is not as it was laid out")
    return starts


def bytes_of(data: Any, rows: int) -> int:
    """Return the size of so many rows of a data set."""
    return rows * int(data.dtype.itemsize) * int(np.prod(data.shape[1:]))


@dataclass(frozen=True)
class Room:
    """For how much there is room in a file, or how much of it is used.

    Attributes:
        times: Number of outputs.
        grids: Number of grids.
        grid_points: Nodes of all grids.
        grid_cells: Cells of all grids.
        points: Nodes of the grids of all outputs: rows of a nodal field.
        cells: Cells of the grids of all outputs.
    """

    times: int
    grids: int
    grid_points: int
    grid_cells: int
    points: int
    cells: int

    def with_output(self, size: Size, is_new: bool) -> Room:
        """Return what is used with one output more, on a grid of its own or not."""
        grown = self.with_grid(size) if is_new else self
        return replace(
            grown,
            times=self.times + 1,
            points=self.points + size.points,
            cells=self.cells + size.cells,
        )

    def with_grid(self, size: Size) -> Room:
        """Return what is used with a grid more."""
        return replace(
            self,
            grids=self.grids + 1,
            grid_points=self.grid_points + size.points,
            grid_cells=self.grid_cells + size.cells,
        )

    def without_grid(self, size: Size) -> Room:
        """Return what is used by all but the last grid, which is of this size."""
        return replace(
            self,
            grids=self.grids - 1,
            grid_points=self.grid_points - size.points,
            grid_cells=self.grid_cells - size.cells,
        )

    def holds(self, other: Room) -> bool:
        """Whether there is room for as much."""
        return all(vars(self)[name] >= number for name, number in vars(other).items())

    def grown(self, needed: Room) -> Room:
        """Return twice the room that is needed of whatever is too little."""
        wanted = vars(needed)
        return Room(**{k: v if v >= wanted[k] else 2 * wanted[k] for k, v in vars(self).items()})

    def rows(self, layout: Layout) -> int:
        """Return the number of rows of a field."""
        return self.cells if layout.group == "CellData" else self.points


def lay_out(
    file: Any, dimension: int, layout: Mapping[str, Layout], room: Room, axis: Axis
) -> None:
    """Make all data sets, with room for grids and for the fields at some times."""
    corners = dimension + 1
    zeros = np.zeros(room.times, dtype=np.int64)
    root = file.create_group("VTKHDF")
    root.attrs["Version"] = np.array([2, 0])
    root.attrs["Type"] = np.bytes_("UnstructuredGrid")
    for name in _NUMBERS:
        # One entry for each grid: VTK takes as many as there are for the pieces of a lone time.
        root.create_dataset(name, (0,), "i8", maxshape=(room.grids,), chunks=(room.grids,))
    root.create_group("PointData")
    root.create_group("CellData")
    _reserve(root, "Points", (room.grid_points, 3), np.float64)
    _reserve(root, "Connectivity", (room.grid_cells * corners,), np.int64)
    _reserve(root, "Offsets", (room.grid_cells + room.grids,), np.int64)
    _reserve(root, "Types", (room.grid_cells,), np.uint8)
    _reserve(root, f"CellData/{REGION}", (room.grid_cells,), np.int32)
    steps = root.create_group("Steps")
    steps.attrs["NSteps"] = np.int64(0)
    steps.attrs[AXIS] = [axis.name, axis.symbol, axis.unit]
    steps.create_dataset("Values", (0,), "f8", maxshape=(room.times,), chunks=(room.times,))
    steps["NumberOfParts"] = zeros + 1
    for name in ("PartOffsets", "PointOffsets"):
        steps[name] = zeros
    for name in ("CellOffsets", "ConnectivityIdOffsets"):
        steps[name] = zeros.reshape(-1, 1)
    steps.create_group("PointDataOffsets")
    steps[f"CellDataOffsets/{REGION}"] = zeros
    for name, entry in layout.items():
        _reserve(root, f"{entry.group}/{name}", (room.rows(entry), *entry.components), np.float64)
        root[f"{entry.group}/{name}"].attrs["units"] = UNITS.get(name, "1")
        steps[f"{entry.group}Offsets/{name}"] = zeros


_NUMBERS = "NumberOfPoints", "NumberOfCells", "NumberOfConnectivityIds"


def room_of(file: Any) -> Room:
    """Return for how much there is room in an open file."""
    root, layout = file["VTKHDF"], layout_of(file)
    rows = {"PointData": 0, "CellData": 0}
    for name, entry in layout.items():
        rows[entry.group] = root[f"{entry.group}/{name}"].shape[0]
    cells = root["Types"].shape[0]
    times = root["Steps/Values"].maxshape[0]
    grids = root["Offsets"].shape[0] - cells
    return Room(times, grids, root["Points"].shape[0], cells, *rows.values())


def used_of(file: Any, times: int) -> Room:
    """Return how much of an open file the first outputs use."""
    root = file["VTKHDF"]
    parts = root["Steps/PartOffsets"][:times]
    points, cells = (root[name][:] for name in _NUMBERS[:2])
    grids = int(parts.max(initial=-1)) + 1
    return Room(
        times,
        grids,
        int(points[:grids].sum()),
        int(cells[:grids].sum()),
        int(points[parts].sum()),
        int(cells[parts].sum()),
    )


def size_of(file: Any, grid: int) -> Size:
    """Return how large a grid of an open file is."""
    points, cells, corners = (int(file["VTKHDF"][name][grid]) for name in _NUMBERS)
    return Size(points, cells, corners // cells - 1)


def copy_steps(old: Any, new: Any, used: Room) -> None:
    """Copy from file to file what is known of the outputs and their grids, but for the times."""
    for name in _NUMBERS:
        new["VTKHDF"][name].resize((used.grids,))
        new["VTKHDF"][name][:] = old["VTKHDF"][name][: used.grids]

    def copy(name: str, item: Any) -> None:
        if hasattr(item, "shape") and name != "Values":
            item[: used.times] = old["VTKHDF/Steps"][name][: used.times]

    new["VTKHDF/Steps"].visititems(copy)


def add_grid(file: Any, number: int, size: Size) -> None:
    """Say how large a grid is, and that there are none after it."""
    numbers = size.points, size.cells, size.cells * (size.dimension + 1)
    for name, value in zip(_NUMBERS, numbers, strict=True):
        file["VTKHDF"][name].resize((number + 1,))
        file["VTKHDF"][name][number] = value


def place_output(file: Any, used: Room, size: Size, layout: Mapping[str, Layout]) -> None:
    """Say which grid the next output has, the last one, and where this and its fields start.

    Args:
        file: An open file.
        used: What is used before it, its grid included.
        size: Of its grid.
        layout: Of its fields.
    """
    steps, slot = file["VTKHDF/Steps"], used.times
    point, cell = used.grid_points - size.points, used.grid_cells - size.cells
    steps["PartOffsets"][slot], steps["PointOffsets"][slot] = used.grids - 1, point
    steps["CellOffsets"][slot], steps["ConnectivityIdOffsets"][slot] = (
        cell, cell * (size.dimension + 1),
    )  # fmt: skip
    steps[f"CellDataOffsets/{REGION}"][slot] = cell
    for name, entry in layout.items():
        steps[f"{entry.group}Offsets/{name}"][slot] = used.rows(entry)


def grid_slabs(
    points: Array, cells: Indices, regions: Any, first: Size, total: Size, before: Room
) -> list[Slab]:
    """Return the slabs of a slice of a grid.

    Args:
        points: Coordinates of the slice's nodes, shape (n, 3).
        cells: Corners of the slice's cells, shape (m, corners).
        regions: Region number of each.
        first: Numbers of the first node and the first cell of the slice.
        total: Of the grid.
        before: What the grids before it use.
    """
    count, corners = cells.shape
    ends = count + (first.cells + count == total.cells)
    point, cell = before.grid_points, before.grid_cells
    return [
        Slab("Points", point + first.points, points),
        Slab("Connectivity", cell + first.cells, cells),
        Slab(
            "Offsets", cell + before.grids + first.cells, (first.cells + np.arange(ends)) * corners
        ),
        Slab(
            "Types",
            cell + first.cells,
            np.full(count, _VTK_CELLS[total.dimension], dtype=np.uint8),
        ),
        Slab(f"CellData/{REGION}", cell + first.cells, regions),
    ]


def read_grid(file: Any, step: int) -> Grid:
    """Return the grid of an output."""
    root, steps = file["VTKHDF"], file["VTKHDF/Steps"]
    part = int(steps["PartOffsets"][step])
    point, cell = int(steps["PointOffsets"][step]), int(steps["CellOffsets"][step, 0])
    corner = int(steps["ConnectivityIdOffsets"][step, 0])
    points, cells, corners = (
        int(root[f"NumberOf{name}"][part]) for name in ("Points", "Cells", "ConnectivityIds")
    )
    return Grid(
        root["Points"][point : point + points],
        root["Connectivity"][corner : corner + corners].reshape(cells, -1),
        root[f"CellData/{REGION}"][cell : cell + cells],
    )


def read_values(file: Any, group: str, name: str, step: int) -> Array:
    """Return a field at an output."""
    root, steps = file["VTKHDF"], file["VTKHDF/Steps"]
    part = int(steps["PartOffsets"][step])
    start = int(steps[f"{group}Offsets/{name}"][step])
    number = root["NumberOfCells" if group == "CellData" else "NumberOfPoints"][part]
    return np.asarray(root[f"{group}/{name}"][start : start + int(number)], dtype=np.float64)


def _reserve(group: Any, name: str, shape: tuple[int, ...], kind: type) -> None:
    """Make a data set whose place in the file is fixed now and whose values come later."""
    properties = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    properties.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    properties.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    properties.set_obj_track_times(False)
    space, stored = h5py.h5s.create_simple(shape), h5py.h5t.py_create(np.dtype(kind))
    h5py.h5d.create(group.id, name.encode(), stored, space, properties)


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
