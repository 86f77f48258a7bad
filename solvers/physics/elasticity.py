"""Linear elasticity with eigenstrain, in plane strain, plane stress and 3D.

Stress sigma = C : (eps - K xi I) and hydrostatic stress P = tr(sigma) / 3, tension
positive (graded-Li3N paper, Methods, Eq. 7). Stresses in MPa, displacements in um.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ufl

from lithode.theory.elasticity import Kinematics, Stiffness


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


def beside_interface(
    displacement: Any,
    traction: Any,
    normal: Any,
    eigenstrain: Any,
    side: Stiffness,
    kind: Kinematics,
) -> Any:
    """Return the hydrostatic stress P of one side of an interface, tension positive, in MPa.

    Follows from what both sides share: the stretch along the interface, and the traction. So it is
    that side's own in the middle of a diffuse interface, where the mixture has another one.

    Args:
        displacement: u in um.
        traction: Stress of the mixture along the normal, n . sigma . n, in MPa.
        normal: Unit vector n across the interface.
        eigenstrain: Stress-free strain per axis of that side.
        side: Its stiffness.
        kind: As of ``stress``.
    """
    eps = strain(displacement)
    along = ufl.tr(eps) - ufl.dot(normal, ufl.dot(eps, normal))
    lame, twice = _in_plane_lame(side, kind), 2 * side.shear
    axes = 2 if kind is Kinematics.PLANE_STRESS else 3
    spread = axes * lame + twice
    across = (traction - lame * along + spread * eigenstrain) / (lame + twice)
    return spread / 3 * (across + along - axes * eigenstrain)
