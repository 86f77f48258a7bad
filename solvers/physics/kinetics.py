"""Butler-Volmer kinetics of the diffuse interface and the overpotentials that drive it.

Equations after Chen et al., J. Power Sources 300 (2015) 376, and the graded-Li3N paper
(Methods); the sharp-interface identities are derived in docs/electrodeposition.md.
"""

from __future__ import annotations

import math
from typing import Any

import ufl

from lithode.core.constants import FARADAY
from lithode.solvers.physics.free_energy import interpolation_slope

EXPONENT_BOUND = 30.0


def bounded_exp(x: Any, bound: float = EXPONENT_BOUND) -> Any:
    """Return exp(x) up to ``bound`` and its tangent beyond, so that Newton cannot overflow."""
    inside = ufl.exp(ufl.min_value(x, bound))
    return inside * (1 + ufl.max_value(x - bound, 0.0))


def reaction_rates(overpotential: Any, f: Any, alpha: Any) -> tuple[Any, Any]:
    """Return the oxidation and reduction factors exp((1-a) f eta) and exp(-a f eta).

    Args:
        overpotential: eta in V, negative where lithium plates.
        f: F / (R T) in 1/V.
        alpha: Symmetry factor.
    """
    return bounded_exp((1 - alpha) * f * overpotential), bounded_exp(-alpha * f * overpotential)


def plating_rate(xi: Any, c: Any, oxidation: Any, reduction: Any, rate_constant: Any) -> Any:
    """Return the Butler-Volmer part of d xi/dt, in 1/s, positive for plating.

    L_eta h'(xi) [ max(c, 0) exp(-a f eta) - exp((1-a) f eta) ]

    Args:
        xi: Order parameter.
        c: Li+ concentration over its bulk value.
        oxidation: exp((1-a) f eta).
        reduction: exp(-a f eta).
        rate_constant: L_eta in 1/s; zero where lithium does not plate.
    """
    excess = ufl.max_value(c, 0.0) * reduction - oxidation
    return rate_constant * interpolation_slope(xi) * excess


def plating_current(activity: Any, oxidation: Any, reduction: Any, exchange: Any) -> Any:
    """Return the current density of a sharp lithium surface, in A/m^2, positive for plating.

    i_0 [ a exp(-alpha f phi) - exp((1-alpha) f phi) ], equation 9 of Wang et al., Nature Energy 9
    (2024) 251.

    Args:
        activity: Lithium activity a = (c+ / c+0) (c_e / c_e,Li) next to the surface.
        oxidation: exp((1-alpha) f phi) of the potential drop phi across the surface.
        reduction: exp(-alpha f phi).
        exchange: Exchange current density i_0 in A/m^2.
    """
    return exchange * (activity * reduction - oxidation)


def surface_current(overpotential: Any, f: Any, alpha: Any, exchange: Any) -> Any:
    """Return i_0 [exp(alpha f eta) - exp(-(1-alpha) f eta)], positive for plating.

    Args:
        overpotential: eta in V between Li+ and lithium, positive where lithium plates.
        f: F / (R T) in 1/V.
        alpha: Symmetry factor.
        exchange: Exchange current density in A/m^2, or times an inner surface per volume.
    """
    oxidation, reduction = reaction_rates(-overpotential, f, alpha)
    return plating_current(1.0, oxidation, reduction, exchange)


def nucleation_current(overpotential: Any, conductance: Any, critical: Any, width: Any) -> Any:
    """Return g w ln(1 + exp((eta - eta_c) / w)): plating at nuclei, that are there above eta_c.

    Args:
        overpotential: eta in V, positive for plating.
        conductance: g, current per volume and volt far above eta_c.
        critical: eta_c in V.
        width: w in V, over which plating sets in.
    """
    excess = overpotential - critical
    # The exponent is never positive: nothing overflows.
    onset = width * ufl.ln(1 + ufl.exp(-abs(excess) / width))
    return conductance * (ufl.max_value(excess, 0.0) + onset)


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
