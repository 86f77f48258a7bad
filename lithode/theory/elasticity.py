"""Isotropic elasticity: constants, and pressures of bodies that want to expand.

P = tr(sigma) / 3, tension positive. Stresses in MPa.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kinematics(StrEnum):
    """What the direction out of a 2D mesh does."""

    PLANE_STRAIN = "plane_strain"
    PLANE_STRESS = "plane_stress"
    SOLID = "solid"


@dataclass(frozen=True)
class Stiffness:
    """Isotropic stiffness; the numbers may be UFL expressions.

    Attributes:
        first_lame: lambda in MPa.
        shear: mu in MPa.
    """

    first_lame: Any
    shear: Any

    @classmethod
    def from_engineering(cls, youngs_modulus: float, poissons_ratio: float) -> Stiffness:
        """Build from Young's modulus in MPa and Poisson's ratio."""
        shear = youngs_modulus / (2 * (1 + poissons_ratio))
        return cls(2 * shear * poissons_ratio / (1 - 2 * poissons_ratio), shear)

    @property
    def bulk(self) -> Any:
        """Bulk modulus in MPa."""
        return self.first_lame + 2 * self.shear / 3


def constrained_pressure(eigenstrain: float, stiffness: Stiffness) -> float:
    """Return P = -3 K eps0 of a body that cannot move at all, in MPa."""
    return float(-3 * stiffness.bulk * eigenstrain)


def inclusion_pressure(eigenstrain: float, inclusion: Stiffness, matrix: Stiffness) -> float:
    """Return P inside a spherical inclusion in an infinite matrix, in MPa.

    Eshelby's solution for an isotropic eigenstrain: P = -3 eps0 K_i 4 mu_m / (3 K_i + 4 mu_m).
    """
    stiff = 4 * matrix.shear
    return float(-3 * eigenstrain * inclusion.bulk * stiff / (3 * inclusion.bulk + stiff))
