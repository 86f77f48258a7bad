"""Circuit elements."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lithode.core.units import to_model
from lithode.spectroscopy.circuit import Gap, Resistor, Scaled, Series, Zarc
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


def test_constriction_of_a_small_and_of_a_wide_contact():
    assert tube_constriction(0.0) == 1.0
    assert tube_constriction(0.5) == pytest.approx(0.3396543, abs=1e-7)
    assert tube_constriction(1.0) == pytest.approx(0.0, abs=3e-3)
