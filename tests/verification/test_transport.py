"""Transport of ions and charge: manufactured solutions, equilibria, layers in series, balances."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.constants import FARADAY
from lithode.meshes.electrolyte import Electrolyte, Layer, build
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.parameters import ElectrolyteRegion, Transport
from lithode.solvers.numerics.blocks import MUMPS, LinearBlock, NonlinearBlock
from lithode.solvers.numerics.gauges import BoundaryResidual, boundary_dofs
from lithode.theory.free_energy import Interface
from tests.verification.manufactured import (
    NEWTON,
    SOFT,
    alternating,
    equations,
    integrate,
    norm,
    orders,
    parameters,
)

COMM = MPI.COMM_SELF
INTERFACE = Interface(0.5, 0.05, 2.0)


def blend(xi, lithium, electrolyte):
    """Effective property, written out anew."""
    h = 6 * xi**5 - 15 * xi**4 + 10 * xi**3
    return electrolyte + h * (lithium - electrolyte)


class Square:
    """Unit square with a smooth interface that moves, as given data."""

    physics = parameters(
        INTERFACE,
        diffusivity=(0.1, 1.0),
        conductivity=(50.0, 2.0),
        site_density=7.0,
        bulk_concentration=2.0,
    )

    def __init__(self, cells, limit=None):
        self.crowding = 0.0 if limit is None else 1 / limit
        if limit is not None:
            self.physics = dataclasses.replace(
                self.physics, transport=Transport.STERIC, concentration_limit=limit
            )
        self.domain = structured(COMM, (1.0, 1.0), (cells, cells))
        self.mesh = self.domain.mesh
        self.eq = equations(self.domain, self.physics)
        self.x, self.y = ufl.SpatialCoordinate(self.mesh)
        self.clock = fem.Constant(self.mesh, 0.0)
        self.t = ufl.variable(self.clock)
        self.xi = 0.5 - 0.4 * ufl.tanh(3 * (self.y - 0.4 - 0.2 * self.t) + 0.5 * self.x)
        self.space = fem.functionspace(self.mesh, ("P", 1))
        self.test = ufl.TestFunction(self.space)

    def rate(self, value):
        return ufl.diff(value, self.t)

    def transport(self, c, potential):
        """Residual that c solves, with a source by hand."""
        f = self.physics.kinetics.inverse_thermal_voltage
        migration = f * c * (1 - self.crowding * c) * ufl.grad(potential)
        flux = -blend(self.xi, 0.1, 1.0) / (1 - self.crowding) * (ufl.grad(c) + migration)
        source = self.rate(c) + ufl.div(flux) + 3.5 * self.rate(self.xi)

        def residual(u, u_rate):
            own = self.eq.concentration(
                self.xi, self.rate(self.xi), u, u_rate, potential, self.test
            )
            return own - source * self.test * self.eq.measure

        return residual


@pytest.mark.parametrize("limit", [None, 2.5])
def test_orders_of_transport_in_space(limit):
    errors = []
    for cells in (8, 16, 32):
        square = Square(cells, limit)
        x, y, t = square.x, square.y, square.t
        c = 1.5 + 0.4 * ufl.cos(3 * x) * ufl.sin(2 * y + 0.3) * (1 + t)
        residual = square.transport(c, 0.04 * ufl.sin(x) * (y + y**2))
        # The data move with time: steps small enough that only the error in space is seen.
        u = integrate(residual, square.space, c, square.clock, [0.02] * 5, boundary=c)
        errors.append([norm(square.mesh, u - c), norm(square.mesh, ufl.grad(u - c))])
    found = orders(errors)
    np.testing.assert_allclose(found[:, 0], 2.0, atol=0.1)
    np.testing.assert_allclose(found[:, 1], 1.0, atol=0.05)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_order_of_transport_in_time(ratio):
    ends = []
    for number in (20, 40, 80, 160):
        square = Square(6)
        c = 1.5 + 0.4 * ufl.cos(3 * square.x) * ufl.sin(4 * square.t + square.y)
        residual = square.transport(c, 0.04 * square.y * ufl.cos(square.t))
        steps = alternating(number, 1.0, ratio)
        u = integrate(residual, square.space, c, square.clock, steps, boundary=c)
        ends.append(u.x.array.copy())
    changes = [np.linalg.norm(one - two) for one, two in itertools.pairwise(ends)]
    np.testing.assert_allclose(orders(changes), 2.0, atol=0.15)


def test_orders_of_the_charge_balance():
    errors = []
    for cells in (8, 16, 32):
        square = Square(cells)
        phi = 0.1 * ufl.sin(3 * square.x + 1) * ufl.cos(2 * square.y)
        conductivity = blend(square.xi, 50.0, 2.0)
        faradaic = FARADAY * 7.0 * square.rate(square.xi)
        source = faradaic - ufl.div(conductivity * ufl.grad(phi))
        solution = fem.Function(square.space)
        edge = fem.Function(square.space)
        edge.interpolate(fem.Expression(phi, square.space.element.interpolation_points))
        walls = [
            boundary_dofs(square.domain, square.space, name)
            for name in ("electrode", "counter_electrode", "sides")
        ]
        form = square.eq.charge(
            square.xi, square.rate(square.xi), ufl.TrialFunction(square.space), square.test
        )
        LinearBlock(
            form - source * square.test * square.eq.measure,
            solution,
            [fem.dirichletbc(edge, dofs) for dofs in walls],
            "charge_",
            MUMPS,
        ).solve()
        errors.append(
            [norm(square.mesh, solution - phi), norm(square.mesh, ufl.grad(solution - phi))]
        )
    found = orders(errors)
    np.testing.assert_allclose(found[:, 0], 2.0, atol=0.1)
    np.testing.assert_allclose(found[:, 1], 1.0, atol=0.05)


def equilibrium_error(cells):
    """Steady ions that cannot leave, in a field: relative error against Boltzmann."""
    domain = structured(COMM, (3.0,), (cells,))
    physics = parameters(INTERFACE, diffusivity=(0.1, 4.0))
    eq = equations(domain, physics)
    space = fem.functionspace(domain.mesh, ("P", 1))
    x = ufl.SpatialCoordinate(domain.mesh)[0]
    potential = 0.05 * ufl.sin(x)
    exact = ufl.exp(physics.kinetics.inverse_thermal_voltage * (0.05 * np.sin(3.0) - potential))
    c = fem.Function(space)
    reservoir = fem.dirichletbc(1.0, boundary_dofs(domain, space, "counter_electrode"), space)
    residual = eq.concentration(0.0, 0.0, c, 0.0, potential, ufl.TestFunction(space))
    NonlinearBlock(residual, c, [reservoir], "ions_", NEWTON).solve()
    return norm(domain.mesh, c - exact) / norm(domain.mesh, exact)


def test_ions_that_cannot_leave_are_boltzmann_distributed():
    errors = [equilibrium_error(n) for n in (20, 40, 80)]
    assert errors[-1] < 1e-3
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.1)


def crowded_error(cells, limit=3.0):
    """Steady ions in a field that would pile them up to 49 times the limit, against Fermi."""
    domain = structured(COMM, (3.0,), (cells,))
    physics = parameters(
        INTERFACE,
        diffusivity=(0.1, 4.0),
        transport=Transport.STERIC,
        concentration_limit=limit,
    )
    eq = equations(domain, physics)
    space = fem.functionspace(domain.mesh, ("P", 1))
    x = ufl.SpatialCoordinate(domain.mesh)[0]
    f = physics.kinetics.inverse_thermal_voltage
    potential = -5.0 / f * ufl.sin(x / 3.0 * np.pi / 2) ** 2
    # c / (c_max - c) is Boltzmann distributed, from 1 / (c_max - 1) at the left end.
    filled = ufl.exp(-f * potential) / (limit - 1)
    exact = limit * filled / (1 + filled)
    c = fem.Function(space)
    c.x.array[:] = 1.0
    reservoir = fem.dirichletbc(1.0, boundary_dofs(domain, space, "electrode"), space)
    residual = eq.concentration(0.0, 0.0, c, 0.0, potential, ufl.TestFunction(space))
    NonlinearBlock(residual, c, [reservoir], "crowd_", NEWTON, keeps_jacobian=False).solve()
    assert 0.97 * limit < c.x.array.max() < limit
    return norm(domain.mesh, c - exact) / norm(domain.mesh, exact)


def test_crowded_ions_stay_below_their_limit():
    errors = [crowded_error(n) for n in (20, 40, 80)]
    assert errors[-1] < 1e-3
    np.testing.assert_allclose(orders(errors), 2.0, atol=0.15)


def layers():
    """Two layers of different conductivity, 4 and 8 um thick."""
    stack = (Layer("electrolyte", 4.0), Layer("particles", 8.0))
    domain = build(Electrolyte(2.0, 12.0, 1.0, layers=stack), COMM)
    physics = parameters(INTERFACE)
    coarse = ElectrolyteRegion(SOFT, 0.0, 0.0, 1.0, conductivity=0.25)
    return domain, dataclasses.replace(physics, regions={**physics.regions, "particles": coarse})


def test_layers_in_series_share_the_voltage_by_their_resistance():
    domain, physics = layers()
    eq = equations(domain, physics)
    space = fem.functionspace(domain.mesh, ("P", 1))
    phi, test = fem.Function(space), ufl.TestFunction(space)
    still = fem.Constant(domain.mesh, 0.0)
    ends = [
        fem.dirichletbc(value, boundary_dofs(domain, space, name), space)
        for name, value in (("electrode", 0.0), ("counter_electrode", 0.36))
    ]
    form = eq.charge(0.0, still, ufl.TrialFunction(space), test)
    LinearBlock(form, phi, ends, "layers_", MUMPS).solve()
    height = space.tabulate_dof_coordinates()[:, 1]
    # Resistances 4 and 32 per unit of area: 0.01 A/m2 through 0.36 V.
    exact = np.interp(height, [0.0, 4.0, 12.0], [0.0, 0.04, 0.36])
    np.testing.assert_allclose(phi.x.array, exact, atol=1e-13)

    def current(v, dx):
        return eq.charge(0.0, still, phi, v, dx)

    through = {
        name: BoundaryResidual(current, space, boundary_dofs(domain, space, name), eq.measure)()
        for name in ("electrode", "counter_electrode")
    }
    # Over a width of 2 um.
    assert through["counter_electrode"] == pytest.approx(0.02)
    assert through["electrode"] == pytest.approx(-0.02)


def test_boundary_currents_sum_to_the_faradaic_current():
    square = Square(12)
    eq, space = square.eq, square.space
    square.clock.value = 0.3
    rate = square.rate(square.xi)
    phi = fem.Function(space)
    walls = [boundary_dofs(square.domain, space, n) for n in ("electrode", "counter_electrode")]
    ends = [fem.dirichletbc(v, dofs, space) for v, dofs in zip((-0.1, 0.0), walls, strict=True)]
    form = eq.charge(square.xi, rate, ufl.TrialFunction(space), square.test)
    LinearBlock(form, phi, ends, "currents_", MUMPS).solve()

    def current(v, dx):
        return eq.charge(square.xi, rate, phi, v, dx)

    total = sum(BoundaryResidual(current, space, dofs, eq.measure)() for dofs in walls)
    plated = FARADAY * 7.0 * fem.assemble_scalar(fem.form(rate * eq.measure))
    assert plated > 0
    assert total == pytest.approx(plated, rel=1e-10)
