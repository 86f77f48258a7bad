"""Closed forms of a pore under pressure."""

from __future__ import annotations

import math

import pytest

from lithode.theory import fracture, pore
from lithode.theory.elasticity import Kinematics

E, NU = 150e3, 0.26
PRIME = fracture.strip_modulus(E, NU, Kinematics.PLANE_STRAIN)


def test_a_round_pore_is_a_tube():
    """Lame: u = p a (1 + nu) / E, and as much pull along the wall as pressure on it."""
    grown = 2 * math.pi * 5**2 * 100 * (1 + NU) / E
    assert pore.opened_volume(E, NU, 100.0, 5.0, 5.0) == pytest.approx(grown)
    assert pore.hoop_stress(5.0, 5.0) == 1


def test_a_flat_pore_is_a_crack():
    crack = fracture.opened_volume(PRIME, 100.0, 5.0)
    assert pore.opened_volume(E, NU, 100.0, 5.0, 0.0) == pytest.approx(crack)
    far = pore.onset_pressure(600.0, NU, 5.0, 1e-5) * pore.hoop_stress(5.0, 1e-5)
    assert far == pytest.approx(600, rel=1e-4)


def test_pressure_on_the_wall_helps_the_pull_along_it():
    """In pure shear a wall holds p^2 (1 + nu) / E, where a bar has s^2 / (2 E')."""
    pressure = pore.onset_pressure(600.0, NU, 5.0, 5.0)
    assert pressure**2 * (1 + NU) / E == pytest.approx(600.0**2 / (2 * PRIME))
