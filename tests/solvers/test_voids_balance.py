"""Stripping against creep: closed forms of the contact fraction, limits, bad input."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from lithode.core.errors import InputError
from lithode.core.units import to_model
from lithode.materials.library import LITHIUM
from lithode.solvers.physics.creep import viscosity
from lithode.solvers.voids.balance import ContactBalance, stripping_speed
from lithode.theory.constriction import newtonian_closure
from lithode.theory.creep import holding_pressure

FRACTIONS = np.array([0.1, 0.3, 0.6, 0.9])
# Then the interpolation is exact: G = (1 - theta)^2.
BOUND = ContactBalance(FRACTIONS, (1 - FRACTIONS) ** 2)


def test_faraday():
    speed = stripping_speed(to_model(1, "mA/cm^2"), LITHIUM.molar_volume.model)
    assert speed == pytest.approx(1.3e-5 * 10 / 96485.33 * 1e6, rel=1e-6)
    thickness = stripping_speed(to_model(1, "mAh/cm^2"), LITHIUM.molar_volume.model)
    assert thickness == pytest.approx(4.85, rel=1e-3)


def test_viscosity_gives_the_law_back():
    rate, exponent, strain = 8.9e-4, 6.56, 3e-4
    stress = 3 * viscosity(strain, rate, exponent) * strain
    assert rate * stress**exponent == pytest.approx(strain, rel=1e-12)


def test_a_small_disc_is_one_on_a_half_space():
    """F = 8 eta a v with F = p pi b^2 and A = 1 / (3 eta)."""
    share = 1e-3
    half_space = 3 * math.pi / (8 * share)
    assert newtonian_closure(share) == pytest.approx(half_space, rel=2e-3)


def test_closure_is_interpolated_and_goes_on_by_its_last_power():
    fraction = np.array([0.2, 0.5, 0.95, 0.999])
    np.testing.assert_allclose(BOUND.closure_at(fraction), (1 - fraction) ** 2, rtol=1e-12)
    assert BOUND.closure_at(0.01) == pytest.approx(0.81)


@pytest.mark.parametrize("ratio", [2.0, 30.0, 1e4])
def test_steady_contact(ratio):
    assert BOUND.steady(ratio) == pytest.approx(1 - ratio**-0.5, rel=1e-8)
    held = holding_pressure(1.0, ratio * BOUND.closure_at(BOUND.steady(ratio)), 6.56)
    assert held == pytest.approx(1.0)


def test_nothing_holds_a_contact_without_creep():
    assert BOUND.steady(1e-3) is None
    assert BOUND.growth(0.1, 1e-3) < 0


def test_nothing_is_judged_outside_of_the_sweep():
    """Its last power of 1 - theta is only believed near a whole contact."""
    short = ContactBalance(FRACTIONS[:3], (1 - FRACTIONS[:3]) ** 2)
    assert (BOUND.reach, short.reach) == (1.0, 0.6)
    assert short.steady(2.0) == pytest.approx(BOUND.steady(2.0))
    assert short.steady(30.0) is None
    assert short.growth(0.6, 30.0) > 0
    assert [short.covers(theta) for theta in (0.05, 0.1, 0.6, 0.7)] == [False, True, True, False]
    stripped = np.linspace(0.0, 1.0, 11)
    assert np.all(np.isnan(short.along(30.0, 0.5, 0.7, stripped)))
    rising, exact = (found.along(30.0, 0.5, 0.1, stripped) for found in (short, BOUND))
    inside = exact <= 0.6
    assert 0 < np.sum(inside) < 11
    np.testing.assert_allclose(rising[inside], exact[inside], atol=1e-6)
    assert np.all(np.isnan(rising[~inside]))


@pytest.mark.parametrize("start", [0.3, 0.99])
def test_history_in_closed_form(start):
    """With y = 1 - theta: h y' = 1 - q y^2, so y = tanh(sqrt(q) x / h + c) / sqrt(q), or coth."""
    ratio, height = 10.0, 0.5
    stripped = np.linspace(0.0, 1.0, 11)
    first = math.sqrt(ratio) * (1 - start)
    phase = math.atanh(first) if first < 1 else math.atanh(1 / first)
    shape = np.tanh(math.sqrt(ratio) * stripped / height + phase)
    exact = 1 - (shape if first < 1 else 1 / shape) / math.sqrt(ratio)
    found = BOUND.along(ratio, height, start, stripped)
    np.testing.assert_allclose(found, exact, atol=1e-6)


