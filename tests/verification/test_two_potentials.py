"""Two potentials: closed forms, manufactured solution, balance of charge, restart."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.constants import FARADAY
from lithode.core.errors import InputError
from lithode.core.units import to_model
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.parameters import Charge, Transport
from lithode.solvers.numerics.blocks import NonlinearBlock
from lithode.solvers.numerics.gauges import boundary_dofs
from lithode.theory import kinetics
from lithode.theory.free_energy import Interface
from tests.verification import test_restart
from tests.verification.manufactured import NEWTON, equations, norm, orders, parameters
from tests.verification.test_front import HEIGHT, OVERPOTENTIAL, RATE, TRAVEL, D, F, grow

COMM = MPI.COMM_SELF
TWO = {"charge": Charge.TWO_POTENTIAL}
HELD = {**TWO, "current_density": 100.0}


# Manufactured solution of both balances with the reaction between them.


def potentials_error(cells):
    domain = structured(COMM, (1.0, 1.0), (cells, cells))
    physics = parameters(
        Interface(0.5, 0.05, 2.0),
        rate_constant=30.0,
        conductivity=(50.0, 2.0),
        site_density=7.0,
        bulk_concentration=2.0,
        residual_conductivity=0.1,
        **TWO,
    )
    eq = equations(domain, physics)
    x, y = ufl.SpatialCoordinate(domain.mesh)
    xi = 0.5 - 0.4 * ufl.tanh(3 * (y - 0.4) + 0.5 * x)
    c = 1.5 + 0.4 * ufl.cos(3 * x)
    exact = ufl.as_vector(
        [0.03 * ufl.sin(3 * x + 1) * ufl.cos(2 * y), 0.02 * ufl.cos(2 * x) * ufl.sin(2 * y)]
    )
    # By hand: conductivities with h(xi) and its complement, and Butler-Volmer.
    h = 6 * xi**5 - 15 * xi**4 + 10 * xi**3
    sigma = (2.0 * (1 - h) + 0.2 * h, 50.0 * h + 0.2 * (1 - h))
    eta = exact[1] - exact[0]
    drive = c * ufl.exp(-0.5 * F * eta) - ufl.exp(0.5 * F * eta)
    taken = FARADAY * 7.0 * 30.0 * 30 * xi**2 * (1 - xi) ** 2 * drive
    sources = [
        sign * taken - ufl.div(s * ufl.grad(phi))
        for sign, s, phi in zip((1, -1), sigma, (exact[0], exact[1]), strict=True)
    ]
    space = fem.functionspace(domain.mesh, ("P", 1, (2,)))
    solution, edge, test = fem.Function(space), fem.Function(space), ufl.TestFunction(space)
    edge.interpolate(fem.Expression(exact, space.element.interpolation_points))
    walls = [
        fem.dirichletbc(edge, boundary_dofs(domain, space, name))
        for name in ("electrode", "counter_electrode", "sides")
    ]
    residual = eq.charge(xi, eq.plating(xi, c, solution, 0.0), solution, test)
    residual -= ufl.inner(ufl.as_vector(sources), test) * eq.measure
    NonlinearBlock(residual, solution, walls, "charge_", NEWTON, keeps_jacobian=False).solve()
    error = solution - exact
    return [norm(domain.mesh, part) for part in (error[0], error[1], ufl.grad(error))]


def test_orders_of_both_potentials():
    found = orders([potentials_error(cells) for cells in (8, 16, 32)])
    np.testing.assert_allclose(found[-1], [2.0, 2.0, 1.0], atol=0.1)


# Flat fronts between fixed anions, where the electrolyte at the front is full of Li+.

FULL = {"transport": Transport.SINGLE_ION}
SPEED = kinetics.front_speed(D, RATE, OVERPOTENTIAL, F, 0.5)
SITE, IONS = 7.64e4, 1e3
EXCHANGE = FARADAY * (SITE - IONS) * 6 * D * RATE
CONDUCTIVITY = to_model(0.01, "S/m")


def speed(closure, conductivity):
    track = grow("structured", 4, TRAVEL / SPEED / 2, closure=closure, conductivity=conductivity)[0]
    times, heights = np.array(track.times), np.array(track.heights)
    late = times > 0.3 * times[-1]
    return np.ptp(heights[late]) / np.ptp(times[late])


def test_closures_agree_without_ohmic_drop():
    one, two = (speed({**FULL, "charge": c}, to_model(100.0, "S/m")) for c in Charge)
    assert two == pytest.approx(SPEED, rel=0.02)
    assert one == pytest.approx(two, rel=2e-3)
    # With a drop in the electrolyte one potential does not see it.
    one, two = (speed({**FULL, "charge": c}, CONDUCTIVITY) for c in Charge)
    assert one == pytest.approx(SPEED, rel=0.02)
    assert two < 0.8 * SPEED


def closed_form(current, height):
    """Cell voltage of Butler-Volmer and ohmic drop in series, with alpha = 1/2."""
    surface = 2 / F * math.asinh(current / (2 * EXCHANGE))
    return -surface - current * (HEIGHT - height) / CONDUCTIVITY


def test_voltage_of_a_flat_cell_at_constant_current():
    current = EXCHANGE
    duration = TRAVEL / (current / (FARADAY * (SITE - IONS)))
    closure = {**FULL, **TWO, "current_density": current}
    track, _ = grow("structured", 5, duration, closure=closure, conductivity=CONDUCTIVITY)
    late = [
        (h, r)
        for h, r, t in zip(track.heights, track.rows, track.times, strict=True)
        if t > 0.3 * duration
    ]
    voltages = np.array([row["cell_voltage [V]"] for _, row in late])
    heights = np.array([height for height, _ in late])
    expected = np.array([closed_form(current, height) for height in heights])
    ohmic = np.array([current * (HEIGHT - height) / CONDUCTIVITY for height in heights])
    assert (ohmic / abs(expected)).min() > 0.3
    np.testing.assert_allclose(voltages, expected, rtol=0.005)
    # The resistance per height is that of the electrolyte alone.
    slope = np.polyfit(heights, voltages, 1)[0]
    assert slope == pytest.approx(current / CONDUCTIVITY, rel=0.01)
    # The anions that lithium replaces are not plated.
    assert track.rows[-1]["plating_current [A/m^2]"] == pytest.approx(
        current * SITE / (SITE - IONS), rel=1e-8
    )


def test_current_of_a_flat_cell_at_constant_voltage():
    closure = {**FULL, **TWO}
    end = 0.7 * TRAVEL / SPEED
    track, _ = grow("structured", 5, end, closure=closure, conductivity=CONDUCTIVITY)
    for k in (-1, len(track.times) // 2):
        current = track.rows[k]["counter_electrode_current [A/m^2]"]
        assert closed_form(current, track.heights[k]) == pytest.approx(OVERPOTENTIAL, rel=0.01)


# The small graded layer, with noise, mechanics and changing steps.


@pytest.mark.mpi
@pytest.mark.parametrize("solver", ["direct", "iterative"])
@pytest.mark.parametrize("physics", [TWO, HELD, {**TWO, **FULL}], ids=["volt", "ampere", "full"])
def test_the_counter_electrode_current_is_faradaic(comm, growth, solver, physics):
    model = growth.model(comm, physics=physics, solver=solver)
    rows, times = [model.measure()], [0.0]

    class History:
        def step(self, model, record):
            rows.append(model.measure())
            times.append(model.time)

        def output(self, model):
            pass

    growth.run(model, 15.0, History())

    def column(name):
        return np.array([row[name] for row in rows[1:]])

    assert column("lithium_defect [1]").max() < 1e-10
    assert column("charge_defect [1]").max() < (1e-10 if solver == "direct" else 1e-7)
    share = 1 - 1e3 / growth.parameters.site_density if "transport" in physics else 1.0
    faradaic = share * column("plating_current [A/m^2]")
    counter = column("counter_electrode_current [A/m^2]")
    np.testing.assert_allclose(counter, faradaic, rtol=1e-7)
    np.testing.assert_allclose(column("electrode_current [A/m^2]"), -faradaic, rtol=1e-7)
    voltage = column("cell_voltage [V]")
    if "current_density" not in physics:
        np.testing.assert_allclose(voltage, growth.parameters.overpotential, rtol=1e-12)
        assert np.ptp(counter) > 5.0
        return
    np.testing.assert_allclose(counter, 100.0, rtol=1e-8)
    assert np.ptp(voltage) > 1e-3
    assert rows[0]["cell_voltage [V]"] == pytest.approx(voltage[0], rel=0.05)
    # Constant current: the lithium itself grows as Faraday says, whatever the steps.
    grown = (rows[-1]["lithium [um^2]"] - rows[0]["lithium [um^2]"]) / growth.parameters.width
    passed = FARADAY * growth.parameters.site_density * grown
    assert passed == pytest.approx(100.0 * times[-1], rel=1e-8)


def test_what_is_left_of_the_conductivities_hardly_matters(growth):
    def current(**physics):
        model = growth.model(COMM, physics={**TWO, **physics})
        return growth.steps(model, 0.1, 0.2, 0.4, 0.8).measure()["plating_current [A/m^2]"]

    usual = current()
    assert current(residual_conductivity=1e-3) == pytest.approx(usual, rel=0.02)
    lithium = growth.parameters.model.lithium
    poorer = dataclasses.replace(lithium, conductivity=1e-3 * lithium.conductivity)
    assert current(lithium=poorer) == pytest.approx(usual, rel=1e-5)


@pytest.mark.mpi
@pytest.mark.mpi3
def test_a_held_current_goes_on_from_a_checkpoint(comm, growth, tmp_path):
    growth.physics.update(HELD)
    test_restart.test_continued_run_ends_as_the_whole_one(comm, growth, tmp_path)


@pytest.mark.parametrize("current", [-1.0, 0.0])
def test_a_current_that_does_not_plate_is_refused(growth, current):
    with pytest.raises(InputError, match="current_density"):
        growth.model(COMM, physics={**TWO, "current_density": current})


def test_one_potential_holds_no_current(growth):
    with pytest.raises(InputError, match="two potentials"):
        growth.model(COMM, physics={"current_density": 100.0})
