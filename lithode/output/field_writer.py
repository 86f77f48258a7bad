"""Fields over time in one VTKHDF file, for ParaView and for the figures.

Nodes and cells are numbered as in the input of the mesh, so the file does not depend on the
number of ranks and a restarted run can append to it. The ranks exchange values until each has a
slice of that order, and write the slices side by side: no rank holds a whole field.

All the structure of the file is laid out for a number of times ahead; an output only fills
reserved space and then counts up the number of times. So a kill at any instant leaves every
earlier time readable. When the space is used up the file is copied to one twice as long, and the
unused rest is cut off in the end.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import h5py
import numpy as np
from dolfinx.fem import Function
from dolfinx.mesh import CellType
from mpi4py import MPI

from lithode.core.axis import TIME, Axis
from lithode.core.domain import Domain
from lithode.core.errors import InputError, LithodeError
from lithode.core.files import check_room, storage_error
from lithode.core.parallel import lasting, on_each, on_root
from lithode.output import slabs
from lithode.output.fields import FieldReader
from lithode.output.input_order import InputOrder
from lithode.output.slabs import Slab, Span
from lithode.output.vtkhdf import (
    GRID,
    Array,
    Layout,
    Size,
    bytes_of,
    grid_slabs,
    lay_out,
    layout_of,
    open_file,
    set_times,
    starts_of,
)
from lithode.solvers.numerics.checkpoint import check_input_order

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_FIRST_CAPACITY = 16
# What HDF5 itself writes; it aborts where the disk has no room for that.
_FRAME_BYTES = 2**18
_SIMPLICES = CellType.interval, CellType.triangle, CellType.tetrahedron


class FieldWriter:
    """Writes fields at chosen times; every method is collective.

    Args:
        path: The file, usually ``fields.vtkhdf``.
        domain: Mesh of the fields; its region numbers are written as cell data.
        append: Go on with the file that is there. A file that is damaged or does not fit is
            kept under another name with a warning, and a new one is started.
        axis: What the run goes along.

    Raises:
        InputError: The mesh has nodes that belong to no cell.
    """

    def __init__(self, path: Path, domain: Domain, append: bool = False, axis: Axis = TIME) -> None:
        check_input_order(domain)
        mesh = domain.mesh
        self._axis = axis
        self._path, self._domain, self._append = path, domain, append
        self._comm = lasting(mesh.comm)
        self._size = Size(
            mesh.geometry.index_map().size_global,
            mesh.topology.index_map(mesh.topology.dim).size_global,
            mesh.topology.dim,
        )
        self._orders: dict[str, _Order] = {}
        self._is_synced = slabs.on_several_nodes(mesh.comm)
        self._is_ready = False

    def write(self, time: float, functions: Sequence[Function[Any]]) -> None:
        """Write all fields at one time; what the file has from that time on is replaced.

        Args:
            time: Time in s.
            functions: Named functions, continuous of degree 1 or constant per cell, scalar or
                vector; the same names in every call. Vectors in 2D get a zero third component.

        Raises:
            TypeError: A function is of another kind.
            StorageError: The file cannot be written.
        """
        fields = {function.name: self._collect(function) for function in functions}
        layout = {name: field.layout for name, field in fields.items()}
        needed = _FRAME_BYTES + sum(
            8 * entry.rows(self._size) * int(np.prod(entry.components)) for entry in layout.values()
        )
        self._on_root(lambda: check_room(self._path.parent, needed))
        if not self._is_ready:
            self._prepare(layout)
            self._is_ready = True
        slot, capacity = self._on_root(lambda: _slot(self._path, time))
        if slot == capacity:
            self._resize(slot, 2 * capacity)
        starts, firsts = self._on_root(lambda: _make_way(self._path, slot, layout, self._size))
        self._write_slabs(
            self._path,
            starts,
            [
                Slab(f"{field.layout.group}/{name}", firsts[name] + field.first, field.values)
                for name, field in fields.items()
            ],
        )
        self._on_root(lambda: _count_up(self._path, time))

    def close(self) -> None:
        """Cut off reserved space that was not used."""
        if not self._is_ready:
            return
        try:
            used, capacity = self._on_root(lambda: _slot(self._path, np.inf))
            if 0 < used < capacity:
                self._resize(used, used)
        except (LithodeError, OSError) as error:
            logger.warning("%s keeps its unused space: %s", self._path, error)

    def _collect(self, function: Function[Any]) -> _Field:
        if function.name not in self._orders:
            self._orders[function.name] = _input_order(function, self._size)
        order = self._orders[function.name]
        dofmap = function.function_space.dofmap
        width = dofmap.index_map_bs
        owned = function.x.array[: width * dofmap.index_map.size_local].reshape(-1, width)
        values = order.order.slice(owned)
        if width == 1:
            values = values.reshape(-1)
        elif width == 2:
            values = np.pad(values, ((0, 0), (0, 1)))
        return _Field(order.group, order.order.first, values)

    def _grid(self) -> list[Slab]:
        """Return this rank's slice of the grid."""
        mesh, tags = self._domain.mesh, self._domain.cell_tags
        nodes = mesh.geometry.index_map().size_local
        cells = mesh.topology.index_map(mesh.topology.dim).size_local
        regions = np.zeros(cells, dtype=np.int32)
        owned = tags.indices < cells
        regions[tags.indices[owned]] = tags.values[owned]
        numbers = mesh.geometry.input_global_indices
        by_node = InputOrder(self._comm, numbers[:nodes], self._size.points)
        by_cell = InputOrder(
            self._comm, mesh.topology.original_cell_index[:cells], self._size.cells
        )
        return grid_slabs(
            by_node.slice(mesh.geometry.x[:nodes]),
            by_cell.slice(numbers[mesh.geometry.dofmaps[0][:cells]]),
            by_cell.slice(regions),
            Size(by_node.first, by_cell.first, self._size.dimension),
            self._size,
        )

    def _prepare(self, layout: Mapping[str, Layout]) -> None:
        """Find a file to go on with, or make one with the grid and no times."""
        if self._domain.mesh.topology.cell_type not in _SIMPLICES:
            raise TypeError(f"fields on cells of type {self._domain.mesh.topology.cell_type.name}")
        grid = self._grid()
        if self._append and on_root(self._comm, self._path.exists):
            reason = self._misfit(grid, layout)
            if not reason:
                return
            kept = self._on_root(lambda: _set_aside(self._path))
            if self._comm.rank == 0:
                logger.warning(
                    "%s %s; it is kept as %s and a new file starts here", self._path, reason, kept
                )
        partial = _partial(self._path)
        arguments = self._size, layout, _FIRST_CAPACITY, self._axis
        self._write_slabs(partial, self._on_root(lambda: _new_file(partial, *arguments)), grid)
        self._on_root(lambda: os.replace(partial, self._path))

    def _misfit(self, grid: Sequence[Slab], layout: Mapping[str, Layout]) -> str:
        """Return why the fields cannot be appended to the file; empty if they can."""
        reason, starts = on_root(self._comm, lambda: _misfit(self._path, self._size, layout))
        if reason:
            return reason
        is_same = slabs.are_there(self._path, starts, grid)
        return "" if self._comm.allreduce(is_same, op=MPI.LAND) else "is of another mesh"

    def _resize(self, used: int, capacity: int) -> None:
        """Copy the file, with so many times, to one with room for another number of times."""
        partial = _partial(self._path)
        spans = self._on_root(lambda: _copy_frame(self._path, partial, used, capacity, self._size))

        def copy() -> None:
            slabs.copy(
                self._path,
                partial,
                spans,
                part=self._comm.rank,
                parts=self._comm.size,
                synced=self._is_synced,
            )

        self._on_each(copy)
        self._on_root(lambda: os.replace(partial, self._path))

    def _write_slabs(self, path: Path, starts: Mapping[str, int], mine: Sequence[Slab]) -> None:
        self._on_each(lambda: slabs.write(path, starts, mine, synced=self._is_synced))

    def _on_each(self, action: Callable[[], None]) -> None:
        on_each(self._comm, lambda: self._told(action))

    def _on_root(self, action: Callable[[], Result]) -> Result:
        return on_root(self._comm, lambda: self._told(action))

    def _told(self, action: Callable[[], Result]) -> Result:
        try:
            return action()
        except OSError as error:
            raise storage_error(self._path, error) from error


