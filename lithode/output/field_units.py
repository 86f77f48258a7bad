"""Units of the fields that models write, by name; a field that is not here is a pure number."""

from __future__ import annotations

from collections.abc import Mapping

UNITS: Mapping[str, str] = {
    "current_density": "A/m^2",
    "displacement": "um",
    "electron_concentration": "mol/m^3",
    "electronic_potential": "V",
    "growth_rate": "A/m^2",
    "hydrostatic_stress": "MPa",
    "ion_concentration": "mol/m^3",
    "ionic_potential": "V",
    "metal_potential": "V",
    "overpotential": "V",
    "overpotential_local": "V",
    "potential": "V",
    "potential_imag": "V",
    "potential_real": "V",
    "reaction_current": "A/cm^3",
}


def with_unit(name: str) -> str:
    """Return the name of a field with its unit in brackets, where it has one."""
    return f"{name} [{UNITS[name]}]" if name in UNITS else name
