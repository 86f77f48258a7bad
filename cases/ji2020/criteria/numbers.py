"""What a material is judged by, as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lithode.cases.ji2020.criteria.parameters import Parameters
from lithode.cases.ji2020.parameters import CANDIDATES
from lithode.core.units import to_model
from lithode.materials import candidates
from lithode.materials.candidates import Candidate, Candidates
from lithode.theory import nucleation, screening

WANTED = ("LPS", "Li2S", "Li3P", "Li3N", "LiF")
"""The solids that the paper orders, the worst first."""


@dataclass(frozen=True)
class Criteria:
    """The numbers of one material, in the units of the tables."""

    critical_overpotential: float
    nucleation_overpotential: float
    nucleus_radius: float
    ohmic_drop: float
    leakage_share: float
    blocking: float
    index: float
    largest_thickness: float
    largest_current: float

    @classmethod
    def of(cls, p: Parameters, material: Candidate) -> Criteria:
        """Evaluate a material."""
        gamma, ionic, electronic = (
            number.model
            for number in (
                material.interface_energy,
                material.ionic_conductivity,
                material.electronic_conductivity,
            )
        )
        volume = p.model_value("molar_volume")
        current, thickness = p.model_value("current"), p.model_value("thickness")
        critical = critical_overpotential(p, material, p.ranking_radius)
        nucleating = screening.nucleation_overpotential(
            gamma, volume, p.temperature, p.nucleation_factor, p.nucleation_barrier
        )
        radius = nucleation.critical_radius(gamma, volume, nucleating) if nucleating else 0.0
        drop = screening.ohmic_drop(current, thickness, ionic)
        leakage = screening.leakage_current(electronic, p.leakage_drive, thickness)
        budget = p.model_value("ohmic_budget")
        return cls(
            1e3 * critical,
            nucleating,
            1e3 * radius,
            1e3 * drop,
            leakage / current,
            screening.blocking(material.electronic_conductivity.value, nucleating, p.temperature),
            float(screening.index(np.array(gamma), np.array(ionic), np.array(electronic))),
            thickness * budget / drop,
            1e3 * critical / p.interface_resistance,
        )


UNITS = {
    "critical_overpotential": "mV",
    "nucleation_overpotential": "V",
    "nucleus_radius": "nm",
    "ohmic_drop": "mV",
    "leakage_share": "1",
    "blocking": "1",
    "index": "J/m^2",
    "largest_thickness": "um",
    "largest_current": "mA/cm^2",
}


def critical_overpotential(p: Parameters, material: Candidate, radius: float) -> float:
    """Return eta* in V for a pore radius in nm."""
    excess = screening.excess_energy(
        material.interface_energy.model,
        p.model_value("molar_volume"),
        to_model(radius, "nm"),
        p.model_value("solid_pressure"),
    )
    return screening.critical_overpotential(excess)


def materials_of(p: Parameters) -> Candidates:
    """Return the shipped materials with those of the user.

    Raises:
        InputError: The user's table or line is wrong.
    """
    found = dict(CANDIDATES)
    if p.table is not None:
        found |= candidates.read(p.table)
    return found | candidates.parse(p.add, "add")
