"""Residuals of a quantitative front: potentials, what the front feels, and how it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, Function, FunctionSpace

from lithode.core.constants import FARADAY
from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.parameters import Parameters, Transport
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.properties import spread
from lithode.solvers.numerics.quadrature import VERTEX
from lithode.solvers.physics import free_energy, front, kinetics

# Places in the block of what is solved for; the last two with a binary electrolyte only. EXCESS is
# the drive at the front less phi_e - phi_Li here: the reaction then resists where it takes Li+, and
# what is left of the coupling is weak.
IONS, ELECTRONS, EXCESS, SALT, SUPPLY = range(5)

POWER = 6
"""Of the weight (4 xi (1 - xi))^m by which the front's values are taken."""
REACH = 3.0
"""l: how many d the values at the front are carried along the normal."""
ISOTROPIC = 1e-4
"""Share of ordinary diffusion in that."""
SHARP = 4
"""Degree of quadrature of that weight."""
CUBE = 3
"""Power of the weight by which the stress at the front is averaged, over a length of d."""
FLOOR = 1e-3
"""Least share of the front's weight where psi relaxes and values are carried to."""


def fields_of(parameters: Parameters) -> int:
    """Return how many fields are solved for together."""
    return 5 if parameters.transport is Transport.BINARY else 3


@dataclass(frozen=True)
class Constants:
    """Numbers of the equations as constants of forms, in coherent units.

    Attributes:
        length: d in um.
        f: F / (R T) in 1/V.
        alpha: Symmetry factor.
        molar_volume: V_m in um^3/amol.
        surface_energy: gamma in J/m^2.
        lithium_conductivity: In uS/m.
        residual: Share of Li+ conductivity and of the salt that is left in lithium; its square is
            that of the electrons' in the electrolyte, over the one of Li+.
        bulk: c_0 in mol/m^3.
        transference: t+ of a binary electrolyte.
        current: Held at the counter electrode in A/m^2.
        charge_scale: Brings residuals of charge to the size of a potential, in m/uS.
        salt_scale: Those of the salt to the size of c, in s/um^2.
        relaxation: b in um^2/s.
        stabilisation: In um^2/s: how fast surface energy flattens at most.
        rate_weight: Of the new salt in its rate, in 1/s.
    """

    length: Constant[Any]
    f: Constant[Any]
    alpha: Constant[Any]
    molar_volume: Constant[Any]
    surface_energy: Constant[Any]
    lithium_conductivity: Constant[Any]
    residual: Constant[Any]
    bulk: Constant[Any]
    transference: Constant[Any]
    current: Constant[Any]
    charge_scale: Constant[Any]
    salt_scale: Constant[Any]
    relaxation: Constant[Any]
    stabilisation: Constant[Any]
    rate_weight: Constant[Any]

    @classmethod
    def of(cls, p: Parameters, mesh: Any) -> Constants:
        """Make them of the parameters."""

        def constant(value: float) -> Constant[Any]:
            return Constant(mesh, float(value))

        conductivity = max(region.conductivity for region in p.regions.values())
        return cls(
            length=constant(p.interface.profile_length),
            f=constant(p.kinetics.inverse_thermal_voltage),
            alpha=constant(p.kinetics.symmetry_factor),
            molar_volume=constant(p.lithium.molar_volume),
            surface_energy=constant(p.interface.surface_energy),
            lithium_conductivity=constant(p.lithium.conductivity),
            residual=constant(p.residual_conductivity),
            bulk=constant(p.bulk_concentration),
            transference=constant(p.transference_number),
            current=constant(p.current_density or 0.0),
            charge_scale=constant(1 / conductivity),
            salt_scale=constant(1 / max(r.diffusivity for r in p.regions.values())),
            relaxation=constant(0.0),
            stabilisation=constant(0.0),
            rate_weight=constant(0.0),
        )


@dataclass(frozen=True)
class Front:
    """Where the front is taken to be while the fields are solved for.

    Attributes:
        distance: psi in um, extrapolated to the new time.
        curvature: Its K in 1/um.
        averaged: Unit normals into lithium, averaged at the nodes, of which that is the divergence.
        stress_drive: Mechanical overpotential in V.
    """

    distance: Function[Any]
    curvature: Function[Any]
    averaged: Function[Any]
    stress_drive: Function[Any]


def drive(state: Any) -> Any:
    """Return phi_e - phi_Li + eta_c + eta_m of the front in V, of fields or arrays of them."""
    return state[ELECTRONS] - state[IONS] + state[EXCESS]


