"""Parameters that the scenarios of an interlayer of Wang et al. (2024) share.

Supplementary Tables 1 and 2 are not public with the text: what carries the provenance
``calibrated`` was set by us so that the named figure comes out, and is no prediction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lithode.cases.wang2024.measured import (
    COMPOSITIONS,
    LEAST_CONTENT,
    MOST_CONTENT,
    PAPER,
    TEXT,
    Composition,
    Measured,
    at_content,
)
from lithode.core.parameters import choice, fill, material, quantity
from lithode.materials.library import LITHIUM
from lithode.materials.thermal import ThermalInputs, activation_energy, first_known
from lithode.theory import nucleation
from lithode.theory.nucleation import Nucleation


@dataclass(frozen=True)
class StackLayer:
    """One layer of an interlayer.

    Attributes:
        thickness: In um.
        ionic: Conductivity for Li+ in S/cm.
        electronic: Conductivity for electrons in S/cm.
    """

    thickness: float
    ionic: float
    electronic: float

    @classmethod
    def of(cls, thickness: float, composite: Measured) -> StackLayer:
        """Make a layer of a composite."""
        return cls(thickness, composite.ionic.value, composite.electronic.value)


class ContactParameters(ThermalInputs):
    """Li+ in an interlayer and the lithium that it touches."""

    composition: Composition = choice(
        "LNI-5CNT", "composite of Li7N2I and carbon nanotubes", source=TEXT, provenance="paper"
    )
    cnt_content: float | None = quantity(
        None,
        "",
        "carbon nanotubes in weight per cent, instead of the composition's",
        source="conductivities by power laws between the measured ones",
        provenance="assumed",
        ge=LEAST_CONTENT,
        le=MOST_CONTENT,
    )
    ionic_conductivity: float | None = quantity(
        None, "S/cm", "instead of the composition's", source="-", provenance="assumed", gt=0, le=1e8
    )
    temperature: float = fill(
        ThermalInputs, "temperature", 298.15, source="25 degC in the paper", provenance="paper"
    )
    exchange_current_density: float = quantity(
        100.0, "A/m^2", "i_0 of plating", source="Lithode", provenance="assumed", gt=0
    )
    ionic_activation: float | None = activation_energy("of the ionic conductivity")
    exchange_current_activation: float | None = activation_energy(
        "of i_0; unset: as the ionic conductivity",
        source="Chiku et al., Electrochemistry 80 (2012) 740: alike between Li and Li2S-P2S5",
        provenance="literature",
    )
    symmetry_factor: float = quantity(
        0.5, "", "symmetry factor alpha", source="usual choice", provenance="assumed", gt=0, lt=1
    )

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV; the text has none."""
        exchange = first_known(self.exchange_current_activation, self.ionic_activation)
        own = {"ionic_conductivity": self.ionic_activation, "exchange_current_density": exchange}
        return {**own, **super().activation_energies}

    @property
    def composite(self) -> Measured:
        """Content and conductivities of the composite, measured or by its content."""
        if self.cnt_content is not None:
            return at_content(self.cnt_content)
        return COMPOSITIONS[self.composition]

    @property
    def ionic(self) -> float:
        """Ionic conductivity in S/cm."""
        return self.ionic_conductivity or self.composite.ionic.value


class LayerParameters(ContactParameters):
    """What all scenarios of a whole interlayer share."""

    electronic_conductivity: float | None = quantity(
        None, "S/cm", "instead of the composition's", source="-", provenance="assumed", gt=0, le=1e8
    )
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)
    surface_energy: float = quantity(
        0.165,
        "J/m^2",
        "effective surface energy of lithium nuclei",
        source="so that Fig. 2g-j come out; that of the bulk is 0.5 J/m^2",
        provenance="calibrated",
        gt=0,
        le=1e3,
    )
    rate_ratio: float = quantity(
        1e13,
        "",
        "J_0 / J_c, largest rate over the one that counts as nucleation",
        source="usual barrier of 30 k_B T",
        provenance="assumed",
        gt=1,
    )
    thickness: float = quantity(
        90.0, "um", "lithium to electrolyte", source=f"{PAPER}, text", provenance="paper", gt=0
    )

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV; of the electronic conductivity where a scenario has one."""
        return {"electronic_conductivity": None, **super().activation_energies}

    @property
    def electronic(self) -> float:
        """Electronic conductivity in S/cm."""
        return self.electronic_conductivity or self.composite.electronic.value

    @property
    def layers(self) -> tuple[StackLayer, ...]:
        """The layers from lithium upwards: one."""
        return (StackLayer(self.thickness, self.ionic, self.electronic),)

    @property
    def whole_thickness(self) -> float:
        """Thickness of all layers in um."""
        return sum(layer.thickness for layer in self.layers)

    def nucleation_at(self, contact_angle: float) -> Nucleation:
        """Return nucleation on a host with this contact angle in degrees."""
        strength = nucleation.barrier_strength(
            self.model_value("surface_energy"), self.model_value("molar_volume"), self.temperature
        )
        return Nucleation(strength, contact_angle, self.rate_ratio)
