"""Closed forms for an elliptical pore under pressure in an infinite solid, in plane strain.

Numbers in, numbers out; coherent units. The half axes are a, along which a crack goes, and b.
"""

from __future__ import annotations

import math


def hoop_stress(a: float, b: float) -> float:
    """Return the stress along the wall over the pressure, at the end of the half axis a.

    2 a / b - 1 (Inglis, Trans. Inst. Naval Architects 55, 219, 1913); 1 for a circle (Lame).
    """
    return 2 * a / b - 1


def opened_volume(
    youngs_modulus: float, poissons_ratio: float, pressure: float, a: float, b: float
) -> float:
    """Return by how much the whole pore grows per thickness, in um^2.

    2 pi p (a^2 + b^2) / E' less what an even tension p would add to the hole, 2 pi a b p (1 + nu)
    (1 - 2 nu) / E; that of a crack for b = 0 and that of a tube for a = b.

    Args:
        youngs_modulus: E in MPa.
        poissons_ratio: nu.
        pressure: p in MPa.
        a: Along, in um.
        b: Across, in um.
    """
    nu = poissons_ratio
    squares = (1 - nu**2) * (a**2 + b**2)
    even = (1 + nu) * (1 - 2 * nu) * a * b
    return 2 * math.pi * pressure / youngs_modulus * (squares - even)


def onset_pressure(strength: float, poissons_ratio: float, a: float, b: float) -> float:
    """Return the pressure in MPa with which the wall is as strained as a bar at its strength.

    It counts energy: pressed by p and pulled by its hoop stress, the wall has the energy density of
    the bar, s^2 / (2 E'). From then on the phase field (AT1, without a split) damages it.

    Args:
        strength: s in MPa, of a bar in plane strain.
        poissons_ratio: nu.
        a: Along, in um.
        b: Across, in um.
    """
    nu, hoop = poissons_ratio, hoop_stress(a, b)
    energy = ((1 - nu) * (hoop**2 + 1) + 2 * nu * hoop) / (1 - nu)
    return strength / math.sqrt(energy)
