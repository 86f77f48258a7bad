"""Several cracks: which are connected, a pressure and a volume of each, and when they meet."""

from __future__ import annotations

import numpy as np
import pytest
from dolfinx import fem
from dolfinx.fem import Function
from dolfinx.mesh import locate_entities_boundary

from lithode.core.axis import Axis
from lithode.meshes.structured import graded, stretched, structured
from lithode.solvers.fracture.cracks import Cracks
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.fracture.parameters import Parameters, Region
from lithode.solvers.lithium_crack.growth import GrowingCrack, Steps
from lithode.solvers.lithium_crack.parameters import Lithium
from lithode.solvers.lithium_crack.stalled import StalledCrack
from lithode.solvers.numerics.sweep import Sweep
from lithode.theory.elasticity import Stiffness

H, HALF = 2.0, 50.0
GLASS = Region(Stiffness.from_engineering(150e3, 0.26), 6.0, conductivity=5e4)
METAL = {"exchange_current_density": 128.46, "molar_volume": 1.3e-5, "temperature": 298.15}
LONG, SHORT = (-HALF, 0.0, 10.0), (HALF, 0.0, 6.0)
"""Place across, and from where to where along the last axis, in um."""
BELOW, ABOVE = (0.0, 0.0, 10.0), (0.0, 16.0, 24.0)


def fine(width):
    """Places of lines that crowd around 0."""
    side = graded(width, H, HALF)
    return np.concatenate([-side[:0:-1], side])


def block(comm, *cracks, **changes):
    """A block with cracks of one row of elements, fine at -HALF and HALF or in the middle."""
    apart = cracks[0][0] != 0
    across = np.concatenate([fine(4.0) - HALF, fine(4.0)[1:] + HALF]) if apart else fine(6.0)
    domain = stretched(comm, (across, graded(16.0 if apart else 28.0, H, 60.0)))
    side = across[-1] - 1e-6

    def held(vectors, _):
        far = locate_entities_boundary(
            domain.mesh, 1, lambda x: (abs(x[0]) > side) | (x[1] > 60 - 1e-6)
        )
        dofs = fem.locate_dofs_topological(vectors, 1, far)
        return [fem.dirichletbc(np.zeros(2), dofs, vectors)]

    def broken(x):
        found = [
            (abs(x[0] - place - H / 2) < 0.75 * H) & (x[1] > low - 0.5) & (x[1] < high + 0.5)
            for place, low, high in cracks
        ]
        return np.logical_or.reduce(found)

    p = Parameters({"electrolyte": GLASS}, 4.0, load="volume", **changes)
    return Fracture(domain, p, held, broken)


def to(sweep, load):
    sweep.advance(load - sweep.time)
    sweep.accept()
    return sweep.measure()


def filled(steady, *loads):
    sweep = Sweep(steady, Axis("volume", "V", "um^2"), 0.0)
    return [to(sweep, load) for load in loads][-1]


@pytest.mark.mpi
def test_cracks_are_connected_along_edges(comm):
    """Squares of nodes, of which a bridge connects two, and one breaks near the third."""
    mesh = structured(comm, (12.0, 12.0), (12, 12)).mesh
    damage = Function(fem.functionspace(mesh, ("P", 1)))
    x, y = damage.function_space.tabulate_dof_coordinates().T[:2]

    def break_square(left, low, right, high, value=1.0):
        inside = (x > left - 0.1) & (x < right + 0.1) & (y > low - 0.1) & (y < high + 0.1)
        damage.x.array[: len(x)][inside] = value
        damage.x.scatter_forward()

    def share_at(k, place):
        here = np.hypot(x - place[0], y - place[1]) < 0.1
        return max(comm.allgather(float(np.max(cracks.shares[k][: len(x)][here], initial=-1))))

    for square in ((1, 1, 2, 2), (9, 1, 10, 2), (1, 9, 2, 10)):
        break_square(*square)
    cracks = Cracks(damage)
    np.testing.assert_allclose(cracks.seeds[:, :2], [[1, 1], [9, 1], [1, 9]])
    assert not cracks.follow()
    assert [share_at(k, (11, 2)) for k in range(3)] == [0, 1, 0]
    # Which is the nearest to what is not damaged does not matter.
    break_square(7, 1, 8, 1)
    assert not cracks.follow()
    assert share_at(1, (5, 1)) == 1
    break_square(4, 1, 4, 1, value=0.5)
    break_square(5, 1, 6, 1)
    assert cracks.follow()
    assert share_at(1, (4, 1)) == 1
    assert not cracks.follow()
    assert len(cracks.shares) == 3
    break_square(1, 6, 1, 6)
    assert cracks.sums(np.array([1.0, 2.0, 4.0])).tolist() == [1, 2, 4]
    break_square(2, 2, 9, 2)
    assert cracks.follow()
    assert cracks.of.tolist() == [0, 0, 1]
    assert cracks.sums(np.array([1.0, 2.0, 4.0])).tolist() == [3, 4]
    assert cracks.firsts(np.array([3.0, 4.0])).tolist() == [3, 0, 4]
    assert [share_at(k, (11, 2)) for k in range(2)] == [1, 0]
    np.testing.assert_allclose(sum(cracks.shares), 1)


