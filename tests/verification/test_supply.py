"""Li+ stay within their bounds by what the reaction withholds, whatever drives it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from lithode.engine.runner import run_case
from lithode.meshes.structured import structured
from lithode.output.history import read_history
from lithode.solvers.electrodeposition.error_norm import ErrorNorm
from lithode.solvers.electrodeposition.parameters import Charge, Transport
from lithode.solvers.electrodeposition.supply import Supply
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.march import march
from lithode.theory.elasticity import Kinematics
from tests.verification.layers import STRONG, ParticleLayer

LIMIT = 1.05


def stronger(growth, **given):
    """The small layer, driven harder."""
    inputs = ParticleLayer(**{**STRONG, "width": 24.0, "height": 30.0, "nuclei": 2, **given})
    p = inputs.model
    return {
        "overpotential": p.overpotential,
        "interface": p.interface,
        "regions": {
            name: replace(region, rate_constant=p.regions[name].rate_constant)
            for name, region in growth.parameters.model.regions.items()
        },
        "kinetics": p.kinetics,
    }


class Extremes:
    """Remembers the extremes of c and what is out of balance."""

    def __init__(self):
        self.lowest, self.highest, self.lost = np.inf, -np.inf, 0.0

    def step(self, model, record):
        row = model.measure()
        self.lowest = min(self.lowest, row["concentration_min [1]"])
        self.highest = max(self.highest, row["concentration_max [1]"])
        self.lost = max(self.lost, row["lithium_defect [1]"], row["charge_defect [1]"])

    def output(self, model):
        pass


CASES = {
    "strong drive": ({"overpotential": -0.15}, {}, {}),
    "plane stress": ({}, {}, {"kinematics": Kinematics.PLANE_STRESS}),
    "no stress felt": ({"mechanical_factor": 0.0}, {}, {}),
    "free sites": (
        {"overpotential": -0.15, "mechanical_factor": 200.0},
        {"transport": Transport.STERIC, "concentration_limit": LIMIT},
        {},
    ),
    "two potentials": ({"overpotential": -0.15}, {"charge": Charge.TWO_POTENTIAL}, {}),
    "a held current": ({}, {"charge": Charge.TWO_POTENTIAL, "current_density": 300.0}, {}),
}


@pytest.mark.parametrize("accuracy", ["strict", "balanced"])
@pytest.mark.parametrize("name", CASES)
def test_concentration_stays_within_its_bounds(comm, growth, name, accuracy):
    given, physics, numerics = CASES[name]
    physics = {**stronger(growth, **given), **physics}
    model = growth.model(comm, physics=physics, accuracy=accuracy, bounds="kept", **numerics)
    seen = Extremes()
    march(model, growth.control, 12.0, (), [seen])
    limit = physics.get("concentration_limit", np.inf)
    assert seen.lowest >= 0.0
    assert seen.highest <= limit
    assert seen.lost < 1e-10
    withheld = model.state().functions["withheld_rate"].x.array
    c = model.state().functions["phase"].x.array[1::2]
    assert np.abs(withheld).max() > 1e-3
    assert np.all(withheld[c == 0.0] >= 0.0)
    assert np.all(withheld[c >= limit - 1e-9] <= 0.0)
    assert not withheld[(c > 1e-9) & (c < limit - 1e-9)].any()


def test_what_is_withheld_is_as_accurate_as_the_step(growth):
    """Halved steps change xi by less than a third of what they changed it by before."""
    ends = []
    for number in (8, 16, 32):
        physics = stronger(growth, overpotential=-0.15)
        model = growth.model(MPI.COMM_SELF, physics=physics, bounds="kept")
        growth.steps(model, *[0.25] * 16, *[8.0 / number] * number)
        assert model.state().functions["withheld_rate"].x.array.any()
        ends.append(model.state().functions["phase"].x.array[0::2].copy())
    first, second = (np.abs(a - b).sum() for a, b in itertools.pairwise(ends))
    assert second < first / 3


def test_li_ions_count_where_there_is_electrolyte():
    domain = structured(MPI.COMM_SELF, (1.0,), (3,))
    phase = TimeLevels.in_space(fem.functionspace(domain.mesh, ("P", 1, (2,))), "phase", 1)
    weights = NodalWeights(domain, fem.functionspace(domain.mesh, ("P", 1)))
    norms = ErrorNorm(weights, phase, 0.2)
    norm = norms.in_electrolyte
    phase.now.x.array[0::2] = [1.0, 0.5, 0.0, 0.0]
    c = np.zeros(8)
    for node, size in enumerate([0.0, 0.01, 0.02, 0.02]):
        c[:] = 0.0
        c[2 * node + 1] = -0.1
        assert norm(c) == pytest.approx(size, rel=1e-12)
    assert norms(c) == pytest.approx(0.02, rel=1e-12)
    phase.now.x.array[1] = 4.0
    assert norm(c) == pytest.approx(0.005, rel=1e-12)
    c[0] = 0.03
    assert norm(c) == pytest.approx(0.03, rel=1e-12)
    c[1] = np.nan
    assert norm(c) == np.inf


def test_what_is_expected_keeps_its_sign_and_its_bound():
    withheld, bounds = at_a_point()[2:]
    cases = ((0.2, 0.3, 0.3), (0.2, -0.1, 0.0), (0.0, -0.1, 0.0), (0.9, 1.4, 1.0))
    for before, extrapolated, expected in cases:
        bounds._withheld_before.x.array[:] = before
        withheld[:] = extrapolated
        bounds.expect()
        np.testing.assert_array_equal(withheld, expected)


def at_a_point(held=False, limit=np.inf, most=1.0, ratio=50.0, dt=0.01, keeps_metal=False):
    """Bounds of a cell whose two nodes have the same values, or of which one is prescribed."""
    domain = structured(MPI.COMM_SELF, (1.0,), (1,))
    phase = fem.Function(fem.functionspace(domain.mesh, ("P", 1, (2,))))
    space = fem.functionspace(domain.mesh, ("P", 1))
    levels = TimeLevels.in_space(space, "withheld_rate", 2)
    prescribed = np.array([held, False]), np.zeros(2, dtype=bool)
    scale = fem.Constant(domain.mesh, dt)
    weights = NodalWeights(domain, space)
    bounds = Supply(phase, prescribed, weights, levels, scale, ratio, limit, most, keeps_metal)
    return phase.x.array[0::2], phase.x.array[1::2], levels.trial.x.array, bounds


@pytest.mark.parametrize(("rate", "limit"), [(0.3, np.inf), (-0.3, 2.0)])
def test_what_is_withheld_ends_as_what_does_not_arrive(rate, limit):
    """Metal grows at a rate that Li+, which come at another, cannot follow."""
    ratio, supply, dt = 50.0, 2.0, 0.01
    xi, c, withheld, bounds = at_a_point(limit=limit)
    xi[:], c[:] = 0.5, 1.0
    total = c + ratio * xi
    for _ in range(100):
        grown = dt * (rate - withheld)
        xi += grown
        c += dt * supply - ratio * grown
        total += dt * supply
        bounds.keep()
        assert 0.0 <= c.min() <= c.max() <= limit
        np.testing.assert_allclose(c + ratio * xi, total, rtol=1e-12)
    np.testing.assert_allclose(c, 0.0 if rate > 0 else limit)
    np.testing.assert_allclose(withheld, rate - supply / ratio, rtol=1e-12)
    before = xi.copy()
    xi += dt * (rate - withheld)
    np.testing.assert_allclose((xi - before) / dt, supply / ratio, rtol=1e-12)


@pytest.mark.parametrize("most", [1.0, 0.05])
def test_what_is_prescribed_withholds_nothing(most):
    xi, c, withheld, bounds = at_a_point(held=True, most=most, ratio=10.0, dt=0.1)
    xi[:], c[:] = 1.0, -0.2
    assert bounds.keep()
    np.testing.assert_allclose(xi, 0.98)
    np.testing.assert_allclose(c, 0.0)
    np.testing.assert_allclose(withheld, [0.0, min(0.2, most)])


def test_a_place_without_metal_gives_none():
    xi, c, withheld, bounds = at_a_point()
    xi[:], c[:] = [-0.02, 0.5], [-0.1, 1.0]
    assert not bounds.keep()
    np.testing.assert_array_equal(xi, [-0.02, 0.5])
    np.testing.assert_allclose(c, [0.0, 0.9], rtol=1e-12)
    assert not withheld.any()


def test_a_held_current_plates_elsewhere_what_is_withheld():
    xi, c, withheld, bounds = at_a_point(keeps_metal=True)
    xi[:], c[:] = [0.9, 0.4], [-0.1, 1.0]
    assert bounds.keep()
    np.testing.assert_allclose(xi, [0.898, 0.402], rtol=1e-12)
    np.testing.assert_allclose(c, [0.0, 0.9], rtol=1e-12)
    assert withheld[0] > 0.0 == withheld[1]


def test_a_run_that_is_asked_to_keeps_bounds(tmp_path):
    values = {"element_size": 4, "element_size_inside": 8, "interface_width": 10, "end_time": 20}
    values |= {"overpotential": "-0.15", "concentration_bounds": "kept", "mesh": "adaptive"}
    values |= {"initial_thickness": 5}
    run_case("graded-li3n", values=values, out=tmp_path, comm=MPI.COMM_SELF, figures=False)
    history = read_history(tmp_path / "history.csv")
    assert history["concentration_min [1]"].min() == 0.0
    assert history["lithium_defect [1]"].max() < 1e-12
