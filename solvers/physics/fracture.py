"""Energies of the phase field of fracture, whose derivatives are the equations.

The damage d is 0 in whole and 1 in broken material. Strains are small; densities in MPa, which is
pJ/um^3.
"""

from __future__ import annotations

from typing import Any

import ufl

from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.fracture import Regularisation

RESIDUAL_STIFFNESS = 1e-6
"""Share of the stiffness that broken material keeps, so that its displacement is unique."""


def degradation(damage: Any) -> Any:
    """Return the share g(d) = (1 - d)^2 + 1e-6 of the stiffness that is left."""
    return (1 - damage) ** 2 + RESIDUAL_STIFFNESS


def elastic_energy(
    strain: Any,
    damage: Any,
    stiffness: Stiffness,
    kind: Kinematics,
    *,
    split: bool,
    eigenstrain: Any = 0.0,
) -> Any:
    """Return the elastic energy density psi(eps, d) in MPa.

    Without the split all of it is degraded. With it damage leaves the energy of a volume that
    shrinks, so that a crack that closes bears pressure: psi = g (K <tr eps>_+^2 / 2 + mu dev eps :
    dev eps) + K <tr eps>_-^2 / 2 (Amor, Marigo, Maurini, J. Mech. Phys. Solids 57, 1209, 2009).

    Args:
        strain: eps, 2 x 2 or 3 x 3.
        damage: d.
        stiffness: Of whole material.
        kind: Plane strain and plane stress want a 2 x 2 strain, solid a 3 x 3 one.
        split: Whether there is one.
        eigenstrain: Strain per axis of the free material.
    """
    bulk, shear, g = stiffness.bulk, stiffness.shear, degradation(damage)
    elastic = strain - eigenstrain * ufl.Identity(strain.ufl_shape[0])
    out_of_plane = -eigenstrain if kind is Kinematics.PLANE_STRAIN else 0.0
    if kind is Kinematics.PLANE_STRESS:
        out_of_plane = _out_of_plane_strain(ufl.tr(elastic), g, stiffness, split=split)
    trace = ufl.tr(elastic) + out_of_plane
    deviatoric = shear * (ufl.inner(elastic, elastic) + out_of_plane**2 - trace**2 / 3)
    if not split:
        return g * (bulk * trace**2 / 2 + deviatoric)
    volumetric = bulk * trace**2 / 2
    return g * deviatoric + ufl.conditional(ufl.gt(trace, 0), g, 1.0) * volumetric


def _out_of_plane_strain(trace: Any, g: Any, stiffness: Stiffness, *, split: bool) -> Any:
    """Return the elastic eps_zz, which leaves no stress sigma_zz in plane stress.

    It has the sign of -tr eps and the smaller size, so that the sign of the volume is that of the
    in-plane trace.
    """
    bulk, shear = stiffness.bulk, stiffness.shear
    whole = -(bulk - 2 * shear / 3) / (bulk + 4 * shear / 3) * trace
    if not split:
        return whole
    closed = -(bulk - 2 * g * shear / 3) / (bulk + 4 * g * shear / 3) * trace
    return ufl.conditional(ufl.gt(trace, 0), whole, closed)


def crack_density(damage: Any, length: Any, law: Regularisation) -> Any:
    """Return the crack's length (2D) or area (3D) per area or volume, in 1/um.

    [w(d) / l + l |grad d|^2] / (4 c_w); G_c times it is the energy of fracture.

    Args:
        damage: d.
        length: l in um.
        law: Says w and c_w.
    """
    slope = ufl.grad(damage)
    bulk = damage if law is Regularisation.AT1 else damage**2
    return (bulk / length + length * ufl.inner(slope, slope)) / (4 * law.normalisation)


def opening_density(displacement: Any, damage: Any) -> Any:
    """Return -u . grad d, whose integral is the volume of the open crack.

    A pressure p in the crack adds -p times it to the energy (Bourdin, Chukwudozie, Yoshioka, SPE
    159154, 2012).
    """
    return -ufl.dot(displacement, ufl.grad(damage))


def wall_opening_density(displacement: Any, damage: Any, normal: Any) -> Any:
    """Return -(1 - d) u . n on the wall of a pore, whose integral is the volume that it gains.

    What fills a pore and the cracks from it is where d, taken as 1 in the pore, is not 0; it jumps
    by 1 - d at the wall. With ``opening_density`` that is the gradient of it.

    Args:
        displacement: u of the wall.
        damage: d at the wall.
        normal: n, into the pore.
    """
    return -(1 - damage) * ufl.dot(displacement, normal)


def face_density(damage: Any) -> Any:
    """Return |grad d| in 1/um, the area of both faces of a crack per volume.

    It integrates to 2 across a crack (d rises to 1 and falls again), whatever its profile.
    """
    slope = ufl.grad(damage)
    return ufl.sqrt(ufl.inner(slope, slope))
