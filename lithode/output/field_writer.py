"""Fields over time in one VTKHDF file, for ParaView and for the figures.

Nodes and cells are numbered as in the input of the mesh, so the file does not depend on the
number of ranks and a restarted run can append to it. A mesh that changes has its grid stored
whenever it is another than that of the output before. The ranks exchange values until each has a
slice of that order, and write the slices side by side: no rank holds a whole field.

All the structure of the file is laid out for a number of times ahead; an output only fills
reserved space and then counts up the number of times. So a kill at any instant leaves every
earlier time readable. When the space is used up the file is copied to one twice as long, and the
unused rest is cut off in the end.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from dolfinx.fem import Function
from dolfinx.mesh import CellType
from mpi4py import MPI

from lithode.core.axis import TIME, Axis
from lithode.core.domain import Domain
from lithode.core.errors import LithodeError
from lithode.core.files import check_room, storage_error
from lithode.core.parallel import lasting, on_each, on_root
from lithode.output import field_file, slabs
from lithode.output.input_order import InputOrder
from lithode.output.slabs import Slab
from lithode.output.vtkhdf import Array, Layout, Room, Size, grid_slabs
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
        self._size, self._orders = _size(domain), dict[str, _Order]()
        self._is_synced = slabs.on_several_nodes(mesh.comm)
        self._is_ready = False
        # Whether the grid is another than that of the last output; None if that is not known.
        self._is_new: bool | None = None
        self._last = -math.inf

    def write(
        self, time: float, functions: Sequence[Function[Any]], domain: Domain | None = None
    ) -> None:
        """Write all fields at one time; what the file has from that time on is replaced.

        Args:
            time: Time in s.
            functions: Named functions, continuous of degree 1 or constant per cell, scalar or
                vector; the same names in every call. Vectors in 2D get a zero third component.
            domain: Their mesh, if it may be another than before.

        Raises:
            TypeError: A function is of another kind.
            StorageError: The file cannot be written.
        """
        if domain is not None and domain is not self._domain:
            check_input_order(domain)
            self._domain, self._size, self._orders = domain, _size(domain), {}
            self._is_new = None
        size = self._size
        fields = {function.name: self._collect(function) for function in functions}
        layout = {name: field.layout for name, field in fields.items()}
        needed = _FRAME_BYTES + sum(
            8 * entry.rows(size) * int(np.prod(entry.components)) for entry in layout.values()
        )
        self._on_root(lambda: check_room(self._path.parent, needed))
        if not self._is_ready:
            self._prepare(layout)
            self._is_ready = True
        used = self._make_way(time)
        is_new = self._is_new or not used.grids
        self._grow(used.with_output(size, is_new))
        starts = self._on_root(lambda: field_file.place(self._path, used, size, layout, is_new))
        mine = self._grid(used) if is_new else []
        for name, field in fields.items():
            first = used.rows(field.layout) + field.first
            mine.append(Slab(f"{field.layout.group}/{name}", first, field.values))
        self._write_slabs(self._path, starts, mine)
        self._on_root(lambda: field_file.count_up(self._path, time))
        self._is_new, self._last = False, time

    def close(self) -> None:
        """Cut off reserved space that was not used."""
        if not self._is_ready:
            return
        try:
            used, room = self._on_root(lambda: field_file.used_and_room(self._path))
            if used.times and used != room:
                self._resize(used, used)
        except (LithodeError, OSError) as error:
            logger.warning("%s keeps its unused space: %s", self._path, error)

    def _make_way(self, time: float) -> Room:
        """Forget the outputs from a time on; return what is used, and see if its grid is ours."""
        used, size, starts = self._on_root(lambda: field_file.make_way(self._path, time))
        if self._is_new is None or time <= self._last:
            is_same = size == self._size and slabs.are_there(
                self._path, starts, self._grid(used.without_grid(self._size))
            )
            self._is_new = not self._comm.allreduce(is_same, op=MPI.LAND)
        return used

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

    def _grid(self, before: Room) -> list[Slab]:
        """Return this rank's slice of the grid, behind those that are there before."""
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
            before,
        )

    def _prepare(self, layout: Mapping[str, Layout]) -> None:
        """Find a file to go on with, or make one with room for the grid and no times."""
        if self._domain.mesh.topology.cell_type not in _SIMPLICES:
            raise TypeError(f"fields on cells of type {self._domain.mesh.topology.cell_type.name}")
        if self._append and on_root(self._comm, self._path.exists):
            reason = self._misfit(layout)
            if not reason:
                return
            kept = self._on_root(lambda: field_file.set_aside(self._path))
            if self._comm.rank == 0:
                logger.warning(
                    "%s %s; it is kept as %s and a new file starts here", self._path, reason, kept
                )
        size = self._size
        room = Room(
            _FIRST_CAPACITY,
            1,
            size.points,
            size.cells,
            _FIRST_CAPACITY * size.points,
            _FIRST_CAPACITY * size.cells,
        )
        partial = field_file.partial_of(self._path)
        self._on_root(
            lambda: field_file.new_file(partial, size.dimension, layout, room, self._axis)
        )
        self._on_root(lambda: os.replace(partial, self._path))

    def _misfit(self, layout: Mapping[str, Layout]) -> str:
        """Return why the fields cannot be appended to the file; empty if they can."""
        changes = on_root(self._comm, lambda: self._domain.base is not None)
        reason = on_root(self._comm, lambda: field_file.misfit(self._path, self._size, layout))
        if reason or changes:
            return reason
        used = self._make_way(math.inf)
        return "is of another mesh" if used.grids and self._is_new else ""

    def _grow(self, needed: Room) -> None:
        """See that there is room for so much."""
        used, room = self._on_root(lambda: field_file.used_and_room(self._path))
        if not room.holds(needed):
            self._resize(used, room.grown(needed))

    def _resize(self, used: Room, room: Room) -> None:
        """Copy what is used of the file to one with other room."""
        partial, dimension = field_file.partial_of(self._path), self._size.dimension
        spans = self._on_root(
            lambda: field_file.copy_frame(self._path, partial, dimension, used, room)
        )

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


def _size(domain: Domain) -> Size:
    mesh = domain.mesh
    return Size(
        mesh.geometry.index_map().size_global,
        mesh.topology.index_map(mesh.topology.dim).size_global,
        mesh.topology.dim,
    )
