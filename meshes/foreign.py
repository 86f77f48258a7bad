"""Meshes made elsewhere, in any format that meshio reads but TetGen's."""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gmsh
import meshio
import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.core import units
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.gmsh_model import domain_from_gmsh

logger = logging.getLogger(__name__)

Rows = npt.NDArray[np.int64]
Label = str | int
Masks = dict[Label, npt.NDArray[np.bool_]]

_FACETS = {"triangle": "line", "tetra": "triangle"}
_NODES = {"line": 2, "triangle": 3, "tetra": 4}
_GMSH_TYPES = {"line": 1, "triangle": 2, "tetra": 4}
# An integer array with more values than this numbers the cells, not groups of them.
_MOST_GROUPS = 100
# An empty file of these keeps meshio for ever.
_ENDLESS = {".node", ".ele"}
_MOST_BYTES = 8 * 2**30  # it is read by one rank


def read(
    path: str | Path,
    comm: MPI.Intracomm,
    regions: Sequence[str] = ("electrolyte",),
    boundaries: Sequence[str] = tuple(BOUNDARIES),
    groups: Mapping[str, Label] | None = None,
    unit: str = "um",
) -> Domain:
    """Read a mesh of triangles or tetrahedra with named groups; collective.

    Groups are physical names (gmsh), cell sets, or the values of an integer cell array (named
    "array:value" where the file has several arrays); boundaries may also be point sets, which
    stand for the outer facets between their points.

    Args:
        path: The file, read on rank 0.
        comm: Communicator of the mesh.
        regions: Regions that must be there; together they hold every cell.
        boundaries: Boundaries that must be there.
        groups: Region or boundary to the name or number it has in the file, where that is
            not its own name.
        unit: Unit of length of the file.

    Raises:
        InputError: No such file, too large, not readable, no cells, cells of other or mixed types,
            missing groups, cells in no region or in two; on every rank.
    """
    scale = units.parse("unit", f"1 {unit}", "um")
    if not scale > 0:
        raise InputError("unit", unit, "must be a unit of length")
    aliases = dict(groups or {})
    for name in aliases:
        if name not in (*regions, *boundaries):
            raise InputError("groups", name, f"is none of {', '.join((*regions, *boundaries))}")
    region_numbers = {name: i for i, name in enumerate(regions, start=1)}
    boundary_numbers = {name: i for i, name in enumerate(boundaries, start=1)}

    def make() -> int:
        try:
            return _fill_gmsh(_load(str(path)), region_numbers, boundary_numbers, aliases, scale)
        except _Unfit as reason:
            raise InputError("mesh", path, str(reason)) from None

    return domain_from_gmsh(comm, make, region_numbers, boundary_numbers)


def lengths(path: str | Path, unit: str = "um") -> tuple[float, ...]:
    """Return the edge lengths in um of the box that a mesh fills, the growth direction last.

    Args:
        path: The file; it is read by whoever calls.
        unit: Unit of length of the file.

    Raises:
        InputError: As `read`, as far as the cells are concerned.
    """
    try:
        mesh = _load(str(path))
        dim = 3 if _cell_type(mesh) == "tetra" else 2
        used = np.unique(_rows(mesh, "tetra" if dim == 3 else "triangle"))
        points = _points(mesh, used, dim)[:, :dim]
    except _Unfit as reason:
        raise InputError("mesh", path, str(reason)) from None
    return tuple((np.ptp(points, axis=0) * units.parse("unit", f"1 {unit}", "um")).tolist())


class _Unfit(Exception):  # noqa: N818
    """Why a file cannot be used."""


def _load(path: str) -> Any:
    if not Path(path).is_file():
        raise _Unfit("there is no such file")
    if Path(path).suffix.lower() in _ENDLESS:
        raise _Unfit("is of TetGen, which is not read; convert it to .msh or .vtu")
    if Path(path).stat().st_size > _MOST_BYTES:
        raise _Unfit(f"is larger than {_MOST_BYTES / 2**30:g} GiB")
    try:
        # meshio reports to the terminal and exits where it cannot read a file.
        silent = io.StringIO()
        with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
            return meshio.read(path)
    except (Exception, SystemExit) as error:
        reason = "" if isinstance(error, SystemExit) else f" ({' '.join(str(error).split())})"
        raise _Unfit(f"meshio cannot read it{reason}") from None


