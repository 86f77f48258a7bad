"""Double well, interpolation and the identities of the interface; no mesh needed."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from hypothesis import given
from hypothesis import strategies as st

from lithode.solvers.physics import free_energy as fe
from lithode.theory.free_energy import (
    barrier_height,
    gradient_coefficient,
    interface_width_10_90,
    profile_length,
    surface_energy,
)

positive = st.floats(1e-3, 1e3)


def value(expression):
    return float(ufl.as_ufl(expression)(()))


def slope(function, at):
    x = ufl.variable(ufl.as_ufl(at))
    lowered = ufl.algorithms.apply_algebra_lowering.apply_algebra_lowering(ufl.diff(function(x), x))
    return value(ufl.algorithms.apply_derivatives.apply_derivatives(lowered))


@pytest.mark.parametrize("xi", [-0.2, 0.0, 0.1, 0.5, 0.77, 1.0, 1.3])
def test_force_is_the_slope_of_the_well(xi):
    assert fe.double_well_force(xi, 2.5) == pytest.approx(
        slope(lambda x: fe.double_well(x, 2.5), xi), abs=1e-12
    )


def test_wells_are_at_the_pure_phases_and_the_barrier_between():
    assert fe.double_well(0.0, 3.0) == fe.double_well(1.0, 3.0) == 0.0
    assert fe.double_well(0.5, 3.0) == pytest.approx(3.0 / 16)
    # Restoring on the outer side of both wells: the solution needs no clipping.
    assert fe.double_well_force(-0.1, 1.0) < 0 < fe.double_well_force(1.1, 1.0)


@pytest.mark.parametrize("xi", [0.05, 0.3, 0.5, 0.9])
def test_interpolation_and_its_slope(xi):
    assert value(fe.interpolation_slope(xi)) == pytest.approx(slope(fe.interpolation, xi))
    assert value(fe.interpolation(xi)) + value(fe.interpolation(1 - xi)) == pytest.approx(1.0)


@pytest.mark.parametrize(("xi", "end"), [(-0.5, 0.0), (0.0, 0.0), (1.0, 1.0), (7.0, 1.0)])
def test_interpolation_is_flat_outside_the_phases(xi, end):
    assert value(fe.interpolation(xi)) == pytest.approx(end, abs=1e-14)
    assert value(fe.interpolation_slope(xi)) == 0.0
    assert value(fe.mixture(xi, 5.0, 3.0)) == pytest.approx(3.0 + 2.0 * end)


@given(gamma=positive, delta=positive)
def test_energy_and_width_round_trip(gamma, delta):
    W, kappa = barrier_height(gamma, delta), gradient_coefficient(gamma, delta)
    assert surface_energy(W, kappa) == pytest.approx(gamma)
    assert pytest.approx(delta) == np.sqrt(8 * kappa / W)
    assert profile_length(W, kappa) == pytest.approx(delta / 4)


@given(W=positive, kappa=positive)
def test_width_is_that_of_the_tanh_profile(W, kappa):
    d = profile_length(W, kappa)
    half = interface_width_10_90(W, kappa) / 2
    assert (1 - np.tanh(half / (2 * d))) / 2 == pytest.approx(0.1)
    # The profile carries as much gradient energy as well energy: xi' = xi (1 - xi) / d.
    xi = 0.3
    assert kappa / 2 * (xi * (1 - xi) / d) ** 2 == pytest.approx(fe.double_well(xi, W))