@dataclass(frozen=True)
class _Order:
    group: str
    order: InputOrder


@dataclass(frozen=True)
class _Field:
    group: str
    first: int
    values: Array

    @property
    def layout(self) -> Layout:
        return Layout(self.group, self.values.shape[1:])


def _input_order(function: Function[Any], size: Size) -> _Order:
    """Return the order of the nodes or cells of a function's owned unknowns."""
    space, mesh = function.function_space, function.function_space.mesh
    element: Any = space.ufl_element()  # type: ignore[no-untyped-call]
    dofmap = space.dofmap
    width = dofmap.index_map_bs
    scalar = element.sub_elements[0] if width > 1 else element
    owned = dofmap.index_map.size_local
    on_cells = scalar.degree == 0
    if width > 3 or (not on_cells and (scalar.degree != 1 or scalar.discontinuous)):
        raise TypeError(f"field {function.name} is neither P1 nor DG0, or has over 3 components")
    numbers = np.empty(owned + dofmap.index_map.num_ghosts, dtype=np.int64)
    if on_cells:
        numbers[dofmap.list[:, 0]] = mesh.topology.original_cell_index
    else:
        numbers[dofmap.list] = mesh.geometry.input_global_indices[mesh.geometry.dofmaps[0]]
    total = size.cells if on_cells else size.points
    order = InputOrder(mesh.comm, numbers[:owned], total)
    return _Order("CellData" if on_cells else "PointData", order)


