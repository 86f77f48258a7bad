"""Classical nucleation theory against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.units import to_model
from lithode.theory import nucleation
from lithode.theory.nucleation import Nucleation

VOLUME = to_model(1.3e-5, "m^3/mol")


@pytest.mark.parametrize(
    ("angle", "factor"),
    [(0, 0), (30, 0.01286), (60, 5 / 32), (90, 0.5), (120, 27 / 32), (150, 0.9871), (180, 1)],
)
def test_heterogeneous_factor(angle, factor):
    assert nucleation.heterogeneous_factor(angle) == pytest.approx(factor, rel=1e-3, abs=1e-12)


@pytest.mark.parametrize(
    ("energy", "eta", "barrier"), [(0.5, 0.1, 924), (0.5, 0.02, 2.3e4), (0.1, 0.1, 7.4)]
)
def test_barrier_over_thermal_energy(energy, eta, barrier):
    strength = nucleation.barrier_strength(energy, VOLUME, 298.0)
    assert strength / eta**2 == pytest.approx(barrier, rel=0.01)


def test_critical_radius():
    assert nucleation.critical_radius(0.5, VOLUME, 0.1) == pytest.approx(1.35e-3, rel=3e-3)


def test_rate_and_critical_overpotential():
    strength = nucleation.barrier_strength(0.5, VOLUME, 298.15)
    host = Nucleation(strength, 60.0, np.exp(30))
    assert host.critical_overpotential == pytest.approx(0.219, abs=1e-3)
    rates = host.rate(np.array([1.0, 2.0, 1.0]), np.array([1.0, 1.0, -1.0]))
    assert rates[1] == pytest.approx(2 * rates[0])
    assert rates[2] == 0.0
    at_critical = host.rate(np.ones(1), np.array([host.critical_overpotential]))
    assert at_critical[0] == pytest.approx(np.exp(-30))


def test_length_of_a_linear_overpotential():
    host = Nucleation(0.03, 90.0, np.exp(15))
    critical = host.critical_overpotential
    assert host.length(90.0, 2 * critical) == pytest.approx(45.0)
    assert host.length(90.0, 0.5 * critical) == 0.0
