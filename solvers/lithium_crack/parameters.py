"""Parameters of lithium in a crack, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.solvers.fracture.parameters import PREFIXES

POTENTIAL_PREFIX = "potential_"
PREFIXES_WITH_LITHIUM = (*PREFIXES, POTENTIAL_PREFIX)
"""Of the PETSc options."""


@dataclass(frozen=True)
class Lithium:
    """Metal at 0 V, at the electrode and in its cracks, between which and Li+ charge passes.

    Attributes:
        exchange_current_density: i_0 in A/m^2, of the electrode and of both faces of a crack.
        molar_volume: V_m in um^3/amol.
        temperature: In K.
        symmetry_factor: alpha of Butler-Volmer kinetics.
        kinetics: ``butler_volmer``, or ``linear``: i = i_0 F eta / (R T).
        flow: ``one_pressure``: lithium flows along the crack until its pressure is the same
            everywhere. ``none``: it stays where it plates, until no more does anywhere.
    """

    exchange_current_density: float
    molar_volume: float
    temperature: float
    symmetry_factor: float = 0.5
    kinetics: Literal["linear", "butler_volmer"] = "butler_volmer"
    flow: Literal["none", "one_pressure"] = "one_pressure"

    @property
    def inverse_thermal_voltage(self) -> float:
        """F / (R T) in 1/V."""
        return inverse_thermal_voltage(self.temperature)

    @property
    def volume_per_charge(self) -> float:
        """V_m / F in um^3/pC, which is V/MPa: what a pressure adds to the potential of lithium."""
        return self.molar_volume / FARADAY