def _set_aside(path: Path) -> str:
    """Give a file another name, and return it."""
    names = (path.with_name(f"{path.stem}-kept-{k}{path.suffix}") for k in range(1, 10**6))
    kept = next(name for name in names if not name.exists())
    os.replace(path, kept)
    return kept.name


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _new_file(
    path: Path, size: Size, layout: Mapping[str, Layout], capacity: int, axis: Axis
) -> dict[str, int]:
    """Lay out a file, and return where its data sets start."""
    with h5py.File(path, "w", libver="earliest") as file:
        lay_out(file, size, layout, capacity, axis)
        return starts_of(file)


def _misfit(path: Path, size: Size, layout: Mapping[str, Layout]) -> tuple[str, dict[str, int]]:
    """Return why fields cannot be appended to a file, empty if they can; and its data sets."""
    try:
        FieldReader(path)
        with open_file(path, "r+") as file:
            found, starts, root = layout_of(file), starts_of(file), file["VTKHDF"]
            sizes = root["Points"].shape[0], root["Types"].shape[0], root["Connectivity"].shape[0]
    except (InputError, OSError, KeyError, ValueError) as error:
        logger.debug("%s: %s", path, error)
        return "is damaged or no field file", {}
    if found != layout:
        return "has other fields", {}
    if sizes != (size.points, size.cells, size.cells * (size.dimension + 1)):
        return "is of another mesh", {}
    return "", starts


def _slot(path: Path, time: float) -> tuple[int, int]:
    """Return which output this time is, and how many there is room for."""
    with open_file(path) as file:
        times = file["VTKHDF/Steps/Values"]
        earlier = times[:] < (time - 1e-9 * abs(time) if np.isfinite(time) else time)
        return int(np.count_nonzero(earlier)), times.maxshape[0]


def _make_way(
    path: Path, slot: int, layout: Mapping[str, Layout], size: Size
) -> tuple[dict[str, int], dict[str, int]]:
    """Forget the outputs from a slot on; return where data sets and the rows of the slot start."""
    with open_file(path, "r+") as file:
        set_times(file, file["VTKHDF/Steps/Values"][:slot])
        steps = file["VTKHDF/Steps"]
        firsts = {
            name: int(steps[f"{entry.group}Offsets/{name}"][slot]) for name, entry in layout.items()
        }
        return starts_of(file), firsts


def _count_up(path: Path, time: float) -> None:
    with open_file(path, "r+") as file:
        set_times(file, np.append(file["VTKHDF/Steps/Values"][:], time))


def _copy_frame(path: Path, new: Path, used: int, capacity: int, size: Size) -> list[Span]:
    """Make a file with room for another number of times; return what is to be copied to it."""
    reader = FieldReader(path)
    with open_file(path) as file:
        layout, old = layout_of(file), starts_of(file)
        root = file["VTKHDF"]
        lengths = {name: bytes_of(root[name], root[name].shape[0]) for name in GRID}
        for name, entry in layout.items():
            path_in_file = f"{entry.group}/{name}"
            lengths[path_in_file] = bytes_of(root[path_in_file], used * entry.rows(size))
    check_room(path.parent, sum(lengths.values()))
    starts = _new_file(new, size, layout, capacity, reader.axis)
    with open_file(new, "r+") as file:
        set_times(file, reader.times[:used])
    return [Span(old[name], starts[name], length) for name, length in lengths.items()]
