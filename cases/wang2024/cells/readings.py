"""Numbers of the text that other numbers of the text give, each by one closed form."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.cases.wang2024.cells.limits import CURRENT, side_of_run
from lithode.cases.wang2024.cells.parameters import Parameters
from lithode.cases.wang2024.measured import (
    ELECTROLYTE_MASS,
    FRESH_RESISTANCE,
    LARGEST_MASS,
    SMALLEST_MASS,
    Composition,
)
from lithode.core.units import from_model, to_model
from lithode.engine.verdict import Kind
from lithode.theory import depletion, pressed

CAPACITY = 4.0
"""Charge in mAh/cm^2 after which Fig. 3b has the resistance of the cycled cell."""
ALLOYED = 4.0
"""Current density in mA/cm^2 at which the layer with 25 % Mg was cycled."""
FIRST_CAPACITY = 0.1
"""Charge in mAh/cm^2 of the activation cycles."""

# docs/predictions.md: what was known, and chosen, when these models were taken.
KINDS: Mapping[str, Kind] = {
    "90 um, 0.5 % CNT": "selected",
    "90 um, 5 % CNT": "predicted",
    "90 um, 50 % CNT": "selected",
    "14.8 um, 0.5 % CNT": "predicted",
    "14.8 um, 5 % CNT": "predicted",
    "14.8 um, 50 % CNT": "predicted",
    "54.5 um, 7/2 % CNT": "calibrated",
}
"""Interlayer to the kind of its critical current."""


def electrolyte_ohms(p: Parameters) -> float:
    """Return the resistance of the electrolyte alone in ohm."""
    return from_model(p.electrolyte / p.area, "ohm")


def resistance_of_cell(p: Parameters) -> float:
    """Return the resistance of the cell of a run in V per A/m^2."""
    return p.electrolyte + 2 * side_of_run(p)


def voltage_of(p: Parameters, composition: Composition) -> float:
    """Return the voltage in V at the test current of a cell of the text, i R."""
    cell = p.model_copy(
        update={"composition": composition, "cnt_content": None, "cell_resistance": None}
    )
    resistance = cell.electrolyte + 2 * cell.side_resistance
    return p.model_value("test_current") * resistance


def activated_voltage(p: Parameters) -> float:
    """Return the voltage in V of LNI-5CNT from the ohms before lithium fills its pores."""
    return p.model_value("test_current") * FRESH_RESISTANCE.model * p.area


def ionic_part(p: Parameters) -> float:
    """Return the ohms of both interlayers once one of them is full of 4 mAh/cm^2.

    Ions cross what lithium has not filled: one layer whole, the other less its growth.
    """
    filled = min(p.growth(to_model(CAPACITY, "mAh/cm^2")), p.thickness)
    path = 2 * p.thickness - filled
    return from_model(path / to_model(p.ionic, "S/cm") / p.area, "ohm")


def grown_at_first(p: Parameters) -> float:
    """Return how far lithium grows in the activation cycles, in um."""
    return p.growth(to_model(FIRST_CAPACITY, "mAh/cm^2"))


def thickness_of(p: Parameters, mass: str) -> float:
    """Return the thickness in um of the largest or smallest mass, pressed like the electrolyte."""
    area, electrolyte = p.area, p.model_value("electrolyte_thickness")
    density = ELECTROLYTE_MASS.model / (area * electrolyte)
    masses = {"largest": LARGEST_MASS.model, "smallest": SMALLEST_MASS.model}
    return pressed.thickness(masses[mass], area, density)


def starting_onset(p: Parameters) -> float:
    """Return the current density from which lithium nucleates in empty pores, in mA/cm^2."""
    return from_model(p.eta_c / p.starting_resistance, CURRENT)


def alloy_capacity(p: Parameters) -> float:
    """Return the charge that diffusion out of Li-Mg gives at 4 mA/cm^2, in mAh/cm^2."""
    found = depletion.sand_capacity(
        p.model_value("alloy_diffusivity"), _lithium_in_alloy(p), to_model(ALLOYED, CURRENT)
    )
    return from_model(found, "mAh/cm^2")


def alloy_diffusivity_needed(p: Parameters) -> float:
    """Return the diffusivity in cm^2/s with which that would be 4 mAh/cm^2."""
    charge = to_model(CAPACITY, "mAh/cm^2")
    found = depletion.diffusivity_for(charge, _lithium_in_alloy(p), to_model(ALLOYED, CURRENT))
    return from_model(found, "cm^2/s")


def _lithium_in_alloy(p: Parameters) -> float:
    return p.alloy_share / p.model_value("molar_volume")
