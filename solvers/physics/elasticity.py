"""Linear elasticity with eigenstrain, in plane strain, plane stress and 3D.

Stress sigma = C : (eps - K xi I) and hydrostatic stress P = tr(sigma) / 3, tension
positive (graded-Li3N paper, Methods, Eq. 7). Stresses in MPa, displacements in um.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import ufl


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


def mixed_stiffness(parts: Iterable[tuple[Any, Stiffness]]) -> Stiffness:
    """Return the stiffness sum_i psi_i C_i of phases, given as pairs of share and stiffness."""
    shares = list(parts)
    return Stiffness(
        sum(share * stiffness.first_lame for share, stiffness in shares),
        sum(share * stiffness.shear for share, stiffness in shares),
    )


def strain(displacement: Any) -> Any:
    """Return the small strain sym(grad u)."""
    return ufl.sym(ufl.grad(displacement))


def _in_plane_lame(stiffness: Stiffness, kinematics: Kinematics) -> Any:
    """Lame's lambda that acts on the in-plane strain once sigma_zz = 0 is eliminated."""
    lame, shear = stiffness.first_lame, stiffness.shear
    if kinematics is Kinematics.PLANE_STRESS:
        return 2 * lame * shear / (lame + 2 * shear)
    return lame


def stress(displacement: Any, eigenstrain: Any, stiffness: Stiffness, kind: Kinematics) -> Any:
    """Return the (in-plane) stress tensor for an isotropic eigenstrain, in MPa.

    Args:
        displacement: u in um, vector of the mesh's dimension.
        eigenstrain: Stress-free strain per axis (a scalar field, e.g. K xi).
        stiffness: Effective stiffness.
        kind: Plane strain and plane stress want a 2D displacement, solid a 3D one.
    """
    eps = strain(displacement)
    dim = eps.ufl_shape[0]
    elastic = eps - eigenstrain * ufl.Identity(dim)
    trace = ufl.tr(elastic)
    if kind is Kinematics.PLANE_STRAIN:
        trace = trace - eigenstrain
    return (
        _in_plane_lame(stiffness, kind) * trace * ufl.Identity(dim) + 2 * stiffness.shear * elastic
    )


def hydrostatic_stress(
    displacement: Any, eigenstrain: Any, stiffness: Stiffness, kind: Kinematics
) -> Any:
    """Return P = tr(sigma) / 3 over all three axes, tension positive, in MPa.

    Arguments as for ``stress``.
    """
    if kind is Kinematics.PLANE_STRESS:
        return ufl.tr(stress(displacement, eigenstrain, stiffness, kind)) / 3
    return stiffness.bulk * (ufl.tr(strain(displacement)) - 3 * eigenstrain)


def constrained_pressure(eigenstrain: float, stiffness: Stiffness) -> float:
    """Return P = -3 K eps0 of a body that cannot move at all, in MPa."""
    return float(-3 * stiffness.bulk * eigenstrain)


def inclusion_pressure(eigenstrain: float, inclusion: Stiffness, matrix: Stiffness) -> float:
    """Return P inside a spherical inclusion in an infinite matrix, in MPa.

    Eshelby's solution for an isotropic eigenstrain: P = -3 eps0 K_i 4 mu_m / (3 K_i + 4 mu_m).
    """
    stiff = 4 * matrix.shear
    return float(-3 * eigenstrain * inclusion.bulk * stiff / (3 * inclusion.bulk + stiff))
