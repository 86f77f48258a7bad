"""Closed forms of strips in contact."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.theory import contact


def test_lengths():
    assert contact.period(20.0, 0.4) == pytest.approx(50.0)
    assert contact.strip_width(20.0, 0.4) == pytest.approx(30.0)


def test_strips_that_touch_everywhere_have_no_constriction():
    assert contact.constriction_at_even_potential(1.0) == pytest.approx(0.0, abs=1e-12)
    assert contact.constriction_at_even_current(1.0) == pytest.approx(0.0, abs=1e-12)
    assert contact.unevenness_of_even_current(1.0) == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_even_potential_has_the_least_resistance(share):
    """As the current chooses its way; narrow strips differ by 3/2 - ln 4 over pi, as the theory."""
    even_potential = contact.constriction_at_even_potential(share)
    even_current = contact.constriction_at_even_current(share)
    assert 0 < even_potential < even_current
    if share < 0.1:
        difference = (1.5 - np.log(4.0)) / np.pi
        assert even_current - even_potential == pytest.approx(difference, rel=1e-2)


@pytest.mark.parametrize("current", [0.0, 1e-3, 80.0, 1e4, -30.0])
def test_reaction_conductance(current):
    f, exchange = 38.9, 100.0
    symmetric = f / 2 * np.hypot(2 * exchange, current)
    assert contact.reaction_conductance(current, f, 0.5, exchange) == pytest.approx(symmetric)

    def density(eta):
        return exchange * (np.exp(0.3 * f * eta) - np.exp(-0.7 * f * eta))

    eta, h = 0.01, 1e-6
    slope = (density(eta + h) - density(eta - h)) / (2 * h)
    found = contact.reaction_conductance(density(eta), f, 0.3, exchange)
    assert found == pytest.approx(slope, rel=1e-6)
