"""Power-law creep.

Rate = A sigma^n, of the equivalent (von Mises) strain rate and stress. Stresses in MPa.
"""

from __future__ import annotations

from typing import Any

import ufl


def equivalent_rate(strain_rate: Any, least: Any = 0.0) -> Any:
    """Return sqrt(2/3 e : e + least^2) of a deviatoric strain rate e, shape (3, 3)."""
    return ufl.sqrt(2 * ufl.inner(strain_rate, strain_rate) / 3 + least**2)


def viscosity(equivalent: Any, rate: Any, exponent: Any) -> Any:
    """Return eta of s = 2 eta e, the deviatoric stress of power-law creep.

    Args:
        equivalent: Equivalent strain rate, above 0.
        rate: A in 1/(s MPa^n).
        exponent: n.
    """
    return (equivalent / rate) ** (1 / exponent) / (3 * equivalent)
