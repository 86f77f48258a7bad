"""Fields over time in one VTKHDF file, for ParaView and for the figures.

Nodes and cells are numbered as in the input of the mesh, so the file does not depend on the
number of ranks and a restarted run can append to it. All the structure of the file is laid out
for a number of times ahead; an output only fills reserved space and then counts up the number of
times. So a kill at any instant leaves every earlier time readable. When the space is used up the
file is copied to one twice as long, and the unused rest is cut off in the end.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function
from dolfinx.mesh import CellType
from mpi4py import MPI

from lithode.core.axis import TIME, Axis
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.files import check_room, storage_error
from lithode.core.parallel import on_root
from lithode.output.vtkhdf import (
    AXIS,
    REGION,
    Array,
    Grid,
    Indices,
    Layout,
    lay_out,
    layout_of,
    open_file,
    set_times,
)
from lithode.solvers.numerics.checkpoint import check_input_order

logger = logging.getLogger(__name__)

_FIRST_CAPACITY = 16
_SIMPLICES = CellType.interval, CellType.triangle, CellType.tetrahedron


class FieldWriter:
    """Writes fields at chosen times; every method but `close` is collective.

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
        self._axis = axis
        self._path, self._domain, self._append = path, domain, append
        self._comm = domain.mesh.comm
        self._order: dict[str, _Order] = {}
        self._is_ready = False

    def write(self, time: float, functions: Sequence[Function[Any]]) -> None:
        """Write all fields at one time; what the file has from that time on is replaced.

        Args:
            time: Time in s.
            functions: Named functions, continuous of degree 1 or constant per cell, scalar or
                vector; the same names in every call. Vectors in 2D get a zero third component.

        Raises:
            TypeError: A function is of another kind.
        """
        arrays = {function.name: self._collect(function) for function in functions}
        grid = None if self._is_ready else self._collect_grid()

        def write() -> None:
            try:
                check_room(self._path.parent, sum(field.values.nbytes for field in arrays.values()))
                if grid is not None:
                    self._prepare(grid, arrays)
                _append(self._path, time, arrays)
            except OSError as error:
                raise storage_error(self._path, error) from error

        on_root(self._comm, write)
        self._is_ready = True

    def close(self) -> None:
        """Cut off reserved space that was not used; no communication."""
        if self._comm.rank == 0 and self._is_ready:
            try:
                _resize(self._path, len(FieldReader(self._path).times))
            except (OSError, InputError) as error:
                logger.warning("%s keeps its unused space: %s", self._path, error)

    def _collect(self, function: Function[Any]) -> _Field:
        if function.name not in self._order:
            self._order[function.name] = _input_order(function)
        order = self._order[function.name]
        width = function.function_space.dofmap.index_map_bs
        owned = function.x.array[: width * len(order.indices)].reshape(-1, width)
        values = _gather(self._comm, order.indices, owned)
        if width == 1:
            values = values.reshape(-1)
        elif width == 2:
            values = np.pad(values, ((0, 0), (0, 1)))
        return _Field(order.group, values)

    def _collect_grid(self) -> Grid:
        mesh, tags = self._domain.mesh, self._domain.cell_tags
        nodes = mesh.geometry.index_map().size_local
        cells = mesh.topology.index_map(mesh.topology.dim).size_local
        if mesh.topology.cell_type not in _SIMPLICES:
            raise TypeError(f"fields on cells of type {mesh.topology.cell_type.name}")
        regions = np.zeros(cells, dtype=np.int32)
        owned = tags.indices < cells
        regions[tags.indices[owned]] = tags.values[owned]
        node_order = mesh.geometry.input_global_indices
        cell_order = mesh.topology.original_cell_index[:cells]
        connectivity = node_order[mesh.geometry.dofmaps[0][:cells]]
        return Grid(
            _gather(self._comm, node_order[:nodes], mesh.geometry.x[:nodes]),
            _gather(self._comm, cell_order, connectivity),
            _gather(self._comm, cell_order, regions),
        )

    def _prepare(self, grid: Grid, fields: Mapping[str, _Field]) -> None:
        if self._append and self._path.exists():
            reason = _misfit(self._path, grid, fields)
            if not reason:
                return
            kept = _free_name(self._path)
            os.replace(self._path, kept)
            logger.warning(
                "%s %s; it is kept as %s and a new file starts here", self._path, reason, kept.name
            )
        partial = _partial(self._path)
        layout = {name: field.layout for name, field in fields.items()}
        with h5py.File(partial, "w", libver="earliest") as file:
            lay_out(file, grid, layout, _FIRST_CAPACITY, self._axis)
        os.replace(partial, self._path)


