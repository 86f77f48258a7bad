"""Residuals and Dirichlet conditions of the mixed-conductor model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ufl
from dolfinx import fem
from dolfinx.fem import DirichletBC, Function, FunctionSpace

from lithode.core.constants import FARADAY, VACUUM_PERMITTIVITY
from lithode.core.domain import Domain
from lithode.solvers.mixed_conductor.parameters import (
    Conductor,
    Galvanostatic,
    Numerics,
    Parameters,
    Potentiostatic,
    Solver,
)
from lithode.solvers.numerics.blocks import MUMPS, Options
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.properties import spread
from lithode.solvers.numerics.quadrature import VERTEX
from lithode.solvers.physics import kinetics, transport
from lithode.solvers.physics.transport import Carriers
from lithode.theory.transport import squared_debye_length

_NEWTON: Options = {
    "snes_type": "newtonls",
    "snes_linesearch_type": "basic",
    "snes_rtol": 1e-12,
    # Newton converges quadratically: after such a step only rounding errors are left.
    "snes_stol": 1e-7,
    "snes_max_it": 25,
    "snes_divergence_tolerance": 1e12,
}
OPTIONS: Mapping[Solver, Options] = {
    "direct": {**_NEWTON, **MUMPS},
    # Both carriers of a node are one content: incomplete factors see that, AMG by field does not.
    "iterative": {
        **_NEWTON,
        "ksp_type": "gmres",
        "ksp_gmres_restart": 100,
        "ksp_rtol": 1e-8,
        "ksp_max_it": 400,
        "pc_type": "asm",
        "sub_pc_factor_levels": 2,
    },
}

# Degree 1 misjudges the exponentials so far that Newton does not converge (docs/numerics.md).
FLUX = {"quadrature_degree": 2}


@dataclass(frozen=True)
class Equations:
    """The model's residuals, as functions of whatever stands for the unknowns.

    Balances are in units of the content that they balance: Li+ over c_0, electrons over c_e,Li.

    Attributes:
        domain: The mesh.
        parameters: The model's parameters.
        numerics: The form of the equations.
        cation_diffusivity: D+ per cell, in um^2/s.
        electron_diffusivity: D_e per cell.
    """

    domain: Domain
    parameters: Parameters
    numerics: Numerics
    cation_diffusivity: Function[Any]
    electron_diffusivity: Function[Any]

    @classmethod
    def on(cls, domain: Domain, parameters: Parameters, numerics: Numerics) -> Equations:
        """Spread the conductors over the mesh.

        Raises:
            InputError: A region of the mesh has no conductor.
        """

        def of(value: Callable[[Conductor], float]) -> Function[Any]:
            return spread(domain, parameters.regions, value)

        return cls(
            domain,
            parameters,
            numerics,
            of(lambda region: region.cation_diffusivity),
            of(lambda region: region.electron_diffusivity),
        )

    @property
    def measure(self) -> ufl.Measure:
        """Quadrature of the fluxes; contents are lumped, else c_e can turn negative."""
        return ufl.Measure("dx", domain=self.domain.mesh, metadata=FLUX)

    @property
    def electron_scale(self) -> float:
        """c_e,Li over c_0, the concentration of electrons where Li+ has that of the start."""
        p = self.parameters
        return p.lithium.electron_concentration / p.cation_concentration

    @property
    def charge_per_content(self) -> float:
        """Charge in pC per um^d of Li+ at c_0."""
        return FARADAY * self.parameters.cation_concentration

    @property
    def lithium_level(self) -> float:
        """Quasi-Fermi potential of electrons in the lithium; galvanostatic, lithium is at 0 V."""
        drive, f = self.parameters.drive, self.parameters.inverse_thermal_voltage
        held = drive.overpotential if isinstance(drive, Potentiostatic) else 0.0
        return -f * held - math.log(self.electron_scale)

    def carriers(self, levels: Any) -> Carriers:
        """Return the carriers of (p, q) or (p, q, V)."""
        if self.numerics.formulation == "poisson":
            return transport.charged_carriers(levels[0], levels[1], levels[2])
        return transport.neutral_carriers(levels[0], levels[1], self.parameters.background)

    def activity(self, carriers: Carriers) -> Any:
        """Return (c+ / c_0) (c_e / c_e,Li)."""
        return carriers.cation * carriers.electron / self.electron_scale

    def growth_rate(self, carriers: Carriers) -> Any:
        """Return the current density i in A/m^2 of a lithium surface here (equation 9)."""
        lithium, f = self.parameters.lithium, self.parameters.inverse_thermal_voltage
        oxidation, reduction = kinetics.reaction_rates(
            lithium.stern_drop, f, lithium.symmetry_factor
        )
        return kinetics.plating_current(
            self.activity(carriers), oxidation, reduction, lithium.exchange_current_density
        )

    def on_boundary(self, density: Any, boundary: str) -> Any:
        """Return the integral of a density over a named boundary."""
        ds = ufl.Measure("ds", domain=self.domain.mesh, subdomain_data=self.domain.facet_tags)
        return density * ds(self.domain.boundaries[boundary], metadata=FLUX)

    def cation(self, levels: Any, rate: Any, test: Any, dx: Any = None) -> Any:
        """Li+ inside: d c+/dt = div(D+ c+ grad p)."""
        dx = self.measure if dx is None else dx
        flux = transport.quasi_fermi_flux(
            self.carriers(levels).cation, levels[0], self.cation_diffusivity, 1
        )
        return rate * test * dx(metadata=VERTEX) - ufl.inner(flux, ufl.grad(test)) * dx

    def electron(self, levels: Any, rate: Any, test: Any, dx: Any = None) -> Any:
        """Electrons inside: d c_e/dt = -div(D_e c_e grad q), over c_e,Li."""
        dx = self.measure if dx is None else dx
        flux = transport.quasi_fermi_flux(
            self.carriers(levels).electron, levels[1], self.electron_diffusivity, -1
        )
        balance = rate * test * dx(metadata=VERTEX) - ufl.inner(flux, ufl.grad(test)) * dx
        return 1 / self.electron_scale * balance

    def poisson(self, levels: Any, test: Any) -> Any:
        """Poisson's equation -lambda^2 div grad V = c+ - c_e - N."""
        p, dx = self.parameters, self.measure
        c = self.carriers(levels)
        length = squared_debye_length(
            p.relative_permittivity * VACUUM_PERMITTIVITY,
            p.cation_concentration,
            p.inverse_thermal_voltage,
        )
        charge = c.cation - c.electron - p.background
        field = ufl.inner(ufl.grad(levels[2]), ufl.grad(test)) * dx
        return length * field - charge * test * dx(metadata=VERTEX)

    def supply(self, test: Any) -> Any:
        """Li+ that is fed in at the counter electrode in the galvanostatic mode."""
        p = self.parameters
        if not isinstance(p.drive, Galvanostatic):
            return None
        rate = fem.Constant(self.domain.mesh, p.drive.current / self.charge_per_content)
        return self.on_boundary(rate * test, "counter_electrode")

    def plating(self, levels: Any, test: Any) -> Any:
        """Li+ that the lithium surface takes up."""
        growth = self.growth_rate(self.carriers(levels)) / self.charge_per_content
        return self.on_boundary(growth * test, "electrode")

    def residual(self, levels: Function[Any], rate: Any, step: Any) -> Any:
        """All equations, the balances times the step so that they are in units of content."""
        tests = ufl.split(ufl.TestFunction(levels.function_space))
        balance = self.cation(levels, rate[0], tests[0]) + self.plating(levels, tests[0])
        supply = self.supply(tests[0])
        if supply is not None:
            balance -= supply
        balance = step * (balance + self.electron(levels, rate[1], tests[1]))
        if self.numerics.formulation == "poisson":
            balance += self.poisson(levels, tests[2])
        return balance

    def conditions(self, space: FunctionSpace[Any]) -> list[DirichletBC[Any]]:
        """Electrons of the lithium at its surface; Li+ of the start at the counter electrode."""

        def at(boundary: str, component: int, value: float) -> DirichletBC[Any]:
            sub = space.sub(component)
            return fem.dirichletbc(value, boundary_dofs(self.domain, sub, boundary), sub)

        found = [at("electrode", 1, self.lithium_level)]
        if isinstance(self.parameters.drive, Potentiostatic):
            found.append(at("counter_electrode", 0, 0.0))
        if self.numerics.formulation == "poisson" and self.numerics.wall_potential:
            wall = self.lithium_level + math.log(self.electron_scale)
            found.append(at("electrode", 2, wall))
        return found
