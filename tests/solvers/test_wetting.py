"""Wetting terms, contact angles of grain fields and capillary pressures; no mesh needed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithode.core.errors import InputError
from lithode.solvers.physics import wetting
from lithode.solvers.wetting.parameters import Walls
from lithode.theory.capillarity import (
    coupling_angle,
    grain_coupling_ratio,
    pore_pressure,
    pressure_overpotential,
    row_pressure,
)

# k_Lg / kappa at B = 8 A and equal widths; an independent minimisation.
EQUAL_WIDTHS = {
    30: -2.52, 45: -2.34, 60: -2.12, 75: -1.84, 90: -1.55,
    105: -1.24, 120: -0.93, 135: -0.64, 150: -0.38, 165: -0.16,
}  # fmt: skip
# Width ratio, B/A to the angles at k_Lg / kappa = -1.5, -1, -0.75, -0.5, -0.25, 0.
ANGLES = {
    (1.0, 1.0): (65, 96, 111, 128, 147, 180),
    (1.0, 20.0): (109, 129, 139, 151, 163, 180),
    (0.5, 1.0): (0, 67, 90, 113, 138, 180),
    (0.5, 4.0): (13, 77, 99, 120, 145, 180),
}


@pytest.mark.parametrize(("angle", "ratio"), EQUAL_WIDTHS.items())
def test_angle_of_grain_fields(angle, ratio):
    assert coupling_angle(ratio, 8.0) == pytest.approx(angle, abs=0.5)


@pytest.mark.parametrize(("widths", "barrier_ratio"), ANGLES)
def test_angle_depends_on_barrier_and_widths(widths, barrier_ratio):
    ratios = (-1.5, -1.0, -0.75, -0.5, -0.25, 0.0)
    found = [coupling_angle(ratio, barrier_ratio, widths) for ratio in ratios]
    np.testing.assert_allclose(found, ANGLES[widths, barrier_ratio], atol=0.7)


@pytest.mark.parametrize("angle", [0.0, 90.0, 178.0, 180.0])
def test_coupling_is_the_inverse_of_the_angle(angle):
    ratio = grain_coupling_ratio(angle, 8.0)
    assert ratio <= 0
    assert coupling_angle(ratio, 8.0) == pytest.approx(angle, abs=0.2)


def test_positive_coupling_cannot_repel_more_than_all():
    assert coupling_angle(0.3, 4.0) == pytest.approx(180, abs=0.1)


@pytest.mark.parametrize("angle", [-1.0, 180.1, math.nan])
def test_angles_that_are_none(angle):
    for use in (lambda a: grain_coupling_ratio(a, 8.0), lambda a: Walls({"grains": a})):
        with pytest.raises(InputError) as error:
            use(angle)
        assert error.value.field == "contact_angle"


@given(st.floats(0.0, 1.0), st.floats(0.0, 180.0))
def test_wall_pull_keeps_the_flat_profile(zeta, angle):
    """Across a tanh profile |grad zeta| is zeta (1 - zeta) / d, at theta to the wall."""
    gamma, d = 0.5, 0.25
    cosine = math.cos(math.radians(angle))
    normal_slope = zeta * (1 - zeta) / d * cosine
    assert wetting.wall_pull(zeta, gamma, cosine) == pytest.approx(6 * gamma * d * normal_slope)
    step = 1e-6
    ends = (wetting.wall_energy(zeta + s, gamma, cosine) for s in (-step, step))
    low, high = ends
    assert -(high - low) / (2 * step) == pytest.approx(
        wetting.wall_pull(zeta, gamma, cosine), abs=1e-8
    )


def test_pressures():
    assert pore_pressure(0.5, 120.0, 1.0, 3) == pytest.approx(1.0)  # MPa, round, 1 um
    assert pore_pressure(0.5, 150.0, 0.1, 3) == pytest.approx(17.3, abs=0.1)
    assert pore_pressure(0.5, 60.0, 1.0) == pytest.approx(-0.5)
    overpotentials = [
        1e3 * pressure_overpotential(pore_pressure(0.5, 135.0, width), 1.3e-5)
        for width in (1.0, 0.1, 0.01)
    ]
    np.testing.assert_allclose(overpotentials, (0.0953, 0.953, 9.53), rtol=1e-2)


def test_row_of_grains():
    """Thin wires need 2 gamma / gap as soon as lithium cannot wet them, thick ones as a slit."""
    for angle in (100.0, 135.0, 170.0):
        assert row_pressure(0.5, angle, 1e-6, 1.0) == pytest.approx(1.0, rel=1e-4)
        slit = pore_pressure(0.5, angle, 1.0)
        assert row_pressure(0.5, angle, 1e5, 1.0) == pytest.approx(slit, rel=0.02)
    assert row_pressure(0.5, 60.0, 2.0, 1.0) < row_pressure(0.5, 135.0, 2.0, 1.0)
