"""PFHub benchmark 7 on this package's blocks: Allen-Cahn equation with a known, rippling front.

https://pages.nist.gov/pfhub/benchmarks/benchmark7.ipynb. The rectangle is periodic along x there;
here the exact values are given on all of its boundary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.mesh import exterior_facet_indices
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.meshes.structured import structured
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.blocks import NEWTON, NonlinearBlock
from lithode.solvers.numerics.front_gauges import FrontCells
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.solvers.numerics.model import Event, Trial
from lithode.solvers.numerics.quadrature import leaning_measure
from lithode.solvers.numerics.transient import Stepped, Transient
from lithode.solvers.physics import free_energy

KAPPA = {"a": 4e-4, "b": 1.5625e-6}
A1, B1 = 0.0075, 8 * np.pi
A2, B2, C2 = 0.03, 22 * np.pi, 0.0625 * np.pi
END, WIDTH, HEIGHT = 8.0, 1.0, 0.5
SOLVER = {**NEWTON, "ksp_type": "gmres", "ksp_rtol": 1e-2, "pc_type": "bjacobi"}


def front(x: Any, t: Any, sin: Any = ufl.sin) -> Any:
    """Return alpha(x, t), in UFL or with numpy's sine."""
    return 0.25 + A1 * t * sin(B1 * x) + A2 * sin(B2 * x + C2 * t)


def solution(x: Any, y: Any, t: Any, kappa: float, sin: Any = ufl.sin, exp: Any = ufl.exp) -> Any:
    """Return the exact order parameter, in UFL or with numpy's functions."""
    # Compilers have vector versions of exp(), but not everywhere of tanh().
    return 1 / (1 + exp(2 * (y - front(x, t, sin)) / math.sqrt(2 * kappa)))


def source(x: Any, y: Any, t: Any, kappa: float) -> Any:
    """Return the published source, as UFL."""
    x, t = ufl.variable(x), ufl.variable(t)
    height, eta = front(x, t), solution(x, y, t, kappa)
    slope, rate = ufl.diff(height, x), ufl.diff(height, t)
    tanh, sech_squared = 1 - 2 * eta, 4 * eta * (1 - eta)
    stretch = -2 * np.sqrt(kappa) * tanh * slope**2
    motion = np.sqrt(2) * (rate - kappa * ufl.diff(slope, x))
    return sech_squared / (4 * np.sqrt(kappa)) * (stretch + motion)


@dataclass(frozen=True)
class Columns:
    """Nodes in columns along y that follow a front which is a graph; one rank, degree 1.

    Attributes:
        number: Of columns of cells.
        size: Of cells at the front along y, over the length sqrt(2 kappa) of its profile.
        band: Half of the height of what is so fine, over that length.
        outside: Number of cells from there to each wall, of which each is twice the one before.
    """

    number: int
    size: float
    band: float = 5.0
    outside: int = 8

    def offsets(self, kappa: float) -> Array:
        """Return the places of the fine nodes above the front."""
        half = round(self.band / self.size)
        return np.linspace(-1, 1, 2 * half + 1) * self.band * math.sqrt(2 * kappa)

    def places(self, fronts: Array, kappa: float) -> Array:
        """Return y of all nodes, shape (columns, rows), for a front at these heights."""
        offsets, middle = self.offsets(kappa), fronts[:, None]
        outwards = (2.0 ** np.arange(1, self.outside + 1) - 1) / (2.0**self.outside - 1)
        low, high = middle + offsets[0], middle + offsets[-1]
        below, above = low * (1 - outwards[::-1]), high + (HEIGHT - high) * outwards
        return np.hstack([below, middle + offsets, above])

    def domain(self, kappa: float) -> Domain:
        """Return a mesh of such columns, evenly spaced until it is moved."""
        rows = len(self.offsets(kappa)) - 1 + 2 * self.outside
        return structured(MPI.COMM_SELF, (WIDTH, HEIGHT), (self.number, rows))


