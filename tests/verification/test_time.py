"""Time integration of the whole model: order of every field, and what the tolerance controls."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from mpi4py import MPI

from tests.verification.manufactured import alternating, orders

FIELDS = ("phase", "potential", "hydrostatic_stress", "displacement")
START = 20.0


class Evolved:
    """A growing state, well after the jump of the initial concentration, to start from again."""

    def __init__(self, growth):
        self.growth, self.model = growth, growth.model(MPI.COMM_SELF)
        growth.run(self.model, START)
        self._values, self._scalars = growth.values(self.model), self.model.state().scalars

    def again(self):
        for function, values in zip(
            self.model.state().functions.values(), self._values, strict=True
        ):
            function.x.array[:] = values
        self.model.restore(self._scalars)
        return self.model

    def after(self, steps):
        """Copies of the fields after these steps."""
        model = self.growth.steps(self.again(), *steps)
        functions = model.state().functions
        return [functions[name].x.array.copy() for name in FIELDS]


@pytest.fixture
def evolved(growth):
    return Evolved(growth)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_every_field_is_of_second_order(evolved, ratio):
    ends = [evolved.after(alternating(n, 4.0, ratio)) for n in (16, 32, 64)]
    changes = [
        [np.abs(a - b).max() for a, b in zip(one, two, strict=True)]
        for one, two in itertools.pairwise(ends)
    ]
    np.testing.assert_allclose(orders(changes)[0], 2.0, atol=0.3)


@pytest.mark.parametrize("dt", [0.5, 1.0, 1.5])
def test_estimate_bounds_the_local_error_of_the_order_parameter(evolved, dt):
    history = [dt] * 3
    evolved.after(history)
    trial = evolved.model.advance(dt)
    evolved.model.accept()
    estimate = trial.error * evolved.model.numerics.tolerance
    one = evolved.model.state().functions["phase"].x.array[0::2].copy()
    fine = evolved.after([*history, *([dt / 32] * 32)])[0][0::2]
    assert np.abs(one - fine).max() < 2 * estimate


def test_a_smaller_tolerance_gives_a_smaller_error(growth):
    ends: list[np.ndarray] = []
    numbers: list[int] = []
    for tolerance in (4e-2, 1e-2, 2.5e-3, 2e-4):
        model = growth.model(MPI.COMM_SELF, tolerance=tolerance)
        numbers.append(growth.run(model, START).steps)
        ends.append(model.state().functions["phase"].x.array[0::2].copy())
    errors = [np.abs(end - ends[-1]).max() for end in ends[:-1]]
    assert numbers == sorted(numbers)
    assert errors[0] > errors[1] > 2 * errors[2]
    assert errors[1] < 1e-2
