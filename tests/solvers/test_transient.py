"""The step of BDF2 that all transient models share, on y' = -z^2 y with z = y extrapolated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from dolfinx import fem
from dolfinx.mesh import create_unit_interval
from mpi4py import MPI

from lithode.core.errors import StepFailed
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.transient import Ledger, Stepped, Transient

STEPS = (0.1, 0.2, 0.1, 0.3)


@dataclass
class Seen(Ledger):
    largest: float = 0.0
    steps: float = 0.0


class Decay(Stepped):
    """y' = -z^2 y at every node from y = 1, where z follows y one solve behind."""

    def __init__(self, levels=2, extrapolation=None):
        space = fem.functionspace(create_unit_interval(MPI.COMM_SELF, 3), ("P", 1))
        super().__init__(Transient(TimeLevels.in_space(space, "y", 3)))
        t = self.transient
        self.y = t.conserved
        self.z = t.follow(TimeLevels.in_space(space, "z", levels), extrapolation)
        y = self.y.trial.x.array
        self.flow = flow = np.zeros(1)
        self.inflow = t.inflow("lost", lambda: float(flow[0]))
        self.seen = Seen()
        t.keep(self.seen)
        y[:] = self.z.trial.x.array[:] = 1.0
        t.start()

    def advance(self, dt):
        t = self.transient
        t.predict(dt)
        y, z = self.y.trial.x.array, self.z.trial.x.array
        y[:] = -t.rate_offset.x.array / (float(t.rate_weight.value) + z**2)
        np.testing.assert_allclose(t.trial_rate(), -(z**2) * y, rtol=1e-12)
        self.flow[:] = z[0] ** 2 * y[0]
        z[:] = y
        self.seen.steps += 1
        return t.error(float(np.max(np.abs(y - t.predicted))))

    def march(self, steps):
        for dt in steps:
            self.advance(dt)
            self.accept()
        return self

    @property
    def now(self):
        return float(self.y.now.x.array[0])


def order(**how):
    errors = []
    for number in (40, 80):
        steps = np.tile([0.8, 1.2], number // 2) / number  # uneven on purpose
        errors.append(abs(Decay(**how).march(steps).now - 3**-0.5))
    return np.log2(errors[0] / errors[1])


def test_an_unknown_that_is_followed_keeps_the_second_order():
    assert order() == pytest.approx(2, abs=0.15)


def test_one_that_is_only_held_does_not():
    assert order(levels=1) == pytest.approx(1, abs=0.15)


def test_an_extrapolation_of_its_own():
    def straight(dt, clock):
        ahead = dt / clock.past[0] if clock.past else 0.0
        return 1 + ahead, -ahead

    assert Decay(extrapolation=straight).march(STEPS).now == pytest.approx(
        Decay().march(STEPS).now, rel=1e-14
    )


def test_an_inflow_balances_the_content_to_rounding():
    model = Decay().march(STEPS)
    assert model.inflow.total == pytest.approx(1 - model.now, rel=1e-14)


def test_a_rejected_step_changes_nothing():
    model = Decay().march(STEPS)
    before = [level.x.array.copy() for level in model.state().functions.values()]
    scalars = {k: v for k, v in model.state().scalars.items() if k != "steps"}
    model.advance(0.5)
    after = model.state()
    for old, new in zip(before, after.functions.values(), strict=True):
        np.testing.assert_array_equal(old, new.x.array)
    assert {k: v for k, v in after.scalars.items() if k != "steps"} == scalars


def test_whatever_is_followed_and_kept_comes_back():
    whole, first, second = Decay().march(STEPS), Decay().march(STEPS[:2]), Decay()
    state = first.state()
    assert set(state.functions) == {"y", "y_1", "y_2", "z", "z_1"}
    for name, function in second.state().functions.items():
        function.x.array[:] = state.functions[name].x.array
    second.restore(dict(state.scalars))
    np.testing.assert_array_equal(second.z.trial.x.array, first.z.now.x.array)
    second.march(STEPS[2:])
    assert second.state().scalars == whole.state().scalars
    for name, function in whole.state().functions.items():
        np.testing.assert_array_equal(function.x.array, second.state().functions[name].x.array)


def test_error_of_a_step_is_of_third_order():
    def error(dt):
        model = Decay().march([dt] * round(0.4 / dt))
        return model.advance(dt)

    assert np.log2(error(0.02) / error(0.01)) == pytest.approx(3, abs=0.2)


def test_a_trial_that_is_not_finite_is_rejected():
    for change in (np.nan, np.inf):
        with pytest.raises(StepFailed, match="not finite"):
            Decay().transient.error(change)
