"""Layers of pressed powder: how thick or how porous a mass makes them."""

from __future__ import annotations

import math


def disc_area(diameter: float) -> float:
    """Return the area of a disc in um^2.

    Args:
        diameter: In um.
    """
    return math.pi * diameter**2 / 4


def porosity(mass: float, area: float, thickness: float, density: float) -> float:
    """Return p = 1 - m / (rho A l); below 0 where the mass has no room.

    Args:
        mass: m in kg.
        area: A in um^2.
        thickness: l in um.
        density: rho of the solid, in kg/um^3.
    """
    return 1 - mass / (density * area * thickness)


def thickness(mass: float, area: float, density: float) -> float:
    """Return l = m / (rho A) in um.

    Args:
        mass: m in kg.
        area: A in um^2.
        density: rho of the layer, pores included, in kg/um^3.
    """
    return mass / (density * area)


def mixed_density(parts: dict[float, float]) -> float:
    """Return the density of a mixture without pores.

    Args:
        parts: Density of each solid to its share of the mass; shares of any sum.
    """
    return sum(parts.values()) / sum(share / density for density, share in parts.items())
