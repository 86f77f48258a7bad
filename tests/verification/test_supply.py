"""Li+ stay within their bounds by what the reaction withholds, whatever drives it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.engine.runner import run_case
from lithode.meshes.structured import structured
from lithode.output.history import read_history
from lithode.solvers.electrodeposition.parameters import Transport
from lithode.solvers.electrodeposition.setup import check
from lithode.solvers.electrodeposition.supply import Supply
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


@pytest.mark.parametrize(("rate", "limit"), [(0.3, np.inf), (-0.3, 2.0)])
def test_what_is_withheld_ends_as_what_does_not_arrive(rate, limit):
    """At one point: metal grows at a rate that Li+, which come at another, cannot follow."""
    mesh = structured(MPI.COMM_SELF, (1.0,), (1,)).mesh
    ratio, supply, dt = 50.0, 2.0, 0.01
    phase = fem.Function(fem.functionspace(mesh, ("P", 1, (2,))))
    levels = TimeLevels.in_space(fem.functionspace(mesh, ("P", 1)), "withheld_rate", 1)
    step = fem.Constant(mesh, dt)
    bounds = Supply(phase, np.zeros(2, dtype=bool), levels, step, ratio, limit, most=1.0)
    xi, c = phase.x.array[0::2], phase.x.array[1::2]
    c[:] = 1.0
    total = c + ratio * xi
    for _ in range(100):
        grown = dt * (rate - levels.trial.x.array)
        xi += grown
        c += dt * supply - ratio * grown
        total += dt * supply
        bounds.keep()
        assert 0.0 <= c.min() <= c.max() <= limit
        np.testing.assert_allclose(c + ratio * xi, total, rtol=1e-12)
    np.testing.assert_allclose(c, 0.0 if rate > 0 else limit)
    np.testing.assert_allclose(levels.trial.x.array, rate - supply / ratio, rtol=1e-12)
    before = xi.copy()
    xi += dt * (rate - levels.trial.x.array)
    np.testing.assert_allclose((xi - before) / dt, supply / ratio, rtol=1e-12)


@pytest.mark.parametrize("most", [1.0, 0.05])
def test_what_is_prescribed_withholds_nothing(most):
    mesh = structured(MPI.COMM_SELF, (1.0,), (1,)).mesh
    phase = fem.Function(fem.functionspace(mesh, ("P", 1, (2,))))
    levels = TimeLevels.in_space(fem.functionspace(mesh, ("P", 1)), "withheld_rate", 1)
    step = fem.Constant(mesh, 0.1)
    bounds = Supply(phase, np.array([True, False]), levels, step, 10.0, np.inf, most)
    phase.x.array[:] = [1.0, -0.2, 1.0, -0.2]
    bounds.keep()
    np.testing.assert_allclose(phase.x.array, [0.98, 0.0, 0.98, 0.0])
    np.testing.assert_allclose(levels.trial.x.array, [0.0, min(0.2, most)])


@pytest.mark.parametrize(
    "given",
    [
        {"mesh": "adaptive"},
        {"interface": "quantitative"},
        {"charge": "two_potential", "transport": "binary"},
    ],
)
def test_what_cannot_keep_bounds_says_so(given):
    inputs = ParticleLayer(**{**STRONG, **given, "concentration_bounds": "kept"})
    with pytest.raises(InputError, match="concentration_bounds = kept"):
        check(inputs)


def test_a_run_that_is_asked_to_keeps_bounds(tmp_path):
    values = {"element_size": 4, "element_size_inside": 8, "interface_width": 10, "end_time": 20}
    values |= {"overpotential": "-0.15", "concentration_bounds": "kept"}
    run_case("graded-li3n", values=values, out=tmp_path, comm=MPI.COMM_SELF, figures=False)
    history = read_history(tmp_path / "history.csv")
    assert history["concentration_min [1]"].min() == 0.0
    assert history["lithium_defect [1]"].max() < 1e-12