def test_a_volume_is_shared_evenly_or_by_one_pressure(comm):
    both = filled(block(comm, LONG, SHORT), 0.1)
    assert both["cracks [1]"] == 2
    for k, crack in enumerate((LONG, SHORT), 1):
        alone = filled(block(comm, crack), 0.05)["pressure [MPa]"]
        assert both[f"pressure_{k} [MPa]"] == pytest.approx(alone, rel=0.05)
        assert both[f"volume_{k} [um^2]"] == pytest.approx(0.05, rel=1e-9)
    # That of the short one is twice that of the long one.
    assert both["pressure [MPa]"] == both["pressure_2 [MPa]"] > 1.8 * both["pressure_1 [MPa]"]
    energy = sum(both[f"pressure_{k} [MPa]"] * both[f"volume_{k} [um^2]"] for k in (1, 2)) / 2
    assert both["elastic_energy [uJ/m]"] == pytest.approx(energy, rel=1e-6)
    one = filled(block(comm, LONG, SHORT, pressures="one"), 0.1)
    assert both["pressure_1 [MPa]"] < one["pressure [MPa]"] < both["pressure_2 [MPa]"]
    assert "cracks [1]" not in one


@pytest.mark.parametrize("kinetics", ["linear", "butler_volmer"])
def test_far_cracks_stall_at_one_current_as_each_alone(comm, kinetics):
    metal = Lithium(**METAL, kinetics=kinetics)
    model = StalledCrack(block(comm, LONG, SHORT), metal)
    both = filled(model, 0.1, 0.15)
    current, volumes = both["current_density [A/m^2]"], 0.0
    for k, crack in enumerate((LONG, SHORT), 1):
        pressure, volume = both[f"pressure_{k} [MPa]"], both[f"volume_{k} [um^2]"]
        alone = filled(StalledCrack(block(comm, crack), metal), volume)
        assert pressure == pytest.approx(alone["pressure [MPa]"], rel=0.05)
        assert current == pytest.approx(alone["current_density [A/m^2]"], rel=0.05)
        volumes += volume
    assert volumes == pytest.approx(0.15, rel=1e-8)
    assert both["pressure_1 [MPa]"] > 1.1 * both["pressure_2 [MPa]"]
    pressures, shares = model.crack.filled.multipliers(), model.crack.cracks.shares
    at_rest = model.supply.inflows(current, pressures, shares)
    open_ends = model.supply.inflows(current, 0 * pressures, shares)
    assert np.all(abs(at_rest) < 1e-6 * open_ends)


def growing(comm, *cracks, current=lambda t: 1.2 * t):
    return GrowingCrack(
        block(comm, *cracks), Lithium(**METAL), current, Steps(volume=0.1, share=0.2)
    )


def after(model, *steps):
    for dt in steps:
        model.advance(dt)
        model.accept()
    return model.measure()


