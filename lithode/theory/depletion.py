"""Lithium that a current draws out of an alloy by diffusion."""

from __future__ import annotations

import math

from lithode.core.constants import FARADAY


def sand_capacity(diffusivity: float, concentration: float, current: float) -> float:
    """Return the charge in C/m^2 until the surface of a thick alloy has no lithium left.

    Q = i t = pi D (F c)^2 / (4 i): Sand's time for one neutral species.

    Args:
        diffusivity: D of lithium in the alloy, in um^2/s.
        concentration: c of lithium at the start, in amol/um^3 (mol/m^3 over 1e3).
        current: i in A/m^2.
    """
    return math.pi * diffusivity * (FARADAY * concentration) ** 2 / (4 * current)


def diffusivity_for(capacity: float, concentration: float, current: float) -> float:
    """Return the diffusivity in um^2/s with which that charge can be drawn; see `sand_capacity`."""
    return 4 * current * capacity / (math.pi * (FARADAY * concentration) ** 2)
