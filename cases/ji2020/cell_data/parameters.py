"""Parameters of the cell's data: masses, densities, impedance, and a contact of another paper."""

from __future__ import annotations

from lithode.cases.ji2020.parameters import LAYER_THICKNESS, LPS_THICKNESS, PAPER
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, count, material, quantity
from lithode.solvers.contact_loss.model import Contact
from lithode.theory import pressed

_TANG = "Tang 2026, bare Li on Li6PS5Cl0.5Br0.5, another cell: tang2026/protocols"
# Molar masses in g/mol.
_LI3N, _LIF = 34.83, 25.94


class Parameters(CaseParameters):
    """Parameters of the cell's data."""

    pellet_diameter: float = quantity(
        10.0, "mm", "of the pellet", source=f"{PAPER}, Methods", provenance="paper", gt=0
    )
    lps_mass: float = quantity(
        100.0, "mg", "of LPS", source=f"{PAPER}, Methods", provenance="paper", gt=0
    )
    lps_density: float = quantity(
        1.88,
        "g/cm^3",
        "of LPS without pores",
        source="glassy 75 Li2S 25 P2S5, from memory",
        provenance="assumed",
        gt=0,
    )
    lps_relative_density: float = quantity(
        0.9,
        "",
        "of pressed LPS",
        source="cold-pressed at 360 to 510 MPa, from memory; 0.8 at 47 MPa",
        provenance="assumed",
        gt=0,
        le=1,
    )
    layer_mass: float = quantity(
        25.0,
        "mg",
        "of Li3N-LiF on one side",
        source=f"{PAPER}, Methods: 50 mg on both sides",
        provenance="paper",
        gt=0,
    )
    layer_thickness: float = material(LAYER_THICKNESS, "of Li3N-LiF on one side", gt=0)
    nitride_density: float = quantity(
        1.68,
        "g/cm^3",
        "of beta-Li3N, which the text says the powder is; the alpha form has 1.28",
        source="its unit cell: Beister et al., Angew. Chem. 27 (1988) 1101, from memory",
        provenance="assumed",
        gt=0,
    )
    fluoride_density: float = quantity(
        2.64, "g/cm^3", "of LiF", source="handbook value, from memory", provenance="assumed", gt=0
    )
    binder_density: float = quantity(
        2.2, "g/cm^3", "of PTFE", source="handbook value, from memory", provenance="assumed", gt=0
    )
    nitride_ratio: float = quantity(
        3.0, "", "moles of Li3N per LiF", source=f"{PAPER}, text", provenance="paper", gt=0
    )
    binder_share: float = quantity(
        0.01, "", "of PTFE by mass", source=f"{PAPER}, Methods", provenance="paper", ge=0, lt=1
    )
    resistance: float = quantity(
        178.0,
        "ohm cm^2",
        "of the activated cell by impedance",
        source=f"{PAPER}, text on Fig. 3d",
        provenance="paper",
        gt=0,
    )
    current: float = quantity(
        0.3, "mA/cm^2", "of activation", source=f"{PAPER}, Fig. 3b", provenance="paper", gt=0
    )
    capacity_scale: float = quantity(
        4.5,
        "mAh/cm^2",
        "Q0 of lithium on the bare electrolyte",
        source=_TANG,
        provenance="literature",
        gt=0,
    )
    limiting_current: float = quantity(
        1.8, "mA/cm^2", "its i* per contact", source=_TANG, provenance="literature", gt=0
    )
    recovery: float = quantity(
        0.953, "", "its r, by creep", source=_TANG, provenance="literature", ge=0, le=1
    )
    recovery_current: float = quantity(
        0.3, "mA/cm^2", "its i_r", source=_TANG, provenance="literature", gt=0
    )
    half_cycle: float = quantity(
        1.0, "h", "each way", source=f"{PAPER}, text on Fig. 4b", provenance="paper", gt=0
    )
    step: float = quantity(
        0.1,
        "mA/cm^2",
        "first current and its rise from cycle to cycle",
        source="those of LPS alone are not in the text",
        provenance="assumed",
        gt=0,
    )
    steps: int = count(
        40, "currents that are tried", source="docs/ji2020-cell-data.md", provenance="numerical"
    )

    def check(self) -> None:
        """Refuse a layer whose mass has no room.

        Raises:
            InputError: It has none.
        """
        if self.porosity < 0:
            allowed = f"has {1e2 * (1 - self.porosity):.4g} % of the volume of layer_thickness"
            raise InputError("layer_mass", self.layer_mass, allowed, "mg")

    @property
    def area(self) -> float:
        """Area of the pellet in um^2."""
        return pressed.disc_area(self.model_value("pellet_diameter"))

    @property
    def solid_density(self) -> float:
        """Density of Li3N-LiF with its binder, without pores, in kg/um^3."""
        salts = {"nitride": self.nitride_ratio * _LI3N, "fluoride": _LIF}
        whole = sum(salts.values())
        parts = {
            self.model_value(f"{name}_density"): (1 - self.binder_share) * mass / whole
            for name, mass in salts.items()
        }
        if self.binder_share:
            parts[self.model_value("binder_density")] = self.binder_share
        return pressed.mixed_density(parts)

    @property
    def porosity(self) -> float:
        """Porosity of Li3N-LiF by its mass and thickness; below 0 without room."""
        thickness = self.model_value("layer_thickness")
        return pressed.porosity(
            self.model_value("layer_mass"), self.area, thickness, self.solid_density
        )

    @property
    def lps_thickness(self) -> float:
        """Thickness of LPS by its mass, in um."""
        density = self.lps_relative_density * self.model_value("lps_density")
        return pressed.thickness(self.model_value("lps_mass"), self.area, density)

    @property
    def lps_porosity(self) -> float:
        """Porosity of LPS by its mass and the thickness of the text."""
        mass, density = self.model_value("lps_mass"), self.model_value("lps_density")
        return pressed.porosity(mass, self.area, LPS_THICKNESS.model, density)

    @property
    def contact(self) -> Contact:
        """The contact of lithium on the bare electrolyte."""
        return Contact(
            self.model_value("capacity_scale"),
            self.model_value("limiting_current"),
            recovery=self.recovery,
            law="creep",
            recovery_current=self.model_value("recovery_current"),
            faces="series",
        )
