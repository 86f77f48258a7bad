"""Contact of lithium in a run of Lithode, as functions of numbers, arrays or PyBaMM symbols.

``lithode export DIR pybamm`` writes this module with the numbers of a run in it. The file stands
alone: it needs NumPy, and PyBaMM only for its symbols. theta(t) is a table; R(theta, i) is the law
of Lithode's model. Beyond the table theta keeps its last value.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

DATA: dict[str, Any] = {}
"""Law, temperature in K, theta at the start; per layer R_p, R_if (ohm m^2), rho (ohm m), table."""

_FARADAY, _GAS = 96485.33212, 8.31446261815324
_FACES = "left", "right"


def theta(t: Any, layer: str, face: str) -> Any:
    """Return the contact of a face, "left" or "right", at a time in s."""
    times, values = DATA["layers"][layer]["time"], DATA["layers"][layer][face]
    if _is_symbol(t):
        import pybamm

        return pybamm.Interpolant(
            np.array(times), np.array(values), pybamm.minimum(t, times[-1]), interpolator="linear"
        )
    return np.interp(t, times, values)


def resistance(
    left: Any, right: Any, current: Any, layer: str, *, butler_volmer: bool = False
) -> Any:
    """Return the area-specific resistance V/i of the cell in ohm m^2.

    Args:
        left: Contact theta of one face.
        right: Of the other.
        current: i in A/m^2; it counts with ``butler_volmer`` only.
        layer: Name of the layer.
        butler_volmer: Whether charge transfer follows eta = 2RT/F arcsinh(i / 2 i_0) per contact,
            with i_0 = RT / (F R_if/2), instead of its slope R_if/2 at small currents.
    """
    cell = DATA["layers"][layer]

    def transfer(share: Any) -> Any:
        if not butler_volmer:
            return cell["interface"] / share
        x = current * _FARADAY * cell["interface"] / (4 * _GAS * DATA["temperature"] * share)
        size = (x**2 + 1e-16) ** 0.5
        return cell["interface"] / share * _arcsinh(size) / size

    if DATA["loss"] == "spots":
        per_face = [
            transfer(face) / 2 + math.pi * DATA["spot"] * cell["resistivity"] * _constriction(face)
            for face in (left, right)
        ]
        return cell["pellet"] + per_face[0] + per_face[1]
    both = left + right - DATA["initial"]
    share = _minimum(left, right) if DATA["loss"] == "edge" else both
    return cell["pellet"] / share + transfer(share)


def cell_resistance(
    t: Any, current: Any, layer: str, area: float, *, butler_volmer: bool = False
) -> Any:
    """Return V/I of a cell in ohm at a time in s and a current in A.

    Args:
        t: Time in s.
        current: In A.
        layer: Name of the layer.
        area: Of the electrode in m^2.
        butler_volmer: As for `resistance`.
    """
    left, right = (theta(t, layer, face) for face in _FACES)
    density = current / area
    return resistance(left, right, density, layer, butler_volmer=butler_volmer) / area


def _constriction(share: Any) -> Any:
    """Return psi(e)/(4 e) of a contact in the end of a tube (Negus and Yovanovich 1984)."""
    e = share**0.5
    psi = 1 - 1.40978 * e + 0.34406 * e**3 + 0.0435 * e**5 + 0.02271 * e**7
    return psi / (4 * e)


def _is_symbol(value: Any) -> bool:
    return any(kind.__module__.startswith("pybamm") for kind in type(value).__mro__)


def _minimum(a: Any, b: Any) -> Any:
    if _is_symbol(a) or _is_symbol(b):
        import pybamm

        return pybamm.minimum(a, b)
    return np.minimum(a, b)


def _arcsinh(x: Any) -> Any:
    if _is_symbol(x):
        import pybamm

        return pybamm.arcsinh(x)
    return np.arcsinh(x)
