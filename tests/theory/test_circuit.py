"""Circuit elements."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lithode.core.units import to_model
from lithode.theory.circuit import (
    Capacitor,
    ConstantPhase,
    Gap,
    Gerischer,
    Inductor,
    Parallel,
    Resistor,
    Scaled,
    Series,
    Warburg,
    WarburgOpen,
    WarburgShort,
    Zarc,
)
from lithode.theory.constriction import tube_constriction


def test_an_arc_between_its_ends():
    arc = Zarc(100.0, 1e3, 0.8)
    w = 2 * np.pi * np.array([1e-9, 1e3, 1e15])
    z = arc(w)
    assert z[0] == pytest.approx(100.0, rel=1e-6)
    assert z[1].real == pytest.approx(50.0)
    assert z[1].imag == pytest.approx(-50 * math.tan(0.8 * math.pi / 4))
    assert abs(z[2]) < 1e-6
    assert Zarc(100.0, 1e3)(w[1]) == pytest.approx(50 - 50j)


def test_a_gap_is_a_plate_capacitor():
    z = Gap(to_model(10, "nm"), 2.0)(2 * np.pi * 1e4) / to_model(1, "ohm m^2")
    assert z == pytest.approx(-1j * 10e-9 / (2 * np.pi * 1e4 * 2 * 8.8541878e-12), rel=1e-6)


def test_series_and_multiples():
    w = np.array([1.0, 2.0])
    series = Series((Resistor(2.0), Scaled(Gap(1.0), 3.0)))
    np.testing.assert_allclose(series(w), 2.0 + 3 * Gap(1.0)(w))
    assert np.all(series(w).imag < 0)


def test_an_arc_is_a_resistance_beside_a_constant_phase_element():
    w = 2 * np.pi * np.geomspace(1, 1e6, 7)
    tau, a = 1 / (2 * np.pi * 1e3), 0.8
    pair = Parallel((Resistor(100.0), ConstantPhase(tau**a / 100.0, a)))
    np.testing.assert_allclose(pair(w), Zarc(100.0, 1e3, a)(w))
    ideal = Parallel((Resistor(100.0), Capacitor(tau / 100.0)))
    np.testing.assert_allclose(ideal(w), Zarc(100.0, 1e3)(w))
    np.testing.assert_allclose(Inductor(2e-6)(w), 2e-6j * w)


# The ladder of a layer in n slices: resistances R/n along, capacitances tau/(n R) to the ground.
@pytest.mark.parametrize(("element", "end"), [(WarburgShort, 0.0), (WarburgOpen, 1e30)])
def test_finite_diffusion_is_the_limit_of_a_ladder(element, end):
    resistance, tau, count = 50.0, 0.3, 4000
    w = np.geomspace(0.05, 300.0, 9) / tau
    z = np.full(len(w), end, dtype=complex)
    for _ in range(count):
        z = 1 / (1j * w * tau / (count * resistance) + 1 / (z + resistance / count))
    np.testing.assert_allclose(element(resistance, tau)(w), z, rtol=5e-3)


def test_diffusion_at_its_limits():
    fast, slow = np.array([1e7]), np.array([1e-7])
    half_space = Warburg(50.0 / math.sqrt(0.3))
    for element in (WarburgShort(50.0, 0.3), WarburgOpen(50.0, 0.3)):
        np.testing.assert_allclose(element(fast), half_space(fast), rtol=1e-6)
    np.testing.assert_allclose(Gerischer(50.0, 0.3)(fast), half_space(fast), rtol=1e-6)
    for element in (WarburgShort(50.0, 0.3), Gerischer(50.0, 0.3)):
        np.testing.assert_allclose(element(slow), 50.0, rtol=1e-6)
    closed = WarburgOpen(50.0, 0.3)(slow)
    np.testing.assert_allclose(closed.real, 50.0 / 3, rtol=1e-6)
    np.testing.assert_allclose(closed.imag, Capacitor(0.3 / 50.0)(slow).imag, rtol=1e-6)
    assert np.degrees(np.angle(half_space(fast)))[0] == pytest.approx(-45.0)


def test_constriction_of_a_small_and_of_a_wide_contact():
    assert tube_constriction(0.0) == 1.0
    assert tube_constriction(0.5) == pytest.approx(0.3396543, abs=1e-7)
    assert tube_constriction(1.0) == pytest.approx(0.0, abs=3e-3)
