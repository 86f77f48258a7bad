"""The time march, with models that have no equations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lithode.core.axis import TIME
from lithode.core.errors import Interrupted, SolverError, StepFailed
from lithode.solvers.numerics.march import StepControl, march
from lithode.solvers.numerics.model import Event, State, Trial

CONTROL = StepControl(initial_step=1e-3, max_step=3.0, min_step=1e-6)


class Toy:
    """A quantity that grows at unit rate; the error of a step is (dt / good)^3."""

    name, domain, unknowns, axis = "toy", None, 1, TIME

    def __init__(self, good=0.4, fails_above=np.inf, iterations=1, events=()):
        self.good, self.fails_above, self.iterations = good, fails_above, iterations
        self.time = self.next_step = self.value = self._trial = 0.0
        self.steps, self.tried, self._events = [], [], list(events)

    def advance(self, dt):
        self.tried.append(dt)
        if dt > self.fails_above:
            self._trial = np.nan
            raise StepFailed("too long")
        self._trial = dt
        return Trial((dt / self._allowed()) ** 3, self.iterations, 2 * self.iterations)

    def _allowed(self):
        return self.good

    def refresh(self):
        pass

    def accept(self):
        self.steps.append(self._trial)
        self.time += self._trial
        self.value += self._trial

    def events(self):
        met = [event for time, event in self._events if self.time >= time]
        self._events = [(time, event) for time, event in self._events if self.time < time]
        return met

    def measure(self):
        return {}

    def fields(self):
        return []

    def state(self):
        return State({}, {"time": self.time})

    def restore(self, scalars):
        self.time = scalars["time"]


class Rugged(Toy):
    """Its allowed step changes with time, so that steps are rejected again and again."""

    def _allowed(self):
        return 0.05 + 0.3 * abs(np.sin(3 * self.time))


class Watch:
    """Notes what it is told."""

    def __init__(self, name="", notes=None):
        self.name, self.notes, self.records = name, [] if notes is None else notes, []

    def step(self, model, record):
        self.notes.append((self.name, "step", model.time))
        self.records.append(record)

    def output(self, model):
        self.notes.append((self.name, "output", model.time))

    def times(self, kind):
        return [time for _, what, time in self.notes if what == kind]


def test_lands_on_output_times():
    model, watch = Toy(), Watch()
    wanted = (0.1, 1.0, 1.0 + 1 / 3, 1.5, 2.9, 99.0)
    result = march(model, CONTROL, 3.0, wanted, [watch])
    assert (result.status, result.event, result.step_failures) == ("completed", None, 0)
    np.testing.assert_allclose(watch.times("output"), [0, *wanted[:-1], 3.0], rtol=1e-14)
    assert result.steps == len(model.steps) == len(watch.times("step"))


def test_landing_splits_what_remains_instead_of_leaving_a_sliver():
    model = Toy()
    march(model, StepControl(initial_step=0.3, max_step=1.0, min_step=1e-6), 0.35)
    assert model.steps == pytest.approx([0.175, 0.175])


def test_output_times_that_are_over_are_left_out():
    model, watch = Toy(), Watch()
    model.time = 1.0
    march(model, CONTROL, 2.0, (0.5, 1.0, 1.5, 2.0), [watch])
    np.testing.assert_allclose(watch.times("output"), [1.0, 1.5, 2.0], rtol=1e-14)


def test_steps_with_large_errors_are_rejected():
    model, watch = Rugged(), Watch()
    result = march(model, CONTROL, 5.0, observers=[watch])
    assert result.rejected > 5
    assert result.rejected == len(model.tried) - len(model.steps)
    assert result.rejected == sum(record.rejected for record in watch.records)
    assert all(record.error <= 1 for record in watch.records)
    assert result.nonlinear_iterations == len(model.tried)
    assert result.linear_iterations == 2 * len(model.tried)
    assert model.value == pytest.approx(5.0)


class Scattered(Toy):
    """Its errors scatter around those that the step deserves."""

    def _allowed(self):
        return self.good * (1.0 + 0.15 * np.sin(2.4 * len(self.tried)))


def test_a_small_gain_rejects_fewer_steps_where_errors_scatter():
    results = {gain: march(Scattered(), replace(CONTROL, gain=gain), 200.0) for gain in (1.0, 0.5)}
    assert results[0.5].rejected < 0.5 * results[1.0].rejected
    assert results[0.5].steps < 1.1 * results[1.0].steps


def test_steps_grow_boundedly_and_up_to_the_largest():
    model = Toy(good=100.0)
    march(model, CONTROL, 60.0)
    assert np.max(np.divide(model.steps[1:], model.steps[:-1])) <= CONTROL.max_growth * 1.01
    assert max(model.steps) == CONTROL.max_step
    assert len(model.steps) < 50


def test_steps_that_took_many_iterations_do_not_grow():
    model = Toy(good=100.0, iterations=CONTROL.many_iterations + 1)
    march(model, CONTROL, 0.01)
    assert max(model.steps) == pytest.approx(CONTROL.initial_step)


def test_failed_steps_are_cut():
    model = Toy(good=10.0, fails_above=0.02)
    control = StepControl(initial_step=1.0, max_step=1.0, min_step=1e-6)
    result = march(model, control, 0.1)
    assert model.tried[:5] == pytest.approx([0.1, 0.03, 0.009, 0.009 * 1.4, 0.009 * 1.96], rel=0.02)
    assert result.step_failures == sum(dt > model.fails_above for dt in model.tried)
    assert result.rejected == result.step_failures
    assert model.value == pytest.approx(0.1)


def test_gives_up_at_the_smallest_step_with_the_state_of_before():
    model, watch = Toy(fails_above=0.3), Watch()
    march(model, CONTROL, 1.0)
    before = (model.time, model.value, model.next_step, list(model.steps))
    model.fails_above = 0.0
    with pytest.raises(SolverError, match="at t = 1 s") as error:
        march(model, CONTROL, 2.0, observers=[watch])
    assert (model.time, model.value, model.next_step, model.steps) == before
    assert error.value.exit_code == 3
    assert watch.times("step") == []
    assert min(model.tried) >= CONTROL.min_step


def test_an_output_time_may_be_nearer_than_the_smallest_step():
    model = Toy()
    march(model, CONTROL, 1.0, (0.5, 0.5 + CONTROL.min_step / 10))
    assert model.time == pytest.approx(1.0)


def test_final_events_end_the_march():
    contact, short = Event("contact", "touches", False), Event("short", "shorts", True)
    model, watch = Toy(events=[(0.5, contact), (1.0, short)]), Watch()
    result = march(model, CONTROL, 3.0, (0.7, 2.0), [watch])
    assert (result.status, result.event) == ("stopped", short)
    assert 1.0 <= model.time < 1.0 + CONTROL.max_step
    assert watch.times("output") == [0.0, pytest.approx(0.7), model.time]


def test_a_signal_stops_between_steps():
    model, calls = Toy(), []

    def interrupted():
        calls.append(model.time)
        return 15 if len(calls) > 3 else 0

    with pytest.raises(Interrupted) as error:
        march(model, CONTROL, 3.0, interrupted=interrupted)
    assert error.value.exit_code == 143
    assert len(model.steps) == 3
    assert model.next_step > 0
    march(model, CONTROL, 3.0)
    whole = Toy()
    march(whole, CONTROL, 3.0)
    assert model.steps == whole.steps


def test_observers_are_called_in_order():
    notes = []
    model = Toy(good=10.0)
    control = StepControl(initial_step=1.0, max_step=1.0, min_step=1e-6)
    march(model, control, 2.0, (1.0,), [Watch("a", notes), Watch("b", notes)])
    kinds = [("output", 0.0), ("step", 1.0), ("output", 1.0), ("step", 2.0), ("output", 2.0)]
    assert notes == [(name, kind, time) for kind, time in kinds for name in "ab"]


@pytest.mark.parametrize("kind", [Toy, Rugged])
def test_march_split_at_an_output_time_takes_the_same_steps(kind):
    whole, halves = kind(), kind()
    one = march(whole, CONTROL, 3.0, (1.2,))
    parts = [march(halves, CONTROL, 1.2), march(halves, CONTROL, 3.0, (1.2,))]
    assert halves.steps == whole.steps
    assert halves.next_step == whole.next_step
    assert sum(part.rejected for part in parts) == one.rejected


def test_round_off_does_not_halve_the_last_of_equal_steps():
    model = Toy(good=9.0)
    march(model, StepControl(initial_step=0.05, max_step=1.0, min_step=1e-6, fixed=True), 8.0)
    assert len(model.steps) == 160
    np.testing.assert_allclose(model.steps, 0.05)


def test_fixed_steps_are_all_taken():
    model = Toy(good=1e-3)
    control = StepControl(initial_step=0.125, max_step=1.0, min_step=1e-6, fixed=True)
    result = march(model, control, 1.0)
    assert model.steps == [0.125] * 8
    assert result.rejected == 0


def test_a_finished_march_takes_no_step():
    model, watch = Toy(), Watch()
    model.time = 2.0
    assert march(model, CONTROL, 2.0, observers=[watch]).steps == 0
    assert watch.notes == [("", "output", 2.0)]
