"""Where the cracks are, whatever ranks they lie on, and which of them are connected."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function
from mpi4py import MPI
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from lithode.core.parallel import lasting
from lithode.solvers.numerics.gauges import distances

Array = npt.NDArray[np.float64]

BROKEN = 0.95
"""Least damage of a node that counts as broken."""
# Damage up to which it does not matter which crack is nearest.
_NEXT_TO_NONE = 0.01


class Broken:
    """Which nodes are broken, or on the wall of a pore.

    Args:
        damage: d, P1.
        wall: Local nodes on the wall.
    """

    def __init__(self, damage: Function[Any], wall: npt.NDArray[np.int32] | None) -> None:
        self._damage, self._wall = damage, np.zeros(len(damage.x.array), dtype=bool)
        if wall is not None:
            self._wall[wall] = True

    def __call__(self) -> npt.NDArray[np.bool_]:
        """Mark the local nodes, ghosts included."""
        return np.asarray((self._damage.x.array >= BROKEN) | self._wall)


class Tip:
    """The broken nodes of a mesh.

    Args:
        damage: d, P1.
        wall: Local nodes on the wall of a pore, which count as broken.
    """

    def __init__(self, damage: Function[Any], wall: npt.NDArray[np.int32] | None = None) -> None:
        space = damage.function_space
        self._comm, self._broken = lasting(space.mesh.comm), Broken(damage, wall)
        self._owned = int(space.dofmap.index_map.size_local)
        self._places = space.tabulate_dof_coordinates()[: self._owned]
        self._axis = int(space.mesh.geometry.dim) - 1

    def broken(self) -> Array:
        """Return the places of all broken nodes in um, shape (n, 3); collective."""
        mine = self._places[self._broken()[: self._owned]]
        return np.concatenate(self._comm.allgather(mine))

    def height(self) -> float:
        """Return how far the crack reaches along the last axis in um, 0 without one; collective."""
        return float(np.max(self.broken()[:, self._axis], initial=0.0))

    def largest(self, values: Array) -> float:
        """Return the largest of nodal values on it, 0 if none is larger; collective."""
        mine = self._broken()[: self._owned]
        largest = float(np.max(values[: self._owned][mine], initial=0.0))
        return float(self._comm.allreduce(largest, op=MPI.MAX))

    def run_from(self, before: Array) -> float:
        """Return the largest distance in um of a broken node to those that were; collective."""
        return float(np.max(distances(self.broken(), before), initial=0.0))


class Cracks:
    """The cracks that are there at first, as they grow and grow together.

    Edges of the mesh between broken nodes connect them. A crack is known by one of its nodes, for
    what is broken stays broken; what breaks apart from all belongs to the nearest. So the damage
    says which is where, and a checkpoint needs no more.

    Args:
        damage: d, P1, with the cracks in it.
        wall: Local nodes on the wall of a pore, which is part of the cracks that it meets.

    Attributes:
        seeds: A place in each crack of the start in um, shape (n, 3), sorted by the last axis.
        of: Which of the present cracks each of them is part of, shape (n,).
        shares: Of each present crack 1 at the local nodes that it is the nearest to, else 0.
    """

    def __init__(self, damage: Function[Any], wall: npt.NDArray[np.int32] | None = None) -> None:
        self._damage, space = damage, damage.function_space
        self._broken = Broken(damage, wall)
        self._comm, self._dofs = lasting(space.mesh.comm), space.dofmap
        self._places = space.tabulate_dof_coordinates()
        places, parts = self._parts()
        self.seeds: Array = places[np.sort(np.unique(parts, return_index=True)[1])]
        self.of, self.shares = np.arange(len(self.seeds)), [np.ones(len(self._places))]
        self.follow()

    def unite(self) -> None:
        """Take all for one crack, as if they were connected out of sight."""
        self.seeds, self.of = self.seeds[:1], self.of[:1]
        self.shares = [np.ones(len(self._places))]

    def follow(self) -> bool:
        """Read from the damage where they are; collective.

        Returns:
            Whether what is damaged has another crack nearest than before.
        """
        if len(self.seeds) < 2:
            return False
        places, parts = self._parts()
        own = parts[cKDTree(places).query(self.seeds)[1]]
        # Numbered as the first of the start that each consists of.
        present = own[np.sort(np.unique(own, return_index=True)[1])]
        self.of = np.argmax(own[:, None] == present, axis=1)
        there = np.isin(parts, present)
        nearest = parts[there][cKDTree(places[there]).query(self._places)[1]]
        shares = [(nearest == part).astype(np.float64) for part in present]
        matters = self._damage.x.array > _NEXT_TO_NONE
        same = len(shares) == len(self.shares) and all(
            np.array_equal(new[matters], old[matters])
            for new, old in zip(shares, self.shares, strict=True)
        )
        self.shares = shares
        return not self._comm.allreduce(same, op=MPI.LAND)

    def sums(self, values: Array) -> Array:
        """Return the sums over each present crack of values of those of the start."""
        return np.asarray(np.bincount(self.of, values, len(self.shares)), dtype=np.float64)

    def firsts(self, values: Array) -> Array:
        """Return values of the present cracks, each at the first of the start; else 0."""
        out = np.zeros(len(self.seeds))
        out[np.unique(self.of, return_index=True)[1]] = values
        return out

    def _parts(self) -> tuple[Array, npt.NDArray[np.intp]]:
        """Return the places of all broken nodes, sorted, and which connected part each is in."""
        broken, owned = self._broken(), self._dofs.index_map.size_local
        numbers = self._dofs.index_map.local_to_global(np.arange(len(broken), dtype=np.int32))
        mine, cells = np.flatnonzero(broken[:owned]), self._dofs.list
        edges = list(itertools.combinations(range(cells.shape[1]), 2))
        ends = cells[np.count_nonzero(broken[cells], axis=1) > 1][:, edges].reshape(-1, 2)
        ends = np.unique(ends[broken[ends].all(axis=1)], axis=0)
        found = self._comm.allgather((self._places[mine], numbers[mine], numbers[ends]))
        places, nodes, ends = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        order = np.lexsort(places.round(9).T)
        places, nodes = places[order], nodes[order]
        sorter = np.argsort(nodes)
        ends = sorter[np.searchsorted(nodes, ends, sorter=sorter)]
        graph = coo_array((np.ones(len(ends)), tuple(ends.T)), shape=(len(nodes), len(nodes)))
        return places, connected_components(graph, directed=False)[1]