def test_contact_rises_from_the_first_fraction():
    """As from just above it: 1 - y with y = coth(sqrt(q) x / h + c) / sqrt(q)."""
    stripped = np.linspace(0.0, 1.0, 11)
    lowest, above = (BOUND.along(10.0, 0.5, start, stripped) for start in (0.1, 0.1001))
    np.testing.assert_allclose(lowest[1:], above[1:], atol=1e-3)
    assert lowest[-1] == pytest.approx(1 - 10**-0.5, abs=1e-4)
    assert BOUND.along(1e-6, 0.5, 0.1, stripped).tolist() == [0.1] * 11


def test_start_below_the_sweep():
    with pytest.raises(InputError, match=r"start = 0.05: must be at least 0.1"):
        BOUND.along(10.0, 0.5, 0.05, np.linspace(0.0, 1.0, 3))


def test_lost_contact_stays_at_the_first_fraction():
    found = BOUND.along(1e-6, 0.5, 0.9, np.linspace(0.0, 1.0, 11))
    assert found[0] == 0.9
    assert np.all(found[5:] == 0.1)
    assert found[3] == pytest.approx(0.9 - 0.3 / 0.5, abs=1e-4)


def test_even_currents_leave_no_voids():
    even = ContactBalance(FRACTIONS, (1 - FRACTIONS) ** 3, 0.05 * (1 - FRACTIONS))
    assert even.uneven_at(1.0) == 0.0
    # 0.05 y = q y^3
    assert even.steady(20.0) == pytest.approx(1 - math.sqrt(0.05 / 20.0), rel=1e-6)
    assert even.along(20.0, 0.5, 0.5, np.array([0.0, 50.0]))[-1] == pytest.approx(0.95, abs=1e-5)


@pytest.mark.parametrize(
    ("carried", "returned", "lost"), [(0.4, None, 0.6), (0.0, 0.7, 0.15), (0.4, 0.1, 0.25)]
)
def test_vacancies_and_plating_take_away_from_what_must_creep(carried, returned, lost):
    balance = replace(BOUND, carried=carried, returned=returned)
    assert balance.lost_at(0.5) == pytest.approx(lost)
    assert balance.steady(20.0) == pytest.approx(1 - math.sqrt(lost / 20.0), rel=1e-8)


def test_share_of_plating_that_keeps_a_contact():
    assert BOUND.needed_return(0.5, 20.0) == 0.0
    needed = BOUND.needed_return(0.5, 0.4)
    assert needed == pytest.approx(1 - 2 * 0.4 * 0.25)
    kept = replace(BOUND, returned=needed)
    assert kept.growth(0.5, 0.4) == pytest.approx(0.0, abs=1e-12)
    assert replace(BOUND, carried=1.0).needed_return(0.5, 0.4) == 0.0
    # Plating as uneven as stripping returns all of it.
    assert replace(BOUND, returned=1.0).steady(1e-6) == 1.0


def test_a_contact_goes_to_the_next_steady_one():
    """f / (q G) = theta sqrt(1 - theta) / 0.3 is 1 twice: voids close or open by where they are."""
    theta = np.linspace(0.05, 0.999, 400)
    both = ContactBalance(theta, np.sqrt(1 - theta), 0.1 * theta * (1 - theta))
    ratio = 0.03
    low, high = (
        brentq(lambda x: x * math.sqrt(1 - x) - 0.3, *ends) for ends in ((0.1, 0.6), (0.7, 0.99))
    )
    for start, end in ((None, low), (0.05, low), (high - 0.01, low), (high + 0.01, 1.0)):
        assert both.steady(ratio, start) == pytest.approx(end, abs=1e-3)
    assert both.steady(0.0, 0.5) is None


@pytest.mark.parametrize("fractions", [[0.5], [0.5, 0.4], [0.0, 0.5], [0.5, 1.0]])
def test_bad_fractions(fractions):
    with pytest.raises(InputError, match="fractions"):
        ContactBalance(np.array(fractions), np.ones(len(fractions)))
