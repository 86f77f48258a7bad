"""Lithium pressed into pores: overpotential at the face and force balance against exact ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_bvp

from lithode.core.constants import FARADAY
from lithode.theory.penetration import Face, Pores

F_RT = 38.92
FACE = Face(0.21, 1.25, 7.7e4, F_RT)
PORES = Pores(0.36, 0.3, 0.585, 1.18, 1.3e-5, 0.07)
WALL = PORES.wall


def test_without_pores_it_is_butler_volmer():
    current = np.array([1e-3, 3.0, 60.0])
    eta = FACE.overpotential(current, WALL, 0.0)
    back = FACE.contact * 2 * FACE.exchange_current_density * np.sinh(F_RT * eta / 2)
    np.testing.assert_allclose(back, current, rtol=1e-9)


@pytest.mark.parametrize("contact", [1e-9, 0.21, 5.0])
@pytest.mark.parametrize("depth", [1.0, 20.0, 120.0])
def test_small_currents_have_a_closed_form(contact, depth):
    face, current = replace(FACE, contact=contact), 1e-4
    g, s = F_RT * face.exchange_current_density, face.conductivity
    k = np.sqrt(WALL * g / s)
    exact = current / (s * k * np.sinh(k * depth) + contact * g * np.cosh(k * depth))
    assert face.overpotential(current, WALL, depth) == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize(("current", "depth"), [(3.0, 0.5), (60.0, 7.0), (60.0, 40.0)])
def test_large_currents_against_collocation(current, depth):
    s, i0 = FACE.conductivity, FACE.exchange_current_density

    def rate(eta):
        return 2 * i0 * np.sinh(F_RT * eta / 2)

    x = np.linspace(0, depth, 60)
    found = FACE.overpotential(current, WALL, depth)
    guess = np.array([found + current / s * x, np.full_like(x, current / s)])
    exact = solve_bvp(
        lambda x, y: np.array([y[1], WALL * rate(y[0]) / s]),
        lambda a, b: np.array(
            [s * a[1] - FACE.contact * rate(a[0]), s * b[1] - current]
        ),
        x, guess, tol=1e-8, max_nodes=20_000,
    )  # fmt: skip
    assert exact.success
    assert found == pytest.approx(exact.y[0, 0], rel=1e-5)


def test_the_plug_is_in_balance():
    # On a plug of 5 um in a tube: pressure times section against shear of the wall and meniscus.
    depth, radius = 5e-6, 0.18e-6
    shear = 1.18e6 / np.sqrt(3) * 2 * np.pi * radius * depth
    meniscus = 0.585 * 2 * np.pi * radius
    exact = (shear + meniscus) / (np.pi * radius**2)
    assert 1e6 * PORES.resistance(5.0) == pytest.approx(exact)
    assert PORES.largest_depth(PORES.resistance(5.0)) == pytest.approx(5.0)
    assert PORES.largest_depth(0.9 * PORES.entry_pressure) == 0
    assert PORES.plating_pressure(0.01) == pytest.approx(1e-6 * 96485.33 * 0.01 / 1.3e-5, rel=1e-6)


def test_filling_is_what_is_trapped_less_what_resists():
    free = replace(PORES, interface_energy=0.0, yield_stress=1e-12)
    charge = 36000.0
    depth = charge * free.filling(0.05, 0.0)
    assert free.held(depth) == pytest.approx(0.07 * charge)
    assert depth == pytest.approx(0.07 * charge * 1.3e-5 / (FARADAY * 0.3))
    half = PORES.entry_pressure * 2 * PORES.molar_volume / FARADAY
    assert PORES.filling(half, 0.0) == pytest.approx(PORES.filling(1e9, 0.0) / 2)


@pytest.mark.parametrize("eta", [-0.1, 0.0, 1e-4])
def test_nothing_moves_without_pressure_to_open_or_past_the_balance(eta):
    assert PORES.filling(np.array(eta), 0.0) == 0
    assert PORES.filling(0.01, 1e3) == 0
