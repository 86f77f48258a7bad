"""Lithium in a crack: balances of charge and lithium, limits of the potential, growth in time."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from dolfinx.mesh import locate_entities_boundary

from lithode.core.axis import Axis
from lithode.core.errors import InputError, StepFailed
from lithode.meshes.edge_crack import EdgeCrack
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.fracture.parameters import Parameters, Region
from lithode.solvers.lithium_crack.growth import GrowingCrack, Steps
from lithode.solvers.lithium_crack.parameters import Lithium
from lithode.solvers.lithium_crack.stalled import StalledCrack
from lithode.solvers.lithium_crack.supply import Supply, root
from lithode.solvers.numerics.gauges import integral
from lithode.solvers.numerics.march import march
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.physics import fracture
from lithode.theory.elasticity import Stiffness

SIGMA, LENGTH, REACH = 5e4, 10.0, 40.0
CRACK = EdgeCrack(length=LENGTH, element_size=2.0, path=20.0, width=4.0, reach=REACH)
GLASS = Region(Stiffness.from_engineering(150e3, 0.26), 6.0, conductivity=SIGMA)
# R T / (F i_0) = 2 ohm cm^2: S = 1.
METAL = {"exchange_current_density": 128.46, "molar_volume": 1.3e-5, "temperature": 298.15}


def block(comm, region=GLASS, crack=CRACK):
    domain = crack.domain(comm)

    def held(vectors, _):
        far = locate_entities_boundary(domain.mesh, 1, CRACK.far)
        dofs = fem.locate_dofs_topological(vectors, 1, far)
        return [fem.dirichletbc(np.zeros(2), dofs, vectors)]

    p = Parameters({"electrolyte": region}, 4.0, load="volume")
    return Fracture(domain, p, held, crack.broken)


def supply(comm, crack=CRACK, **changes):
    model = block(comm, crack=crack)
    return Supply(model.domain, model.damage, model.parameters.regions, Lithium(**METAL, **changes))


@pytest.mark.mpi
@pytest.mark.parametrize("kinetics", ["linear", "butler_volmer"])
def test_what_does_not_go_to_the_electrode_goes_into_the_crack(comm, kinetics):
    found = supply(comm, kinetics=kinetics)
    inflow = found.solve(20.0, 30.0)
    assert inflow == pytest.approx(found.inflow(20.0), rel=1e-9)
    assert inflow > 0 > found.solve(20.0, 60.0)
    current = found.stalling_current(30.0)
    assert current < 20
    assert found.electrode_current() == pytest.approx(current, rel=1e-9)
    width = found.inflow_width()
    assert found.electrode_current() == pytest.approx(current, rel=1e-9)
    assert LENGTH < width < 2.5 * LENGTH


def test_linear_kinetics_are_those_of_small_overpotentials(comm):
    linear, whole = (supply(comm, kinetics=law) for law in ("linear", "butler_volmer"))
    # (2 sinh(x / 2) - x) / x = x^2 / 24 at 1 and 20 mV.
    for current, off in ((1.0, 1e-4), (100.0, 0.02)):
        ratio = whole.solve(current, 0.0) / linear.solve(current, 0.0)
        assert abs(ratio - 1) < off
    assert abs(ratio - 1) > 1e-3


def test_a_longer_crack_has_twice_its_length_in_faces(comm):
    areas = []
    for length in (10.0, 14.0):
        found = supply(comm, crack=dataclasses.replace(CRACK, length=length))
        found.solve(1.0, 0.0)
        areas.append(integral(fem.form(fracture.face_density(found._faces) * ufl.dx)))
    assert areas[1] - areas[0] == pytest.approx(2 * 4, rel=1e-9)


def test_without_flow_the_potential_is_that_of_a_flat_electrode(comm):
    f, k = Lithium(**METAL).inverse_thermal_voltage, Lithium(**METAL).volume_per_charge
    for kinetics, drop in {
        "linear": lambda j: j / (METAL["exchange_current_density"] * f),
        "butler_volmer": lambda j: 2 / f * math.asinh(j / (2 * METAL["exchange_current_density"])),
    }.items():
        found = supply(comm, kinetics=kinetics, flow="none")
        pressure = found.stalling_pressure(100.0)
        y = found.potential.function_space.tabulate_dof_coordinates()[:, 1]
        expected = (drop(100.0) + 100.0 * y / SIGMA) / k
        np.testing.assert_allclose(pressure, expected, rtol=1e-8)


def stalled(comm, **changes):
    model = StalledCrack(block(comm), Lithium(**METAL, **changes))
    return Sweep(model, Axis("volume", "V", "um^2"), 0.0)


def to(sweep, volume):
    sweep.advance(volume - sweep.time)
    sweep.accept()
    return sweep.measure()


@pytest.mark.parametrize("flow", ["none", "one_pressure"])
def test_a_resumed_crack_is_the_whole_one(comm, flow):
    whole, resumed = stalled(comm, flow=flow), stalled(comm, flow=flow)
    first = to(whole, 0.05)
    state = whole.state()
    for name, function in resumed.state().functions.items():
        function.x.array[:] = state.functions[name].x.array
    resumed.restore(state.scalars)
    assert resumed.measure() == whole.measure() == first
    then = to(whole, 0.1)
    assert to(resumed, 0.1) == then
    # Below growth it is a spring, also for kinetics that are not linear.
    ratio = then["current_density [A/m^2]"] / first["current_density [A/m^2]"]
    assert ratio == pytest.approx(2, rel=0.03)
    key = "pressure [MPa]"
    assert then[key] == pytest.approx(2 * first[key], rel=0.03)


def growing(comm, current, steps, end=math.inf):
    return GrowingCrack(block(comm), Lithium(**METAL), current, steps, end)


STEPS = Steps(volume=0.1, share=0.2)


@pytest.fixture(scope="module")
def grown():
    """Rows of a crack that lithium fills at a rising current, and its model."""
    from mpi4py import MPI

    model, rows = growing(MPI.COMM_WORLD, lambda t: 1.2 * t, STEPS), []

    class Rows:
        def step(self, model, record):
            rows.append({"time": model.time, **model.measure()})

        def output(self, model):
            pass

    march(model, model.control(4.0, 20.0), 76.0, observers=[Rows()])
    return rows


def test_a_crack_fills_and_then_grows(grown):
    assert all(row["lithium_defect [1]"] < 1e-6 for row in grown)
    pressure = [row["pressure [MPa]"] for row in grown]
    tip = [row["crack_top [um]"] for row in grown]
    assert max(pressure) > 1.02 * pressure[-1]
    assert tip[0] == pytest.approx(10)
    assert tip[-1] > 12
    # The implicit step: what flowed in is what flows at its end.
    before = {"time": 0.0, "volume [um^2]": 0.0}
    for row in grown:
        rise = row["volume [um^2]"] - before["volume [um^2]"]
        step = row["time"] - before["time"]
        assert rise == pytest.approx(step * row["inflow [um^2/s]"], rel=1e-6)
        before = row


@pytest.mark.mpi
def test_growth_is_resumed_to_the_last_bit(comm):
    def current(time):
        return 0.2 * time

    whole, resumed = (growing(comm, current, STEPS) for _ in range(2))
    whole.advance(3.0)
    whole.accept()
    state = whole.state()
    for name, function in resumed.state().functions.items():
        function.x.array[:] = state.functions[name].x.array
    resumed.restore(state.scalars)
    for model in (whole, resumed):
        model.advance(4.0)
        model.accept()
    assert resumed.measure() == pytest.approx(whole.measure(), rel=1e-6)
    if comm.size == 1:
        assert resumed.measure() == whole.measure()
    assert (resumed.time, resumed.events()) == (whole.time, [])


def test_a_crack_that_runs_without_more_lithium_jumps(comm):
    """The run that counts as one is so small that any growth is."""
    steps = Steps(volume=0.1, run=0.1, jump=1.0)
    model = growing(comm, lambda _: 150.0, steps)
    for _ in range(20):
        model.advance(1.0)
        model.accept()
        if events := model.events():
            break
    assert events[0].name == "jump"
    assert not events[0].final
    assert model.events() == []
    assert model.measure()["jumps [1]"] == 1
    assert model.state().scalars["jumps"] == 1


def test_a_crack_that_is_at_its_end_ends_the_run(comm):
    (event,) = growing(comm, lambda _: 1.0, STEPS, end=LENGTH - 1).events()
    assert event.final
    assert not growing(comm, lambda _: 1.0, STEPS, end=LENGTH + 1).events()


def test_a_run_that_is_too_long_is_tried_again_in_a_quarter_of_the_time(comm):
    model = growing(comm, lambda _: 150.0, Steps(volume=1e3, run=0.1, jump=0.0))
    assert model.advance(0.5).error < 1
    assert model.advance(4.0).error == pytest.approx(3.2)


def test_what_cannot_be_is_said(comm):
    for field, changes in {
        "exchange_current_density": {"exchange_current_density": 0.0},
        "molar_volume": {"molar_volume": math.nan},
    }.items():
        with pytest.raises(InputError, match=field):
            StalledCrack(block(comm), Lithium(**{**METAL, **changes}))
    with pytest.raises(InputError, match="flow"):
        GrowingCrack(block(comm), Lithium(**METAL, flow="none"), lambda _: 1.0, STEPS)
    with pytest.raises(InputError, match="conductivity of electrolyte"):
        StalledCrack(block(comm, Region(GLASS.stiffness, 6.0)), Lithium(**METAL))


def test_a_function_without_a_root_fails_the_step():
    zero, steep = np.zeros(2), 10 * np.eye(2)
    matrix = np.array([[3.0, 1.0], [-2.0, 4.0]])
    found = root(lambda x: matrix @ x - [5.0, 6.0], zero, steep)
    np.testing.assert_allclose(found, [1.0, 2.0])
    with pytest.raises(StepFailed, match="no balance"):
        root(lambda x: 2 + np.sin(x), zero, steep)