def _fill_gmsh(
    mesh: Any,
    regions: Mapping[str, int],
    boundaries: Mapping[str, int],
    aliases: Mapping[str, Label],
    scale: float,
) -> int:
    """Put a mesh of meshio into the current gmsh model; return its dimension."""
    cell_type = _cell_type(mesh)
    facet_type, dim = _FACETS[cell_type], 3 if cell_type == "tetra" else 2
    cells = _rows(mesh, cell_type)
    cell_numbers = _numbers("region", regions, aliases, _labels(mesh, cell_type), len(cells))
    homeless = int(np.sum(cell_numbers == 0))
    if homeless:
        raise _Unfit(f"{homeless} cells are in none of the regions {', '.join(regions)}")

    # All facets, those of the cells and those the file lists, as sorted rows.
    of_cells = np.concatenate([np.delete(cells, i, axis=1) for i in range(dim + 1)])
    listed = np.concatenate([of_cells, _rows(mesh, facet_type)])
    facets, row = np.unique(np.sort(listed, axis=1), axis=0, return_inverse=True)
    sharing = np.bincount(row.ravel()[: len(of_cells)], minlength=len(facets))
    if sharing.max() > 2:
        raise _Unfit("a facet is shared by more than two cells")
    labels: Masks = {
        label: np.isin(np.arange(len(facets)), row.ravel()[len(of_cells) :][mask])
        for label, mask in _labels(mesh, facet_type).items()
    }
    for name, members in mesh.point_sets.items():
        labels.setdefault(name, (sharing == 1) & np.isin(facets, members).all(axis=1))
    facet_numbers = _numbers("boundary", boundaries, aliases, labels, len(facets))
    if np.any((facet_numbers > 0) & (sharing == 0)):
        raise _Unfit("some facets of its boundaries are no facets of its cells")
    unnamed = int(np.sum((sharing == 1) & (facet_numbers == 0)))
    if unnamed and boundaries:
        logger.warning("%d outer facets are in none of the boundaries", unnamed)

    used = np.unique(cells)
    cells, facets = np.searchsorted(used, cells), np.searchsorted(used, facets)
    points = _points(mesh, used, dim) * scale
    edges = points[cells[:, 1:], :dim] - points[cells[:, :1], :dim]
    extents = np.linalg.norm(edges, axis=2).max(axis=1)
    flat = int(np.sum(np.abs(np.linalg.det(edges)) <= 1e-9 * extents**dim))
    if flat:
        raise _Unfit(f"{flat} cells have no area or volume")

    for name, number in regions.items():
        _add_group(dim, name, number)
    gmsh.model.mesh.addNodes(dim, 1, np.arange(1, len(points) + 1), points.ravel())
    for number in regions.values():
        _add_cells(number, cell_type, cells[cell_numbers == number])
    for name, number in boundaries.items():
        _add_group(dim - 1, name, number)
        _add_cells(number, facet_type, facets[facet_numbers == number])
    return dim


def _cell_type(mesh: Any) -> str:
    held = {block.type for block in mesh.cells if len(block.data)} - {"vertex"}
    cell_type = "tetra" if "tetra" in held else "triangle"
    if cell_type not in held or held - {cell_type, _FACETS[cell_type], "line"}:
        found = ", ".join(sorted(held)) or "no cells"
        raise _Unfit(f"must hold triangles only or tetrahedra only, has {found}")
    return cell_type


def _rows(mesh: Any, cell_type: str) -> Rows:
    nothing = np.empty((0, _NODES[cell_type]), dtype=np.int64)
    blocks = [block.data for block in mesh.cells if block.type == cell_type]
    return np.concatenate([nothing, *blocks])


def _labels(mesh: Any, cell_type: str) -> Masks:
    """Return which rows of a cell type each group of the file holds."""
    blocks = [i for i, block in enumerate(mesh.cells) if block.type == cell_type]
    if not blocks:
        return {}
    arrays = {
        name: np.concatenate([np.asarray(data[i]) for i in blocks])
        for name, data in mesh.cell_data.items()
        if name != "gmsh:geometrical"
    }
    numbers = {
        name: (array, np.unique(array))
        for name, array in arrays.items()
        if array.ndim == 1 and np.issubdtype(array.dtype, np.integer)
    }
    labels: Masks = {}
    for name, (array, values) in numbers.items():
        if len(values) <= _MOST_GROUPS:
            for value in values.tolist():
                labels[value if len(numbers) == 1 else f"{name}:{value}"] = array == value
    dim = _NODES[cell_type] - 1
    for name, (tag, tag_dim) in mesh.field_data.items():
        if tag_dim == dim and "gmsh:physical" in arrays:
            labels[name] = arrays["gmsh:physical"] == tag
    for name, members in mesh.cell_sets.items():
        lists = [[] if members[i] is None else members[i] for i in blocks]
        counts = [len(mesh.cells[i].data) for i in blocks]
        mask = np.concatenate(
            [np.isin(np.arange(n), listed) for n, listed in zip(counts, lists, strict=True)]
        )
        if mask.any() and name != "gmsh:bounding_entities":
            labels[name] = mask
    return labels


def _numbers(
    kind: str,
    wanted: Mapping[str, int],
    aliases: Mapping[str, Label],
    labels: Masks,
    rows: int,
) -> npt.NDArray[np.int64]:
    """Return the number of the wanted group that holds each row, 0 for none."""
    numbers = np.zeros(rows, dtype=np.int64)
    for name, number in wanted.items():
        label = aliases.get(name, name)
        if label not in labels or not labels[label].any():
            found = ", ".join(sorted(map(str, labels))) or "none"
            raise _Unfit(f"has no {kind} {label}, its groups are: {found}")
        shared = numbers[labels[label]].max()
        if shared > 0:
            other = next(known for known, n in wanted.items() if n == shared)
            raise _Unfit(f"{kind} {label} overlaps with {other}")
        numbers[labels[label]] = number
    return numbers


def _points(mesh: Any, used: Rows, dim: int) -> npt.NDArray[np.float64]:
    """Return the points that cells use, shape (n, 3), with z = 0 in 2D."""
    points = np.zeros((len(used), 3))
    points[:, : mesh.points.shape[1]] = mesh.points[used]
    if not np.isfinite(points).all():
        raise _Unfit("has points that are not finite")
    if dim == 2:
        if np.ptp(points[:, 2]) > 1e-9 * np.ptp(points, axis=0).max():
            raise _Unfit("its triangles must lie in a plane of constant z")
        points[:, 2] = 0.0
    return points


def _add_group(dim: int, name: str, number: int) -> None:
    gmsh.model.addDiscreteEntity(dim, number)
    gmsh.model.addPhysicalGroup(dim, [number], number, name)


def _add_cells(number: int, cell_type: str, rows: Rows) -> None:
    gmsh.model.mesh.addElementsByType(number, _GMSH_TYPES[cell_type], [], rows.ravel() + 1)
