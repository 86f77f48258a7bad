"""Isosurface stuffing: a lattice whose cells are cut where the leading label changes.

Labelle and Shewchuk, ACM Transactions on Graphics 26 (2007) 57, here for several labels. A corner
of the lattice that is close to such a place moves there; then every edge between two labels is
cut. What a corner leads in is a set of bits: one bit inside a region, several on an interface.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]

# Parts of an edge within which its end moves to the cut: along cube edges and along diagonals.
_LONG, _SHORT = 0.25, 0.41
# What cannot be moved, in walls and where three labels meet, is cut no nearer to its ends.
_NEAREST = 0.2
_EDGES = np.array(list(itertools.combinations(range(4), 2)))


@dataclass
class Nodes:
    """Corners of cells.

    Attributes:
        points: Coordinates, in edges of cubes.
        fields: How much of each label there is, shape (nodes, labels).
        labels: Set of leading labels of each node, as bits.
    """

    points: Points
    fields: Points
    labels: Rows

    def joined(self, other: Nodes) -> Nodes:
        """Return these nodes followed by others."""
        return Nodes(
            np.concatenate([self.points, other.points]),
            np.concatenate([self.fields, other.fields]),
            np.concatenate([self.labels, other.labels]),
        )


def stuffed(points: Points, fields: Points, cells: Rows, lengths: Points) -> tuple[Nodes, Rows]:
    """Fit cells to the places where the leading label changes.

    Args:
        points: Nodes of the lattice, in edges of cubes.
        fields: At the nodes.
        cells: Of the lattice.
        lengths: Of the box; nodes in its walls stay in them.

    Returns:
        The nodes and cells of the fitted mesh; cells are oriented as they were.
    """
    leading = 1 << fields.argmax(axis=1).astype(np.int64)
    nodes = Nodes(points.copy(), fields.copy(), leading)
    _move(nodes, cells[_mixed(leading, cells)], lengths)
    mixed = _mixed(nodes.labels, cells)
    nodes, parts = _cut(nodes, cells[mixed])
    return nodes, np.concatenate([cells[~mixed], parts])


def _mixed(labels: Rows, cells: Rows) -> npt.NDArray[np.bool_]:
    return np.asarray(np.bitwise_and.reduce(labels[cells], axis=1) == 0)


def _crossed(nodes: Nodes, edges: Rows) -> Rows:
    """Return the edges whose ends share no label."""
    return np.asarray(edges[(nodes.labels[edges[:, 0]] & nodes.labels[edges[:, 1]]) == 0])


def _edges(cells: Rows) -> Rows:
    return np.asarray(np.unique(np.sort(cells[:, _EDGES].reshape(-1, 2), axis=1), axis=0))


def _places(nodes: Nodes, edges: Rows) -> tuple[Points, Rows]:
    """Return where along edges the labels of the two ends are equal, and those two labels."""
    row = np.arange(len(edges))
    bits = 1 << np.arange(nodes.fields.shape[1])
    values = [nodes.fields[end] for end in edges.T]
    best = [
        np.where(nodes.labels[end][:, None] & bits, value, -np.inf).argmax(axis=1)
        for end, value in zip(edges.T, values, strict=True)
    ]
    at_start, at_end = (
        np.maximum(value[row, best[k]] - value[row, best[1 - k]], 0.0)
        for k, value in enumerate(values)
    )
    total = at_start + at_end
    return np.divide(at_start, total, out=np.full(len(row), 0.5), where=total > 0), np.stack(
        best, axis=1
    )


def _move(nodes: Nodes, cells: Rows, lengths: Points) -> None:
    """Move nodes that are close to a cut onto it, the closest first."""
    edges = _crossed(nodes, _edges(cells))
    spans = np.linalg.norm(np.diff(nodes.points[edges], axis=1)[:, 0], axis=1)
    # In walls there are edges of half a diagonal and half a cube.
    near = np.where(spans > 0.95, _LONG, _SHORT)
    walls = (nodes.points == 0) | (nodes.points == lengths)
    while True:
        still = (nodes.labels[edges[:, 0]] & nodes.labels[edges[:, 1]]) == 0
        edges, near = edges[still], near[still]
        where, best = _places(nodes, edges)
        parts = np.minimum(where, 1 - where)
        close = np.flatnonzero(parts < near)
        if not len(close):
            return
        end = (where[close] > 0.5).astype(np.int64)
        mover, part = edges[close, end], parts[close]
        order = np.lexsort((part, mover))
        first = order[np.unique(mover[order], return_index=True)[1]]
        # Of two ends of one edge only the closer one may move at a time.
        turn = np.full(len(nodes.points), len(first), dtype=np.int64)
        turn[mover[first[np.argsort(part[first], kind="stable")]]] = np.arange(len(first))
        lowest = np.full(len(nodes.points), len(first), dtype=np.int64)
        for one, other in (edges.T, edges.T[::-1]):
            np.minimum.at(lowest, one, turn[other])
        chosen = first[turn[mover[first]] < lowest[mover[first]]]
        moved, other_end = mover[chosen], edges[close[chosen], 1 - end[chosen]]
        # A node moves once; where a third label comes near it just takes that too.
        fresh = (nodes.labels[moved] & (nodes.labels[moved] - 1)) == 0
        nodes.labels[moved] |= 1 << best[close[chosen], 1 - end[chosen]]
        moved, other_end, step = moved[fresh], other_end[fresh], part[chosen][fresh, None]
        nodes.fields[moved] += step * (nodes.fields[other_end] - nodes.fields[moved])
        way = step * (nodes.points[other_end] - nodes.points[moved])
        nodes.points[moved] += np.where(walls[moved], 0.0, way)


def _cut(nodes: Nodes, cells: Rows) -> tuple[Nodes, Rows]:
    """Cut cells until no edge joins nodes that share no label."""
    while len(edges := _crossed(nodes, _edges(cells))):
        count = len(nodes.points)
        where, _ = _places(nodes, edges)
        where = np.clip(where, _NEAREST, 1 - _NEAREST)[:, None]
        a, b = edges.T
        spans = np.linalg.norm(nodes.points[a] - nodes.points[b], axis=1)
        nodes = nodes.joined(
            Nodes(
                nodes.points[a] + where * (nodes.points[b] - nodes.points[a]),
                nodes.fields[a] + where * (nodes.fields[b] - nodes.fields[a]),
                nodes.labels[a] | nodes.labels[b],
            )
        )
        # Every cell cuts its longest edge first, so cells on both sides of a face agree.
        rank = np.empty(len(edges), dtype=np.int64)
        rank[np.argsort(-spans, kind="stable")] = np.arange(len(edges))
        cells = _bisected(cells, a * count + b, rank, count)
    return nodes, cells


def _bisected(cells: Rows, keys: Rows, rank: Rows, count: int) -> Rows:
    """Bisect cells at edges, of which the key is first * count + second; their middles follow."""
    done = []
    while len(cells):
        ends = np.sort(cells[:, _EDGES], axis=2)
        key = ends[..., 0] * count + ends[..., 1]
        number = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
        is_cut = (keys[number] == key) & (ends[..., 1] < count)
        touched = is_cut.any(axis=1)
        done.append(cells[~touched])
        cells, number, is_cut = cells[touched], number[touched], is_cut[touched]
        row = np.arange(len(cells))
        edge = np.where(is_cut, rank[number], len(keys)).argmin(axis=1)
        halves = [cells.copy(), cells.copy()]
        for end, half in enumerate(halves):
            half[row, _EDGES[edge, end]] = count + number[row, edge]
        cells = np.concatenate(halves)
    return np.concatenate(done)
