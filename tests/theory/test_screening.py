"""Criteria of screening against what they must mean."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.constants import BOLTZMANN, FARADAY
from lithode.theory import nucleation, screening

VOLUME, GAMMA = 1.3e-5, 0.5


def test_barriers_are_the_heights_of_the_crossing():
    lam, shift = 0.8, 0.3
    x = np.linspace(-1, 2, 300_001)
    ion, metal = lam * x**2, lam * (x - 1) ** 2 + shift
    crossing = int(np.argmin(abs(ion - metal)))
    forth, back = screening.barriers(np.array(lam), np.array(shift))
    assert forth == pytest.approx(ion[crossing], rel=1e-4)
    assert back == pytest.approx(ion[crossing] - shift, rel=1e-4)


@pytest.mark.parametrize("lam", [0.2, 1.0, 5.0])
def test_barriers_are_equal_at_eta_star_whatever_lambda(lam):
    excess = screening.excess_energy(GAMMA, VOLUME, 0.05, 7.0)
    eta = screening.critical_overpotential(excess)
    for factor, sign in ((0.9, 1), (1.0, 0), (1.1, -1)):
        left = excess - FARADAY * factor * eta
        scale = FARADAY * lam
        forth, back = screening.barriers(np.array(scale), np.array(left))
        assert np.sign(np.round((forth - back) / scale, 12)) == sign


def test_eta_star_is_the_curvature_and_the_pressure():
    eta = screening.critical_overpotential(screening.excess_energy(GAMMA, VOLUME, 0.05, 0.0))
    assert eta == pytest.approx(2 * 0.5 * 1.3e-5 / (50e-9 * 96485.33), rel=1e-6)
    stressed = screening.critical_overpotential(screening.excess_energy(0.0, VOLUME, 0.05, 100.0))
    assert stressed == pytest.approx(100e6 * 1.3e-5 / 96485.33, rel=1e-6)


def test_nucleation_overpotential_crosses_the_barrier_and_is_none_for_what_reacts():
    eta = screening.nucleation_overpotential(GAMMA, VOLUME, 298.15, 0.25, 30.0)
    radius = nucleation.critical_radius(GAMMA, VOLUME, eta)
    # Energy of the nucleus: a third of its surface energy, times the share of the barrier.
    energy = 0.25 * GAMMA * 4 * np.pi * radius**2 / 3
    assert energy / (BOLTZMANN * 298.15) == pytest.approx(30.0, rel=1e-9)
    assert screening.nucleation_overpotential(-0.1, VOLUME, 298.15, 1.0, 30.0) == 0


def test_budgets():
    # 1 mA/cm^2 through 1 um of 3e-9 S/cm, and electrons at 1.39 V through 1 um of 1e-8 S/cm.
    assert screening.ohmic_drop(10.0, 1.0, 0.3) == pytest.approx(1e-3 * 1e-4 / 3e-9)
    assert screening.leakage_current(1.0, 1.39, 1.0) == pytest.approx(1e4 * 1e-8 * 1.39 / 1e-4)
    decades = screening.blocking(1e-12, 0.5, 298.15)
    assert decades == pytest.approx(12 + 0.5 / 0.0591597, rel=1e-5)


def test_index_and_orders():
    assert screening.index(np.array(2.0), np.array(1e-4), np.array(1e-9)) == pytest.approx(10)
    values = {"a": 1.0, "b": -1.0, "c": 1.0, "d": 4.0}
    assert screening.order(values) == "b < a = c < d"
    assert screening.pairs_kept(values, ["a", "b", "c", "d"]) == 4
    assert screening.order({}) == ""