class FieldReader:
    """Reads a field file on one process.

    Args:
        path: The file.

    Raises:
        InputError: It is missing, damaged or no field file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with open_file(path) as file:
                root = file["VTKHDF"]
                self.times: Array = root["Steps/Values"][:]
                axis = root["Steps"].attrs.get(AXIS)
                self.axis = TIME if axis is None else Axis(*map(str, axis))
                cells = root["Connectivity"][:].reshape(root["Types"].shape[0], -1)
                self.grid = Grid(root["Points"][:], cells, root[f"CellData/{REGION}"][:])
                self.names = tuple(root["PointData"]) + tuple(
                    name for name in root["CellData"] if name != REGION
                )
        except (OSError, KeyError, ValueError) as error:
            raise InputError("fields", path, "is missing, damaged or no field file") from error

    def step(self, time: float) -> int:
        """Return the number of the output nearest to a time in s.

        Raises:
            InputError: The file has no outputs yet.
        """
        if not len(self.times):
            raise InputError("fields", self._path, "holds no times yet")
        return int(np.argmin(np.abs(self.times - time)))

    def on_cells(self, name: str) -> bool:
        """Whether a field is constant per cell.

        Raises:
            InputError: There is no such field.
        """
        with open_file(self._path) as file:
            return self._group(file, name) == "CellData"

    def values(self, name: str, step: int) -> Array:
        """Return a field at one output, shape (nodes or cells,) or (nodes or cells, 3).

        Raises:
            InputError: There is no such field.
        """
        with open_file(self._path) as file:
            group = self._group(file, name)
            rows = len(self.grid.cells if group == "CellData" else self.grid.points)
            values = file[f"VTKHDF/{group}/{name}"][step * rows : (step + 1) * rows]
        return np.asarray(values, dtype=np.float64)

    def _group(self, file: Any, name: str) -> str:
        for group in ("PointData", "CellData"):
            if name != REGION and name in file[f"VTKHDF/{group}"]:
                return group
        raise InputError("field", name, f"{self._path} has {', '.join(self.names)}")


def load(path: Path, name: str, time: float, function: Function[Any]) -> None:
    """Fill a P1 function with a field at one stored time; collective.

    Args:
        path: A field file.
        name: Name of a scalar field at its nodes.
        time: Time in s (or load), one of those in the file.
        function: On the mesh of the file in any distribution, as `read_domain` of a checkpoint.

    Raises:
        InputError: The file is damaged, is of another mesh, or has no such field or time.
    """
    mesh = function.function_space.mesh
    nodes = mesh.geometry.index_map().size_global

    def read() -> Array:
        reader = FieldReader(path)
        step = reader.step(time)
        if not np.isclose(reader.times[step], time, rtol=1e-6, atol=1e-9):
            near, last = reader.times[step], reader.times[-1]
            unit = reader.axis.unit
            allowed = f"{path} goes to {last:g} {unit} and has {near:g} {unit} as the nearest"
            raise InputError(reader.axis.name, f"{time:g}", allowed, unit)
        if len(reader.grid.points) != nodes or reader.on_cells(name):
            raise InputError("fields", path, f"does not have {name} at the nodes of this mesh")
        return reader.values(name, step)

    values = on_root(mesh.comm, read)
    order = mesh.geometry.input_global_indices[mesh.geometry.dofmaps[0]]
    function.x.array[function.function_space.dofmap.list] = values[order]


@dataclass(frozen=True)
class _Order:
    group: str
    indices: Indices


@dataclass(frozen=True)
class _Field:
    group: str
    values: Array

    @property
    def layout(self) -> Layout:
        return Layout(self.group, self.values.shape[1:])


def _input_order(function: Function[Any]) -> _Order:
    """Return the input numbers of the nodes or cells of a function's owned unknowns."""
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
    return _Order("CellData" if on_cells else "PointData", numbers[:owned])


def _gather(comm: MPI.Intracomm, indices: Indices, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return all values in input order on rank 0, nothing elsewhere."""
    parts = comm.gather((indices, values), root=0) or []
    result = np.empty((sum(len(part) for part, _ in parts), *values.shape[1:]), values.dtype)
    for part, block in parts:
        result[part] = block
    return result


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.stem}-kept-{k}{path.suffix}") for k in range(1, 10**6))
    return next(name for name in names if not name.exists())


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _misfit(path: Path, grid: Grid, fields: Mapping[str, _Field]) -> str:
    """Return why the fields cannot be appended to a file; empty if they can."""
    try:
        reader = FieldReader(path)
        with open_file(path, "r+") as file:
            layout = layout_of(file)
    except (InputError, OSError, KeyError) as error:
        logger.debug("%s: %s", path, error)
        return "is damaged or no field file"
    if layout != {name: field.layout for name, field in fields.items()}:
        return "has other fields"
    pairs = zip(vars(grid).values(), vars(reader.grid).values(), strict=True)
    return "" if all(np.array_equal(*pair) for pair in pairs) else "is of another mesh"


def _append(path: Path, time: float, fields: Mapping[str, _Field]) -> None:
    with open_file(path) as file:
        times = file["VTKHDF/Steps/Values"]
        slot = int(np.count_nonzero(times[:] < time - 1e-9 * abs(time)))
        capacity = times.maxshape[0]
    if slot == capacity:
        _resize(path, 2 * capacity)
    with open_file(path, "r+") as file:
        root = file["VTKHDF"]
        set_times(file, root["Steps/Values"][:slot])
        for name, field in fields.items():
            rows = len(field.values)
            root[field.group][name][slot * rows : (slot + 1) * rows] = field.values
        file.flush()
        set_times(file, np.append(root["Steps/Values"][:slot], time))


def _resize(path: Path, capacity: int) -> None:
    """Copy a file, with all its times, to one with room for another number of times."""
    reader, partial = FieldReader(path), _partial(path)
    used = len(reader.times)
    with open_file(path) as old, h5py.File(partial, "w", libver="earliest") as new:
        layout = layout_of(old)
        lay_out(new, reader.grid, layout, capacity, reader.axis)
        for name, entry in layout.items():
            source, target = (file[f"VTKHDF/{entry.group}/{name}"] for file in (old, new))
            rows = entry.rows(reader.grid)
            for start in range(0, used * rows, rows):
                target[start : start + rows] = source[start : start + rows]
        set_times(new, reader.times)
    os.replace(partial, path)
