"""Structured intervals, rectangles and boxes: for one dimension, tests and verification."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from dolfinx import mesh as dmesh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES


def structured(
    comm: MPI.Intracomm,
    lengths: Sequence[float],
    cells: Sequence[int],
    diagonal: dmesh.DiagonalType = dmesh.DiagonalType.right,
    region: str = "electrolyte",
) -> Domain:
    """Return an interval, rectangle or box with one corner at the origin and one region.

    Args:
        comm: Communicator of the mesh.
        lengths: Edge lengths in um, one to three; the last is along the growth.
        cells: Number of cells along each edge (each square is cut in 2 triangles, each cube
            in 6 tetrahedra).
        diagonal: How the squares of a rectangle are cut.
        region: Name of the region.

    Raises:
        InputError: Not one to three lengths, or a length or number that is not positive.
    """
    dim = len(lengths)
    if not 1 <= dim <= 3:
        raise InputError("lengths", tuple(lengths), "give one to three")
    if len(cells) != dim or any(n < 1 for n in cells):
        raise InputError("cells", tuple(cells), f"give {dim} numbers of at least 1")
    if not all(math.isfinite(length) and length > 0 for length in lengths):
        raise InputError("lengths", tuple(lengths), "must be finite and greater than 0", "um")

    numbers = list(cells)
    corners = np.array([np.zeros(dim), lengths], dtype=np.float64)
    ghosts = dmesh.GhostMode.shared_facet
    if dim == 1:
        ends = [0.0, float(lengths[0])]
        mesh = dmesh.create_interval(comm, numbers[0], ends, ghost_mode=ghosts)
    elif dim == 2:
        mesh = dmesh.create_rectangle(comm, corners, numbers, ghost_mode=ghosts, diagonal=diagonal)
    else:
        mesh = dmesh.create_box(comm, list(corners), numbers, ghost_mode=ghosts)
    return Domain(mesh, _all_cells(mesh), _walls(mesh, lengths), {region: 1}, dict(BOUNDARIES))


def layered_interval(
    comm: MPI.Intracomm, layers: Mapping[str, float], size: float, least: int = 16
) -> Domain:
    """Return an interval of layers, each a region, whose nodes crowd at the ends of each.

    Args:
        comm: Communicator of the mesh.
        layers: Name to thickness in um, from the electrode upwards.
        size: Mean element size in um.
        least: Least number of cells in a layer.

    Raises:
        InputError: No layer, or a thickness or size that is not positive.
    """
    if not layers:
        raise InputError("layers", "unset", "give at least one")
    for name, length in (("size", size), *layers.items()):
        if not (math.isfinite(length) and length > 0):
            raise InputError(name, length, "must be finite and greater than 0", "um")
    numbers = [max(least, round(thickness / size)) for thickness in layers.values()]
    nodes, start = [np.zeros(1)], 0.0
    for thickness, number in zip(layers.values(), numbers, strict=True):
        angles = np.pi * np.arange(1, number + 1) / number
        nodes.append(start + thickness * (1 - np.cos(angles)) / 2)
        start += thickness
    return layered(comm, np.concatenate(nodes), dict(zip(layers, numbers, strict=True)))


def layered(
    comm: MPI.Intracomm,
    places: npt.NDArray[np.float64],
    layers: Mapping[str, int],
    width: float | None = None,
    columns: int = 1,
    diagonal: dmesh.DiagonalType = dmesh.DiagonalType.right,
) -> Domain:
    """Return an interval of layers, or a rectangle of them in even columns, each a region.

    Args:
        comm: Communicator of the mesh.
        places: Nodes along the growth in um, rising from 0.
        layers: Name to number of cells along the growth, from the electrode upwards.
        width: Of the rectangle in um; None for an interval.
        columns: Number of cells across the rectangle (each cut in 2 triangles).
        diagonal: How they are cut; ``crossed`` ones (in 4) are as their mirror images.

    Raises:
        InputError: A width or number that is not positive.
    """
    last, cells = len(places) - 1, sum(layers.values())
    if cells != last:
        raise InputError("layers", cells, f"must be as many cells as there are, {last}")
    lengths, numbers = ((float(cells),), (cells,)) if width is None else (
        (width, float(cells)), (columns, cells)
    )  # fmt: skip
    plain = structured(comm, lengths, numbers, diagonal)
    mesh = plain.mesh
    dim = mesh.topology.dim
    index_map = mesh.topology.index_map(dim)
    indices = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
    middles = dmesh.compute_midpoints(mesh, dim, indices)[:, dim - 1]
    ends = np.cumsum(list(layers.values()))
    layer = np.searchsorted(ends, middles).astype(np.int32) + 1
    x = mesh.geometry.x
    x[:, dim - 1] = np.interp(x[:, dim - 1], np.arange(last + 1), places)
    regions = {name: k + 1 for k, name in enumerate(layers)}
    tags = dmesh.meshtags(mesh, dim, indices, layer)
    return Domain(mesh, tags, plain.facet_tags, regions, plain.boundaries)


def stretched(
    comm: MPI.Intracomm,
    places: Sequence[npt.NDArray[np.float64]],
    layers: Mapping[str, float] | None = None,
) -> Domain:
    """Return a rectangle or box whose nodes are where the lines of a grid cross.

    Args:
        comm: Communicator of the mesh.
        places: Of the lines along each axis in um, rising; the last axis is along the growth.
        layers: Name to upper end in um of each region along the growth, which are lines of the
            grid; None is one region "electrolyte".

    Raises:
        InputError: Places that do not rise.
    """
    if any(len(line) < 2 or np.any(np.diff(line) <= 0) for line in places):
        raise InputError("places", "not rising", "give at least two along each axis, that rise")
    cells = [len(line) - 1 for line in places]
    plain = structured(comm, [float(number) for number in cells], cells)
    mesh = plain.mesh
    x, dim = mesh.geometry.x, mesh.topology.dim
    for axis, line in enumerate(places):
        x[:, axis] = np.interp(x[:, axis], np.arange(len(line)), line)
    if layers is None:
        return plain
    indices = plain.cell_tags.indices
    middles = dmesh.compute_midpoints(mesh, dim, indices)[:, dim - 1]
    layer = np.searchsorted(list(layers.values()), middles).astype(np.int32) + 1
    regions = {name: number for number, name in enumerate(layers, start=1)}
    tags = dmesh.meshtags(mesh, dim, indices, layer)
    return Domain(mesh, tags, plain.facet_tags, regions, plain.boundaries)


def graded(fine: float, size: float, end: float, growth: float = 1.2) -> npt.NDArray[np.float64]:
    """Return places from 0 to an end in um, even at first and then ever further apart.

    Args:
        fine: Up to here they are even.
        size: Their distance there.
        end: The last one.
        growth: Ratio of successive distances beyond.
    """
    places = list(size * np.arange(round(fine / size) + 1))
    while places[-1] < end:
        places.append(places[-1] + growth * (places[-1] - places[-2]))
    # The last element, cut or lengthened, ends at the end.
    if len(places) > 2 and end - places[-2] < (places[-2] - places[-3]) / 2:
        places.pop()
    places[-1] = end
    return np.array(places)


def _all_cells(mesh: dmesh.Mesh[np.float64]) -> dmesh.MeshTags:
    index_map = mesh.topology.index_map(mesh.topology.dim)
    indices = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
    return dmesh.meshtags(mesh, mesh.topology.dim, indices, np.ones_like(indices))


def _walls(mesh: dmesh.Mesh[np.float64], lengths: Sequence[float]) -> dmesh.MeshTags:
    last = len(lengths) - 1

    def at(axis: int, position: float, x: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        near: npt.NDArray[np.bool_] = np.abs(x[axis] - position) <= 1e-9 * lengths[axis]
        return near

    planes = [(BOUNDARIES["electrode"], last, 0.0)]
    planes += [(BOUNDARIES["counter_electrode"], last, lengths[last])]
    for axis in range(last):
        planes += [(BOUNDARIES["sides"], axis, end) for end in (0.0, lengths[axis])]

    facets, values = [], []
    for number, axis, position in planes:
        found = dmesh.locate_entities(mesh, last, lambda x, a=axis, p=position: at(a, p, x))
        facets.append(found)
        values.append(np.full_like(found, number))
    indices, numbers = np.concatenate(facets), np.concatenate(values)
    order = np.argsort(indices)
    return dmesh.meshtags(mesh, last, indices[order], numbers[order])
