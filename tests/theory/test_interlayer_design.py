"""Lengths and stability of an interlayer, in closed form and by search."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.constants import FARADAY
from lithode.core.units import to_model
from lithode.solvers.physics.kinetics import surface_current
from lithode.theory.interlayer_design import InterlayerDesign, graded_layers, growth_slope

SLOPE = growth_slope(3600.0, to_model(1.3e-5, "m^3/mol"), 0.5)
DESIGN = InterlayerDesign((90.0,), (2.8e3,), 5e-3, 0.02, SLOPE)


def stable_by_search(design):
    """Largest current up to which a fine scan finds l_n <= l_g <= l_i."""
    i = np.linspace(1e-3, design.filling_current * 1.001, 200_001)
    good = (design.nucleation_length(i) <= design.growth_length(i)) & (
        design.growth_length(i) <= design.thickness
    )
    return i[np.argmin(good)]


def test_growth_fills_the_pores():
    """One hour at 1 mA/cm^2 is 4.85 um of lithium."""
    assert pytest.approx(4.85, rel=1e-3) == 10 * SLOPE * 0.5
    charge = 10.0 * 3600
    assert pytest.approx(charge / FARADAY * to_model(1.3e-5, "m^3/mol")) == 10 * SLOPE * 0.5


def test_nucleation_length_is_linear_in_the_reciprocal_current():
    i = np.array([4.5, 8.0, 16.0, 40.0])
    np.testing.assert_allclose(DESIGN.nucleation_length(i), 2.8e3 * (5e-3 - 0.02 / i))
    np.testing.assert_allclose(DESIGN.nucleation_length(i), 2.8e3 * DESIGN.spike_voltage(i) / i)
    assert DESIGN.onset_current == pytest.approx(4.0)
    assert not np.any(DESIGN.nucleation_length(np.array([1.0, 4.0])))


def test_nucleation_length_ends_at_the_electrolyte():
    design = InterlayerDesign((10.0,), (5e6,), 5e-3, 0.02, SLOPE)
    assert design.nucleation_length(5.0) == 10.0


@pytest.mark.parametrize("ratio", [0.5, 0.999, 1.001, 2.0])
def test_tangent_condition(ratio):
    """l_n touches l_g at twice the onset current when C R = 4 s_g i_c."""
    conductivity = ratio * 4 * SLOPE * DESIGN.onset_current / DESIGN.resistance
    design = InterlayerDesign((90.0,), (conductivity,), 5e-3, 0.02, SLOPE)
    assert design.tangent_ratio == pytest.approx(ratio)
    i = np.linspace(0.1, 40.0, 400_001)
    margin = design.growth_length(i) - design.nucleation_length(i)
    assert (np.min(margin) >= 0) == (ratio < 1)
    if abs(ratio - 1) < 0.01:
        assert i[np.argmin(margin)] == pytest.approx(2 * design.onset_current, rel=2e-2)
    assert (design.verdict.limit == "pores") == (ratio < 1)


@pytest.mark.parametrize(
    "layers",
    [
        ((90.0,), (2.8e3,)),
        ((90.0,), (2.0e4,)),
        ((15.0,), (5e6,)),
        ((10.0, 80.0), (2.8e3, 2e4)),
        ((20.0, 70.0), (2e4, 2e2)),
        ((3.0, 87.0), (2e4, 2e2)),
        graded_layers(lambda x: 2e4 * np.exp(-x / 20), 90.0, 40),
    ],
)
def test_verdict_against_a_search(layers):
    design = InterlayerDesign(*layers, 5e-3, 0.02, SLOPE)
    assert design.verdict.current == pytest.approx(stable_by_search(design), abs=2e-3)
    crossing = design.crossings()
    np.testing.assert_allclose(
        design.nucleation_length(np.array(crossing)), SLOPE * np.array(crossing), rtol=1e-9
    )
    if design.verdict.returns:
        above = 1.001 * design.verdict.returns
        assert design.nucleation_length(above) < design.growth_length(above)


def test_graded_reduces_to_homogeneous():
    many = InterlayerDesign(*graded_layers(lambda x: 0 * x + 2.8e3, 90.0), 5e-3, 0.02, SLOPE)
    i = np.geomspace(1, 40, 20)
    np.testing.assert_allclose(many.nucleation_length(i), DESIGN.nucleation_length(i), rtol=1e-9)


def test_graded_layer_against_its_integral():
    """int_0^l dx / sigma = a / sigma_0 (exp(l / a) - 1) for sigma = sigma_0 exp(-x / a)."""
    design = InterlayerDesign(
        *graded_layers(lambda x: 2.8e3 * np.exp(-x / 10), 90.0), 5e-3, 0.02, SLOPE
    )
    i = np.array([5.0, 10.0, 40.0])
    exact = 10 * np.log(1 + 2.8e3 / 10 * (5e-3 - 0.02 / i))
    np.testing.assert_allclose(design.nucleation_length(i), exact, rtol=1e-3)


def test_a_lithiophilic_interlayer_is_never_stable():
    design = InterlayerDesign((90.0,), (2.8e3,), 5e-3, 0.0, SLOPE)
    assert design.verdict.current == 0
    assert design.verdict.limit == "nucleation"


def test_surface_current_is_butler_volmer():
    f = 38.9
    eta = float(surface_current(0.05, f, 0.5, 2.0))
    assert eta == pytest.approx(4 * np.sinh(f * 0.05 / 2))
    assert float(surface_current(0.0, f, 0.3, 2.0)) == 0
