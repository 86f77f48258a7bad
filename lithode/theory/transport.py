"""Diffusivity and screening length of a charge carrier, from what is measured of it."""

from __future__ import annotations

from lithode.core.constants import FARADAY


def nernst_einstein_diffusivity(conductivity: float, concentration: float, f: float) -> float:
    """Return D = sigma R T / (F^2 c) in um^2/s.

    Args:
        conductivity: sigma in uS/m.
        concentration: Concentration c of the singly charged carrier, in mol/m^3.
        f: F / (R T) in 1/V.
    """
    return conductivity / (f * FARADAY * concentration)


def squared_debye_length(permittivity: float, concentration: float, f: float) -> float:
    """Return eps R T / (F^2 c) in um^2.

    Args:
        permittivity: In the coherent units, pC/(V um).
        concentration: Reference concentration in mol/m^3.
        f: F / (R T) in 1/V.
    """
    return permittivity / (f * FARADAY * concentration)
