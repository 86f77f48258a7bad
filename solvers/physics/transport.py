"""Transport of Li+ and charge: Nernst-Planck flux and Ohm's law."""

from __future__ import annotations

from typing import Any

import ufl


def nernst_planck_flux(c: Any, potential: Any, diffusivity: Any, f: Any, charge: int = 1) -> Any:
    """Return -D (grad c + z f c grad phi), the flux of an ion of charge z.

    Args:
        c: Concentration (any unit).
        potential: Electric potential in V.
        diffusivity: D in um^2/s.
        f: F / (R T) in 1/V.
        charge: Charge number z.
    """
    return -diffusivity * (ufl.grad(c) + charge * f * c * ufl.grad(potential))


def ohmic_current(potential: Any, conductivity: Any) -> Any:
    """Return i = -sigma grad phi in A/m^2 for sigma in uS/m and phi in V over um."""
    return -conductivity * ufl.grad(potential)
