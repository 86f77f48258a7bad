"""Forms and Dirichlet conditions of the unit cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import basix.ufl
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, Function, FunctionSpace
from dolfinx.mesh import Mesh

from lithode.core.domain import Domain
from lithode.solvers.numerics.blocks import MUMPS, Options
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.physics import creep
from lithode.solvers.physics.cylinder import Cylinder

# The critical-point search suits equations that minimise a dissipation; bt takes half as many
# iterations more, and fails on some fine meshes.
FLOW_OPTIONS: Options = {
    "snes_type": "newtonls",
    "snes_linesearch_type": "cp",
    "snes_rtol": 1e-10,
    "snes_stol": 1e-12,
    "snes_max_it": 50,
    **MUMPS,
}
CURRENT_OPTIONS: Options = MUMPS

# P2 slopes are linear in a cell; the viscosity is smooth but in the cell at the edge.
_FLOW = {"quadrature_degree": 4}
_CURRENT = {"quadrature_degree": 3}
_SURFACE = {"quadrature_degree": 6}


def flow_space(mesh: Mesh[Any]) -> FunctionSpace[Any]:
    """Return Taylor and Hood's space of (velocity, pressure)."""
    cell = mesh.basix_cell()
    velocity = basix.ufl.element("P", cell, 2, shape=(2,))
    return fem.functionspace(
        mesh, basix.ufl.mixed_element([velocity, basix.ufl.element("P", cell, 1)])
    )


def creep_residual(
    state: Any, test: Any, cylinder: Cylinder, viscosity: Callable[[Any], Any], dx: ufl.Measure
) -> Any:
    """Return the residual of incompressible creep in (r, z): div(2 eta e - p) = 0, div u = 0.

    Args:
        state: Velocity and pressure, 3 components.
        test: Of the same space.
        cylinder: Coordinates.
        viscosity: eta as a function of the strain rate, shape (3, 3).
        dx: Measure of the mesh.
    """
    rate, virtual = cylinder.strain(state), cylinder.strain(test)
    density = (
        2 * viscosity(rate) * ufl.inner(rate, virtual)
        - state[2] * ufl.tr(virtual)
        - test[2] * ufl.tr(rate)
    )
    return cylinder.around * density * dx


@dataclass(frozen=True)
class Equations:
    """The forms of the model.

    Velocities are in units of the inflow U from afar, lengths in b, stresses in (U / A b)^(1/n);
    potentials in rho b i of the mean current density i of the tube.

    Attributes:
        domain: The mesh.
        radius: r at its nodes, to be set for a contact fraction.
        exponent: n.
        least_rate: Of the regularisation.
    """

    domain: Domain
    radius: Function[Any]
    exponent: Constant[Any]
    least_rate: Constant[Any]

    @property
    def cylinder(self) -> Cylinder:
        """The coordinates."""
        return Cylinder(self.radius)

    def dx(self, rule: dict[str, int]) -> ufl.Measure:
        """Return a cell measure."""
        return ufl.Measure("dx", domain=self.domain.mesh, metadata=rule)

    def viscosity(self, rate: Any, exponent: Any) -> Any:
        """Return eta of a strain rate."""
        return creep.viscosity(creep.equivalent_rate(rate, self.least_rate), 1.0, exponent)

    def flow(self, state: Any, test: Any) -> Any:
        """Creep into the void."""
        return creep_residual(
            state,
            test,
            self.cylinder,
            lambda rate: self.viscosity(rate, self.exponent),
            self.dx(_FLOW),
        )

    def dissipation(self, state: Any, exponent: Any) -> Any:
        """Return the integral of s : e; pressure from afar times inflow."""
        rate = self.cylinder.strain(state)
        density = 2 * self.viscosity(rate, exponent) * ufl.inner(rate, rate)
        return self.cylinder.around * density * self.dx(_FLOW)

    def flow_conditions(self, space: FunctionSpace[Any]) -> list[DirichletBC[Any]]:
        """Lithium sticks to the disc, slips along wall and axis, and comes from afar as a plug."""
        velocity = space.sub(0)
        held = (("electrode", 0, 0.0), ("electrode", 1, 0.0), ("sides", 0, 0.0),
                ("counter_electrode", 1, -1.0))  # fmt: skip
        return [
            fem.dirichletbc(
                value, boundary_dofs(self.domain, velocity.sub(axis), name), velocity.sub(axis)
            )
            for name, axis, value in held
        ]

    def current(self, potential: Any, test: Any, wagner: Any) -> Any:
        """Current from afar into the disc, which is at 0; ``wagner`` None for an ideal contact."""
        slopes = (self.cylinder.gradient(part) for part in (potential, test))
        balance = self.cylinder.around * ufl.inner(*slopes) * self.dx(_CURRENT)
        balance -= self.on("counter_electrode", test)
        if wagner is not None:
            balance += self.on("electrode", potential / wagner * test)
        return balance

    def current_conditions(
        self, space: FunctionSpace[Any], wagner: float | None
    ) -> list[DirichletBC[Any]]:
        """An ideal contact is at the potential of the lithium."""
        if wagner is not None:
            return []
        return [fem.dirichletbc(0.0, boundary_dofs(self.domain, space, "electrode"), space)]

    def on(self, boundary: str, density: Any) -> Any:
        """Return the integral of a density over the disc, the void or the far end."""
        mesh = self.domain.mesh
        ds = ufl.Measure(
            "ds", domain=mesh, subdomain_data=self.domain.facet_tags, metadata=_SURFACE
        )
        return self.cylinder.around * density * ds(self.domain.boundaries[boundary])
