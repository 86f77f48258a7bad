"""Residuals and Dirichlet conditions of the electrodeposition model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ufl
from dolfinx import fem
from dolfinx.fem import DirichletBC, Function, FunctionSpace

from lithode.core.constants import FARADAY
from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.parameters import (
    Charge,
    ElectrolyteRegion,
    Parameters,
    Transport,
)
from lithode.solvers.numerics.conditions import between_plates
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.properties import spread
from lithode.solvers.physics import (
    creeping_solid,
    elasticity,
    free_energy,
    kinetics,
    transport,
)
from lithode.solvers.physics.creeping_solid import Linearised
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.kinetics import mechanical_overpotential


@dataclass(frozen=True)
class Properties:
    """Cellwise (DG0) properties of the electrolyte, as the forms use them."""

    stiffness: Stiffness
    eigenstrain: Function[Any]
    rate_constant: Function[Any]
    diffusivity: Function[Any]
    conductivity: Function[Any]

    @classmethod
    def on(cls, domain: Domain, regions: Mapping[str, ElectrolyteRegion]) -> Properties:
        """Spread the values of the named regions over the mesh.

        Raises:
            InputError: A region of the mesh has no values.
        """

        def of(value: Callable[[ElectrolyteRegion], float]) -> Function[Any]:
            return spread(domain, regions, value)

        return cls(
            stiffness=Stiffness(
                of(lambda r: r.stiffness.first_lame), of(lambda r: r.stiffness.shear)
            ),
            eigenstrain=of(lambda r: r.eigenstrain),
            rate_constant=of(lambda r: r.rate_constant),
            diffusivity=of(lambda r: r.diffusivity),
            conductivity=of(lambda r: r.conductivity),
        )


@dataclass(frozen=True)
class Equations:
    """The model's residuals, as functions of whatever stands for the unknowns.

    The staggered solve, the monolithic solve and the balance audits are all built from these.
    With two potentials ``potential`` is the pair (Li+, electrons) of ``Charge.TWO_POTENTIAL``.

    Attributes:
        parameters: The model's parameters.
        properties: Cellwise properties.
        measure: Quadrature of the phase, transport and potential terms.
        kinematics: Plane strain, plane stress or solid.
        noise: chi at the new time (P1).
        counter_electrode: Its measure, needed where a current is held.
        withheld: Rate in 1/s by which xi grows more slowly for want of Li+ (P1), None without.
    """

    parameters: Parameters
    properties: Properties
    measure: Any
    kinematics: Kinematics
    noise: Function[Any]
    counter_electrode: Any = None
    withheld: Function[Any] | None = None

    @property
    def has_two_potentials(self) -> bool:
        """Whether Li+ and electrons have a potential each."""
        return self.parameters.charge is Charge.TWO_POTENTIAL

    def ionic(self, potential: Any) -> Any:
        """Return the potential that Li+ feel."""
        return potential[0] if self.has_two_potentials else potential

    def overpotential(self, potential: Any, stress: Any) -> Any:
        """Return eta in V; potentials are measured from the electrode.

        With one potential psi it is phi_electrode + psi + eta_m, with two phi_e - phi_Li + eta_m.
        """
        p = self.parameters
        eta_m = mechanical_overpotential(
            stress, p.lithium.molar_volume, p.kinetics.mechanical_factor
        )
        if self.has_two_potentials:
            return potential[1] - potential[0] + eta_m
        return p.overpotential + potential + eta_m

    def plating(self, xi: Any, c: Any, potential: Any, stress: Any) -> Any:
        """Return the Butler-Volmer part of d xi/dt, in 1/s."""
        p = self.parameters
        f, alpha = p.kinetics.inverse_thermal_voltage, p.kinetics.symmetry_factor
        oxidation, reduction = kinetics.reaction_rates(
            self.overpotential(potential, stress), f, alpha
        )
        # Between fixed anions the electrolyte at the front is always full.
        supply = 1.0 if p.transport is Transport.SINGLE_ION else c
        return kinetics.plating_rate(
            xi, supply, oxidation, reduction, self.properties.rate_constant
        )

    def phase(self, xi: Any, xi_rate: Any, c: Any, potential: Any, stress: Any, test: Any) -> Any:
        """Allen-Cahn equation of the order parameter with Butler-Volmer kinetics and noise."""
        p, dx = self.parameters, self.measure
        plating = self.plating(xi, c, potential, stress)
        force = free_energy.double_well_force(xi, p.interface.barrier)
        if p.fluctuations is not None:
            force += (
                p.fluctuations.amplitude
                * p.interface.barrier
                * free_energy.interpolation_slope(xi)
                * self.noise
            )
        if self.withheld is not None:
            xi_rate = xi_rate + self.withheld
        mobility = p.interface.mobility
        return (xi_rate + mobility * force - plating) * test * dx + (
            mobility * p.interface.gradient_coefficient
        ) * ufl.inner(ufl.grad(xi), ufl.grad(test)) * dx

    def concentration(
        self, xi: Any, xi_rate: Any, c: Any, c_rate: Any, potential: Any, test: Any, dx: Any = None
    ) -> Any:
        """Transport of Li+, which the growing metal takes up; or c + xi = 1, kept as a rate."""
        p = self.parameters
        dx = self.measure if dx is None else dx
        if p.transport is Transport.SINGLE_ION:
            return (c_rate + xi_rate) * test * dx
        diffusivity = free_energy.mixture(xi, p.lithium.diffusivity, self.properties.diffusivity)
        f = p.kinetics.inverse_thermal_voltage
        if p.transport is Transport.STERIC:
            flux = transport.steric_flux(
                c, self.ionic(potential), diffusivity, f, p.concentration_limit
            )
        else:
            flux = transport.nernst_planck_flux(c, self.ionic(potential), diffusivity, f)
        uptake = p.lithium.site_density / p.bulk_concentration * xi_rate
        return (c_rate + uptake) * test * dx - ufl.inner(flux, ufl.grad(test)) * dx

    def lithium(self, phase: Any, rate: Any, potential: Any, stress: Any) -> Any:
        """Both equations of (xi, c), tested with the components of its space."""
        v, q = ufl.split(ufl.TestFunction(phase.function_space))
        return self.phase(phase[0], rate[0], phase[1], potential, stress, v) + self.concentration(
            phase[0], rate[0], phase[1], rate[1], potential, q
        )

    def charge(self, xi: Any, xi_rate: Any, potential: Any, test: Any, dx: Any = None) -> Any:
        """Charge balance div(sigma grad phi) = F c_s d xi/dt; see ``Parameters.lithium_gain``.

        With two potentials the balances of Li+ and electrons, and the current that is held.
        """
        if not self.has_two_potentials:
            metal, electrolyte = self.parameters.lithium, self.properties
            sigma = free_energy.mixture(xi, metal.conductivity, electrolyte.conductivity)
            return self._carrier(sigma, self._faradaic(xi_rate), potential, test, dx)
        balance = self.ions(xi, xi_rate, potential[0], test[0], dx)
        balance += self.electrons(xi, xi_rate, potential[1], test[1], dx)
        if self.parameters.current_density is not None:
            entry = test[self.parameters.counter_electrode.carrier] * self.counter_electrode
            balance -= self.parameters.current_density * entry
        return balance

    def ions(self, xi: Any, xi_rate: Any, potential: Any, test: Any, dx: Any = None) -> Any:
        """Li+ of the electrolyte, which the reaction takes: div i_Li = -F c_s d xi/dt."""
        electrolyte = self.properties.conductivity
        rest = self.parameters.residual_conductivity * electrolyte
        sigma = free_energy.mixture(xi, rest, electrolyte)
        return self._carrier(sigma, self._faradaic(xi_rate), potential, test, dx)

    def electrons(self, xi: Any, xi_rate: Any, potential: Any, test: Any, dx: Any = None) -> Any:
        """Current in the metal, which the reaction feeds: div i_e = F c_s d xi/dt."""
        rest = self.parameters.residual_conductivity * self.properties.conductivity
        sigma = free_energy.mixture(xi, self.parameters.lithium.conductivity, rest)
        return self._carrier(sigma, -self._faradaic(xi_rate), potential, test, dx)

    def _faradaic(self, xi_rate: Any) -> Any:
        return FARADAY * self.parameters.lithium_gain * xi_rate

    def _carrier(self, conductivity: Any, loss: Any, potential: Any, test: Any, dx: Any) -> Any:
        """Weak form of div(sigma grad phi) = loss."""
        dx = self.measure if dx is None else dx
        current = transport.ohmic_current(potential, conductivity)
        return loss * test * dx - ufl.inner(current, ufl.grad(test)) * dx

    def _stiffness(self, xi: Any) -> Stiffness:
        metal, electrolyte = self.parameters.lithium.stiffness, self.properties.stiffness
        return Stiffness(
            free_energy.mixture(xi, metal.first_lame, electrolyte.first_lame),
            free_energy.mixture(xi, metal.shear, electrolyte.shear),
        )

    def _midpoint(self, test: Any) -> Any:
        # P1 strain is constant per cell: the midpoint rule gives the eigenstrain that matches it.
        return ufl.dx(domain=ufl.domain.extract_unique_domain(test), degree=1)

    def momentum(
        self, xi: Any, displacement: Any, test: Any, creeping: Linearised | None = None
    ) -> Any:
        """Mechanical equilibrium div sigma = 0, with lithium that creeps if it is given."""
        sigma = self._stress(xi, displacement, creeping)
        strain = elasticity.strain if creeping is None else creeping_solid.strain
        work = ufl.inner(sigma, strain(test)) * self._midpoint(test)
        return work + self._pressed(displacement, test)

    def _stress(self, xi: Any, displacement: Any, creeping: Linearised | None) -> Any:
        """Return the stress of the mixture; of shape (3, 3) where lithium creeps."""
        eigenstrain, stiffness = self.properties.eigenstrain * xi, self._stiffness(xi)
        if creeping is None:
            return elasticity.stress(displacement, eigenstrain, stiffness, self.kinematics)
        h = free_energy.interpolation(xi)
        shears = (
            h * self.parameters.lithium.stiffness.shear,
            (1 - h) * self.properties.stiffness.shear,
        )
        return creeping_solid.stress(displacement, eigenstrain, stiffness.bulk, shears, creeping)

    def _pressed(self, displacement: Any, test: Any) -> Any:
        """Work on the stack beyond the counter electrode, whose outward normal is the last axis."""
        stack = self.parameters.stack
        if stack is None:
            return 0
        axis = test.ufl_shape[0] - 1
        back = stack.pressure + stack.stiffness * displacement[axis]
        return back * test[axis] * self.counter_electrode

    def hydrostatic_stress(self, xi: Any, displacement: Any, test: Any, dx: Any = None) -> Any:
        """Moments of the hydrostatic stress; divided by those of 1 they give nodal averages."""
        dx = self._midpoint(test) if dx is None else dx
        value = elasticity.hydrostatic_stress(
            displacement, self.properties.eigenstrain * xi, self._stiffness(xi), self.kinematics
        )
        return value * test * dx

    def traction(
        self, xi: Any, displacement: Any, normal: Any, creeping: Linearised | None = None
    ) -> Any:
        """Return n . sigma . n of the mixture in MPa."""
        sigma = self._stress(xi, displacement, creeping)
        n = normal if creeping is None else creeping_solid.direction(normal)
        return ufl.dot(n, ufl.dot(sigma, n))

    def stress_in_lithium(
        self, displacement: Any, traction: Any, normal: Any, crept: Any | None = None
    ) -> Any:
        """Return the hydrostatic stress in MPa that lithium has at a front with this normal.

        Args:
            displacement: In um.
            traction: Of the front, `traction`.
            normal: Unit vector.
            crept: Components of lithium's creep strain there, None without.
        """
        metal = self.parameters.lithium.stiffness
        if crept is not None:
            n = creeping_solid.direction(normal)
            lost = ufl.dot(n, ufl.dot(creeping_solid.tensor(crept), n))
            traction = traction + 2 * metal.shear * lost
        growth = self.properties.eigenstrain
        return elasticity.beside_interface(
            displacement, traction, normal, growth, metal, self.kinematics
        )


@dataclass(frozen=True)
class Conditions:
    """Dirichlet conditions: Li and phi at the electrode, what is opposite, and rollers.

    With two potentials phi of the electrons at the electrode and, unless the current is held, phi
    of the carrier that passes the counter electrode.
    """

    phase: list[DirichletBC[Any]]
    potential: list[DirichletBC[Any]]
    displacement: list[DirichletBC[Any]]

    @classmethod
    def on(
        cls,
        domain: Domain,
        phase: FunctionSpace[Any],
        potential: FunctionSpace[Any],
        displacement: FunctionSpace[Any],
        parameters: Parameters,
    ) -> Conditions:
        """Set them on the named boundaries electrode, counter_electrode and sides."""
        carriers = (potential, potential)
        if parameters.charge is Charge.TWO_POTENTIAL:
            carriers = (potential.sub(0), potential.sub(1))
        end = parameters.counter_electrode

        def at(boundary: str, space: FunctionSpace[Any], value: Any) -> DirichletBC[Any]:
            return fem.dirichletbc(value, boundary_dofs(domain, space, boundary), space)

        # Measured from the electrode: round-off in the metal then stays far below the current.
        held = [at("electrode", carriers[1], 0.0)]
        if parameters.current_density is None:
            held.append(at("counter_electrode", carriers[end.carrier], -parameters.overpotential))
        content = [
            at("electrode", phase.sub(0), 1.0),
            at("counter_electrode", phase.sub(0), end.order_parameter),
        ]
        if end.concentration is not None:
            content.append(at("counter_electrode", phase.sub(1), end.concentration))
        return cls(
            phase=content,
            potential=held,
            displacement=between_plates(domain, displacement, parameters.stack is not None),
        )
