"""Lithium that touches a conductor on flat strips between pores: resistance and evenness.

The conductor fills the half-space above the strips, which repeat with the period P and touch a
share theta of the plane. Without reaction resistance a strip has one potential; with much of it
an even current. For both limits the Laplace equation has closed solutions, derived in
docs/wang2024-pores.md.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

_TERMS = 20_000
_POINTS = 200


def period(pore_size: float, porosity: float) -> float:
    """Return P = d / p, the distance of two strips between pores of size d."""
    return pore_size / porosity


def strip_width(pore_size: float, porosity: float) -> float:
    """Return w = d (1 - p) / p, the width of a strip between pores of size d."""
    return period(pore_size, porosity) - pore_size


def wagner_number(
    conductivity: float, f: float, exchange: float, current: float, width: float
) -> float:
    """Return Wa = sigma R T / (F (2 i_0 + i) w), small where ohmic drop makes a strip uneven.

    Args:
        conductivity: sigma in uS/m.
        f: F / (R T) in 1/V.
        exchange: i_0 in A/m^2.
        current: Mean current density i on the strip, in A/m^2.
        width: w in um.
    """
    return conductivity / (f * (2 * exchange + current) * width)


def constriction_at_even_potential(contact: float) -> float:
    """Return R sigma / P = -ln sin(pi theta / 2) / pi for strips of one potential.

    R is per area of the plane, above what a plane that touches everywhere would have.

    Args:
        contact: theta, share of the plane that touches.
    """
    return -math.log(math.sin(math.pi * contact / 2)) / math.pi


def constriction_at_even_current(contact: float) -> float:
    """Return the same for strips of even current, by their mean potential.

    R sigma / P = sum_n sin^2(n pi theta) / (pi^3 theta^2 n^3).
    """
    n = np.arange(1, _TERMS + 1)
    total = np.sum(np.sin(n * math.pi * contact) ** 2 / n**3)
    return float(total) / (math.pi**3 * contact**2)


def unevenness_of_even_current(contact: float) -> float:
    """Return the standard deviation of the potential along a strip of even current i.

    Over i w / sigma, from phi sigma / (i w) = sum_n sin(n pi theta) cos(2 pi n x / P) / (pi^2 n^2
    theta) along the strip.

    Args:
        contact: theta, share of the plane that touches.
    """
    n = np.arange(1, _TERMS + 1)
    x = contact / 2 * (np.arange(_POINTS) + 0.5) / _POINTS
    amplitudes = np.sin(n * math.pi * contact) / (math.pi**2 * n**2 * contact)
    return float(np.std(np.cos(2 * math.pi * np.outer(x, n)) @ amplitudes))


def reaction_conductance(current: float, f: float, alpha: float, exchange: float) -> float:
    """Return di/d eta in A/(V m^2) of Butler-Volmer kinetics at a current density.

    Args:
        current: In A/m^2.
        f: F / (R T) in 1/V.
        alpha: Symmetry factor.
        exchange: i_0 in A/m^2.
    """

    def branches(drive: float) -> tuple[float, float]:
        return exchange * math.exp(alpha * drive), exchange * math.exp((alpha - 1) * drive)

    def excess(drive: float) -> float:
        plating, stripping = branches(drive)
        return plating - stripping - current

    end = math.copysign(math.log1p(abs(current) / exchange) / min(alpha, 1 - alpha), current)
    drive = brentq(excess, -0.1, end + 0.1) if current >= 0 else brentq(excess, end - 0.1, 0.1)
    plating, stripping = branches(drive)
    return f * (alpha * plating + (1 - alpha) * stripping)
