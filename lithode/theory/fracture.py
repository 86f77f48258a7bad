"""Closed forms of regularised and of sharp cracks; numbers in, numbers out.

Coherent units: MPa, um, and G_c in MPa um = J/m^2.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np

from lithode.theory.elasticity import Kinematics


class Regularisation(StrEnum):
    """What a crack costs in the bulk, w(d).

    ``AT1`` has w = d, and d stays zero up to the strength. ``AT2`` has w = d^2, and the solid
    softens from the first load on.
    """

    AT1 = "AT1"
    AT2 = "AT2"

    @property
    def normalisation(self) -> float:
        """Return c_w, the integral of sqrt(w) over d from 0 to 1."""
        return {"AT1": 2 / 3, "AT2": 1 / 2}[self.value]


def strip_modulus(youngs_modulus: float, poissons_ratio: float, kind: Kinematics) -> float:
    """Return E' in MPa: of a bar with free sides, and in K^2 = E' G."""
    if kind is Kinematics.PLANE_STRAIN:
        return youngs_modulus / (1 - poissons_ratio**2)
    return youngs_modulus


def peak_strain(modulus: float, toughness: float, length: float, law: Regularisation) -> float:
    """Return the strain at which an evenly strained bar bears most.

    Args:
        modulus: E' in MPa.
        toughness: G_c in J/m^2.
        length: l in um.
        law: Of the crack.
    """
    scale = toughness / (length * modulus)
    return math.sqrt(3 * scale / 8 if law is Regularisation.AT1 else scale / 3)


def strength(modulus: float, toughness: float, length: float, law: Regularisation) -> float:
    """Return the largest stress of an evenly strained bar in MPa.

    AT1: sqrt(3 E' G_c / (8 l)), where d is still 0. AT2: (3/16) sqrt(3 E' G_c / l), at d = 1/4
    (Tanne et al., J. Mech. Phys. Solids 110, 80, 2018). Arguments as for ``peak_strain``.
    """
    intact = modulus * peak_strain(modulus, toughness, length, law)
    return intact if law is Regularisation.AT1 else 9 / 16 * intact


def effective_toughness(
    toughness: float, element_size: float, length: float, law: Regularisation
) -> float:
    """Return G_c (1 + h / (4 c_w l)), what a crack costs that is one row of elements wide.

    Bourdin, Francfort, Marigo, J. Elasticity 91, 5 (2008).
    """
    return toughness * (1 + element_size / (4 * law.normalisation * length))


def critical_pressure(modulus: float, toughness: float, half_length: float) -> float:
    """Return sqrt(E' G_c / (pi a)), the pressure in MPa that extends a crack of length 2 a.

    In an infinite body (Sneddon, Lowengrub, Crack Problems in the Classical Theory of Elasticity,
    1969).
    """
    return math.sqrt(modulus * toughness / (math.pi * half_length))


def opened_volume(modulus: float, pressure: float, half_length: float) -> float:
    """Return 2 pi p a^2 / E', the volume per thickness in um^2 of that crack under a pressure."""
    return 2 * math.pi * pressure * half_length**2 / modulus


EDGE_INTENSITY, EDGE_VOLUME = 1.1215, 1.258
"""K / (p sqrt(pi a)) and V E' / (pi p a^2) of a crack at the edge of a half plane.

Tada, Paris, Irwin, The Stress Analysis of Cracks Handbook (2000).
"""


def edge_pressure(modulus: float, toughness: float, length: float) -> float:
    """Return the pressure in MPa that extends a crack of this length at an edge."""
    return critical_pressure(modulus, toughness, length) / EDGE_INTENSITY


def edge_volume(modulus: float, pressure: float, length: float) -> float:
    """Return the volume per thickness in um^2 of that crack under a pressure."""
    return EDGE_VOLUME * opened_volume(modulus, pressure, length) / 2


def mouth_intensity(part: float) -> float:
    """Return K / (p sqrt(pi a)) of a pressure on the part of an edge crack next to its mouth.

    From the point force on an edge crack, K = 2 P / sqrt(pi a) (1.3 - 0.3 s^(5/4)) / sqrt(1 - s^2)
    at s = x / a (Tada, Paris, Irwin, The Stress Analysis of Cracks Handbook, 2000; within 1 %).

    Args:
        part: Length under pressure over a; 1 or more is the whole crack.
    """
    # With s = sin(angle) the singularity at the tip is gone.
    angles = (np.arange(400) + 0.5) / 400 * math.asin(min(part, 1.0))
    return float(np.sum(1.3 - 0.3 * np.sin(angles) ** 1.25) * angles[0] * 2 * 2 / math.pi)


def seam_toughness(
    around: float, seam: float, half_width: float, length: float, law: Regularisation
) -> float:
    """Return what a crack costs in J/m^2 along the middle of a seam of another toughness.

    It is the least energy of a profile d(x) with d(0) = 1 across the seam; the Euler equation has
    a closed form in the seam and outside, and G_c d' is continuous. A seam of half the width 2 l
    (AT1) or of many l (AT2) has its own toughness.

    Args:
        around: G_c in J/m^2 outside of the seam.
        seam: G_c in the seam.
        half_width: Of the seam in um.
        length: l in um.
        law: Of the crack.
    """
    b, ratio = half_width / length, around / seam
    if law is Regularisation.AT2:
        t = math.tanh(b)
        return seam * (ratio + t) / (1 + ratio * t)
    if b >= 2:
        return seam
    # Outside d = (r - |x| / 2l)^2, whose root at the edge of the seam is y.
    y = (math.sqrt(b**2 * (ratio**2 - 1) + 4) - ratio * b) / 2
    slope = b / 2 + ratio * y
    inside = seam * (b - slope * b**2 / 2 + b**3 / 12)
    outside = around * 2 / 3 * y**3
    return 0.75 * (seam * slope + (inside + outside) / 2)
