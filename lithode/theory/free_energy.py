"""Identities of the diffuse interface between lithium (xi = 1) and electrolyte (xi = 0).

Energy density: W xi^2 (1 - xi)^2 + kappa/2 |grad xi|^2. The equilibrium profile is
xi = (1 - tanh(x / delta')) / 2 with delta' = sqrt(2 kappa / W). Graded-Li3N paper (Methods)
and Chen et al., J. Power Sources 300 (2015) 376.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


def barrier_height(surface_energy: float, interface_width: float) -> float:
    """Return W = 12 gamma / delta for the full tanh width delta = sqrt(8 kappa / W)."""
    return 12 * surface_energy / interface_width


def gradient_coefficient(surface_energy: float, interface_width: float) -> float:
    """Return kappa = 3 gamma delta / 2 for the full tanh width delta = sqrt(8 kappa / W)."""
    return 1.5 * surface_energy * interface_width


def surface_energy(barrier: float, gradient: float) -> float:
    """Return gamma = sqrt(kappa W / 18)."""
    return math.sqrt(gradient * barrier / 18)


def profile_length(barrier: float, gradient: float) -> float:
    """Return d = sqrt(kappa / (2 W)): the profile is (1 - tanh(x / (2 d))) / 2."""
    return math.sqrt(gradient / (2 * barrier))


def order_parameter(distance: npt.NDArray[np.float64], length: float) -> npt.NDArray[np.float64]:
    """Return xi = (1 + tanh(psi / 2d)) / 2 at signed distances psi in um, positive in lithium."""
    return np.asarray((1 + np.tanh(distance / (2 * length))) / 2)


def interpolation(order: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return h = xi^3 (6 xi^2 - 15 xi + 10) of order parameters, bounded to [0, 1]."""
    x = np.clip(order, 0.0, 1.0)
    return np.asarray(x * x * x * ((6 * x - 15) * x + 10))


def interface_width_10_90(barrier: float, gradient: float) -> float:
    """Return the distance between xi = 0.1 and xi = 0.9 across a flat interface."""
    return 2 * math.log(9) * profile_length(barrier, gradient)


def profile_length_of(width: float) -> float:
    """Return d of a profile with this distance between xi = 0.1 and xi = 0.9."""
    return width / (2 * math.log(9))


@dataclass(frozen=True)
class Interface:
    """Diffuse interface: barrier W in MPa, kappa in MPa um^2, mobility L_sigma in 1/(MPa s)."""

    barrier: float
    gradient_coefficient: float
    mobility: float

    @property
    def surface_energy(self) -> float:
        """Gamma in pJ/um^2, which is J/m^2."""
        return surface_energy(self.barrier, self.gradient_coefficient)

    @property
    def profile_length(self) -> float:
        """D in um: the profile is (1 - tanh(x / (2 d))) / 2."""
        return profile_length(self.barrier, self.gradient_coefficient)
