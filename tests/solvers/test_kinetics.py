"""Butler-Volmer kinetics, overpotentials and derived numbers; no mesh needed."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from hypothesis import given
from hypothesis import strategies as st

from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.core.units import to_model
from lithode.solvers.physics import kinetics
from lithode.theory import free_energy
from lithode.theory.kinetics import (
    damkohler_number,
    drive_ratio,
    front_speed,
    mechanical_overpotential,
    nucleation_threshold,
    rate_constant,
)

F = inverse_thermal_voltage(298.15)


def value(expression):
    return float(ufl.as_ufl(expression)(()))


def bounded_exp(x):
    return value(kinetics.bounded_exp(ufl.as_ufl(x)))


def plating_rate(xi, c, overpotential, alpha=0.5):
    rates = kinetics.reaction_rates(ufl.as_ufl(overpotential), F, alpha)
    return value(kinetics.plating_rate(ufl.as_ufl(xi), ufl.as_ufl(c), *rates, 2.0))


@pytest.mark.parametrize("x", [-50.0, -1.0, 0.0, 1.0, 29.9])
def test_exponential_is_exact_below_its_bound(x):
    assert bounded_exp(x) == pytest.approx(np.exp(x), rel=1e-14)


def test_exponential_goes_on_along_its_tangent():
    bound, step = kinetics.EXPONENT_BOUND, 1e-4
    top = np.exp(bound)
    for side in (-1, 1):
        assert side * (bounded_exp(bound + side * step) - top) / step == pytest.approx(
            top, rel=1e-4
        )
    assert bounded_exp(bound + 7.0) == pytest.approx(8 * top)


@pytest.mark.parametrize("x", [-1e300, -1e6, 1e3, 1e6, 1e100])
def test_exponential_never_overflows(x):
    assert np.isfinite(bounded_exp(x))


@given(xi=st.floats(-0.5, 1.5), alpha=st.floats(0.1, 0.9))
def test_no_reaction_in_equilibrium(xi, alpha):
    assert plating_rate(xi, 1.0, 0.0, alpha) == 0.0


@given(c=st.floats(0.1, 10.0), alpha=st.floats(0.1, 0.9))
def test_equilibrium_obeys_nernst(c, alpha):
    assert plating_rate(0.5, c, np.log(c) / F, alpha) == pytest.approx(0.0, abs=1e-12)


def test_negative_overpotential_plates_and_positive_strips():
    assert plating_rate(0.5, 1.0, -0.05) > 0 > plating_rate(0.5, 1.0, 0.05)
    assert plating_rate(0.5, 1.0, -0.05) == pytest.approx(-plating_rate(0.5, 1.0, 0.05))
    # h'(1/2) = 15/8, rate constant 2.
    expected = 2 * 15 / 8 * (3 * np.exp(0.3 * F * 0.05) - np.exp(-0.7 * F * 0.05))
    assert plating_rate(0.5, 3.0, -0.05, 0.3) == pytest.approx(expected)


@pytest.mark.parametrize("c", [0.0, -1e-3, -5.0])
def test_nothing_plates_without_ions(c):
    assert plating_rate(0.5, c, -0.1) == plating_rate(0.5, 0.0, -0.1) < 0


@pytest.mark.parametrize("xi", [-0.1, 0.0, 1.0, 1.1])
def test_pure_phases_do_not_react(xi):
    assert plating_rate(xi, 1.0, -0.1) == 0.0


def test_compression_slows_plating_by_the_published_amount():
    volume = to_model(1.3e-5, "m^3/mol")
    eta = mechanical_overpotential(-20.0, volume, 60.0)
    assert eta == pytest.approx(0.162, abs=5e-4)
    assert mechanical_overpotential(20.0, volume, 60.0) == -eta
    assert plating_rate(0.5, 1.0, -0.1 + eta) < plating_rate(0.5, 1.0, -0.1)


def test_numbers_of_arguello_2022():
    gamma, delta = to_model(0.556, "J/m^2"), to_model(1.5e-6, "m")
    site = to_model(7.64e4, "mol/m^3")
    barrier = free_energy.barrier_height(gamma, delta)
    gradient = free_energy.gradient_coefficient(gamma, delta)
    rate = rate_constant(to_model(30.0, "A/m^2"), delta, site)
    assert barrier == pytest.approx(to_model(4.448e6, "J/m^3"), rel=2e-4)
    assert gradient == pytest.approx(to_model(1.251e-6, "J/m"), rel=2e-4)
    assert rate == pytest.approx(to_model(1.81e-3, "1/s"), rel=1e-3)


@given(current=st.floats(0.1, 100.0), width=st.floats(0.1, 10.0), eta=st.floats(-0.2, 0.2))
def test_front_carries_the_butler_volmer_current(current, width, eta):
    site = 7.64e4
    rate = rate_constant(current, width, site)
    speed = front_speed(width / 4, rate, eta, F, 0.5)
    expected = current * (np.exp(-0.5 * F * eta) - np.exp(0.5 * F * eta))
    assert FARADAY * site * speed == pytest.approx(expected, abs=1e-9 * current)


def test_numbers_that_tell_a_healthy_run():
    reaction = 6e-3 * np.exp(0.5 * F * 0.1)
    assert damkohler_number(76.4, reaction, 3.5, 20.0) == pytest.approx(0.92, rel=0.01)
    ratio = drive_ratio(reaction, 0.16, 0.375)
    assert ratio == pytest.approx(0.70, rel=0.01)
    assert nucleation_threshold(ratio, 2.0) == pytest.approx(1 / (30 * ratio))
