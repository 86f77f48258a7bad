"""Power-law creep, and the closing of a void ring around a disc contact where it is linear.

Creep: rate = A sigma^n, of the equivalent (von Mises) strain rate and stress. Stresses in MPa.
"""

from __future__ import annotations

import math
from typing import Any

import ufl

from lithode.solvers.physics.impedance import tube_constriction


def equivalent_rate(strain_rate: Any, least: Any = 0.0) -> Any:
    """Return sqrt(2/3 e : e + least^2) of a deviatoric strain rate e, shape (3, 3)."""
    return ufl.sqrt(2 * ufl.inner(strain_rate, strain_rate) / 3 + least**2)


def viscosity(equivalent: Any, rate: Any, exponent: Any) -> Any:
    """Return eta of s = 2 eta e, the deviatoric stress of power-law creep.

    Args:
        equivalent: Equivalent strain rate, above 0.
        rate: A in 1/(s MPa^n).
        exponent: n.
    """
    return (equivalent / rate) ** (1 / exponent) / (3 * equivalent)


def newtonian_closure(share: float) -> float:
    """Return v / (A p b), the closing of a void ring around a disc contact, for n = 1.

    A viscous solid in a tube of radius b is pressed by p onto a disc of radius a that it sticks
    to; around the disc the end is free. Velocity u = z grad(psi) - psi e_z and pressure
    2 eta d(psi)/dz with a harmonic psi solve Stokes' equations without shear stress at the end
    and at the wall. psi then meets the conditions of the potential of a current into the disc:
    the plug comes down by the constriction of that current, v = 3/2 A p (pi b^2 / 4 a)
    ``tube_constriction``. For small a that is F = 8 eta a v, the rigid disc on a half-space.

    Args:
        share: a / b, above 0.
    """
    return 3 * math.pi / 8 * float(tube_constriction(share)) / share
