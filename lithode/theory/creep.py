"""Creep of small volumes of metal: strength by size, flow by diffusion, current by vacancies."""

from __future__ import annotations

from typing import Any

import numpy as np

from lithode.core.constants import FARADAY

_CONSTRAINT = 3.0
_ITERATIONS = 60


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
        pressure = pressure - np.divide(excess, slope, out=np.zeros_like(slope), where=slope > 0)
    return pressure
