"""The closed form beyond the interlayer of a run: the measured interlayers, and a design map."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from lithode.cases.wang2024.criterion.parameters import Parameters
from lithode.cases.wang2024.design_readings import AXIS
from lithode.cases.wang2024.measured import CRITICAL_CURRENTS, CriticalCurrent, at_content
from lithode.core.units import from_model, to_model
from lithode.output.tables import Columns
from lithode.theory.interlayer_design import InterlayerDesign

ANGLES = (30.0, 60.0, 90.0, 120.0)
"""Contact angles of the map in degrees."""
CONDUCTIVITIES = (1e-6, 1e-5, 3e-5, 1e-4)
"""Electronic conductivities of the map in S/cm."""
POROSITIES = tuple(float(value) for value in np.linspace(0.2, 0.8, 13))
"""Porosities of the map."""
THICKNESSES = tuple(float(value) for value in np.linspace(5, 100, 20))
"""Thicknesses of the map in um."""


def design_of(measured: CriticalCurrent, parameters: Parameters) -> InterlayerDesign:
    """Return the closed form of a measured interlayer, of the chosen one's if none is known."""
    contents = measured.contents
    conductivities = tuple(at_content(content).electronic.value for content in contents)
    if not contents:
        conductivities = (parameters.electronic,)
    thickness = measured.thickness / len(conductivities)
    return parameters.design((thickness,) * len(conductivities), conductivities)


def critical_currents(parameters: Parameters) -> Columns:
    """Return the measured interlayers beside the closed form, a row each."""
    rows = []
    for measured in CRITICAL_CURRENTS:
        design = design_of(measured, parameters)
        full = from_model(design.filling_current, AXIS.unit)
        stable, limit = full, "pores (conductivity not known)"
        if measured.contents:
            verdict = design.verdict
            stable, limit = from_model(verdict.current, AXIS.unit), str(verdict.limit)
        given, bound = measured.value.value, measured.is_bound
        numbers = [f"{value:.4g}" for value in (stable, full, stable / given)]
        rows.append((measured.name, given, bound, numbers[0], limit, *numbers[1:]))
    unit = f"[{AXIS.unit}]"
    headings = (
        *("interlayer", f"measured {unit}", "is_bound", f"stable_to {unit}", "limit"),
        *(f"pores_full {unit}", "ratio"),
    )
    return dict(zip(headings, zip(*rows, strict=True), strict=True))


@dataclass(frozen=True)
class DesignMap:
    """Up to which current the closed form is stable, over four parameters.

    Attributes:
        overpotentials: eta_c in V, shape (angles,).
        stable: Current density in mA/cm^2, shape (angles, conductivities, porosities, thicknesses).
        nucleation: Whether nucleation limits it, of the same shape; else the pores do.
    """

    overpotentials: npt.NDArray[np.float64]
    stable: npt.NDArray[np.float64]
    nucleation: npt.NDArray[np.bool_]

    @property
    def columns(self) -> Columns:
        """A row per point."""
        grid = product(ANGLES, CONDUCTIVITIES, POROSITIES, THICKNESSES)
        overpotentials = np.repeat(self.overpotentials, self.stable[0].size)
        found = zip(grid, overpotentials, self.stable.flat, strict=True)
        numbers = [[f"{value:.5g}" for value in (*place, *rest)] for place, *rest in found]
        headings = (
            *("contact_angle [deg]", "electronic_conductivity [S/cm]", "porosity"),
            *("thickness [um]", "critical_overpotential [V]", f"stable_to [{AXIS.unit}]"),
        )
        limits = ["nucleation" if limited else "pores" for limited in self.nucleation.flat]
        return {**dict(zip(headings, zip(*numbers, strict=True), strict=True)), "limit": limits}


def design_map(parameters: Parameters) -> DesignMap:
    """Return the map; resistance, duration and the rest are those of the run."""
    p, resistance = parameters, parameters.model_value("resistance")
    at_angle = {"critical_overpotential": None}
    levels = [p.model_copy(update={**at_angle, "contact_angle": angle}).eta_c for angle in ANGLES]
    slopes = [p.model_copy(update={"porosity": porosity}).growth_slope for porosity in POROSITIES]
    conductivities = [to_model(value, "S/cm") for value in CONDUCTIVITIES]
    verdicts = [
        InterlayerDesign((thickness,), (conductivity,), resistance, level, slope).verdict
        for level, conductivity, slope, thickness in product(
            levels, conductivities, slopes, THICKNESSES
        )
    ]
    shape = len(levels), len(conductivities), len(slopes), len(THICKNESSES)
    stable = [from_model(verdict.current, AXIS.unit) for verdict in verdicts]
    nucleation = [verdict.limit == "nucleation" for verdict in verdicts]
    return DesignMap(np.array(levels), np.reshape(stable, shape), np.reshape(nucleation, shape))
