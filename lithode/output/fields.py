"""Reads the fields of a run from the file that `lithode.output.field_writer` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from dolfinx.fem import Function

from lithode.core.axis import TIME, Axis
from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.output.vtkhdf import (
    AXIS,
    REGION,
    Array,
    Grid,
    open_file,
    read_grid,
    read_values,
)


class FieldReader:
    """Reads a field file on one process.

    Args:
        path: The file.

    Raises:
        InputError: It is missing, damaged or no field file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[int, Grid] = {}
        try:
            with open_file(path) as file:
                root = file["VTKHDF"]
                self.times: Array = root["Steps/Values"][:]
                self._parts = root["Steps/PartOffsets"][: len(self.times)]
                axis = root["Steps"].attrs.get(AXIS)
                self.axis = TIME if axis is None else Axis(*map(str, axis))
                self.names = tuple(root["PointData"]) + tuple(
                    name for name in root["CellData"] if name != REGION
                )
        except (OSError, KeyError, ValueError) as error:
            raise InputError("fields", path, "is missing, damaged or no field file") from error

    @property
    def grid(self) -> Grid:
        """The grid of the first output, and of all unless the mesh follows a front."""
        return self.grid_at(0)

    def grid_at(self, step: int) -> Grid:
        """Return the grid of an output; the same object as long as it is the same grid."""
        part = int(self._parts[step])
        if part not in self._known:
            with open_file(self._path) as file:
                self._known = {part: read_grid(file, step)}
        return self._known[part]

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
            return read_values(file, group, name, step)

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
        if len(reader.grid_at(step).points) != nodes or reader.on_cells(name):
            raise InputError("fields", path, f"does not have {name} at the nodes of this mesh")
        return reader.values(name, step)

    values = on_root(mesh.comm, read)
    order = mesh.geometry.input_global_indices[mesh.geometry.dofmaps[0]]
    function.x.array[function.function_space.dofmap.list] = values[order]
