"""Energy and residual of the wetting model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import ufl
from dolfinx.fem import Constant, Function, FunctionSpace

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.solvers.numerics.quadrature import leaning_measure
from lithode.solvers.physics import free_energy, kinetics, wetting
from lithode.solvers.wetting.parameters import GrainFields, Parameters, Walls
from lithode.theory.capillarity import grain_profile
from lithode.theory.kinetics import driving

# Of the cubic wall energy times a test function.
_WALL = {"quadrature_degree": 4}


@dataclass(frozen=True)
class Equations:
    """The model's energy and residual, as functions of whatever stands for zeta.

    Attributes:
        parameters: The model's parameters.
        measure: Quadrature of the cells.
        walls: Measure of each wetted boundary with the cosine of its contact angle.
        grains: sum_g phi_g, zero without grain fields.
        squares: sum_g phi_g^2.
    """

    parameters: Parameters
    measure: Any
    walls: tuple[tuple[Any, Constant[Any]], ...]
    grains: Function[Any]
    squares: Function[Any]

    @classmethod
    def on(
        cls, domain: Domain, space: FunctionSpace[Any], parameters: Parameters, lumping: float
    ) -> Equations:
        """Put walls or grains on a mesh.

        Raises:
            InputError: A boundary that the mesh does not have.
        """
        mesh, solid = domain.mesh, parameters.solid
        grains, squares = Function(space, name="grains"), Function(space)
        walls = []
        if isinstance(solid, Walls):
            ds = ufl.Measure(
                "ds", domain=mesh, subdomain_data=domain.facet_tags, metadata=dict(_WALL)
            )
            for name, angle in solid.contact_angles.items():
                if name not in domain.boundaries:
                    raise InputError("wall", name, "is no boundary of the mesh")
                cosine = Constant(mesh, math.cos(math.radians(angle)))
                walls.append((ds(domain.boundaries[name]), cosine))
        else:
            points = space.tabulate_dof_coordinates()
            for distance in solid.distances(points):
                phi = grain_profile(distance, solid.profile_length)
                grains.x.array[:] += phi
                squares.x.array[:] += phi**2
        return cls(parameters, leaning_measure(mesh, lumping), tuple(walls), grains, squares)

    def energy(self, zeta: Any) -> Any:
        """Return the form of the free energy (equations 12 and 13, or with walls), in pJ (/um)."""
        interface, solid, dx = self.parameters.interface, self.parameters.solid, self.measure
        density = free_energy.double_well(zeta, interface.barrier)
        density += free_energy.gradient_energy(zeta, interface.gradient_coefficient)
        if isinstance(solid, GrainFields):
            density += wetting.grain_barrier(zeta, self.squares, solid.barrier)
            density += wetting.grain_coupling(zeta, self.grains, solid.coupling)
        form = density * dx
        for ds, cosine in self.walls:
            form += wetting.wall_energy(zeta, interface.surface_energy, cosine) * ds
        return form

    @property
    def pressure(self) -> float:
        """Work of the drive per volume of lithium in MPa: pressure and overpotential together."""
        drive, interface = self.parameters.drive, self.parameters.interface
        f, alpha = drive.inverse_thermal_voltage, drive.symmetry_factor
        rate = driving(drive.overpotential, f, alpha, drive.concentration)
        return drive.pressure + drive.rate_constant * rate / interface.mobility

    def work(self, zeta: Any) -> Any:
        """Return the form of the work that the drive has done, in pJ (/um)."""
        return self.pressure * free_energy.interpolation(zeta) * self.measure

    def plating(self, zeta: Any, test: Any) -> Any:
        """Return the form of the driven part of d zeta/dt, in 1/s."""
        drive, mobility = self.parameters.drive, self.parameters.interface.mobility
        oxidation, reduction = kinetics.reaction_rates(
            drive.overpotential, drive.inverse_thermal_voltage, drive.symmetry_factor
        )
        rate = kinetics.plating_rate(
            zeta, drive.concentration, oxidation, reduction, drive.rate_constant
        )
        push = mobility * drive.pressure * free_energy.interpolation_slope(zeta)
        return (rate + push) * test * self.measure

    def relaxation(self, zeta: Any, test: Any) -> Any:
        """Return the form of the part of d zeta/dt that lowers the free energy."""
        interface, solid, dx = self.parameters.interface, self.parameters.solid, self.measure
        force = free_energy.double_well_force(zeta, interface.barrier)
        flux = interface.gradient_coefficient * ufl.grad(zeta)
        if isinstance(solid, GrainFields):
            force += wetting.grain_barrier_force(zeta, self.squares, solid.barrier)
            flux -= solid.coupling * ufl.grad(self.grains)
        form = -force * test * dx - ufl.inner(flux, ufl.grad(test)) * dx
        for ds, cosine in self.walls:
            form += wetting.wall_pull(zeta, interface.surface_energy, cosine) * test * ds
        return interface.mobility * form

    def holding(self, zeta: Any, multiplier: Any, test: Any) -> Any:
        """Return the form of the part of d zeta/dt that keeps the content, by a pressure in MPa."""
        slope = wetting.content_slope(zeta)
        return self.parameters.interface.mobility * multiplier * slope * test * self.measure

    def residual(self, zeta: Any, rate: Any, multiplier: Any, test: Any) -> Any:
        """Return the Allen-Cahn equation (16), or with walls, which vanishes at the solution."""
        form = rate * test * self.measure
        form -= self.plating(zeta, test) + self.relaxation(zeta, test)
        if self.parameters.conserved:
            form -= self.holding(zeta, multiplier, test)
        return form

    def initial(self, zeta: Any) -> Any:
        """Return nodal values with the grains taken out."""
        return np.clip(zeta, 0.0, 1.0) * np.clip(1 - self.grains.x.array, 0.0, 1.0)
