"""What temperature does to a constant that hops over a barrier."""

from __future__ import annotations

import math

from lithode.core.constants import inverse_thermal_voltage


def factor(barrier: float, temperature: float, reference: float) -> float:
    """Return exp[-E/k_B (1/T - 1/T_0)], the constant at T over that at T_0; 1.0 at T_0 itself.

    Args:
        barrier: E in eV.
        temperature: T in K.
        reference: T_0 in K.
    """
    f, at_reference = inverse_thermal_voltage(temperature), inverse_thermal_voltage(reference)
    return math.exp(-barrier * (f - at_reference))
