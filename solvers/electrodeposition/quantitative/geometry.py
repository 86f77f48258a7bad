"""What the shape of a front says: its normals and curvature, and distances from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import Function, FunctionSpace
from scipy.spatial import cKDTree

from lithode.core.domain import Domain
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.gauges import NodalWeights, roller_dofs
from lithode.solvers.physics import front

Array = npt.NDArray[np.float64]

# Points along an edge of a simplex at which its piece of the front is sampled.
_SAMPLES = 7


class Curvature:
    """Curvature of the level sets of a P1 signed distance, from averaged normals.

    Args:
        domain: Mesh with the boundaries sides, electrode and counter_electrode, which fronts meet
            at right angles.
        distance: psi in um, positive in lithium.
        weights: Nodal weights of its space.

    Attributes:
        values: K in 1/um. It misses zigzags from node to node, as they cancel in the averages.
        normals: The averages, into lithium.
    """

    def __init__(self, domain: Domain, distance: Function[Any], weights: NodalWeights) -> None:
        space, mesh = distance.function_space, domain.mesh
        self._dimension, self._weights = mesh.geometry.dim, weights
        self.normals = Function(fem.functionspace(mesh, ("P", 1, (self._dimension,))))
        test = ufl.TestFunction(space)
        direction = front.into_lithium(distance)
        dx = ufl.dx(domain=mesh, degree=1)
        self._components = [compiled(direction[i] * test * dx) for i in range(self._dimension)]
        # Into lithium, so that convex lithium has K > 0.
        self._divergence = compiled(-ufl.div(self.normals) * test * dx)
        vectors = self.normals.function_space
        # Fronts meet walls at right angles: normals there have no component across the wall.
        walls = [("sides", axis) for axis in range(self._dimension - 1)]
        walls += [(plate, self._dimension - 1) for plate in ("electrode", "counter_electrode")]
        self._walls = [roller_dofs(domain, vectors, name, axis) for name, axis in walls]
        self.values = Function(space)

    def update(self) -> None:
        """Find the curvature of the present psi; collective."""
        parts = [self._weights.moments(form) for form in self._components]
        size = np.sqrt(np.sum(np.square(parts), axis=0)) + 1e-300
        normal = self.normals.x.array
        for axis, part in enumerate(parts):
            normal[axis :: self._dimension] = part / size
        for dofs in self._walls:
            normal[dofs] = 0.0
        self.values.x.array[:] = self._weights.moments(self._divergence) / self._weights.whole


class Redistance:
    """Makes a function whose zero is the front a signed distance from it.

    Args:
        space: Scalar P1 space.
    """

    def __init__(self, space: FunctionSpace[Any]) -> None:
        mesh = space.mesh
        self._comm = mesh.comm
        self._cells = space.dofmap.list[: mesh.topology.index_map(mesh.topology.dim).size_local]
        self._points = space.tabulate_dof_coordinates()

    def __call__(self, values: Array) -> Array:
        """Return the signed distance at the local nodes; collective.

        Args:
            values: Nodal values, positive in lithium.
        """
        samples = np.concatenate(self._comm.allgather(self._samples(values)))
        if not len(samples):
            return values.copy()
        distance = np.asarray(cKDTree(samples).query(self._points)[0])
        return np.asarray(np.copysign(distance, values), dtype=np.float64)

    def _samples(self, values: Array) -> Array:
        """Return points of the front in the cells of this rank, shape (n, 3)."""
        # As where lines cross it, below: nodes right on the front are not inside.
        inside = values[self._cells] > 0
        cut = self._cells[inside.any(axis=1) & ~inside.all(axis=1)]
        corners = cut.shape[1]
        shares = np.linspace(0, 1, _SAMPLES)
        found = [np.empty((0, 3))]
        # Lines from a side of the front to the other: between points of edges that share a corner.
        for apex in range(corners):
            others = [k for k in range(corners) if k != apex]
            for first in others:
                for second in others:
                    if first > second:
                        continue
                    for share in shares:
                        ends = (
                            share * self._points[cut[:, first]]
                            + (1 - share) * self._points[cut[:, second]]
                        )
                        level = share * values[cut[:, first]] + (1 - share) * values[cut[:, second]]
                        a = values[cut[:, apex]]
                        crosses = (a > 0) != (level > 0)
                        part = (a[crosses] / (a[crosses] - level[crosses]))[:, None]
                        start = self._points[cut[crosses, apex]]
                        found.append(start + part * (ends[crosses] - start))
        return np.concatenate(found)
