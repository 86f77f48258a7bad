"""Closed forms of a crack full of lithium."""

from __future__ import annotations

import math

import pytest

from lithode.core.constants import FARADAY
from lithode.theory import lithium_crack as law
from lithode.theory.fracture import EDGE_INTENSITY


def test_a_fin_alone_takes_the_current_of_twice_its_height():
    assert law.fin_width(1.0, 1e3) == pytest.approx(2, rel=1e-5)


def test_dense_fins_take_all_of_it():
    assert law.fin_width(10.0, 1.0) == pytest.approx(1, rel=1e-6)


def test_the_reference_current_is_that_of_the_literature_of_llzto():
    """1 MPa sqrt(m), 0.05 S/m, 5 um: 34 mA/cm^2."""
    current = law.reference_current(1e3, 5e4, 1.3e-5 / FARADAY, 5.0)
    assert current == pytest.approx(340, rel=0.01)


def test_currents_without_flow_span_both_powers():
    """-1/2 where the interface resists, -3/2 where the electrolyte does."""

    def current(length):
        return law.critical_current_without_flow(length) * length**-1.5

    powers = [math.log(current(2 * c) / current(c)) / math.log(2) for c in (1e-4, 1e4)]
    assert powers == pytest.approx([-0.5, -1.5], abs=1e-3)


def test_flow_helps_the_crack_where_the_electrolyte_resists():
    """Where the interface does, the pressure is even anyway."""
    assert law.critical_current_with_flow(1e-4) == pytest.approx(
        law.critical_current_without_flow(1e-4), rel=1e-4
    )
    for number in (0.5, 1, 3):
        assert law.critical_current_with_flow(number) > law.critical_current_without_flow(number)


def test_the_stalling_pressure_is_the_mean_of_the_potential():
    even = law.critical_current_with_flow(2.0) * law.stalling_pressure(2.0)
    assert even == pytest.approx(1 / EDGE_INTENSITY)


def test_a_wide_gap_crowds_the_current_as_its_root():
    without = law.critical_current_without_flow(math.inf)
    assert law.critical_current_beside_gap(0.0) == pytest.approx(without, rel=5e-3)
    few, many = (law.critical_current_beside_gap(part) for part in (1e4, 4e4))
    assert many / few == pytest.approx(1 / 2, rel=1e-3)
    assert law.critical_current_beside_gap(1.0) == pytest.approx(0.834 * without, rel=1e-2)
