"""The dendrite of a public AMReX code, its beginning; the whole is benchmarks/dendrite.py."""

from __future__ import annotations

import pytest

from benchmarks.dendrite import CONTROL, dendrite, departures
from lithode.solvers.numerics.march import march


@pytest.mark.mpi
def test_beginning_follows_the_reference():
    model = dendrite(tolerance=1e-3, reach=11.0)
    start = model.measure()
    result = march(model, CONTROL, 0.04)
    found = departures(model)
    # Meanwhile the area grows by a sixth, the tip by a quarter, and a tenth of the ions are used.
    assert model.measure()["area"] > 1.15 * start["area"]
    assert abs(found["area"]) < 3e-3
    assert abs(found["content"]) < 3e-3
    assert abs(found["tip"]) < 0.025
    assert result.step_failures == 0


def test_small_tolerances_find_a_first_step():
    # They do not if the state at the start misses a condition, however short the step is.
    model = dendrite(tolerance=1e-5, reach=7.0)
    assert march(model, CONTROL, 1e-5).step_failures == 0
