"""Butler-Volmer kinetics of diffuse interfaces and of sharp surfaces.

Equations after Chen et al., J. Power Sources 300 (2015) 376, and the graded-Li3N paper
(Methods); the sharp-interface identities are derived in docs/electrodeposition.md.
"""

from __future__ import annotations

from typing import Any

import ufl

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
