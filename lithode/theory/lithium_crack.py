"""Closed forms for a straight crack of length c at the edge of a half-plane, full of lithium.

Coherent units (``lithode.core.units``). The crack stands on the electrode, which has the same
resistance r = R T / (F i_0) as both of its faces. S = c / (sigma r); derived in docs/fracture.md.
"""

from __future__ import annotations

import math

import numpy as np

from lithode.theory.fracture import EDGE_INTENSITY

EDGE_LINEAR = 0.6825
"""K / (p sqrt(pi c)) for a pressure that rises linearly from zero at the mouth to p at the tip.

From 1.1215 for an even pressure less 0.439 for one that falls to zero at the tip (Tada, Paris,
Irwin, The Stress Analysis of Cracks Handbook, 2000).
"""


def reference_current(
    intensity: float, conductivity: float, volume_per_charge: float, length: float
) -> float:
    """Return J_0 = K_IC sigma V_m / (F sqrt(pi) c^(3/2)) in A/m^2.

    Args:
        intensity: K_IC in MPa um^(1/2).
        conductivity: sigma in uS/m.
        volume_per_charge: V_m / F in um^3/pC.
        length: c in um.
    """
    return intensity * conductivity * volume_per_charge / math.sqrt(math.pi * length**3)


def stalling_pressure(number: float) -> float:
    """Return p sigma V_m / (F J c) = 1/S + 1/2, at which no lithium flows in, in sum.

    For one pressure in the crack and S up to about 3: the potential around it is then that of a
    flat electrode, whose mean over the crack the pressure balances.
    """
    return 1 / number + 1 / 2


def critical_current_without_flow(number: float) -> float:
    """Return J* / J_0 = 1 / (0.6825 + 1.1215 / S) for lithium that does not flow, any S."""
    return 1 / (EDGE_LINEAR + EDGE_INTENSITY / number)


def critical_current_beside_gap(part: float) -> float:
    """Return J* / J_0 for lithium that does not flow and r = 0, with a crack at the rim of a gap.

    Where nothing touches a strip of the electrode, of width w, the potential is J / sigma times
    Im sqrt(z^2 - (w / 2)^2); below its rim it rises as sqrt(w y) at first. K follows from the
    point force on an edge crack, as in ``fracture.mouth_intensity``.

    Args:
        part: w / c, 0 for none.
    """
    # With s = sin(angle) the singularity at the tip is gone.
    angles = (np.arange(4000) + 0.5) / 4000 * math.pi / 2
    s = np.sin(angles)
    potential = np.sqrt((part / 2 + 1j * s) ** 2 - (part / 2) ** 2).imag
    return float(1 / np.mean(potential * (1.3 - 0.3 * s**1.25)))


def critical_current_with_flow(number: float) -> float:
    """Return J* / J_0 = 1 / (1.1215 (1/2 + 1/S)) for one pressure in the crack, S up to 3."""
    return 1 / (EDGE_INTENSITY * stalling_pressure(number))


def fin_width(length: float, spacing: float) -> float:
    """Return the width in um whose current goes into fins of an equipotential electrode.

    Of each of a row of fins, far from the counter electrode; 2 c for one alone. By the conformal
    map cos(pi z / w) of the strip between the middles of two fins.

    Args:
        length: c in um.
        spacing: w in um, from fin to fin.
    """
    top = math.cosh(2 * math.pi * length / spacing)
    return spacing / math.pi * math.acos((3 - top) / (1 + top))
