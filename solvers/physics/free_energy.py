"""Free energy of the order parameter xi (1 = lithium, 0 = electrolyte) and its identities.

Energy density: W xi^2 (1 - xi)^2 + kappa/2 |grad xi|^2. The equilibrium profile is
xi = (1 - tanh(x / delta')) / 2 with delta' = sqrt(2 kappa / W). Graded-Li3N paper (Methods)
and Chen et al., J. Power Sources 300 (2015) 376.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import ufl


def double_well(xi: Any, barrier: Any) -> Any:
    """Return the local energy density g = W xi^2 (1 - xi)^2, in units of ``barrier``."""
    return barrier * xi**2 * (1 - xi) ** 2


def double_well_force(xi: Any, barrier: Any) -> Any:
    """Return dg/dxi = 2 W xi (1 - xi)(1 - 2 xi), in units of ``barrier``."""
    return 2 * barrier * xi * (1 - xi) * (1 - 2 * xi)


def gradient_energy(xi: Any, gradient_coefficient: Any) -> Any:
    """Return kappa/2 |grad xi|^2."""
    return gradient_coefficient / 2 * ufl.inner(ufl.grad(xi), ufl.grad(xi))


def _bounded(xi: Any) -> Any:
    return ufl.max_value(ufl.min_value(xi, 1.0), 0.0)


def interpolation(xi: Any) -> Any:
    """Return h = xi^3 (6 xi^2 - 15 xi + 10), evaluated on xi bounded to [0, 1]."""
    x = _bounded(xi)
    # Products: a cube becomes a call of pow() in the kernels, which costs as much as all the rest.
    return x * x * x * ((6 * x - 15) * x + 10)


def interpolation_slope(xi: Any) -> Any:
    """Return h' = 30 xi^2 (1 - xi)^2, evaluated on xi bounded to [0, 1]."""
    x = _bounded(xi)
    return 30 * x**2 * (1 - x) ** 2


def mixture(xi: Any, in_lithium: Any, in_electrolyte: Any) -> Any:
    """Return h(xi) a_Li + (1 - h(xi)) a_SSE, the rule of every effective property."""
    h = interpolation(xi)
    return h * in_lithium + (1 - h) * in_electrolyte


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


def interface_width_10_90(barrier: float, gradient: float) -> float:
    """Return the distance between xi = 0.1 and xi = 0.9 across a flat interface."""
    return 2 * math.log(9) * profile_length(barrier, gradient)


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
