"""Creep of metal: its power law, and in small volumes strength by size, diffusion, vacancies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY

Array = npt.NDArray[np.float64]

_CONSTRAINT = 3.0
_ITERATIONS, _ROUND_OFF = 60, 1e-15


@dataclass(frozen=True)
class PowerLaw:
    """Rate = A sigma^n, of the equivalent (von Mises) creep rate and stress.

    Attributes:
        rate: A in 1/(s MPa^n), the rate at 1 MPa.
        exponent: n, at least 1.
    """

    rate: float
    exponent: float

    def stress_at(self, rate: float) -> float:
        """Return the equivalent stress in MPa of steady creep at a rate in 1/s."""
        return float((rate / self.rate) ** (1 / self.exponent))

    def relaxing(self, stress: float, shear: float, time: float) -> float:
        """Return the equivalent stress in MPa that is left at a constant strain.

        ds/dt = -3 mu A s^n gives s^(1-n) = s_0^(1-n) + 3 mu A (n-1) t, or s_0 exp(-3 mu A t).

        Args:
            stress: s_0 in MPa.
            shear: mu in MPa.
            time: In s.
        """
        pace, more = 3 * shear * self.rate * time, self.exponent - 1
        if more == 0:
            return float(stress * np.exp(-pace))
        return float((stress**-more + more * pace) ** (-1 / more))

    def implicit(self, elastic: Array, shear: float, step: float) -> Array:
        """Return the equivalent stress s at the end of a step: s + 3 mu dt A s^n = s_el.

        Args:
            elastic: s_el, what it would be without creep in the step, in MPa.
            shear: mu in MPa.
            step: dt in s; 0 leaves the elastic stress.
        """
        pace = 3 * shear * step * self.rate
        if pace == 0:
            return elastic.copy()
        return np.asarray(holding_pressure(elastic, pace, self.exponent, 1.0))


def strengthening(size: Any, strength: float, bulk: float, exponent: float) -> Any:
    """Return the stress of dislocation creep in a small volume over that in bulk metal.

    The strength of pillars adds to that of the bulk, 1 + (strength / bulk) size^-m. Lithium: m =
    0.68, 105 MPa at 1 um (Xu et al., PNAS 114 (2017) 57).

    Args:
        size: In um.
        strength: Of a pillar of 1 um.
        bulk: Of the bulk at the same strain rate, in the same unit.
        exponent: m.
    """
    return 1 + strength / bulk * np.asarray(size) ** -exponent


def rate_over_stress(hardness: float, rate: float) -> float:
    """Return strain rate over stress of an indentation test, the stress a third of the hardness."""
    return _CONSTRAINT * rate / hardness


def diffusional_rate(size: Any, reference: float, at_reference: float) -> Any:
    """Return the strain rate over stress of flow by diffusion, as 1 / size^2 (Nabarro, Herring).

    Args:
        size: In the unit of the reference.
        reference: Size at which it is known.
        at_reference: Its value there.
    """
    return at_reference * (reference / np.asarray(size)) ** 2


def vacancy_current(
    distance: float, diffusivity: float, molar_volume: float, supersaturation: float = 1.0
) -> float:
    """Return i = F D s / (V_m L), carried by vacancies from an interface to their sinks.

    Args:
        distance: L, in um.
        diffusivity: D of the atoms of the metal, in um^2/s.
        molar_volume: In um^3/amol.
        supersaturation: s of vacancies at the interface, their excess over equilibrium.

    Returns:
        In A/m^2.
    """
    return FARADAY * diffusivity * supersaturation / (molar_volume * distance)


def holding_pressure(speed: Any, power: Any, exponent: float, linear: Any = 0.0) -> Any:
    """Return the p at which power p^n + linear p is a speed; 0 where the speed is not above 0."""
    speed, power, linear = np.broadcast_arrays(np.maximum(speed, 0.0), power, linear)
    with np.errstate(divide="ignore", invalid="ignore"):
        pressure = np.fmin((speed / power) ** (1 / exponent), speed / linear)
    # From above, Newton's steps on a convex function never pass its root.
    for _ in range(_ITERATIONS):
        slope = exponent * power * pressure ** (exponent - 1) + linear
        excess = power * pressure**exponent + linear * pressure - speed
        change = np.divide(excess, slope, out=np.zeros_like(slope), where=slope > 0)
        pressure = pressure - change
        if np.all(np.abs(change) <= _ROUND_OFF * pressure):
            break
    return pressure
