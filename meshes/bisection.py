"""Nested meshes of one base mesh by bisection, and conservative transfer between them.

Every cell is bisected at an edge that its place in the tree of its base cell fixes, whatever its
neighbours do: newest vertices in 2D (Mitchell, ACM Trans. Math. Softw. 15 (1989) 326), marked
tetrahedra in 3D (Arnold, Mukherjee and Pouly, SIAM J. Sci. Comput. 22 (2000) 431). So of any two
meshes of a base each cell of one lies in a cell of the other or holds some of it, and a vertex
is the midpoint of the same two parents in every mesh that has it. To coarsen is to begin anew
from the base. Nothing here communicates: it is for one rank.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.core.arrays import Arrays
from lithode.core.distinct import distinct
from lithode.core.errors import InputError
from lithode.core.sizes import Sizes, cell_sizes, is_large
from lithode.meshes.halving import first_edges, halve_tetrahedra, halve_triangles
from lithode.meshes.nesting import Places

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Refinement:
    """A conforming mesh that was bisected from a base mesh.

    Attributes:
        arrays: The mesh; the vertices of the base come first.
        parents: The vertices that each one is the midpoint of, shape (nodes, 2); -1 in the base.
        patches: Area or volume of the cells that were bisected at each vertex; 0 in the base.
        rounds: Number of the first vertex of each round of bisection, and of all. The parents of a
            vertex are of earlier rounds.
        volumes: Area or volume of each cell.
        places: Of the cells in their trees.
    """

    arrays: Arrays
    parents: Indices
    patches: Array
    rounds: tuple[int, ...]
    volumes: Array
    places: Places

    @cached_property
    def weights(self) -> Array:
        """Nodal quadrature: the integral of a P1 function is the sum of weights times values."""
        cells = self.arrays.cells
        corners = cells.shape[1]
        shares = np.repeat(self.volumes / corners, corners)
        weights = np.bincount(cells.ravel(), weights=shares, minlength=len(self.parents))
        return weights.astype(np.float64)

    @property
    def sizes(self) -> Array:
        """Size in um of each cell; see `cell_sizes`."""
        return cell_sizes(self.volumes, self.arrays.points.shape[1])

    def values_of(
        self, old: Refinement, values: Array, conserved: Mask, held: tuple[int, ...] = ()
    ) -> Array:
        """Transfer P1 functions from another mesh of the same base.

        A function stays as it is wherever this mesh is as fine as the other. Where it is coarser
        the integral of what is lost goes to the next vertices that stay.

        Args:
            old: The other mesh.
            values: Values at its vertices, shape (nodes, columns).
            conserved: Columns whose integrals are kept, to round-off; the others are interpolated.
            held: Numbers of boundaries whose vertices keep their values, as conditions do.

        Returns:
            Values at the vertices of this mesh, shape (nodes, columns).
        """
        here = find_points(old.arrays.points, self.arrays.points)
        result = values[np.maximum(here, 0)]
        for start, end in zip(self.rounds[:-1], self.rounds[1:], strict=True):
            new = start + np.flatnonzero(here[start:end] < 0)
            result[new] = 0.5 * result[self.parents[new]].sum(axis=1)
        if conserved.any():
            fixed = self.on(held)
            wanted = old.weights @ values[:, conserved]
            result[:, conserved] += self._lost(old, values[:, conserved], here, held)
            # What round-off, and held vertices with nobody to take it, have left.
            free = np.where(fixed, 0.0, self.weights)
            rest = wanted - self.weights @ result[:, conserved]
            result[:, conserved] += np.outer(~fixed, rest / max(free.sum(), 1e-300))
        return result

    def cell_values_of(self, old: Refinement, cells: Indices, values: Array) -> Array:
        """Transfer values of cells from another mesh of the same base.

        Args:
            old: The other mesh.
            cells: Its cells in the order of the values, by their vertices there in any order.
            values: Shape (cells, columns).

        Returns:
            Values of the cells of this mesh; see `Places.carried`.
        """
        sought, known = (np.sort(c, axis=1).astype(np.float64) for c in (old.arrays.cells, cells))
        return self.places.carried(old.places, values[find_points(known, sought)])

    def on(self, boundaries: tuple[int, ...]) -> Mask:
        """Return which vertices lie on boundaries, by their numbers."""
        result = np.zeros(len(self.parents), dtype=bool)
        result[self.arrays.facets[np.isin(self.arrays.boundaries, boundaries)].ravel()] = True
        return result

    def _lost(self, old: Refinement, values: Array, here: Indices, held: tuple[int, ...]) -> Array:
        """Return what the vertices that stay get for those of the old mesh that do not."""
        stays = here >= 0
        is_gone = np.ones(len(values), dtype=bool)
        is_gone[here[stays]] = False
        moments, takers = np.zeros_like(values), ~old.on(held)
        part = 1 / (self.arrays.points.shape[1] + 1)
        for start, end in zip(old.rounds[-2::-1], old.rounds[:0:-1], strict=True):
            gone = start + np.flatnonzero(is_gone[start:end])
            parents = old.parents[gone]
            surplus = values[gone] - 0.5 * values[parents].sum(axis=1)
            moments[gone] += part * old.patches[gone, None] * surplus
            takes = takers[parents]
            shares = takes / np.maximum(takes.sum(axis=1, keepdims=True), 1)
            for side in (0, 1):
                np.add.at(moments, parents[:, side], shares[:, side, None] * moments[gone])
        gains = np.zeros((len(here), values.shape[1]))
        gains[stays] = moments[here[stays]] / self.weights[stays, None]
        return gains


class Forest:
    """All meshes that can be bisected from a base mesh of triangles or tetrahedra.

    The same base and the same sizes give the same mesh, numbering included.

    Args:
        base: The base mesh.

    Raises:
        InputError: It is of neither triangles nor tetrahedra.
    """

    def __init__(self, base: Arrays) -> None:
        self.base = base
        dimension = base.points.shape[1]
        if dimension not in (2, 3):
            raise InputError("mesh", f"{dimension}D", "must be in 2D or 3D to be adapted")
        # -0.0 and 0.0 are one place, and are compared by their bits.
        points = base.points + 0.0
        cells, marks = first_edges(points, base.cells)
        edges = points[cells[:, 1:]] - points[cells[:, :1]]
        self._volumes = np.abs(np.linalg.det(edges)) / math.factorial(dimension)
        self._points, self._cells, self._marks = points, cells, marks
        self._facets = _tagged(cells, base.facets, base.boundaries)

    def refined(self, sizes: Sizes, most_cells: float = 1e7) -> Refinement:
        """Return the coarsest mesh with no cell larger than allowed, but for the closure.

        Args:
            sizes: Allowed sizes; asked at vertices, and at the centres of cells that are larger
                than the least of these. A cell may exceed them by half a bisection, and falls
                short of them by as much.
            most_cells: Largest number of cells.

        Raises:
            InputError: There would be more cells.
        """
        work = self._work()
        dimension = work.points.shape[1]
        allowed = np.asarray(sizes(work.points), dtype=np.float64)
        fresh = np.arange(len(work.cells))
        while len(fresh):
            if len(work.cells) > most_cells:
                allowed_text = f"the adaptive mesh would have over {most_cells:g} cells"
                raise InputError("size", len(work.cells), allowed_text)
            known = len(allowed)
            if len(work.points) > known:
                allowed = np.concatenate([allowed, sizes(work.points[known:])])
            cells, volumes = work.cells[fresh], work.volumes[fresh]
            large = is_large(volumes, allowed[cells].min(axis=1), dimension)
            # Most cells are as small as any vertex wants, and asking takes long.
            rest = np.flatnonzero(~large & is_large(volumes, allowed.min(), dimension))
            middles = work.points[cells[rest]].mean(axis=1)
            large[rest] = is_large(volumes[rest], sizes(middles), dimension)
            count = len(work.cells)
            touched = work.bisect(fresh[large])
            fresh = np.concatenate([touched, np.arange(count, len(work.cells))])
        return work.result(self.base)

    def through(self, points: Array) -> Refinement:
        """Return the mesh with these vertices, of which each is one of a mesh of this forest.

        Args:
            points: All of its vertices, bit by bit, in any order; shape (nodes, dimension).

        Raises:
            InputError: They are of another base.
        """
        work = self._work()
        fresh = np.arange(len(work.cells))
        while len(fresh):
            ends = work.points[work.cells[fresh, :2]]
            split = find_points(points, 0.5 * ends.sum(axis=1)) >= 0
            count = len(work.cells)
            touched = work.bisect(fresh[split], closed=False)
            fresh = np.concatenate([touched, np.arange(count, len(work.cells))])
        if len(work.points) != len(points):
            raise InputError("mesh", "", "is not refined from the base mesh that is beside it")
        return work.result(self.base)

    def _work(self) -> _Work:
        return _Work(self._points, self._cells, self._marks, self._facets, self._volumes)


class _Work:
    """A mesh while it is bisected."""

    def __init__(
        self, points: Array, cells: Indices, marks: Any, facets: Any, volumes: Array
    ) -> None:
        self.points, self.cells, self.volumes = points, cells.copy(), volumes.copy()
        self._marks, self._facets = marks.copy(), facets.copy()
        self._roots, self._codes = np.arange(len(cells)), np.ones(len(cells), dtype=np.int64)
        self._parents = np.full((len(points), 2), -1)
        self._patches = np.zeros(len(points))
        self._rounds = [0, len(points)]
        self._keys = self._middles = np.zeros(0, dtype=np.int64)

    def bisect(self, marked: Indices, closed: bool = True) -> Indices:
        """Bisect cells; the new ones come last.

        Args:
            marked: Numbers of the cells.
            closed: Whether others are bisected too, to leave no hanging vertex.

        Returns:
            The numbers of those cells that were there and are halved now, in order.
        """
        count, is_end = len(self.cells), np.zeros(len(self.points), dtype=bool)
        if closed:  # no cell has an edge that was bisected before
            self._keys = self._middles = np.zeros(0, dtype=np.int64)
        touched = [np.zeros(0, np.int64)]
        while len(marked):
            touched.append(marked[marked < count])
            wanted = _keys(self.cells[marked, 0], self.cells[marked, 1])
            new = np.setdiff1d(distinct(wanted), self._keys, assume_unique=True)
            self._add_middles(new)
            middle = self._middles[np.searchsorted(self._keys, wanted)]
            np.add.at(self._patches, middle, self.volumes[marked])
            is_end = np.concatenate([is_end, np.zeros(len(new), dtype=bool)])
            is_end[self.cells[marked, :2]] = True
            self._halve(marked, middle)
            if not closed:
                break
            near = np.flatnonzero(is_end[self.cells].sum(axis=1) >= 2)
            marked = near[self._have(near)]
        return distinct(np.concatenate(touched))

    def _add_middles(self, keys: Indices) -> None:
        """Add the midpoints of new edges, one round of them."""
        parents = np.stack([keys >> 32, keys & 0xFFFFFFFF], axis=1)
        first = len(self.points)
        self.points = np.concatenate([self.points, 0.5 * self.points[parents].sum(axis=1)])
        self._parents = np.concatenate([self._parents, parents])
        self._patches = np.concatenate([self._patches, np.zeros(len(keys))])
        self._rounds.append(len(self.points))
        numbers = np.arange(first, len(self.points))
        places = np.searchsorted(self._keys, keys)
        self._keys = np.insert(self._keys, places, keys)
        self._middles = np.insert(self._middles, places, numbers)

    def _have(self, numbers: Indices) -> Mask:
        """Return which cells have an edge that was bisected."""
        cells = self.cells[numbers]
        found = np.zeros(len(cells), dtype=bool)
        for a, b in combinations(range(cells.shape[1]), 2):
            wanted = _keys(cells[:, a], cells[:, b])
            at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
            found |= self._keys[at] == wanted
        return found

    def _halve(self, numbers: Indices, middle: Indices) -> None:
        """Bisect cells at their first edges: one half takes the place, the other is added."""
        halve = halve_triangles if self.cells.shape[1] == 3 else halve_tetrahedra
        halves = halve(
            self.cells[numbers], self._marks[numbers], self._facets[numbers], middle
        )  # fmt: skip
        (cells, marks, facets), added = halves
        self.cells[numbers], self._marks[numbers], self._facets[numbers] = cells, marks, facets
        self.volumes[numbers] *= 0.5
        self.cells = np.concatenate([self.cells, added[0]])
        self._marks = np.concatenate([self._marks, added[1]])
        self._facets = np.concatenate([self._facets, added[2]])
        self.volumes = np.concatenate([self.volumes, self.volumes[numbers]])
        self._roots = np.concatenate([self._roots, self._roots[numbers]])
        self._codes[numbers] *= 2
        self._codes = np.concatenate([self._codes, self._codes[numbers] + 1])

    def result(self, base: Arrays) -> Refinement:
        """Return the mesh with its regions and boundaries."""
        corners = self.cells.shape[1]
        facets, boundaries = [], []
        for k in range(corners):
            outer = self._facets[:, k] > 0
            facets.append(np.sort(np.delete(self.cells[outer], k, axis=1), axis=1))
            boundaries.append(self._facets[outer, k])
        rows, first = np.unique(np.concatenate(facets), axis=0, return_index=True)
        arrays = Arrays(
            self.points,
            self.cells,
            base.regions[self._roots],
            rows,
            np.concatenate(boundaries)[first],
        )
        places = Places(self._roots, self._codes)
        return Refinement(
            arrays, self._parents, self._patches, tuple(self._rounds), self.volumes, places
        )


def _tagged(
    cells: Indices, facets: Indices, boundaries: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """Return the boundary number of the facet opposite to each corner of each cell, or 0."""
    tags = np.zeros(cells.shape, dtype=np.int32)
    if not len(facets):
        return tags
    rows = np.concatenate(
        [np.sort(np.delete(cells, k, axis=1), axis=1) for k in range(cells.shape[1])]
    )
    listed = np.sort(facets, axis=1)
    _, inverse = np.unique(np.concatenate([listed, rows]), axis=0, return_inverse=True)
    number = np.zeros(inverse.max() + 1, dtype=np.int32)
    number[inverse.ravel()[: len(listed)]] = boundaries
    return np.asarray(number[inverse.ravel()[len(listed) :]].reshape(-1, len(cells)).T)


def _keys(a: Indices, b: Indices) -> Indices:
    """Return one number for each edge."""
    return np.minimum(a, b) << 32 | np.maximum(a, b)


def find_points(among: Array, points: Array) -> Indices:
    """Return the rows of ``among``, or -1, that are bit by bit equal to points; (n,)."""
    if not len(among) or not len(points):
        return np.full(len(points), -1)
    hashes, wanted = _hashes(among), _hashes(points)
    order = np.argsort(hashes, kind="stable")
    at = np.minimum(np.searchsorted(hashes[order], wanted), len(order) - 1)
    rows = order[at]
    return np.where((among[rows] == points).all(axis=1), rows, -1)


def _hashes(points: Array) -> npt.NDArray[np.uint64]:
    """Return a number per point that scatters its bits (finaliser of SplitMix64)."""
    total = np.zeros(len(points), dtype=np.uint64)
    for column in (points + 0.0).T:
        x = total + np.ascontiguousarray(column).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        total = x ^ (x >> np.uint64(31))
    return total