class QuantitativeEquations:
    """Residuals of the model, as functions of whatever stands for the unknowns.

    Args:
        domain: Mesh with the boundary counter_electrode and named regions.
        parameters: Physics.
        where: The front.
        salt_offset: What the past contributes to the rate of the salt.
    """

    def __init__(
        self, domain: Domain, parameters: Parameters, where: Front, salt_offset: Function[Any]
    ) -> None:
        mesh, p = domain.mesh, parameters
        self.parameters, self.constants, self._where = p, Constants.of(p, mesh), where
        self._salt_offset = salt_offset
        self.is_binary = p.transport is Transport.BINARY
        self._diffusivity = spread(domain, p.regions, lambda r: r.diffusivity)
        self._conductivity = spread(domain, p.regions, lambda r: r.conductivity)
        # L_eta is what the classic interface makes of i_0 (theory.kinetics.rate_constant).
        per_rate = 6 * p.interface.profile_length * FARADAY * p.lithium.site_density
        self.exchange = spread(domain, p.regions, lambda r: per_rate * r.rate_constant)
        self.nodal = ufl.Measure("dx", domain=mesh, metadata=VERTEX)
        self.dx = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 2})
        # The front's weight is as narrow as an element: its moments need more than corners.
        self._narrow = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": SHARP})
        ends = ufl.Measure("ds", domain=mesh, subdomain_data=domain.facet_tags)
        self._far = ends(domain.boundaries["counter_electrode"])
        k = self.constants
        xi = front.order_parameter(where.distance, k.length)
        self._across = 1 - xi + k.residual * xi
        self._along = front.electrolyte_along(xi) + k.residual * xi
        self._normal = front.into_lithium(where.distance)

    def current(self, state: Any) -> Any:
        """Return the current density that plates in A/m^2, as extended along the normals."""
        k = self.constants
        rates = kinetics.reaction_rates(drive(state), k.f, k.alpha)
        supply = ufl.max_value(state[SUPPLY], 0.0) if self.is_binary else 1.0
        return kinetics.plating_current(supply, *rates, self.exchange)

    def plated(self, state: Any, test: Any, dx: Any = None) -> Any:
        """Return the current that plates per volume, tested."""
        density = front.surface_density(self._where.distance, self.constants.length)
        return self.current(state) * density * test * (self.nodal if dx is None else dx)

    def ions(self, state: Any, test: Any, dx: Any = None, nodal: Any = None) -> Any:
        """Li+ of the electrolyte (less anions), which the reaction takes."""
        flow = self._ionic_conduction(state)
        measure = self.dx if dx is None else dx
        return ufl.inner(flow, ufl.grad(test)) * measure + self.plated(state, test, nodal)

    def _ionic_conduction(self, state: Any) -> Any:
        """Return minus the ionic current density.

        Linear in xi: the sink is spread as |grad xi|, so that the field is even inside the layer.
        """
        k, potential = self.constants, state[IONS]
        if not self.is_binary:
            return self._through(self._conductivity * ufl.grad(potential))
        cations, anions = self._ionic_diffusivities()
        c = state[SALT]
        flow = (cations - anions) * ufl.grad(c) + (cations + anions) * k.f * c * ufl.grad(potential)
        return FARADAY * k.bulk * self._through(flow)

    def _through(self, slope: Any) -> Any:
        return front.across_and_along(slope, self._normal, self._across, self._along)

    def _ionic_diffusivities(self) -> tuple[Any, Any]:
        """Return D+ and D- of a salt of ambipolar diffusivity D: t+ = D+ / (D+ + D-)."""
        share = self.constants.transference
        return self._diffusivity / (2 * (1 - share)), self._diffusivity / (2 * share)

    def electrons(self, state: Any, test: Any, dx: Any = None, nodal: Any = None) -> Any:
        """Electrons of the metal, which the reaction takes too."""
        k = self.constants
        xi = front.order_parameter(self._where.distance, k.length)
        # Linear in xi the tail of the profile would carry electrons from lithium to a foil.
        sigma = free_energy.mixture(xi, k.lithium_conductivity, k.residual**2 * self._conductivity)
        flow = sigma * ufl.inner(ufl.grad(state[ELECTRONS]), ufl.grad(test))
        return flow * (self.dx if dx is None else dx) - self.plated(state, test, nodal)

    def salt(self, state: Any, test: Any) -> Any:
        """Anions of a binary electrolyte, which no reaction takes."""
        k, c = self.constants, state[SALT]
        _, anions = self._ionic_diffusivities()
        flow = anions * (ufl.grad(c) - k.f * c * ufl.grad(state[IONS]))
        rate = k.rate_weight * self._across * c + self._salt_offset
        conduction = ufl.inner(self._through(flow), ufl.grad(test)) * self.dx
        return rate * test * self.nodal + conduction

    def _sharp(self, field: Any) -> Any:
        """Return what a field is at the front, as if that were sharp."""
        k = self.constants
        rise = -ufl.dot(self._normal, ufl.grad(field))
        return field - front.BENT * k.length**2 * self._where.curvature * rise

    def _at_front(self, extended: Any, local: Any, test: Any) -> Any:
        """Take a field at the front and carry it along the normals."""
        k, psi = self.constants, self._where.distance
        carried = front.along_normal(extended, self._normal, test, ISOTROPIC)
        reach = (REACH * k.length) ** 2
        near = ufl.max_value(front.front_weight(psi, k.length, 1), FLOOR)
        weight = front.front_weight(psi, k.length, POWER)
        return weight * (extended - local) * test * self._narrow + reach * near * carried * self.dx

    def smoothed(self, stress: Any, local: Any, test: Any) -> Any:
        """Stress at the front, without what P1 strains scatter from cell to cell."""
        k = self.constants
        near = ufl.max_value(front.front_weight(self._where.distance, k.length, CUBE), FLOOR)
        spread = k.length**2 * ufl.inner(ufl.grad(stress), ufl.grad(test))
        return near * ((stress - local) * test + spread) * self._narrow

    def drive(self, state: Any, test: Any) -> Any:
        """Overpotential at the front: potentials, surface energy and stress."""
        k, where = self.constants, self._where
        capillary = front.capillary_overpotential(
            where.curvature, k.surface_energy, k.molar_volume, FARADAY
        )
        local = state[ELECTRONS] - self._sharp(state[IONS]) + capillary + where.stress_drive
        return self._at_front(drive(state), local, test)

    def fields(self, state: Any) -> Any:
        """All fields that are solved for together, tested with the components of their space."""
        tests = ufl.split(ufl.TestFunction(state.function_space))
        k = self.constants
        carrier = self.parameters.counter_electrode.carrier
        entry = k.current * tests[carrier] * self._far
        charge = self.ions(state, tests[IONS]) + self.electrons(state, tests[ELECTRONS]) - entry
        per_area = 1 / k.length**2
        residual = k.charge_scale * charge + per_area * self.drive(state, tests[EXCESS])
        if self.is_binary:
            residual += k.salt_scale * self.salt(state, tests[SALT])
            residual += per_area * self._at_front(
                state[SUPPLY], self._sharp(state[SALT]), tests[SUPPLY]
            )
        return residual

    def motion(self, distance: Any, rate: Any, state: Any, test: Any) -> Any:
        """Motion of the front: psi_t = V_m i / F, and the relaxation to a distance."""
        k, guess = self.constants, self._where.distance
        weight = ufl.max_value(front.front_weight(guess, k.length, 1), FLOOR)
        speed = front.speed(self.current(state), k.molar_volume, FARADAY)
        # The current has the curvature of the guess, which misses zigzags and what came since.
        missed = k.stabilisation * front.missed_curvature(
            distance, self._where.averaged, self._normal, test
        )
        relaxation = k.relaxation * front.relaxation(distance, self._normal, test)
        return (
            weight * (rate - speed) * test * self.nodal + weight * (relaxation + missed) * self.dx
        )

    def conditions(self, domain: Domain, space: FunctionSpace[Any]) -> list[DirichletBC[Any]]:
        """Return what is held at electrode and counter electrode.

        Potentials are measured from the electrode.
        """
        p, end = self.parameters, self.parameters.counter_electrode

        def at(boundary: str, field: int, value: float) -> DirichletBC[Any]:
            component = space.sub(field)
            return fem.dirichletbc(value, boundary_dofs(domain, component, boundary), component)

        held = [at("electrode", ELECTRONS, 0.0)]
        if p.current_density is None:
            held.append(at("counter_electrode", end.carrier, -p.overpotential))
        if self.is_binary and end.concentration is not None:
            held.append(at("counter_electrode", SALT, end.concentration))
        return held
