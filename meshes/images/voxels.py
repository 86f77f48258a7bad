"""A conforming mesh of tetrahedra of a labelled stack."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from lithode.core.arrays import Arrays
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.images.indicators import Indicators
from lithode.meshes.images.labels import Labelled
from lithode.meshes.images.lattice import body_centred
from lithode.meshes.images.quality import neighbours, pieces, signed_measures
from lithode.meshes.images.stuffing import Nodes, stuffed

MOST_CUBES = 1_000_000
# Shares this close to those of the picture need no better interfaces.
_CLOSE, _MOST_TRIES = 1e-3, 6

Points = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def tetrahedra(picture: Labelled, passes: int, size: float) -> Arrays:
    """Mesh a stack in 3D; regions are numbered from 1 on in the order of their names.

    Args:
        picture: In 3D.
        passes: Of a blur of the labels by a third of a square of the size each; 0 keeps the stairs.
        size: Edge length of the cubes of the lattice in um, at least the pixel; in each there are
            twelve cells, six with stairs, whose size is the pixel.

    Raises:
        InputError: Too many cubes, or such that are smaller than a pixel.
    """
    if size < picture.pixel:
        raise InputError("size", size, f"must be at least the pixel, {picture.pixel:g} um", "um")
    if not passes and size > picture.pixel:
        raise InputError("size", size, "is the pixel where stairs are kept", "um")
    shape = tuple(max(round(length / size), 1) for length in picture.lengths)
    if np.prod(shape, dtype=float) > MOST_CUBES:
        least = picture.pixel * (picture.values.size / MOST_CUBES) ** (1 / 3)
        allowed = f"must be about {least:.3g} um or more: at most {MOST_CUBES:.0e} cubes"
        raise InputError("size", size, allowed, "um")
    if passes:
        points, cells, regions = _smooth(picture, shape, passes / 3)
    else:
        points = np.indices([n + 1 for n in shape]).reshape(3, -1).T.astype(np.float64)
        cells = _in_voxels(shape)
        regions = np.repeat(picture.values.ravel().astype(np.int64), 6)
    facets, walls = _walls(points, cells, shape)
    edges = np.array(picture.lengths) / np.array(shape)
    return Arrays(points * edges, cells, regions.astype(np.int32) + 1, facets, walls)


def _smooth(
    picture: Labelled, shape: tuple[int, ...], variance: float
) -> tuple[Points, Rows, Rows]:
    """Cut a lattice where the labels are equal once they are blurred.

    Chords of curved interfaces and small pieces lose volume; offsets of the labels give it back.
    """
    # Voxels in a cube: along its edges a field must rise, not jump.
    indicators = Indicators(picture, variance * (picture.values.size / np.prod(shape)) ** (2 / 3))
    lattice, cells = body_centred(shape)
    places = lattice * (np.array(picture.values.shape) / np.array(shape))
    fields = indicators.at(places)
    corners = int(np.prod([n + 1 for n in shape]))
    centres = slice(corners, corners + int(np.prod(shape)))
    wanted = np.array([picture.shares[name] for name in picture.names])
    contact = _contact(picture.values, indicators.count) / picture.values.size
    offsets = np.zeros(indicators.count)
    best = np.inf
    for _ in range(_MOST_TRIES):
        shifted = fields + offsets
        if shape == picture.values.shape:
            kept = shifted[centres]
            indicators.keep(kept)
        nodes, parts = stuffed(lattice, shifted, cells, np.array(shape, dtype=float))
        regions = _regions(nodes, parts, indicators, places.max(axis=0) / np.array(shape))
        volumes = signed_measures(nodes.points, parts)
        shares = np.bincount(regions, weights=volumes, minlength=indicators.count) / volumes.sum()
        error = float(np.abs(shares / wanted - 1).max())
        if error < best:
            best, found = error, (nodes.points, parts, regions, volumes)
        if error < _CLOSE:
            break
        offsets += (wanted - shares) / contact / indicators.shift / 2
    nodes_found, cells_found, regions, volumes = found
    if indicators.count > 2:
        _absorb(cells_found, regions, volumes)
    return nodes_found, cells_found, regions


def _absorb(cells: Rows, regions: Rows, volumes: Points) -> None:
    """Give crumbs, pieces smaller than a cube where labels meet, to what is beside them."""
    pairs = neighbours(cells)
    for _ in range(_MOST_TRIES):
        alike = regions[pairs[:, 0]] == regions[pairs[:, 1]]
        piece = pieces(cells, pairs[alike])
        is_crumb = np.bincount(piece, weights=volumes)[piece] < 1
        if not is_crumb.any():
            return
        for one, other in (pairs.T, pairs.T[::-1]):
            given = is_crumb[one] & ~is_crumb[other]
            regions[one[given]] = regions[other[given]]


def _regions(nodes: Nodes, cells: Rows, indicators: Indicators, voxels: Points) -> Rows:
    """Return the label that all corners of a cell share, or that of its middle."""
    shared = np.bitwise_and.reduce(nodes.labels[cells], axis=1)
    bits = 1 << np.arange(indicators.count)
    allowed = (shared[:, None] & bits) > 0
    regions = allowed.argmax(axis=1)
    unclear = allowed.sum(axis=1) != 1
    if unclear.any():
        fields = indicators.at(nodes.points[cells[unclear]].mean(axis=1) * voxels)
        possible = allowed[unclear] | ~allowed[unclear].any(axis=1, keepdims=True)
        regions[unclear] = np.where(possible, fields, -np.inf).argmax(axis=1)
    return np.asarray(regions)


def _contact(values: npt.NDArray[np.int8], count: int) -> Points:
    """Return about how many faces of voxels each label shares with others."""
    faces = np.zeros(count)
    for axis in range(values.ndim):
        moved = np.moveaxis(values, axis, 0)
        differs = moved[1:] != moved[:-1]
        for side in (moved[1:], moved[:-1]):
            faces += np.bincount(side[differs], minlength=count)
    # Stairs have half as much again as what they are drawn for.
    return np.maximum(faces / 1.5, 1.0)


def _in_voxels(shape: tuple[int, ...]) -> Rows:
    """Return six cells in each voxel: the orders in which one can walk along its edges."""
    strides = np.array([(shape[1] + 1) * (shape[2] + 1), shape[2] + 1, 1])
    low = (np.indices(shape).reshape(3, -1).T @ strides).astype(np.int64)
    paths = []
    for axes in itertools.permutations(range(3)):
        corners = [0, *np.cumsum(strides[list(axes)])]
        # An odd order walks around a cell the other way.
        if np.linalg.det(np.eye(3)[list(axes)]) < 0:
            corners[2], corners[3] = corners[3], corners[2]
        paths.append(low[:, None] + np.array(corners))
    return np.stack(paths, axis=1).reshape(-1, 4)


def _walls(
    points: Points, cells: Rows, shape: tuple[int, ...]
) -> tuple[Rows, npt.NDArray[np.int32]]:
    """Return the facets in the walls of the box and the number of each."""
    facets, numbers = [], []
    for axis, end in enumerate(shape):
        for wall, upright in ((0.0, "electrode"), (float(end), "counter_electrode")):
            inside = points[:, axis] == wall
            touching = cells[inside[cells].sum(axis=1) == 3]
            rows = touching[inside[touching]].reshape(-1, 3)
            facets.append(rows)
            number = BOUNDARIES[upright if axis == 2 else "sides"]
            numbers.append(np.full(len(rows), number, dtype=np.int32))
    return np.concatenate(facets), np.concatenate(numbers)
