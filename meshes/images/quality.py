"""How good the cells of a mesh are, and how they hang together."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Points = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def signed_measures(points: Points, cells: Rows) -> Points:
    """Return the area or volume of every cell, negative where it is turned inside out."""
    edges = points[cells[:, 1:]] - points[cells[:, :1]]
    return np.asarray(np.linalg.det(edges) / math.factorial(points.shape[1]))


def radius_ratios(points: Points, cells: Rows) -> Points:
    """Return the quality of every cell: 1 for a regular one, 0 for a flat one.

    It is the radius of the inscribed over that of the circumscribed circle or sphere, scaled, as
    gmsh's gamma; a cell that is turned inside out has a negative one.
    """
    signed = signed_measures(points, cells)
    if points.shape[1] == 2:
        a, b, c = (_length(points, cells, *pair) for pair in ((0, 1), (1, 2), (2, 0)))
        ratio = 16 * signed**2 / ((a + b + c) * a * b * c)
    else:
        # Products of opposite edges are the sides of a triangle whose area has the outer radius.
        a, b, c = (
            _length(points, cells, *pair) * _length(points, cells, *opposite)
            for pair, opposite in (((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2)))
        )
        half = (a + b + c) / 2
        product = np.sqrt(np.maximum(half * (half - a) * (half - b) * (half - c), 0.0))
        surface = sum(_area(points, np.delete(cells, corner, axis=1)) for corner in range(4))
        ratio = 54 * signed**2 / (surface * np.maximum(product, 1e-300))
    return np.asarray(np.sign(signed) * ratio)


def neighbours(cells: Rows) -> Rows:
    """Return the pairs of cells that share a facet."""
    count, corners = cells.shape
    facets = np.sort(np.concatenate([np.delete(cells, n, axis=1) for n in range(corners)]), axis=1)
    order = np.lexsort(facets.T)
    ordered = facets[order]
    same = np.flatnonzero((ordered[1:] == ordered[:-1]).all(axis=1))
    return np.stack([order[same] % count, order[same + 1] % count], axis=1)


def pieces(cells: Rows, pairs: Rows | None = None) -> Rows:
    """Return the number of the piece that each cell is in.

    Args:
        cells: Of a mesh.
        pairs: Of cells that hang together; those that share a facet if None.
    """
    one, other = (neighbours(cells) if pairs is None else pairs).T
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), (len(cells),) * 2)
    return np.asarray(connected_components(graph, directed=False)[1])


def _length(points: Points, cells: Rows, a: int, b: int) -> Points:
    return np.asarray(np.linalg.norm(points[cells[:, a]] - points[cells[:, b]], axis=1))


def _area(points: Points, facets: Rows) -> Points:
    first, second = (points[facets[:, n]] - points[facets[:, 0]] for n in (1, 2))
    return np.asarray(np.linalg.norm(np.cross(first, second), axis=1) / 2)
