"""Parameters of a crack at the edge of a large block, full of lithium."""

from __future__ import annotations

import math
from typing import Literal

from lithode.cases.fracture.brittle import DOCS, StraightCrackParameters
from lithode.core.axis import Axis
from lithode.core.constants import inverse_thermal_voltage
from lithode.core.parameters import choice, fill, material, quantity
from lithode.materials.library import LITHIUM, REFERENCE_TEMPERATURE
from lithode.solvers.fracture.parameters import Parameters, Region
from lithode.solvers.lithium_crack.parameters import Lithium
from lithode.theory import fracture, lithium_crack

AXIS = Axis("volume", "V", "um^2")
BLOCK = 15.0
"""Half of the edge of the block over the longest crack."""
FLOWS = Literal["none", "one_pressure"]


class EdgeCrackParameters(StraightCrackParameters):
    """A crack in plane strain that stands on the electrode."""

    conductivity: float = quantity(
        0.05, "S/m", "of Li+", source="of the order of LLZTO", provenance="assumed", gt=0, le=1e4
    )
    interface_resistance: float = quantity(
        2.0, "ohm*cm^2", "of the electrode and of each face of the crack: R T / (F i_0)",
        source="of the order of lithium on LLZTO", provenance="assumed", gt=0, le=1e6,
    )  # fmt: skip
    flaw_length: float = quantity(
        10.0, "um", "c of the crack at first", source="Lithode", provenance="assumed",
        gt=0, le=1e4,
    )  # fmt: skip
    flow: FLOWS = choice(
        "one_pressure", "whether lithium flows along the crack", source=DOCS, provenance="assumed"
    )
    compression: float = quantity(
        0.0, "MPa", "of the block along the electrode, which holds the crack closed",
        source="none", provenance="assumed", ge=0, le=1e4,
    )  # fmt: skip
    kinetics: Literal["linear", "butler_volmer"] = choice(
        "linear", "of the electrode and the faces", source=DOCS, provenance="assumed"
    )
    molar_volume: float = material(LITHIUM.molar_volume, "of lithium", gt=0)
    length_ratio: float = fill(
        StraightCrackParameters, "length_ratio", 0.05, source=DOCS, provenance="assumed"
    )
    mesh: Literal["fixed", "adaptive"] = choice(
        "fixed", "adaptive: fine around the crack alone, and made anew as it grows",
        source=DOCS, provenance="numerical",
    )  # fmt: skip
    last_volume: float = quantity(
        1.1, "", "of the volume by which an even pressure extends the crack", source=DOCS,
        provenance="assumed", ge=0.1, le=60,
    )  # fmt: skip
    volume_step: float = quantity(
        0.02, "", "ratio of successive volumes less 1", source=DOCS,
        provenance="numerical", gt=0, le=0.3,
    )  # fmt: skip

    @property
    def crack_size(self) -> float:
        """Length at first in um."""
        return self.flaw_length

    @property
    def intensity(self) -> float:
        """K_IC in MPa um^(1/2)."""
        return self.model_value("fracture_toughness")

    @property
    def critical_pressure(self) -> float:
        """Even pressure in MPa that extends a sharp crack."""
        return self.extending_pressure(self.crack_size)

    def extending_pressure(self, length: float) -> float:
        """Return that pressure for a crack of a length in um."""
        return fracture.edge_pressure(self.modulus, self.toughness, length)

    @property
    def critical_volume(self) -> float:
        """Volume of that crack in um^2."""
        return fracture.edge_volume(self.modulus, self.critical_pressure, self.crack_size)

    @property
    def volumes(self) -> tuple[float, ...]:
        """Volumes in um^2: the crack is a spring at first, so few will do."""
        last, start = self.last_volume, 0.9 * self._starting_share
        shares = [share * start for share in (0.0, 0.25, 0.5, 0.75, 1.0) if share * start < last]
        if last > start:
            number = max(1, round(math.log(last / start) / math.log1p(self.volume_step)))
            shares += [start * (last / start) ** (k / number) for k in range(1, number)]
        return tuple(share * self.critical_volume for share in (*shares, last))

    @property
    def _starting_share(self) -> float:
        """Share of the critical volume at which the crack starts.

        Without flow the pressure is highest at the tip, and less lithium starts the crack.
        """
        return 0.65 if self.flow == "none" else 1.0

    @property
    def longest(self) -> float:
        """How far the crack may grow, in um."""
        share = self.last_volume / self._starting_share
        return float(self.crack_size * max(1.0, share) ** (2 / 3))

    @property
    def block(self) -> float:
        """Half of the edge of the block in um."""
        return BLOCK * self.longest

    def interface_number(self, length: float) -> float:
        """Return S = c / (sigma r) of a crack of this length in um."""
        resistance = self.model_value("interface_resistance")
        return length / (self.model_value("conductivity") * resistance)

    def critical_current_of(self, length: float) -> float:
        """Return the closed form of the critical current in A/m^2 for a crack of a length in um.

        Compression takes as much from the intensity as a pressure of its size gives.
        """
        law = {
            "none": lithium_crack.critical_current_without_flow,
            "one_pressure": lithium_crack.critical_current_with_flow,
        }[self.flow]
        share = law(self.interface_number(length)) * (
            1 + self.compression / self.extending_pressure(length)
        )
        return share * lithium_crack.reference_current(
            self.intensity,
            self.model_value("conductivity"),
            self.lithium.volume_per_charge,
            length,
        )

    @property
    def lithium(self) -> Lithium:
        """What fills the crack."""
        thermal = inverse_thermal_voltage(REFERENCE_TEMPERATURE)
        return Lithium(
            exchange_current_density=1 / (thermal * self.model_value("interface_resistance")),
            molar_volume=self.model_value("molar_volume"),
            temperature=REFERENCE_TEMPERATURE,
            kinetics=self.kinetics,
            flow=self.flow,
        )

    @property
    def model(self) -> Parameters:
        """Parameters of the model of fracture."""
        # Free to swell away from the electrode only, the block bears E eps / (1 - nu) along it.
        stress = self.model_value("compression")
        swelling = stress * (1 - self.poissons_ratio) / self.model_value("youngs_modulus")
        # A crack one row of elements wide costs K_IC^2 / E' then.
        row = self.effective_toughness / self.toughness
        region = Region(
            self.stiffness,
            self.toughness / row,
            eigenstrain=swelling,
            conductivity=self.model_value("conductivity"),
        )
        return Parameters(
            regions={"electrolyte": region},
            length=self.length,
            regularisation=self.law,
            load="volume",
        )
