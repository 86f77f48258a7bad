"""How one triangle or tetrahedron is bisected: its first edge and, in 3D, its marked faces."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def halve_triangles(cells: Any, marks: Any, facets: Any, middle: Indices) -> Any:
    """Halve (a, b, c) at ab; the new vertex is the newest, opposite of the next first edge."""
    a, b, c = cells.T
    of_a, of_b, of_ab = facets.T
    none = np.zeros_like(of_a)
    one = np.stack([a, c, middle], axis=1), marks, np.stack([none, of_ab, of_b], axis=1)
    other = np.stack([c, b, middle], axis=1), marks, np.stack([of_ab, none, of_a], axis=1)
    return one, other


def halve_tetrahedra(cells: Any, marks: Any, facets: Any, middle: Indices) -> Any:
    """Halve (a, b, c, d) at ab.

    The marks of a cell are those of its faces without b and without a, each with respect to the
    corner at ab: 0 for its edge to c, 1 for its edge to d, 2 for cd; and the flag of type P.
    """
    is_flat = (marks[:, 0] == marks[:, 1]) & (marks[:, 0] < 2)
    is_flagged = is_flat & (marks[:, 2] > 0)
    next_marks = np.stack([0 * marks[:, 0], is_flagged, is_flat & ~is_flagged], axis=1)
    halves = []
    for end, mark in ((0, marks[:, 0]), (1, marks[:, 1])):
        # Corners by name, and behind them the numbers of the faces opposite to them.
        none = np.zeros_like(facets[:, 0])
        corners = np.stack([cells[:, end], cells[:, 2], cells[:, 3], middle], axis=1)
        faces = np.stack([none, facets[:, 2], facets[:, 3], facets[:, 1 - end]], axis=1)
        # First edge: to c, to d, or cd.
        order = np.array([[0, 1, 2, 3], [0, 2, 1, 3], [1, 2, 0, 3]])[mark]
        halves.append(
            (
                np.take_along_axis(corners, order, axis=1),
                next_marks.astype(marks.dtype),
                np.take_along_axis(faces, order, axis=1),
            )
        )
    return halves


def first_edges(points: Array, cells: Indices) -> tuple[Indices, npt.NDArray[np.int8]]:
    """Order the corners of cells so that the longest edge is first, and mark faces in 3D.

    Edges of equal length are ordered by the numbers of their ends, so that neighbours agree.
    """
    corners = cells.shape[1]
    pairs = list(combinations(range(corners), 2))
    ends = np.stack([np.sort(cells[:, pair], axis=1) for pair in pairs], axis=1)
    lengths = np.sum((points[ends[..., 0]] - points[ends[..., 1]]) ** 2, axis=2)
    keys = ends[..., 0] << 32 | ends[..., 1]
    order = np.lexsort((keys.ravel(), lengths.ravel()))
    place = np.empty(keys.size, dtype=np.int64)
    place[order] = np.arange(keys.size)
    # Copies of one edge in several cells differ in rank, but all lie on the same side of others.
    rank = place.reshape(keys.shape)
    first = np.array(pairs)[rank.argmax(axis=1)]
    rest = np.array([[k for k in range(corners) if k not in pair] for pair in pairs])
    places = np.concatenate([first, rest[rank.argmax(axis=1)]], axis=1)
    ordered = np.take_along_axis(cells, places, axis=1)
    marks = np.zeros((len(cells), 3), dtype=np.int8)
    if corners == 4:
        number = np.zeros((4, 4), dtype=np.int64)
        for k, (a, b) in enumerate(pairs):
            number[a, b] = number[b, a] = k
        for side in (0, 1):
            v, c, d = places[:, side], places[:, 2], places[:, 3]
            edges = np.stack([number[v, c], number[v, d], number[c, d]], axis=1)
            marks[:, side] = np.take_along_axis(rank, edges, axis=1).argmax(axis=1)
    return ordered, marks
