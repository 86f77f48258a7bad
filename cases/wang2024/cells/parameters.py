"""Parameters of the cells: what the text says of their masses, resistances and voltages."""

from __future__ import annotations

import math

import numpy as np

from lithode.cases.wang2024.measured import (
    CELL_RESISTANCE,
    COMPOSITIONS,
    ELECTROLYTE_CONDUCTIVITY,
    ELECTROLYTE_THICKNESS,
    LARGEST_MASS,
    PAPER,
    PELLET_DIAMETER,
    SIDE_RESISTANCE,
    SOLID_DENSITY,
    Composition,
)
from lithode.cases.wang2024.stack import PlatingStack
from lithode.core.errors import InputError
from lithode.core.parameters import count, material, quantity
from lithode.theory import interlayer_design, pressed


class Parameters(PlatingStack):
    """Parameters of the cells; resistances are per area of the pellet."""

    cell_resistance: float | None = quantity(
        None,
        "ohm cm^2",
        "of the whole cell before it fails, instead of that of the composition",
        source="-",
        provenance="assumed",
        gt=0,
    )
    reference_resistance: float = material(
        SIDE_RESISTANCE, "R_0 of one side that lithium touches everywhere", gt=0
    )
    reference_thickness: float = quantity(
        90.0,
        "um",
        "of the layers whose resistances the text has",
        source=f"{PAPER}, text",
        provenance="paper",
        gt=0,
    )
    contact_limit: float = quantity(
        6.0,
        "mA/cm^2",
        "i*: current per contact from which a cell fails",
        source=f"{PAPER}, Fig. 5d: the largest of all, the layer of 7 and 2 % CNT",
        provenance="calibrated",
        gt=0,
    )
    porosity: float | None = quantity(
        None,
        "",
        "share of pores, instead of that of the mass",
        source="-",
        provenance="assumed",
        gt=0,
        lt=1,
    )
    layer_mass: float = material(LARGEST_MASS, "of one layer of reference_thickness", gt=0)
    solid_density: float = material(SOLID_DENSITY, "of the layer without pores", gt=0)
    pellet_diameter: float = material(PELLET_DIAMETER, "of the pellet, taken as the area", gt=0)
    electrolyte_thickness: float = material(ELECTROLYTE_THICKNESS, "of LNI", gt=0)
    electrolyte_conductivity: float = material(ELECTROLYTE_CONDUCTIVITY, "of LNI", gt=0, le=1e8)
    test_current: float = quantity(
        0.1, "mA/cm^2", "of activation", source=f"{PAPER}, Fig. 2a-c", provenance="paper", gt=0
    )
    activated_voltage: float = quantity(
        70.0,
        "mV",
        "at test_current, with pores that are empty when plating begins",
        source=f"{PAPER}, text on Fig. 2b, 5 % CNT",
        provenance="paper",
        gt=0,
    )
    alloy_diffusivity: float = quantity(
        5.6e-11,
        "cm^2/s",
        "of lithium in Li-Mg, at most",
        source="that of pure Li at 25 degC, from memory; Mg slows it",
        provenance="assumed",
        gt=0,
    )
    alloy_share: float = quantity(
        0.9, "", "of Li in Li-Mg, by atoms", source="Lithode", provenance="assumed", gt=0, le=1
    )
    points: int = count(
        120, "currents shown", source="docs/wang2024-cells.md", provenance="numerical", ge=2
    )

    def check(self) -> None:
        """Refuse masses without room and cells of less resistance than their electrolyte.

        Raises:
            InputError: There are such.
        """
        if self.pores <= 0:
            allowed = "has no room in reference_thickness at this density and diameter"
            raise InputError("layer_mass", self.layer_mass, allowed, "mg")
        if self.cell_resistance is not None and self.side_resistance <= 0:
            allowed = f"must be above that of the electrolyte, {1e4 * self.electrolyte:.4g}"
            raise InputError("cell_resistance", self.cell_resistance, allowed, "ohm cm^2")

    @property
    def area(self) -> float:
        """Area of the pellet in um^2."""
        return pressed.disc_area(self.model_value("pellet_diameter"))

    @property
    def pores(self) -> float:
        """Porosity: given, or what the mass leaves."""
        if self.porosity is not None:
            return self.porosity
        thickness = self.model_value("reference_thickness")
        mass, density = self.model_value("layer_mass"), self.model_value("solid_density")
        return pressed.porosity(mass, self.area, thickness, density)

    @property
    def electrolyte(self) -> float:
        """Resistance of the electrolyte in V per A/m^2."""
        return self.electrolyte_thickness / self.model_value("electrolyte_conductivity")

    @property
    def side_resistance(self) -> float:
        """Resistance of one side at the reference thickness, in V per A/m^2.

        Of a content between the measured ones by power laws between their resistances.
        """
        if self.cell_resistance is not None:
            return (self.model_value("cell_resistance") - self.electrolyte) / 2
        if self.cnt_content is None:
            return self._measured_side(self.composition)
        names = sorted(COMPOSITIONS, key=lambda name: COMPOSITIONS[name].content)
        contents = [math.log(COMPOSITIONS[name].content) for name in names]
        sides = [math.log(self._measured_side(name)) for name in names]
        return math.exp(float(np.interp(math.log(self.cnt_content), contents, sides)))

    def _measured_side(self, composition: Composition) -> float:
        if composition not in CELL_RESISTANCE:
            return self.model_value("reference_resistance")
        return (CELL_RESISTANCE[composition].model - self.electrolyte) / 2

    def side_at(self, thickness: float, conductivity: float) -> float:
        """Return the resistance of one side of another thickness: the path through it differs.

        Args:
            thickness: In um.
            conductivity: Of ions and electrons together, in uS/m.
        """
        path = (thickness - self.reference_thickness) / conductivity
        return max(self.side_resistance + path, self.model_value("reference_resistance"))

    @property
    def starting_resistance(self) -> float:
        """Resistance of one side while its pores are empty, in V per A/m^2."""
        whole = self.model_value("activated_voltage") / self.model_value("test_current")
        return (whole - self.electrolyte) / 2

    def growth(self, capacity: float) -> float:
        """Return how far lithium grows into the pores, in um, by a charge in C/m^2."""
        volume = self.model_value("molar_volume")
        return interlayer_design.growth_slope(1.0, volume, self.pores) * capacity
