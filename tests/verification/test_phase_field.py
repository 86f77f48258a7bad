"""The phase equation: manufactured solution, flat profile and its energy, shrinking circle."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.constants import FARADAY
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.parameters import Fluctuations
from lithode.solvers.numerics.blocks import NonlinearBlock
from lithode.solvers.physics import free_energy
from lithode.theory.free_energy import (
    Interface,
    barrier_height,
    gradient_coefficient,
    interface_width_10_90,
    profile_length,
)
from lithode.theory.noise import LatticeNoise
from tests.verification.manufactured import (
    NEWTON,
    alternating,
    equations,
    integrate,
    norm,
    orders,
    parameters,
)

COMM = MPI.COMM_SELF


class Phase:
    """Phase equation on the unit square with every term at work, and its strong form by hand."""

    W, kappa, L, Le, eta0, amplitude, C = 0.5, 0.05, 2.0, 0.3, -0.02, 0.4, 1e-4

    def __init__(self, cells, solution, ions=1.0, lumping=1 / 3):
        self.domain = structured(COMM, (1.0, 1.0), (cells, cells))
        mesh = self.domain.mesh
        x, y = ufl.SpatialCoordinate(mesh)
        self.clock = fem.Constant(mesh, 0.0)
        t = ufl.variable(self.clock)
        self.exact, rate = solution(x, y, t), ufl.diff(solution(x, y, t), t)
        c, phi, stress, chi = ions * (1.5 + x), 0.03 * y * x, -2.0 + x, ufl.sin(3 * x) * y

        p = parameters(
            Interface(self.W, self.kappa, self.L),
            rate_constant=self.Le,
            overpotential=self.eta0,
            mechanical_factor=self.C,
        )
        noise = Fluctuations(self.amplitude, LatticeNoise(1.0, 1.0, 0))
        eq = equations(
            self.domain, dataclasses.replace(p, fluctuations=noise), lumping=lumping, noise=chi
        )
        f = p.kinetics.inverse_thermal_voltage
        eta = self.eta0 + phi - self.C * stress * 13.0 / FARADAY
        bell = 30 * self.exact**2 * (1 - self.exact) ** 2
        drop = 2 * self.W * self.exact * (1 - self.exact) * (1 - 2 * self.exact)
        lap = ufl.div(ufl.grad(self.exact))
        source = (
            rate
            + self.L * (drop - self.kappa * lap + self.amplitude * self.W * bell * chi)
            + self.Le * bell * (ufl.exp(0.5 * f * eta) - c * ufl.exp(-0.5 * f * eta))
        )
        self.space = fem.functionspace(mesh, ("P", 1))
        test = ufl.TestFunction(self.space)

        def residual(xi, xi_rate):
            return eq.phase(xi, xi_rate, c, phi, stress, test) - source * test * eq.measure

        self.residual = residual

    def errors(self, steps):
        """L2 and H1 error at the end."""
        u = integrate(self.residual, self.space, self.exact, self.clock, steps, boundary=self.exact)
        difference = u - self.exact
        return norm(u.function_space.mesh, difference), norm(
            u.function_space.mesh, ufl.grad(difference)
        )


@pytest.mark.parametrize("lumping", [0.0, 1 / 3, 1.0])
def test_orders_in_space(lumping):
    def solution(x, y, t):
        return 0.5 + (0.3 + 0.1 * t) * ufl.sin(3 * x + 0.5) * ufl.cos(2 * y)

    errors = [Phase(n, solution, lumping=lumping).errors([0.5] * 3) for n in (8, 16, 32)]
    found = orders(errors)
    np.testing.assert_allclose(found[:, 0], 2.0, atol=0.1)
    np.testing.assert_allclose(found[:, 1], 1.0, atol=0.05)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_order_in_time_also_with_variable_steps(ratio):
    def solution(x, y, t):
        return 0.5 + 0.2 * (x + y - 1) * ufl.sin(3 * t + 0.3)

    # Linear in space: the quadrature of the source cancels all but the error in time.
    numbers = (40, 80, 160)
    errors = [Phase(4, solution).errors(alternating(n, 1.0, ratio))[0] for n in numbers]
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)


def flat_interface(per_width):
    """Relative errors of profile (L2, over the width) and energy, without any drive."""
    gamma, delta = 0.7, 2.0
    W = barrier_height(gamma, delta)
    kappa = gradient_coefficient(gamma, delta)
    width = interface_width_10_90(W, kappa)
    half = 6 * width
    # An odd number of cells: the middle of the interface is not a node.
    domain = structured(COMM, (2 * half,), (2 * round(6 * per_width) + 1,))
    eq = equations(domain, parameters(Interface(W, kappa, 1.0)))
    space = fem.functionspace(domain.mesh, ("P", 1))
    x = ufl.SpatialCoordinate(domain.mesh)[0]
    exact = (1 - ufl.tanh((x - half) / (2 * profile_length(W, kappa)))) / 2
    xi, test = fem.Function(space), ufl.TestFunction(space)
    xi.interpolate(lambda x: np.clip(0.5 - (x[0] - half) / width, 0.0, 1.0))
    ends = [
        fem.dirichletbc(
            value, fem.locate_dofs_geometrical(space, lambda x, e=e: np.isclose(x[0], e)), space
        )
        for e, value in ((0.0, 1.0), (2 * half, 0.0))
    ]
    NonlinearBlock(eq.phase(xi, 0.0, 1.0, 0.0, 0.0, test), xi, ends, "flat_", NEWTON).solve()
    energy = fem.assemble_scalar(fem.form(energy_density(xi, W, kappa, degree=4)))
    return norm(domain.mesh, xi - exact) / np.sqrt(width), abs(energy / gamma - 1)


def energy_density(xi, W, kappa, degree):
    dx = ufl.dx(domain=xi.function_space.mesh, degree=degree)
    return (free_energy.double_well(xi, W) + free_energy.gradient_energy(xi, kappa)) * dx


def test_flat_interface_has_the_tanh_profile_and_the_surface_energy():
    errors = np.array([flat_interface(n) for n in (5, 10, 20)])
    assert errors[0, 0] < 0.01
    assert errors[0, 1] < 0.01
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.15)


def circle(per_width=5.0, lumping=1 / 3):
    """A quarter of a lithium disc without drive: rows of time, area, energy."""
    gamma, delta, mobility = 0.1, 1.0, 0.8
    W = barrier_height(gamma, delta)
    kappa = gradient_coefficient(gamma, delta)
    width = interface_width_10_90(W, kappa)
    radius, size = 6 * width, 9 * width
    cells = round(9 * per_width)
    domain = structured(COMM, (size, size), (cells, cells))
    eq = equations(
        domain, parameters(Interface(W, kappa, mobility), rate_constant=1.0), lumping=lumping
    )
    space = fem.functionspace(domain.mesh, ("P", 1))
    x, y = ufl.SpatialCoordinate(domain.mesh)
    test, clock = ufl.TestFunction(space), fem.Constant(domain.mesh, 0.0)
    distance = ufl.sqrt(x**2 + y**2) - radius
    start = (1 - ufl.tanh(distance / (2 * profile_length(W, kappa)))) / 2
    # The disc shrinks to two thirds of its radius.
    end = (1 - 4 / 9) * radius**2 / (2 * mobility * kappa)
    rows, forms = [], []

    def record(xi):
        if not forms:
            forms.append(fem.form(xi * ufl.dx))
            forms.append(fem.form(energy_density(xi, W, kappa, degree=4)))
        rows.append([float(clock.value), *(fem.assemble_scalar(form) for form in forms)])

    def residual(xi, rate):
        return eq.phase(xi, rate, 1.0, 0.0, 0.0, test)

    integrate(residual, space, start, clock, [end / 40] * 40, after=record)
    return np.array(rows), mobility * kappa, gamma


def test_circle_shrinks_by_its_curvature():
    rows, mobility, gamma = circle()
    time, area, energy = rows[2:].T  # the first steps adapt the profile
    # R^2 falls by 2 L kappa t, and the energy is that of the arc.
    slope = np.polyfit(time, 4 * area / np.pi, 1)[0]
    assert slope == pytest.approx(-2 * mobility, rel=0.03)
    radius = np.sqrt(4 * area / np.pi)
    np.testing.assert_allclose(energy, gamma * np.pi / 2 * radius, rtol=0.015)
    speed = np.diff(radius) / np.diff(time)
    middle = (radius[1:] + radius[:-1]) / 2
    np.testing.assert_allclose(speed, -mobility / middle, rtol=0.03)


def test_energy_never_increases_without_drive():
    rows, _, _ = circle(per_width=3.0)
    assert np.all(np.diff(rows[:, 2]) < 0)
