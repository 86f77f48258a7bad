"""Forms and Dirichlet conditions of the impedance model, complex numbers as pairs of real ones."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, Function, FunctionSpace

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.solvers.impedance.parameters import Parameters, Side, Solver
from lithode.solvers.numerics.blocks import MUMPS, Options
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.solvers.numerics.properties import spread

OPTIONS: Mapping[Solver, Options] = {
    "direct": MUMPS,
    "iterative": {
        "ksp_type": "gmres",
        "ksp_rtol": 1e-12,
        "ksp_max_it": 300,
        "ksp_gmres_restart": 100,
        "pc_type": "fieldsplit",
        "pc_fieldsplit_type": "additive",
        "fieldsplit_0_ksp_type": "preonly",
        "fieldsplit_0_pc_type": "hypre",
        "fieldsplit_1_ksp_type": "preonly",
        "fieldsplit_1_pc_type": "hypre",
    },
}
VOLTAGE: Mapping[Side, float] = {"driven": 1.0, "grounded": 0.0}


def product(a: Any, b: Any) -> tuple[Any, Any]:
    """Return the real and imaginary part of the product of two pairs."""
    return a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]


@dataclass(frozen=True)
class Coefficients:
    """Complex conductivities and admittances at one frequency, as the forms use them.

    All of them are turned in the complex plane by one angle. Resistive and capacitive elements lie
    in one quarter of it; turned to both sides of the real axis their real parts outweigh the
    imaginary ones, and the two diagonal blocks alone are a good preconditioner.

    Attributes:
        domain: The mesh.
        parameters: The elements.
        conductivity: Real and imaginary part per cell, in uS/m.
        admittance: Real and imaginary part of each boundary with an interface, in S/m^2.
    """

    domain: Domain
    parameters: Parameters
    conductivity: tuple[Function[Any], Function[Any]]
    admittance: Mapping[str, Constant[Any]]

    @classmethod
    def on(cls, domain: Domain, parameters: Parameters) -> Coefficients:
        """Make coefficients, to be set before they are used.

        Raises:
            InputError: A region of the mesh has no resistivity.
        """
        real, imag = (spread(domain, parameters.regions, lambda _: 1.0) for _ in range(2))
        admittance = {name: Constant(domain.mesh, np.zeros(2)) for name in parameters.interfaces}
        return cls(domain, parameters, (real, imag), admittance)

    def set(self, frequency: float) -> float:
        """Set all values to those at a frequency in Hz.

        Returns:
            The angle by which they are turned.

        Raises:
            InputError: The frequency is not positive.
        """
        if not (math.isfinite(frequency) and frequency > 0):
            raise InputError("frequency", frequency, "must be finite and greater than 0", "Hz")
        w = 2 * math.pi * frequency
        inside = {
            name: 1 / complex(self.parameters.regions[name](w)) for name in self.domain.regions
        }
        at = {name: 1 / complex(e(w)) for name, e in self.parameters.interfaces.items()}
        phases = [cmath.phase(value) for value in (*inside.values(), *at.values())]
        angle = -(min(phases) + max(phases)) / 2
        turn = cmath.exp(1j * angle)
        for name, value in inside.items():
            cells, turned = self.domain.cells(name), turn * value
            self.conductivity[0].x.array[cells] = turned.real
            self.conductivity[1].x.array[cells] = turned.imag
        for name, value in at.items():
            turned = turn * value
            self.admittance[name].value = np.array([turned.real, turned.imag])
        return angle


@dataclass(frozen=True)
class Equations:
    """The forms of the model; potentials and tests are pairs of real functions.

    Attributes:
        domain: The mesh.
        parameters: The model's parameters.
        coefficients: Values of the elements.
    """

    domain: Domain
    parameters: Parameters
    coefficients: Coefficients

    @property
    def measure(self) -> ufl.Measure:
        """Quadrature of the current: slopes are constant per cell, the radius is linear."""
        degree = 1 if self.parameters.axisymmetric else 0
        return ufl.Measure("dx", domain=self.domain.mesh, metadata={"quadrature_degree": degree})

    @property
    def weight(self) -> Any:
        """Length of the circle that a point of an axisymmetric mesh stands for, else 1."""
        if not self.parameters.axisymmetric:
            return 1.0
        return 2 * math.pi * ufl.SpatialCoordinate(self.domain.mesh)[0]

    def current(self, potential: Any, test: Any, dx: Any = None) -> tuple[Any, Any]:
        """Return both parts of int kappa grad phi . grad v, for a real test function v."""
        dx = self.measure if dx is None else dx
        slopes = [ufl.inner(ufl.grad(part), ufl.grad(test)) for part in potential]
        real, imag = product(self.coefficients.conductivity, slopes)
        return self.weight * real * dx, self.weight * imag * dx

    def current_density(self, potential: Any) -> Any:
        """Return the amplitude of the current density."""
        parts = (*self.coefficients.conductivity, *(ufl.grad(part) for part in potential))
        kappa, kappa_imag, real, imag = (ufl.inner(part, part) for part in parts)
        return ufl.sqrt((kappa + kappa_imag) * (real + imag))

    def on_boundary(self, density: Any, boundary: str) -> Any:
        """Return the integral of a density over a named boundary."""
        number = self.domain.boundaries.get(boundary)
        if number is None:
            known = ", ".join(sorted(self.domain.boundaries))
            raise InputError("boundary", boundary, f"the mesh has {known or 'none'}")
        ds = ufl.Measure("ds", domain=self.domain.mesh, subdomain_data=self.domain.facet_tags)
        return self.weight * density * ds(number)

    def through(self, boundary: str, drop: Any) -> tuple[Any, Any]:
        """Return both parts of the integral of y times ``drop`` over a boundary."""
        real, imag = product(self.coefficients.admittance[boundary], drop)
        return self.on_boundary(real, boundary), self.on_boundary(imag, boundary)

    def residual(self, potential: Any) -> Any:
        """The equations: div(kappa grad phi) = 0, and y (phi - V) leaves through each contact."""
        tests = ufl.TestFunctions(potential.ufl_function_space())
        # A right-hand side for the case that there is no interface.
        total = fem.Constant(self.domain.mesh, 0.0) * tests[0] * self.measure
        for part, test in enumerate(tests):
            total += self.current(potential, test)[part]
            for name in self.coefficients.admittance:
                voltage = VOLTAGE[self.parameters.contacts[name].side]
                drop = potential[0] - voltage, potential[1]
                total += self.through(name, (drop[0] * test, drop[1] * test))[part]
        return total

    def power(self, potential: Any) -> tuple[Any, Any]:
        """Return both parts of int kappa (grad phi)^2 + y (phi - V)^2, without conjugation.

        For the solution it is the admittance, as the voltage is 1 V; it is stationary there, so
        that errors of the solution enter squared.
        """
        slopes = ufl.grad(potential[0]), ufl.grad(potential[1])
        square = (
            ufl.inner(slopes[0], slopes[0]) - ufl.inner(slopes[1], slopes[1]),
            2 * ufl.inner(slopes[0], slopes[1]),
        )
        real, imag = product(self.coefficients.conductivity, square)
        parts = [self.weight * real * self.measure, self.weight * imag * self.measure]
        for name in self.coefficients.admittance:
            drop = potential[0] - VOLTAGE[self.parameters.contacts[name].side], potential[1]
            for k, part in enumerate(self.through(name, product(drop, drop))):
                parts[k] += part
        return parts[0], parts[1]

    def conditions(self, space: FunctionSpace[Any]) -> list[DirichletBC[Any]]:
        """Boundaries without an interface are at the potential of their electrode."""
        found = []
        for name, contact in self.parameters.contacts.items():
            if contact.interface is None:
                for part, value in enumerate((VOLTAGE[contact.side], 0.0)):
                    sub = space.sub(part)
                    dofs = boundary_dofs(self.domain, sub, name)
                    found.append(fem.dirichletbc(value, dofs, sub))
        return found
