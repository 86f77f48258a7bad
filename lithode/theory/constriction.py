"""A disc contact in the end of a tube: constriction of a current, and closing of a void ring."""

from __future__ import annotations

import math
from typing import Any


def tube_constriction(share: Any) -> Any:
    """Return psi, the constriction of a disc in the end of a tube over that of a free disc.

    A contact of radius a in the end of a tube of radius b, of resistivity rho, adds
    rho psi(a/b) / (4 a) to the resistance of the tube. Polynomial of Negus and Yovanovich (1984)
    for a contact at one potential; good to 1e-3 up to a/b = 0.7.

    Args:
        share: a / b, from 0 to 1, a number or array.
    """
    e = share
    return 1 - 1.40978 * e + 0.34406 * e**3 + 0.0435 * e**5 + 0.02271 * e**7


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
