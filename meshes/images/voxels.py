"""A conforming mesh of tetrahedra of a labelled stack: six in each voxel, interfaces smoothed."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from lithode.core.arrays import Arrays
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.images.labels import Labelled
from lithode.meshes.images.quality import radius_ratios

MOST_VOXELS = 4_000_000
# A cell that smoothing would make worse than this gives its corners back.
_LEAST_QUALITY = 0.15
_SHRINK, _SWELL = 0.4, -0.42

Points = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def tetrahedra(picture: Labelled, passes: int) -> Arrays:
    """Mesh a stack in 3D; regions are numbered from 1 on in the order of their names.

    Args:
        picture: In 3D.
        passes: How often interfaces are smoothed; no cell gets worse than a quality of 0.15.

    Raises:
        InputError: The stack has too many voxels.
    """
    count = picture.values.size
    if count > MOST_VOXELS:
        raise InputError("image", count, f"must have at most {MOST_VOXELS:.0e} voxels")
    shape = picture.values.shape
    grid = np.indices([n + 1 for n in shape]).reshape(3, -1).T.astype(np.float64)
    cells = _kuhn(shape)
    regions = np.repeat(picture.values.ravel().astype(np.int32) + 1, 6)
    facets, neighbours = _facets(cells)
    inner = neighbours[:, 1] >= 0
    differs = np.zeros(len(facets), dtype=bool)
    differs[inner] = regions[neighbours[inner, 0]] != regions[neighbours[inner, 1]]
    points = _smoothed(grid, cells, facets[differs], _movable(grid, shape), passes)
    outer = facets[~inner]
    walls = _walls(grid[outer], shape)
    return Arrays(points * picture.pixel, cells, regions, outer, walls)


def _kuhn(shape: tuple[int, ...]) -> Rows:
    """Return the cells: the six orders in which one can walk along the edges of a voxel."""
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


def _facets(cells: Rows) -> tuple[Rows, Rows]:
    """Return all facets and the one or two cells of each, -1 for none."""
    all_facets = np.concatenate([np.delete(cells, corner, axis=1) for corner in range(4)])
    owner = np.tile(np.arange(len(cells)), 4)
    order = np.lexsort(np.sort(all_facets, axis=1).T)
    ordered = np.sort(all_facets, axis=1)[order]
    is_first = np.ones(len(ordered), dtype=bool)
    is_first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    number = np.cumsum(is_first) - 1
    neighbours = np.full((number[-1] + 1, 2), -1, dtype=np.int64)
    neighbours[number[is_first], 0] = owner[order][is_first]
    neighbours[number[~is_first], 1] = owner[order][~is_first]
    return ordered[is_first], neighbours


def _movable(grid: Points, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Return along which axes a corner may move: one in a wall stays in it."""
    return (grid > 0) & (grid < np.array(shape))


def _walls(corners: Points, shape: tuple[int, ...]) -> npt.NDArray[np.int32]:
    heights = corners[:, :, 2]
    numbers = np.full(len(corners), BOUNDARIES["sides"], dtype=np.int32)
    numbers[(heights == 0).all(axis=1)] = BOUNDARIES["electrode"]
    numbers[(heights == shape[2]).all(axis=1)] = BOUNDARIES["counter_electrode"]
    return numbers


def _smoothed(
    grid: Points, cells: Rows, interface: Rows, movable: npt.NDArray[np.bool_], passes: int
) -> Points:
    """Smooth the interface by Taubin's two steps and keep every cell good."""
    if not passes or not len(interface):
        return grid
    pairs = np.concatenate([interface[:, [0, 1]], interface[:, [1, 2]], interface[:, [2, 0]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    used = np.unique(both)
    start, end = np.searchsorted(used, both).T
    counts = np.bincount(start, minlength=len(used))[:, None]
    line, free = grid[used], movable[used]
    for number in range(2 * passes):
        total = np.zeros_like(line)
        np.add.at(total, start, line[end])
        line += (_SWELL if number % 2 else _SHRINK) * np.where(free, total / counts - line, 0.0)
    moved = grid.copy()
    moved[used] = line
    touched = cells[np.isin(cells, used).any(axis=1)]
    while True:
        poor = radius_ratios(moved, touched) < _LEAST_QUALITY
        if not poor.any():
            return moved
        back = np.unique(touched[poor])
        shift = moved[back] - grid[back]
        # What is hardly off its place goes there, so that this ends.
        shift[np.abs(shift).max(axis=1) < 0.05] = 0.0
        moved[back] = grid[back] + shift / 2
