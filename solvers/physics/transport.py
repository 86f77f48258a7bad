"""Transport of Li+, electrons and charge: Nernst-Planck flux, quasi-Fermi carriers, Ohm's law.

A quasi-Fermi potential is the electrochemical potential of a carrier per charge, over RT/F:
p = V + ln c+ for Li+ and q = V - ln c_e for electrons. A carrier at rest has a level one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ufl

from lithode.solvers.physics.kinetics import bounded_exp


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


def steric_flux(c: Any, potential: Any, diffusivity: Any, f: Any, limit: Any) -> Any:
    """Return -D [grad c + (1 - c/c_max) f c grad phi] / (1 - 1/c_max): a cation on free sites.

    The flux down ln(c / (c_max - c)) + f phi with the mobility of a lattice gas (Bikerman's steric
    limit), which in the bulk, at c = 1, is that of Nernst and Planck. At rest c / (c_max - c) is
    Boltzmann distributed, so c stays below c_max whatever the potential.

    Args:
        c: Concentration over its bulk value.
        potential: Electric potential in V.
        diffusivity: D of the bulk mobility in um^2/s.
        f: F / (R T) in 1/V.
        limit: c_max over the bulk concentration, above 1.
    """
    migration = f * c * (1 - c / limit) * ufl.grad(potential)
    return -diffusivity / (1 - 1 / limit) * (ufl.grad(c) + migration)


def ohmic_current(potential: Any, conductivity: Any) -> Any:
    """Return i = -sigma grad phi in A/m^2 for sigma in uS/m and phi in V over um."""
    return -conductivity * ufl.grad(potential)


@dataclass(frozen=True)
class Carriers:
    """Mobile carriers at a point.

    Attributes:
        cation: Concentration of Li+.
        electron: Concentration of electrons, in the same unit.
        potential: Electric potential V over RT/F.
    """

    cation: Any
    electron: Any
    potential: Any


def neutral_carriers(p: Any, q: Any, background: Any) -> Carriers:
    """Return the carriers of a neutral mixed conductor from its quasi-Fermi potentials.

    With a = exp(p - q) = c+ c_e and c+ = c_e + N: c_e = 2 a / (N + sqrt(N^2 + 4 a)), which has no
    cancellation and is positive whatever p and q are, for N >= 0.

    Args:
        p: Quasi-Fermi potential of Li+.
        q: Quasi-Fermi potential of electrons.
        background: Concentration N of the fixed negative charges, not negative.
    """
    product = bounded_exp(p - q)
    electron = 2 * product / (background + ufl.sqrt(background**2 + 4 * product))
    cation = background + electron
    return Carriers(cation, electron, p - ufl.ln(cation))


def charged_carriers(p: Any, q: Any, potential: Any) -> Carriers:
    """Return the carriers from their quasi-Fermi potentials and the electric potential."""
    return Carriers(bounded_exp(p - potential), bounded_exp(potential - q), potential)


def quasi_fermi_flux(c: Any, level: Any, diffusivity: Any, charge: int) -> Any:
    """Return -z D c grad(level): the Nernst-Planck flux written with a quasi-Fermi potential.

    Args:
        c: Concentration.
        level: Quasi-Fermi potential of the carrier over RT/F.
        diffusivity: D in um^2/s.
        charge: Charge number z, 1 or -1.
    """
    return -charge * diffusivity * c * ufl.grad(level)
