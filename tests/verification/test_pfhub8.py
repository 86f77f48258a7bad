"""PFHub benchmark 8a, coarse; the whole is benchmarks/pfhub8.py."""

from __future__ import annotations

import pytest

from benchmarks.pfhub8 import CONTROL, FRACTIONS, fraction, seed
from lithode.solvers.numerics.march import march


@pytest.mark.parametrize("ratio", [0.99, 1.01])
def test_seed_dies_or_grows_as_by_the_radial_equation(ratio):
    errors = []
    for size in (0.5, 0.25):
        model = seed(ratio, size, 1e-3, reach=9.0)
        assert fraction(model) == pytest.approx(FRACTIONS[ratio][0], rel=1e-4)
        march(model, CONTROL, 50.0)
        errors.append(fraction(model) / FRACTIONS[ratio][50] - 1)
    assert abs(errors[1]) < 0.03
    assert abs(errors[1]) < 0.4 * abs(errors[0])


def test_seed_of_the_critical_radius_dies():
    model = seed(1.0, 0.5, 1e-3, reach=9.0)
    march(model, CONTROL, 150.0)
    assert fraction(model) < 1e-4
