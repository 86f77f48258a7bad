"""Residuals of the layered cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl
from dolfinx import fem
from dolfinx.fem import Constant, Function

from lithode.core.domain import Domain
from lithode.solvers.layered_cell.parameters import BOUNDARIES, Parameters, Side
from lithode.solvers.numerics.blocks import EXPONENTIAL_NEWTON, MUMPS, Options
from lithode.solvers.numerics.properties import spread
from lithode.solvers.numerics.quadrature import VERTEX
from lithode.solvers.physics import kinetics, transport

OPTIONS: Options = {**EXPONENTIAL_NEWTON, **MUMPS}

# The foil's potential is a field: so much better a conductor than the layers that it is flat.
_METAL = 1e6
_FLUX = {"quadrature_degree": 1}


@dataclass(frozen=True)
class Equations:
    """The model's residuals, as functions of the two potentials.

    Attributes:
        domain: The mesh.
        parameters: The model's parameters.
        current: Current density that plates on the left, per projected area.
        conductivity: Of the layers.
        metal: That of the foil's field.
        contact: True over projected area, by cell.
        filled: Share of every cell that lies in filled pores, by side.
        wall: Wall area of the pores per volume.
        exchange: i_0.
        f: F / (R T).
    """

    domain: Domain
    parameters: Parameters
    current: Constant[Any]
    conductivity: Function[Any]
    metal: Constant[Any]
    contact: Function[Any]
    filled: dict[Side, Function[Any]]
    wall: Constant[Any]
    exchange: Constant[Any]
    f: Constant[Any]

    @classmethod
    def on(cls, domain: Domain, parameters: Parameters) -> Equations:
        """Spread the properties over the mesh.

        Raises:
            InputError: A region has no conductivity.
        """
        mesh, p = domain.mesh, parameters
        conductivity = spread(domain, p.conductivities, float)
        space = conductivity.function_space
        contact = Function(space)
        given = p.contact
        if callable(given):
            contact.interpolate(given)
        else:
            contact.x.array[:] = given
        return cls(
            domain,
            p,
            fem.Constant(mesh, 0.0),
            conductivity,
            fem.Constant(mesh, _METAL * max(p.conductivities.values())),
            contact,
            {side: Function(space, name=f"filled_{side}") for side in BOUNDARIES},
            fem.Constant(mesh, float(p.pores.wall)),
            fem.Constant(mesh, p.exchange_current_density),
            fem.Constant(mesh, p.inverse_thermal_voltage),
        )

    def inside(self, density: Any) -> Any:
        """Return the integral of a density over the cells, lumped."""
        return density * ufl.Measure("dx", domain=self.domain.mesh, metadata=VERTEX)

    def on_face(self, density: Any, side: Side) -> Any:
        """Return the integral of a density over a face, lumped."""
        mesh = self.domain.mesh
        ds = ufl.Measure("ds", domain=mesh, subdomain_data=self.domain.facet_tags)
        # The end of an interval is a point: there is nothing to lump.
        rule = VERTEX if mesh.topology.dim > 1 else _FLUX
        return density * ds(self.domain.boundaries[BOUNDARIES[side]], metadata=rule)

    def overpotential(self, state: Any, side: Side) -> Any:
        """Return eta in V, positive where lithium plates."""
        return state[0] - state[1] if side == "left" else state[0]

    def plated(self, state: Any, side: Side, test: Any) -> Any:
        """Return the plating current at a foil and in its pores, tested."""
        per_area = kinetics.surface_current(
            self.overpotential(state, side),
            self.f,
            self.parameters.symmetry_factor,
            self.exchange,
        )
        volume = self.filled[side] * self.wall * per_area * test
        return self.inside(volume) + self.on_face(self.contact * per_area * test, side)

    def residual(self, state: Function[Any]) -> Any:
        """Charge of Li+, and of the left foil."""
        parts = ufl.split(state)
        ion, foil = ufl.split(ufl.TestFunction(state.function_space))
        dx = ufl.Measure("dx", domain=self.domain.mesh, metadata=_FLUX)
        flow = -ufl.inner(transport.ohmic_current(parts[0], self.conductivity), ufl.grad(ion))
        metal = -ufl.inner(transport.ohmic_current(parts[1], self.metal), ufl.grad(foil))
        balance = (flow + metal) * dx
        for side in BOUNDARIES:
            balance += self.plated(parts, side, ion)
        balance -= self.plated(parts, "left", foil)
        return balance + self.on_face(self.current * foil, "left")
