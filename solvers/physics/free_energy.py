"""Free energy of the order parameter xi (1 = lithium, 0 = electrolyte).

Energy density: W xi^2 (1 - xi)^2 + kappa/2 |grad xi|^2. The equilibrium profile is
xi = (1 - tanh(x / delta')) / 2 with delta' = sqrt(2 kappa / W); its identities are in
``lithode.theory.free_energy``. Graded-Li3N paper (Methods) and Chen et al., J. Power Sources 300
(2015) 376.
"""

from __future__ import annotations

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