class Rippling(Stepped):
    """The benchmark as a model for the march.

    Args:
        domain: Mesh of the rectangle.
        kappa: Gradient coefficient.
        degree: Of the elements; 1 has the package's quadrature, 2 and more Gauss points.
        tolerance: Of the time error of a step.
        columns: How the mesh was made, if its nodes are to follow the front.
        accuracy: Of the solves, per node.
    """

    name = "pfhub7"
    conserved = held = ()

    def __init__(
        self,
        domain: Domain,
        kappa: float,
        degree: int = 1,
        tolerance: float = 1e-3,
        columns: Columns | None = None,
        accuracy: float = 1e-6,
    ) -> None:
        self.domain, self.kappa, self.tolerance, self._columns = domain, kappa, tolerance, columns
        self.accuracy = accuracy
        mesh = domain.mesh
        space = fem.functionspace(mesh, ("P", degree))
        super().__init__(Transient(TimeLevels.in_space(space, "eta", 3)))
        self._levels, self._now = self.transient.conserved, fem.Constant(mesh, 0.0)
        self._held, self._velocity = fem.Function(space), fem.Function(space)
        self._points = space.tabulate_dof_coordinates()[:, :2].copy()
        eta, test = self._levels.trial, ufl.TestFunction(space)
        x, y = ufl.SpatialCoordinate(mesh)
        dx = ufl.dx(domain=mesh, degree=2 * degree) if degree > 1 else leaning_measure(mesh)
        rate = self.transient.rate(eta)
        if columns is not None:
            self._follow(columns, mesh, space)
            rate -= self._velocity * eta.dx(1)
        force = free_energy.double_well_force(eta, 1.0) - source(x, y, self._now, kappa)
        residual = (rate + force) * test * dx + kappa * ufl.inner(
            ufl.grad(eta), ufl.grad(test)
        ) * dx
        mesh.topology.create_connectivity(1, 2)
        facets = exterior_facet_indices(mesh.topology)
        self._boundary = fem.locate_dofs_topological(space, 1, facets)
        # Each row of the residual has the size of its test function.
        residual_norm = accuracy * WIDTH * HEIGHT / math.sqrt(self.unknowns)
        self._block = NonlinearBlock(
            self.transient.step_scale * residual,
            eta,
            [fem.dirichletbc(self._held, self._boundary)],
            "pfhub7_",
            {**SOLVER, "snes_atol": residual_norm},
        )
        self.transient.solve_with(self._block)
        eta.x.array[:] = self._exact(0.0)
        self.transient.start()

    def _exact(self, t: float) -> Array:
        return np.asarray(solution(*self._points.T, t, self.kappa, np.sin, np.exp))

    def _follow(self, columns: Columns, mesh: Any, space: Any) -> None:
        """Find the nodes of each column, and put them where the front is at the start."""
        x = mesh.geometry.x
        nodes = np.lexsort((x[:, 1], x[:, 0])).reshape(columns.number + 1, -1)
        dofs = np.empty(len(x), dtype=np.int64)
        dofs[mesh.geometry.dofmaps[0]] = space.dofmap.list
        self._nodes, self._dofs = nodes, dofs[nodes]
        # Where the front is by the solution, and where the nodes are; both of each column's nodes.
        self._front = self.transient.follow(TimeLevels.in_space(space, "front", 2))
        self._place = self.transient.follow(TimeLevels.in_space(space, "place", 2))
        start = front(x[nodes[:, 0], 0], 0.0, np.sin)
        self._front.trial.x.array[self._dofs] = start[:, None]
        self._move()

    def _move(self) -> None:
        """Move the nodes to where the front is expected."""
        if self._columns is None:
            return
        fronts = self._front.trial.x.array[self._dofs[:, 0]]
        places = self._columns.places(fronts, self.kappa)
        self.domain.mesh.geometry.x[self._nodes, 1] = places
        self._points[self._dofs, 1] = places
        self._place.trial.x.array[self._dofs] = places

    def _read_front(self) -> None:
        """Read the front off the solution."""
        eta, places = (level.trial.x.array[self._dofs] for level in (self._levels, self._place))
        columns = np.arange(len(eta))
        last = np.minimum((eta > 0.5).sum(axis=1), eta.shape[1] - 1) - 1
        a, b = eta[columns, last] - 0.5, eta[columns, last + 1] - 0.5
        low, high = places[columns, last], places[columns, last + 1]
        self._front.trial.x.array[self._dofs] = (low + a / (a - b) * (high - low))[:, None]

    @property
    def unknowns(self) -> int:
        return len(self._points)

    def advance(self, dt: float) -> Trial:
        self.transient.predict(dt)
        self._now.value = self.time + dt
        if self._columns is not None:
            self._move()
            weights = bdf.rate_weights(dt, self.clock.past)
            self._place.combine(weights[1:], self._velocity)
            self._velocity.x.array[:] += weights[0] * self._place.trial.x.array
        self._held.x.array[:] = self._exact(self.time + dt)
        nonlinear, linear = self._block.solve()
        change = float(np.abs(self._levels.trial.x.array - self.transient.predicted).max())
        error = self.transient.error(change)
        if self._columns is not None:
            self._read_front()
        return Trial(error / self.tolerance, nonlinear, linear)

    def rebuilt(self, domain: Domain) -> Rippling:
        return Rippling(domain, self.kappa, tolerance=self.tolerance, accuracy=self.accuracy)

    def front(self) -> tuple[fem.FunctionSpace[Any], Array]:
        return self._levels.now.function_space, self.values

    def front_size(self) -> float:
        return FrontCells(self.front()[0]).size(self.values)

    @property
    def values(self) -> Array:
        return self._levels.now.x.array.copy()

    def error(self) -> float:
        """Return the L2 error of the accepted state."""
        x, y = ufl.SpatialCoordinate(self.domain.mesh)
        exact = solution(x, y, fem.Constant(self.domain.mesh, self.time), self.kappa)
        dx = ufl.dx(domain=self.domain.mesh, degree=6)
        return math.sqrt(fem.assemble_scalar(fem.form((self._levels.now - exact) ** 2 * dx)))

    def measure(self) -> Mapping[str, float]:
        return {"L2 error": self.error()}

    def fields(self) -> Sequence[Any]:
        return [self._levels.now]

    def events(self) -> Sequence[Event]:
        return []