def test_far_cracks_fill_in_time_as_each_alone(comm):
    steps = (4.0, 8.0, 10.0, 10.0)
    model = growing(comm, LONG, SHORT)
    both = after(model, *steps)
    for k, crack in enumerate((LONG, SHORT), 1):
        alone = after(growing(comm, crack), *steps)
        assert both[f"pressure_{k} [MPa]"] == pytest.approx(alone["pressure [MPa]"], rel=0.01)
        assert both[f"volume_{k} [um^2]"] == pytest.approx(alone["volume [um^2]"], rel=0.06)
    assert both["pressure_1 [MPa]"] > 1.05 * both["pressure_2 [MPa]"]
    # The implicit step: what flowed into each is what flows at its end.
    last = after(model, 10.0)
    filled, shares = model.crack.filled, model.crack.cracks.shares
    inflows = model.supply.inflows(last["current_density [A/m^2]"], filled.multipliers(), shares)
    for k, inflow in enumerate(inflows, 1):
        key = f"volume_{k} [um^2]"
        assert last[key] - both[key] == pytest.approx(10 * inflow, rel=1e-5)
    assert last["lithium_defect [1]"] < 1e-12


@pytest.mark.mpi
def test_cracks_that_meet_share_their_lithium(comm):
    """One at the edge below another; stored numbers, so that they are those of any ranks."""

    def current(time):
        return 3 * time

    whole, resumed = (growing(comm, BELOW, ABOVE, current=current) for _ in range(2))
    before = after(whole, 4.0, 3.0, 3.0, 2.5)
    assert whole.events() == []
    assert before["pressure_2 [MPa]"] > 2 * before["pressure_1 [MPa]"]
    state = whole.state()
    for name, function in resumed.state().functions.items():
        function.x.array[:] = state.functions[name].x.array
    resumed.restore(state.scalars)
    met, again = (after(model, 2.0) for model in (whole, resumed))
    assert again == pytest.approx(met, rel=1e-6)
    if comm.size == 1:
        assert again == met
    (event,) = whole.events()
    assert (event.name, event.final) == ("coalescence", False)
    assert resumed.events() == [event]
    assert met["cracks [1]"] == 1
    assert met["pressure_1 [MPa]"] == met["pressure_2 [MPa]"]
    assert met["volume_2 [um^2]"] == 0
    inflow = 2.0 * met["inflow [um^2/s]"]
    rest = before["volume_1 [um^2]"] + before["volume_2 [um^2]"]
    assert met["volume_1 [um^2]"] == pytest.approx(rest + inflow, rel=1e-6)
    assert met["lithium_defect [1]"] < 1e-12
    assert met["pressure [MPa]"] == pytest.approx(86.9455, rel=1e-4)
    # A resumed run knows from its damage that they are one.
    for name, function in resumed.state().functions.items():
        function.x.array[:] = whole.state().functions[name].x.array
    resumed.restore(whole.state().scalars)
    assert after(resumed, 1.0) == pytest.approx(after(whole, 1.0), rel=1e-6)
    assert whole.events() == []


def test_a_swept_volume_is_that_of_both_once_they_have_met(comm):
    """The sum is the load, and no bridge between them is left."""
    model = block(comm, BELOW, ABOVE)
    sweep = Sweep(model, Axis("volume", "V", "um^2"), 0.0)
    apart, met = (to(sweep, volume) for volume in (0.6, 1.0))
    assert apart["pressure_2 [MPa]"] > 2 * apart["pressure_1 [MPa]"]
    assert (met["cracks [1]"], met["volume_1 [um^2]"]) == (1, pytest.approx(1.0))
    assert 2 * met["elastic_energy [uJ/m]"] == pytest.approx(met["pressure [MPa]"], rel=1e-6)
    x, y = model.damage.function_space.tabulate_dof_coordinates().T[:2]
    for height in (12, 14):
        between = (abs(x - H / 2) < 0.75 * H) & (abs(y - height) < 0.1)
        assert np.max(model.damage.x.array[between]) > 0.95


def test_cracks_that_stall_and_meet_are_resumed(comm):
    axis, metal = Axis("volume", "V", "um^2"), Lithium(**METAL)
    whole, resumed = (
        Sweep(StalledCrack(block(comm, BELOW, ABOVE), metal), axis, 0.0) for _ in range(2)
    )
    first = to(whole, 0.4)
    for name, function in resumed.state().functions.items():
        function.x.array[:] = whole.state().functions[name].x.array
    resumed.restore(whole.state().scalars)
    assert resumed.measure() == whole.measure() == first
    last = to(whole, 1.0)
    assert (first["cracks [1]"], last["cracks [1]"]) == (2, 1)
    assert to(resumed, 1.0) == last
    assert last["volume_1 [um^2]"] == pytest.approx(1.0)
