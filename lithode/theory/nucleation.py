"""Classical nucleation theory of lithium in a host, after Wang et al., Nature Energy 9 (2024) 251.

Equation 10 there, with the barrier of one nucleus over k_B T: the printed RT in its denominator
makes it 1e-21, which is no barrier at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lithode.core.constants import BOLTZMANN, FARADAY

Array = npt.NDArray[np.float64]


def heterogeneous_factor(contact_angle: float) -> float:
    """Return kappa_het = (2 - 3 cos theta + cos^3 theta) / 4 for an angle in degrees."""
    cosine = math.cos(math.radians(contact_angle))
    return (2 - 3 * cosine + cosine**3) / 4


def barrier_strength(surface_energy: float, molar_volume: float, temperature: float) -> float:
    """Return B = 16 pi gamma^3 v_m^2 / (3 F^2 k_B T) in V^2: the barrier is B / eta^2 in k_B T.

    Args:
        surface_energy: gamma in pJ/um^2, which is J/m^2.
        molar_volume: v_m in um^3/amol.
        temperature: In K.
    """
    thermal = BOLTZMANN * temperature
    return 16 * math.pi * surface_energy**3 * molar_volume**2 / (3 * FARADAY**2 * thermal)


def critical_radius(surface_energy: float, molar_volume: float, overpotential: float) -> float:
    """Return r* = 2 gamma v_m / (F |eta|) in um."""
    return 2 * surface_energy * molar_volume / (FARADAY * abs(overpotential))


@dataclass(frozen=True)
class Nucleation:
    """Nucleation of lithium on the host.

    Attributes:
        strength: B in V^2 (``barrier_strength``).
        contact_angle: Of lithium on the host, in degrees.
        rate_ratio: J_0 / J_c, the largest rate over the one that counts as nucleation.
    """

    strength: float
    contact_angle: float
    rate_ratio: float

    def rate(self, activity: Array, overpotential: Array) -> Array:
        """Return J / J_0 = a exp(-B kappa_het / eta^2), equation 10.

        Args:
            activity: (c+ / c+0) (c_e / c_e,Li).
            overpotential: Driving overpotential in V; the rate is 0 where it is not positive.
        """
        driven = overpotential > 0
        squared = np.where(driven, overpotential, 1.0) ** 2
        barrier = self.strength * heterogeneous_factor(self.contact_angle) / squared
        return np.where(driven, activity * np.exp(-barrier), 0.0)

    @property
    def critical_overpotential(self) -> float:
        """eta_c = sqrt(B kappa_het / ln(J_0 / J_c)) in V."""
        factor = heterogeneous_factor(self.contact_angle)
        return math.sqrt(self.strength * factor / math.log(self.rate_ratio))

    def length(self, thickness: float, overpotential: float) -> float:
        """Return how far eta exceeds eta_c, in um, if it falls linearly to 0 over ``thickness``."""
        share = 1 - self.critical_overpotential / overpotential
        return thickness * min(max(share, 0.0), 1.0)
