"""Butler-Volmer kinetics of the diffuse interface in numbers, and what it is judged by.

Equations after Chen et al., J. Power Sources 300 (2015) 376, and the graded-Li3N paper
(Methods); the sharp-interface identities are derived in docs/electrodeposition.md.
"""

from __future__ import annotations

import math
from typing import Any

from lithode.core.constants import FARADAY


def mechanical_overpotential(pressure_stress: Any, molar_volume: Any, factor: Any) -> Any:
    """Return eta_m = -C P v_m / F in V: compression (P < 0) makes it positive, which slows plating.

    Args:
        pressure_stress: Hydrostatic stress P = tr(sigma) / 3, tension positive, in MPa.
        molar_volume: Molar volume of lithium in um^3/amol.
        factor: Correction factor C of the graded-Li3N paper.
    """
    return -factor * pressure_stress * molar_volume / FARADAY


def rate_constant(exchange_current_density: float, interface_width: float, site: float) -> float:
    """Return L_eta = 2 i_0 / (3 delta F c_s) in 1/s, which gives the sharp Butler-Volmer current.

    Args:
        exchange_current_density: i_0 in A/m^2.
        interface_width: Full tanh width delta in um.
        site: Site density of lithium c_s in mol/m^3.
    """
    return 2 * exchange_current_density / (3 * interface_width * FARADAY * site)


def driving(overpotential: float, f: float, alpha: float, c: float = 1.0) -> float:
    """Return c exp(-a f eta) - exp((1-a) f eta), positive for plating."""
    return c * math.exp(-alpha * f * overpotential) - math.exp((1 - alpha) * f * overpotential)


def front_speed(
    profile_length: float, rate: float, overpotential: float, f: float, alpha: float, c: float = 1.0
) -> float:
    """Return the speed 6 d L_eta [c exp(-a f eta) - exp((1-a) f eta)] of a flat front, in um/s.

    Exact to first order in the drive, for the concentration ``c`` at the front.
    """
    return 6 * profile_length * rate * driving(overpotential, f, alpha, c)


def speed_share(ratio: float) -> float:
    """Return the speed of a flat front over its first order in the drive, `front_speed`.

    The front travels as xi(x - v t) with v xi' + 2 xi'' - g'(xi) + r h'(xi) = 0, lengths in d and
    times in 1 / (L_sigma W). In the plane of xi and -xi' the speed is the one that leads from metal
    to electrolyte.

    Args:
        ratio: Net reaction over phase stiffness, r = L_eta [...] / (L_sigma W), from 1e-3 to 2.
    """
    from scipy.integrate import solve_ivp
    from scipy.optimize import brentq

    start, middle = 1e-4, 0.5

    def force(xi: float) -> float:
        return 2 * xi * (1 - xi) * (1 - 2 * xi) - 30 * ratio * (xi * (1 - xi)) ** 2

    def gap(speed: float) -> float:
        """Difference of the slopes that meet in the middle, from either end."""
        slopes = []
        for end, sign in ((0.0, 1.0), (1.0, -1.0)):
            rise = (sign * speed + math.hypot(speed, 4.0)) / 4

            def grows(xi: float, slope: Any) -> Any:
                return (speed * slope + force(xi)) / (2 * slope)

            span = end + sign * start, middle
            found = solve_ivp(grows, span, [rise * start], rtol=1e-8, atol=1e-12)
            slopes.append(float(found.y[0, -1]))
        return slopes[0] - slopes[1]

    first = 6 * ratio
    return float(brentq(gap, 0.2 * first, 1.2 * first)) / first


def damkohler_number(
    site_ratio: float, reaction: float, profile_width: float, diffusivity: float
) -> float:
    """Return Da = (c_s/c_0) L_eta e^{-a f eta} 1.875 (w/2)^2 / D_SSE.

    Above about 0.6 the Li+ inside the interface is used up and the dendrite stays mushy
    (xi stuck between 0.3 and 0.8 behind the tip).

    Args:
        site_ratio: c_s / c_0.
        reaction: L_eta exp(-a f eta) in 1/s.
        profile_width: 10-90 % width w in um.
        diffusivity: D_SSE in um^2/s.
    """
    return site_ratio * reaction * 1.875 * (profile_width / 2) ** 2 / diffusivity


def drive_ratio(reaction: float, mobility: float, barrier: float) -> float:
    """Return r = L_eta e^{-a f eta} / (L_sigma W): reaction over phase stiffness."""
    return reaction / (mobility * barrier)


def nucleation_threshold(drive: float, c: float = 1.0) -> float:
    """Return xi* = 1 / (15 r c): an order parameter above it grows on its own."""
    return 1.0 / (15 * drive * c)
