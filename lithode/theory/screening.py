"""What a solid between lithium and electrolyte is judged by, after Ji et al. (2020), as numbers.

All quantities are in the coherent units of ``lithode.core.units``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.theory import nucleation

Array = npt.NDArray[np.float64]


def barriers(reorganisation: Array, reaction: Array) -> tuple[Array, Array]:
    """Return the barriers of plating and stripping between two equal parabolas (their Fig. 1a).

    Args:
        reorganisation: lambda, the height of a parabola above the minimum of the other.
        reaction: Energy of lithium inside the solid above Li+ and e-, in the same unit.
    """
    return (
        (reorganisation + reaction) ** 2 / (4 * reorganisation),
        (reorganisation - reaction) ** 2 / (4 * reorganisation),
    )


def excess_energy(interface_energy: float, molar_volume: float, radius: float, p: float) -> float:
    """Return mu_ex = (2 gamma / r + p) v_m of lithium in a pore, in pJ/amol.

    Args:
        interface_energy: gamma against lithium in pJ/um^2.
        molar_volume: v_m of lithium in um^3/amol.
        radius: Of the pore in um.
        p: Pressure that the solid exerts besides, in MPa.
    """
    return (2 * interface_energy / radius + p) * molar_volume


def critical_overpotential(excess: float) -> float:
    """Return eta* = mu_ex / F in V, where both barriers are equal: below it lithium dissolves."""
    return excess / FARADAY


def nucleation_overpotential(
    interface_energy: float, molar_volume: float, temperature: float, factor: float, barrier: float
) -> float:
    """Return the overpotential in V at which a nucleus takes ``barrier`` k_B T.

    Args:
        interface_energy: gamma in pJ/um^2; 0 is returned if it is not positive.
        molar_volume: v_m in um^3/amol.
        temperature: In K.
        factor: Share of the homogeneous barrier, 0 to 1.
        barrier: In k_B T.
    """
    if interface_energy <= 0:
        return 0.0
    strength = nucleation.barrier_strength(interface_energy, molar_volume, temperature)
    return math.sqrt(strength * factor / barrier)


def ohmic_drop(current: float, thickness: float, conductivity: float) -> float:
    """Return i L / sigma in V."""
    return current * thickness / conductivity


def leakage_current(conductivity: float, drive: float, thickness: float) -> float:
    """Return the current density sigma_e U / L of electrons in A/m^2."""
    return conductivity * drive / thickness


def blocking(electronic: float, nucleation_overpotential: float, temperature: float) -> float:
    """Return log10(1 / sigma_e) + F eta_nuc / (2.303 RT), sigma_e in S/cm.

    Decades by which electrons that nucleate lithium are fewer than in 1 S/cm.
    """
    per_decade = inverse_thermal_voltage(temperature) / math.log(10)
    return -math.log10(electronic) + per_decade * nucleation_overpotential


def index(interface_energy: Array, ionic: Array, electronic: Array) -> Array:
    """Return Pi = gamma log10(sigma_ion / sigma_e) in the unit of gamma.

    Empirical: formed with the order of five solids in view, it follows from no theory.
    """
    return np.asarray(interface_energy * np.log10(ionic / electronic))


def order(values: Mapping[str, float]) -> str:
    """Return names from the lowest value to the highest, ``"A < B = C"``."""
    ranked = sorted(values, key=lambda name: values[name])
    text = ranked[0] if ranked else ""
    for before, name in pairwise(ranked):
        text += (" = " if values[before] == values[name] else " < ") + name
    return text


def pairs_kept(values: Mapping[str, float], wanted: list[str]) -> int:
    """Return how many pairs of names stand in the wanted order, lowest first."""
    return sum(
        values[low] < values[high]
        for k, low in enumerate(wanted)
        for high in wanted[k + 1 :]
    )  # fmt: skip
