"""An interphase between lithium and an oxynitride: bond breaking, interstitials, electron supply.

After the picture of Cheng et al., Joule 4 (2020) 2484. Everything is counted in neutral atoms, so
that lithium taken up is also the electrons taken up; amounts are per phosphorus of the electrolyte.
"""

from __future__ import annotations

from typing import Any

import ufl

from lithode.theory.interphase import ElectronPath


def intact(dose: Any, first: Any) -> Any:
    """Return the share w of the electrolyte whose P-N bonds still hold.

    dw/dt = -k1 a w with the lithium activity a: w = exp(-k1 A), with the dose A = int a dt.

    Args:
        dose: A in s.
        first: k1 in 1/s.
    """
    return ufl.exp(-first * dose)


def denitrided(dose: Any, first: Any, second: Any) -> Any:
    """Return the share q of the electrolyte that has lost N and not yet O.

    dq/dt = a (k1 w - k2 q), so that q = k1 A exp(-k2 A) (1 - exp(-s)) / s, s = (k1 - k2) A.

    Args:
        dose: A in s.
        first: k1 in 1/s.
        second: k2 in 1/s.
    """
    exponent = (first - second) * dose
    near = abs(exponent) < 1e-4
    safe = ufl.conditional(near, 1.0, exponent)
    mean = ufl.conditional(near, 1 - exponent / 2 + exponent**2 / 6, (1 - ufl.exp(-safe)) / safe)
    return first * dose * ufl.exp(-second * dose) * mean


def precipitation(concentration: Any, rate: Any) -> Any:
    """Return the rate k c at which an interstitial turns into its immobile salt."""
    return rate * concentration


def metal_left(displacing: Any, capacity: Any) -> Any:
    """Return the share of metal that is left where salts form in its place.

    A salt that forms where a share l of the volume is metal displaces l times its own lithium.

    Args:
        displacing: Lithium in the salts, per phosphorus of the electrolyte.
        capacity: Lithium in the metal, per phosphorus of the electrolyte.
    """
    return ufl.exp(-displacing / capacity)


def percolation(share: Any, threshold: Any, sharpness: int = 8) -> Any:
    """Return l^n / (l^n + l_p^n): 1 where metal of share l hangs together, 0 where it does not."""
    power = ufl.max_value(share, 0.0) ** sharpness
    return power / (power + threshold**sharpness)


def interstitial_diffusivity(metal: Any, in_metal: Any, in_matrix: Any) -> Any:
    """Return D l + D_s (1 - l) for a share l of metal."""
    return in_metal * metal + in_matrix * (1 - metal)


def lithium_diffusivity(path: ElectronPath, metal: Any, salts: Any) -> Any:
    """Return how fast lithium reaches the reaction, in um^2/s.

    Args:
        path: How it does.
        metal: Share of metal.
        salts: Amount of salts per phosphorus of the electrolyte.
    """
    matrix = path.diffusivity * ufl.exp(-path.closing * ufl.max_value(salts, 0.0))
    return matrix + path.metal * percolation(metal, path.threshold)
