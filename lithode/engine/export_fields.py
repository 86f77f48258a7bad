"""The fields of a stored run as files of other programs: vtu, pvd, xdmf, csv."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import meshio
import numpy as np

from lithode.core.errors import InputError
from lithode.engine.rundir import RunDirectory
from lithode.output.field_units import with_unit

if TYPE_CHECKING:
    import pyvista

    from lithode.engine.result import Fields


_VTK_TRIANGLE = 5


def export_fields(run: Path, kind: str, out: Path | None = None) -> Path:
    """Write all fields at all stored times; names of fields carry their unit.

    Args:
        run: Directory of a run.
        kind: ``vtu`` (one file for each time), ``pvd`` (the same with an index of times),
            ``xdmf`` (one file with its HDF5, meshes that stay only), ``csv`` (values at the
            points, one table for each time).
        out: Folder to write into; ``KIND`` in the run's directory if None.

    Returns:
        The folder, or the file that names all others.

    Raises:
        InputError: There are no fields, or a mesh that follows its front is asked for as xdmf.
    """
    from lithode.engine.result import Fields

    path = RunDirectory(run).fields
    if not path.is_file():
        raise InputError("directory", run, "holds no fields (no fields.vtkhdf)")
    folder = out or run / kind
    folder.mkdir(parents=True, exist_ok=True)
    return WRITERS[kind](Fields(path), folder)


def _meshio(grid: pyvista.UnstructuredGrid) -> meshio.Mesh:
    kind = "triangle" if grid.celltypes[0] == _VTK_TRIANGLE else "tetra"
    return meshio.Mesh(
        np.asarray(grid.points),
        [(kind, grid.cells_dict[grid.celltypes[0]])],
        point_data={with_unit(name): np.asarray(grid.point_data[name]) for name in grid.point_data},
        cell_data={with_unit(name): [np.asarray(grid.cell_data[name])] for name in grid.cell_data},
    )


def _grids(fields: Fields, folder: Path) -> list[tuple[float, Path]]:
    written = []
    for number, time in enumerate(fields):
        file = folder / f"fields_{number:04d}.vtu"
        _meshio(fields[time]).write(file)
        written.append((time, file))
    return written


def _vtu(fields: Fields, folder: Path) -> Path:
    _grids(fields, folder)
    return folder


def _pvd(fields: Fields, folder: Path) -> Path:
    root = ElementTree.Element("VTKFile", type="Collection", version="0.1")
    collection = ElementTree.SubElement(root, "Collection")
    for time, file in _grids(fields, folder):
        ElementTree.SubElement(collection, "DataSet", timestep=f"{time:.17g}", file=file.name)
    index = folder / "fields.pvd"
    ElementTree.ElementTree(root).write(index, encoding="utf-8", xml_declaration=True)
    return index


def _xdmf(fields: Fields, folder: Path) -> Path:
    grids = [(time, _meshio(fields[time])) for time in fields]
    first = grids[0][1]
    if any(not np.array_equal(mesh.points, first.points) for _, mesh in grids):
        raise InputError("format", "xdmf", "holds one mesh, and this run has several: take pvd")
    # Its HDF5 file goes to the current folder, whatever the path says.
    with contextlib.chdir(folder), meshio.xdmf.TimeSeriesWriter("fields.xdmf") as writer:
        writer.write_points_cells(first.points, first.cells)
        for time, mesh in grids:
            writer.write_data(time, point_data=mesh.point_data, cell_data=mesh.cell_data)
    return folder / "fields.xdmf"


def _csv(fields: Fields, folder: Path) -> Path:
    import pandas

    for number, time in enumerate(fields):
        grid = fields[time].cell_data_to_point_data()
        columns = dict(zip(("x [um]", "y [um]", "z [um]"), np.asarray(grid.points).T, strict=True))
        for name in grid.point_data:
            values = np.asarray(grid.point_data[name])
            if values.ndim == 1:
                columns[with_unit(name)] = values
            else:
                columns |= {
                    f"{with_unit(name)} {axis}": values[:, n] for n, axis in enumerate("xyz")
                }
        table = pandas.DataFrame(columns)
        table.insert(0, f"{fields.axis.name} [{fields.axis.unit}]", time)
        table.to_csv(folder / f"fields_{number:04d}.csv", index=False)
    return folder


WRITERS: Mapping[str, Callable[[Fields, Path], Path]] = {
    "vtu": _vtu,
    "pvd": _pvd,
    "xdmf": _xdmf,
    "csv": _csv,
}
