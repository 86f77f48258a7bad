"""An interphase between lithium and an oxynitride: composition, hopping, electron supply.

After the picture of Cheng et al., Joule 4 (2020) 2484. Everything is counted in neutral atoms, so
that lithium taken up is also the electrons taken up; amounts are per phosphorus of the electrolyte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.core.constants import inverse_thermal_voltage

Array = npt.NDArray[np.float64]

LITHIUM_PER_NITROGEN = 3
LITHIUM_PER_OXYGEN = 2


def hopping_diffusivity(barrier: float, temperature: float, jump: float, attempt: float) -> float:
    """Return D = a^2 nu / 6 exp(-E / k_B T) of an interstitial in um^2/s.

    Args:
        barrier: E in eV.
        temperature: In K.
        jump: Length a of a jump in um.
        attempt: Frequency nu of attempts in 1/s.
    """
    exponent = -barrier * inverse_thermal_voltage(temperature)
    return float(jump**2 * attempt / 6 * np.exp(exponent))


@dataclass(frozen=True)
class Oxynitride:
    """Li_a P O_b N_c, which decomposes in two steps; all per phosphorus.

    1. P-N bonds break:  Li_a P O_b N_c + 3 c Li -> Li_a P O_b + c [N + 3 Li]
    2. P-O bonds break:  Li_a P O_b + u Li -> x Li3PO4 + (b - 4 x) [O + 2 Li] + (1 - x) [P + z Li]

    Brackets are atoms that move together with the lithium that makes a salt of them.

    Attributes:
        lithium: a.
        oxygen: b.
        nitrogen: c.
        released_oxygen: Share f of the oxygen that leaves in step 2; x = (1 - f) b / 4.
        lithium_per_phosphorus: z.
    """

    lithium: Any
    oxygen: Any
    nitrogen: Any
    released_oxygen: Any
    lithium_per_phosphorus: Any = 3

    @property
    def phosphate(self) -> Any:
        """Li3PO4 of step 2, x."""
        return (1 - self.released_oxygen) * self.oxygen / 4

    @property
    def free_oxygen(self) -> Any:
        """Mobile O of step 2."""
        return self.oxygen - 4 * self.phosphate

    @property
    def free_phosphorus(self) -> Any:
        """Mobile P of step 2."""
        return 1 - self.phosphate

    @property
    def first_uptake(self) -> Any:
        """Lithium that step 1 takes up."""
        return LITHIUM_PER_NITROGEN * self.nitrogen

    @property
    def second_uptake(self) -> Any:
        """Lithium u that step 2 takes up."""
        products = 3 * self.phosphate + LITHIUM_PER_OXYGEN * self.free_oxygen
        return products + self.lithium_per_phosphorus * self.free_phosphorus - self.lithium


def lithium_of_salts(electrolyte: Oxynitride) -> tuple[Any, Any, Any]:
    """Return the lithium per atom in the salts of N, O, P."""
    return LITHIUM_PER_NITROGEN, LITHIUM_PER_OXYGEN, electrolyte.lithium_per_phosphorus


@dataclass(frozen=True)
class ElectronPath:
    """How lithium (Li+ and electrons together) reaches the reaction through the interphase.

    Attributes:
        diffusivity: Of lithium activity where no metal percolates, in um^2/s.
        metal: Of the same where metal percolates; any large value makes the metal one potential.
        threshold: Share of metal at which it percolates.
        closing: s in exp(-s p): salts p per phosphorus that close the path. 0 leaves it open.
    """

    diffusivity: Any
    metal: Any
    threshold: Any
    closing: Any = 0.0


@dataclass(frozen=True)
class Potentials:
    """Potentials of lithium along a line, over e, in V.

    Attributes:
        lithium: Chemical potential of Li, 0 in the metal.
        cation: Electrochemical potential of Li+.
        electron: Electrochemical potential of electrons.
    """

    lithium: Array
    cation: Array
    electron: Array


def potentials(
    place: Array, electronic: Array, ionic: Array, drop: float, begin: float, end: float
) -> Potentials:
    """Return the potentials of Li, Li+ and electrons that flow together, without a net current.

    One flux J of lithium from ``begin``, where the metal ends, to ``end``, where it reacts:
    d mu(Li+)/dx = -J/sigma_i, d mu(e)/dx = -J/sigma_e, mu(Li) = mu(Li+) + mu(e). Flat elsewhere.

    Args:
        place: Rising places.
        electronic: Conductivity of electrons between each two places, so one value less.
        ionic: Conductivity of Li+, in the same unit.
        drop: By how much mu(Li) falls, in V.
        begin: Where the interphase without metal begins.
        end: Where it ends.
    """
    inside = np.clip(place, begin, end)
    resistances = np.diff(inside) / np.array([ionic, electronic])
    cation, electron = (np.concatenate([[0.0], np.cumsum(r)]) for r in resistances)
    flux = drop / (cation[-1] + electron[-1]) if cation[-1] + electron[-1] > 0 else 0.0
    return Potentials(-flux * (cation + electron), -flux * cation, -flux * electron)
