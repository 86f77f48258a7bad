"""Parameters of the penetration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from lithode.cases.ji2020.parameters import (
    CANDIDATES,
    COMPOSITE,
    LAYER_THICKNESS,
    PAPER,
    CompositeFace,
)
from lithode.core.parameters import count, material, quantity


class Parameters(CompositeFace):
    """Parameters of the penetration."""

    layer_thickness: float = material(LAYER_THICKNESS, "thickness of the porous layer", gt=0)
    layer_conductivity: float = material(
        CANDIDATES[COMPOSITE].ionic_conductivity,
        "ionic conductivity of the porous layer",
        gt=0,
        le=1e8,
    )
    current: float = quantity(
        1.0,
        "mA/cm^2",
        "current density of plating",
        source=f"{PAPER}, Fig. 5g",
        provenance="paper",
        gt=0,
        le=1e4,
    )
    capacity: float = quantity(
        1.0,
        "mAh/cm^2",
        "plated in each cycle",
        source=f"{PAPER}, Fig. 5g",
        provenance="paper",
        gt=0,
        le=1e4,
    )
    cycles: int = count(
        50,
        "cycles; lithium in pores stays there on stripping",
        source=f"{PAPER}, Fig. 5g",
        provenance="paper",
        ge=1,
        le=100_000,
    )
    assembly_pressure: float = quantity(
        120.0,
        "MPa",
        "pressure on the cell, of the static balance",
        source=f"{PAPER}, Methods",
        provenance="paper",
        ge=0,
    )
    map_points: int = count(
        13,
        "values of each parameter in the sensitivity",
        source="docs/ji2020-penetration.md",
        provenance="numerical",
        ge=3,
        le=201,
    )

    def ranges(self) -> Mapping[str, tuple[npt.NDArray[np.float64], str, str]]:
        """Return what is varied: values, unit and label by parameter.

        They are within the paper's range, published, or assumed.
        """
        n = self.map_points
        return {
            "pore_diameter": (np.geomspace(0.1, 1.0, n), "um", "pore diameter"),
            "yield_stress": (np.geomspace(0.4, 5.0, n), "MPa", "yield stress of Li"),
            "interface_energy": (np.linspace(0.0, 1.5, n), "J/m^2", "interface energy"),
            "porosity": (np.linspace(0.1, 0.45, n), "", "porosity"),
            "exchange_current_density": (np.geomspace(0.5, 10.0, n), "A/m^2", "exchange current"),
            "trapped_share": (np.geomspace(0.01, 1.0, n), "", "trapped share"),
        }
