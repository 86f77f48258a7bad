"""Impedance of Gaussians of relaxation times, and the penalty on the slope of their sum.

The Gaussians lie on ln tau: Wan, Saccoccio, Chen and Ciucci, Electrochimica Acta 184 (2015) 483.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

_SHAPE_COEFFICIENT = 0.5
_FULL_WIDTH = 2 * math.sqrt(math.log(2))  # of exp(-x^2) at half maximum


def shape_of(frequency: Array) -> float:
    """Return the inverse width of Gaussians exp(-(shape (ln tau - ln tau_m))^2) at frequencies."""
    spacing = np.ptp(np.log(frequency)) / (len(frequency) - 1)
    return float(_SHAPE_COEFFICIENT * _FULL_WIDTH / spacing)


def area_of(shape: float) -> float:
    """Return the area below such a Gaussian."""
    return math.sqrt(math.pi) / shape


def kernel(frequency: Array, centres: Array, shape: float) -> Complex:
    """Return the impedance at frequencies of each Gaussian, centred at 1/(2 pi centre).

    The integral depends on ln(w tau_m) alone; the trapezoidal rule is exact to rounding, as the
    integrand is analytic in a strip of half width pi/2 and falls off as a Gaussian.
    """
    start = np.log(frequency)[:, None] - np.log(centres)
    step = 0.2 * min(1.0, 1 / shape)
    reach = math.ceil(6.5 / shape / step)
    total = np.zeros(start.shape, dtype=np.complex128)
    for u in step * np.arange(-reach, reach + 1):
        total += math.exp(-((shape * u) ** 2)) / (1 + 1j * np.exp(start + u))
    return step * total


def slope_root(centres: Array, shape: float) -> Array:
    """Return R with R^T R = M, M_mn the integral of the product of two Gaussians' slopes."""
    distance = (shape * (centres[:, None] - centres)) ** 2
    slopes = shape * math.sqrt(math.pi / 2) * (1 - distance) * np.exp(-distance / 2)
    values, vectors = np.linalg.eigh(slopes)
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T)
