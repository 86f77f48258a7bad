"""Stress at a wavy front against solutions that are known."""

from __future__ import annotations

import pytest

from lithode.theory.elasticity import Stiffness
from lithode.theory.wavy_interface import Sandwich

METAL = Stiffness.from_engineering(7.8e3, 0.42)
CERAMIC = Stiffness.from_engineering(48e3, 0.25)


def test_a_film_between_plates_fills_their_gap():
    film = Sandwich.between_plates(METAL, CERAMIC, 1e-3, 0.25)
    mine, its = film.stretches
    assert 0.25 * mine + 0.75 * its == pytest.approx(0, abs=1e-15)
    assert film.traction < 0
    alone = Sandwich.between_plates(METAL, CERAMIC, 1e-3, 1.0)
    assert alone.pressure == pytest.approx(3 * METAL.bulk * 1e-3)


def test_a_wave_between_equal_solids_is_a_sheet_of_dilatation():
    """With one stiffness the pressure of an isotropic eigenstrain does not leave the film.

    Goodier: the dilatation of an eigenstrain is local, so that a wave adds no pressure inside.
    """
    film = Sandwich(METAL, METAL, 1e-3)
    assert film.pressure_slope == pytest.approx(0, abs=1e-9)


def test_a_stiff_electrolyte_presses_on_crests_and_a_soft_one_yields():
    assert Sandwich(METAL, CERAMIC, 1e-3).pressure_slope > 1
    assert Sandwich(CERAMIC, METAL, 1e-3).pressure_slope < -1
