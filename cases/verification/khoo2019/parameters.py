"""Parameters of a wave on a front in a binary electrolyte, dimensionless as in the paper.

Lengths are over the gap L, times over L^2 / D but for ``time``, concentrations over c_0,
potentials over RT/F and currents over the limiting one, 4 F D c_0 / L.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from lithode.cases.verification import physics
from lithode.cases.verification.khoo2019.published import PAPER, REFERENCE, SURFACE_ENERGY, VOLUME
from lithode.core.constants import FARADAY, inverse_thermal_voltage
from lithode.core.parameters import CaseParameters, choice, quantity
from lithode.solvers.electrodeposition.parameters import CounterElectrode, Numerics, Parameters
from lithode.theory.free_energy import profile_length_of

DOCS = "docs/quantitative-interface.md"
# The gap is 1 um, D 1 um^2/s and c_0 1 amol/um^3: numbers of the model are then the paper's.
GAP, DIFFUSIVITY, BULK, TEMPERATURE = 1.0, 1.0, 1.0, 298.15
LIMIT = 4 * FARADAY * DIFFUSIVITY * BULK / GAP
"""Limiting current in A/m^2."""
PLANE = CounterElectrode(order_parameter=0.0, concentration=None, carrier=0)
"""Gives the held current as Li+, evenly, and blocks anions."""


class KhooParameters(CaseParameters):
    """Parameters of the wave."""

    damkohler: float = quantity(
        1.0, "", "Da, exchange over limiting current", source=PAPER, provenance="paper", gt=0
    )
    current: float = quantity(
        0.5, "", "held, over the limiting one", source=PAPER, provenance="paper", gt=0, le=10
    )
    time: float = quantity(
        1.0, "", "at which the wave is read, over Sand's", source=PAPER, provenance="paper", gt=0
    )
    wave_number: float = quantity(
        47.138988, "", "k L", source=PAPER, provenance="paper", gt=1, le=5000
    )
    width_over_wave: float = quantity(
        0.08, "", "10-90 % width over wavelength", source=DOCS, provenance="numerical", gt=0, le=0.3
    )
    elements_per_width: float = quantity(
        5.0, "", "vertices per width", source=DOCS, provenance="numerical", ge=2, le=40
    )
    amplitude: float = quantity(
        0.005, "", "of the wave over its length", source=DOCS, provenance="numerical", gt=0, le=0.05
    )
    time_tolerance: float = quantity(
        1e-3, "", "local error of psi / d and c", source=DOCS, provenance="numerical", gt=0
    )
    solver: Literal["auto", "direct", "iterative"] = choice(
        "auto", "linear solvers", source="docs/numerics.md", provenance="numerical"
    )

    @property
    def sand(self) -> float:
        """Sand's time in s."""
        return math.pi / (16 * self.current**2)

    @property
    def width(self) -> float:
        """10-90 % width of the front in um."""
        return self.width_over_wave * 2 * math.pi / self.wave_number

    @property
    def profile_length(self) -> float:
        """D in um."""
        return profile_length_of(self.width)

    @property
    def model(self) -> Parameters:
        """Parameters of the electrodeposition model."""
        volume = VOLUME / BULK
        f = inverse_thermal_voltage(TEMPERATURE)
        single = physics.single_ion(
            profile_length=self.profile_length,
            conductivity=1.0,
            exchange=self.damkohler * LIMIT * math.sqrt(REFERENCE),
            surface_energy=SURFACE_ENERGY * GAP * FARADAY / (f * volume),
            molar_volume=volume,
            temperature=TEMPERATURE,
            current=self.current * LIMIT,
            counter_electrode=PLANE,
        )
        return physics.binary(single, bulk=BULK, diffusivity=DIFFUSIVITY, transference=0.5)

    @property
    def numerics(self) -> Numerics:
        """How the model is solved."""
        return Numerics(
            solver=self.solver,
            tolerance=self.time_tolerance,
            concentration_weight=1.0,
            mechanics=False,
        )


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "fine": {"width_over_wave": 0.03},
}
