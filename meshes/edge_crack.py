"""A block with a crack at its lower edge: fine along the crack's path, coarser away from it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.sizes import cell_sizes
from lithode.meshes.boundaries import renamed
from lithode.meshes.structured import graded, stretched

Array = npt.NDArray[np.float64]

GAP = "gap"
"""Boundary of the edge that is no electrode."""


@dataclass(frozen=True)
class EdgeCrack:
    """The block, from -reach to reach across and from 0 to reach along the crack.

    Attributes:
        length: Of the crack, from the edge on, in um.
        element_size: Along its path in um.
        path: How far the mesh is fine along the last axis in um.
        width: How far it is fine to each side of the crack in um.
        reach: How far the block goes in um.
        gap: Width in um of the edge to the right of the crack that is no electrode.
    """

    length: float
    element_size: float
    path: float
    width: float
    reach: float
    gap: float = 0.0

    def domain(self, comm: MPI.Intracomm) -> Domain:
        """Return the mesh; region ``electrolyte``, the edge is the boundary ``electrode``.

        The gap is the boundary ``gap``.
        """
        h = self.element_size
        across = graded(self.width, h, self.reach)
        along = graded(self.path, h, self.reach)
        left = -across[:0:-1]
        if not self.gap:
            return stretched(comm, (np.concatenate([left, across]), along))
        rim = h + self.gap
        across[np.argmin(abs(across - rim))] = rim
        domain = stretched(comm, (np.concatenate([left, across]), along))
        return renamed(domain, "electrode", GAP, lambda x: (x[0] > h) & (x[0] < rim))

    @property
    def size(self) -> float:
        """Size in um of a cell along the path: the edge of a regular one of its area."""
        return float(cell_sizes(np.array([self.element_size**2 / 2]), 2)[0])

    def base(self, comm: MPI.Intracomm, size: float) -> Domain:
        """Return a mesh that bisections make as fine along the path, and in as even rows.

        Args:
            comm: Communicator of the mesh.
            size: Of its cells along the path, ``size`` times a power of 2.
        """
        coarse = self.element_size * size / self.size
        return replace(self, element_size=coarse, width=max(self.width, coarse)).domain(comm)

    def broken(self, x: Array) -> npt.NDArray[np.bool_]:
        """Mark the nodes at both sides of a row of elements, at places of shape (3, n) in um."""
        h = self.element_size
        return np.asarray((abs(x[0] - h / 2) < 0.75 * h) & (x[1] < self.length + h / 4))

    def above(self, x: Array) -> npt.NDArray[np.bool_]:
        """Mark the top."""
        return np.asarray(x[1] >= (1 - 1e-9) * self.reach)

    def far(self, x: Array) -> npt.NDArray[np.bool_]:
        """Mark the sides and the top."""
        return np.asarray((abs(x[0]) >= (1 - 1e-9) * self.reach) | self.above(x))
