"""Parameters of a binary electrolyte that a flat front uses up."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from lithode.cases.verification import physics
from lithode.core.constants import FARADAY
from lithode.core.parameters import CaseParameters, choice, quantity
from lithode.solvers.electrodeposition.parameters import Numerics, Parameters
from lithode.theory.free_energy import profile_length_of

DOCS = "docs/quantitative-interface.md"
DEPTH = 5.0
"""Electrolyte over the length sqrt(D t) that is used up."""


class DepletionParameters(CaseParameters):
    """Parameters of the depletion."""

    mode: Literal["galvanostatic", "potentiostatic"] = choice(
        "galvanostatic", "Sand's problem or Cottrell's", source="Lithode", provenance="assumed"
    )
    current: float = quantity(
        10.0, "mA/cm^2", "if galvanostatic", source="Lithode", provenance="assumed", gt=0
    )
    overpotential: float = quantity(
        -1.0, "V", "if potentiostatic", source="Lithode", provenance="assumed", lt=0, ge=-2
    )
    time: float = quantity(
        50.0, "s", "of the run if potentiostatic", source="Lithode", provenance="assumed", gt=0
    )
    concentration: float = quantity(
        1000.0, "mol/m^3", "c_0", source="Lithode", provenance="assumed", gt=0
    )
    diffusivity: float = quantity(
        1e-10, "m^2/s", "ambipolar D", source="Lithode", provenance="assumed", gt=0
    )
    transference_number: float = quantity(
        0.4, "", "t+", source="Lithode", provenance="assumed", gt=0, lt=1
    )
    exchange_current_density: float = quantity(
        1000.0, "A/m^2", "i_0 at c_0", source="Lithode", provenance="assumed", gt=0
    )
    molar_volume: float = quantity(
        1.3e-8,
        "m^3/mol",
        "small: the closed forms are of a front that stands",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    interface_width: float = quantity(
        2.0, "um", "10-90 % width of the front", source=DOCS, provenance="numerical", gt=0
    )
    elements_per_width: float = quantity(
        5.0, "", "vertices per width", source=DOCS, provenance="numerical", ge=2, le=40
    )
    time_tolerance: float = quantity(
        5e-4, "", "local error of psi / d and c", source=DOCS, provenance="numerical", gt=0
    )

    @property
    def sand(self) -> float:
        """Pi D (F c_0 / (2 (1 - t+) J))^2 in s: nothing is left at the front."""
        charge = FARADAY * self.model_value("concentration") / self.model_value("current")
        ratio = charge / (2 * (1 - self.transference_number))
        return math.pi * self.model_value("diffusivity") * ratio**2

    @property
    def cottrell(self) -> float:
        """F c_0 sqrt(D / (pi t)) / (1 - t+) in A/m^2 at the end of the run."""
        spread = math.sqrt(self.model_value("diffusivity") / (math.pi * self.time))
        charge = FARADAY * self.model_value("concentration")
        return charge * spread / (1 - self.transference_number)

    @property
    def duration(self) -> float:
        """Of the run in s: most of Sand's time, or what is asked for."""
        return 0.98 * self.sand if self.mode == "galvanostatic" else self.time

    @property
    def depth(self) -> float:
        """Thickness of the electrolyte in um."""
        return DEPTH * math.sqrt(self.model_value("diffusivity") * self.duration)

    @property
    def profile_length(self) -> float:
        """D in um."""
        return profile_length_of(self.interface_width)

    @property
    def model(self) -> Parameters:
        """Parameters of the electrodeposition model."""
        held = self.mode == "galvanostatic"
        single = physics.single_ion(
            profile_length=self.profile_length,
            conductivity=1.0,
            exchange=self.model_value("exchange_current_density"),
            surface_energy=0.1,
            molar_volume=self.model_value("molar_volume"),
            temperature=298.15,
            current=self.model_value("current") if held else None,
            overpotential=self.overpotential,
        )
        return physics.binary(
            single,
            bulk=self.model_value("concentration"),
            diffusivity=self.model_value("diffusivity"),
            transference=self.transference_number,
        )

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(tolerance=self.time_tolerance, concentration_weight=1.0, mechanics=False)


PRESETS: Mapping[str, Mapping[str, object]] = {
    "sand": {},
    "cottrell": {"mode": "potentiostatic"},
}
