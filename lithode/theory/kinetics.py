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
