"""Backward differences: exactness, local error, order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithode.solvers.numerics.bdf import error_factor, predictor_weights, rate_weights

steps = st.floats(0.1, 2.4)
coefficients = st.floats(-3.0, 3.0)


@given(dt=steps, past=steps, a=coefficients, b=coefficients, c=coefficients)
def test_rate_of_a_quadratic_is_exact(dt, past, a, b, c):
    times = np.array([0.0, -dt, -dt - past])
    values = a + b * times + c * times**2
    assert np.dot(rate_weights(dt, [past]), values) == pytest.approx(b, abs=1e-10)


@given(dt=steps, a=coefficients, b=coefficients)
def test_first_step_is_backward_euler(dt, a, b):
    assert np.dot(rate_weights(dt, []), [a, a - b * dt, 99.0]) == pytest.approx(b, abs=1e-10)


@given(dt=steps, past=st.lists(steps, max_size=3), a=coefficients, b=coefficients, c=coefficients)
def test_predictor_is_exact_up_to_the_degree_of_its_history(dt, past, a, b, c):
    b, c = (b if past else 0.0), (c if len(past) > 1 else 0.0)
    times = -np.cumsum([0.0, *past])
    weights = predictor_weights(dt, past)
    assert len(weights) == min(len(past), 2) + 1
    values = a + b * times + c * times**2
    assert np.dot(weights, values[: len(weights)]) == pytest.approx(
        a + b * dt + c * dt**2, abs=1e-9
    )


@given(dt=steps, past=steps, before=steps, a=coefficients, b=coefficients, c=coefficients)
def test_local_error_of_a_cubic_is_exact(dt, past, before, a, b, c):
    def value(t):
        return a + b * t + c * t**2 + t**3

    a0, a1, a2 = rate_weights(dt, [past, before])
    rate = b + 2 * c * dt + 3 * dt**2
    corrector = (rate - a1 * value(0.0) - a2 * value(-past)) / a0
    nodes = np.array([0.0, -past, -past - before])
    predictor = np.dot(predictor_weights(dt, [past, before]), value(nodes))
    estimate = error_factor(dt, [past, before]) * abs(corrector - predictor)
    assert estimate == pytest.approx(abs(corrector - value(dt)), rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("past", [[], [1.0]])
def test_a_short_history_gives_the_difference_itself(past):
    assert error_factor(1.0, past) == 1.0


def decay_error(number, ratio):
    """Error at t = 1 of y' = -y, with steps that are alternately long and short."""
    sizes = np.tile([ratio, 1.0], number // 2)
    y, past = [1.0, 1.0], ()
    for dt in sizes / sizes.sum():
        a0, a1, a2 = rate_weights(dt, past)
        y = [-(a1 * y[0] + a2 * y[1]) / (a0 + 1), y[0]]
        past = (dt, *past[:1])
    return abs(y[0] - np.exp(-1))


@pytest.mark.parametrize("ratio", [1.0, 2.2])
def test_order_is_two_also_with_variable_steps(ratio):
    errors = [decay_error(n, ratio) for n in (40, 80, 160)]
    np.testing.assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 2.0, atol=0.1)
