"""Parameters of the screening."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lithode.cases.ji2020.parameters import LITHIUM_RESISTANCE, PAPER
from lithode.core.parameters import choice, count, quantity
from lithode.solvers.layered_cell.inputs import LithiumInputs

_PAGE = "docs/ji2020-criteria.md"


class Parameters(LithiumInputs):
    """Parameters of the screening."""

    table: Path | None = choice(
        None,
        "more materials, .csv or .yaml, one line each; a known name replaces",
        source="docs/ji2020-criteria.md",
        provenance="assumed",
    )
    add: str = choice(
        "",
        'more materials as "name, interface energy, ionic, electronic; ..."',
        source="docs/ji2020-criteria.md",
        provenance="assumed",
    )
    radii: tuple[float, ...] = quantity(
        (5.0, 20.0, 50.0, 180.0, 500.0),
        "nm",
        "radii of pores that lithium may grow in",
        source=f"{PAPER}: voids from 1 um to nano",
        provenance="paper",
    )
    ranking_radius: float = quantity(
        50.0,
        "nm",
        "pore radius of the ranking",
        source="inside the range of voids",
        provenance="assumed",
        gt=0,
        le=1e5,
    )
    solid_pressure: float = quantity(
        0.0,
        "MPa",
        "pressure of the solid on lithium besides that of its interface",
        source="open pores",
        provenance="assumed",
        ge=0,
        le=1e5,
    )
    nucleation_factor: float = quantity(
        1.0,
        "",
        "share of the homogeneous nucleation barrier",
        source="no wetting; heterogeneous nuclei have less, unknown",
        provenance="assumed",
        gt=0,
        le=1,
    )
    nucleation_barrier: float = quantity(
        30.0,
        "",
        "barrier that is still crossed, in k_B T",
        source="usual choice",
        provenance="assumed",
        gt=0,
    )
    current: float = quantity(
        1.0,
        "mA/cm^2",
        "current density of the budgets",
        source=f"{PAPER}, Fig. 4a",
        provenance="paper",
        gt=0,
    )
    thickness: float = quantity(
        1.0,
        "um",
        "thickness of the layer of one material",
        source="an interphase, thick",
        provenance="assumed",
        gt=0,
    )
    ohmic_budget: float = quantity(
        50.0,
        "mV",
        "largest i L / sigma_ion",
        source=f"{PAPER}, Fig. 3b: whole cell, activated",
        provenance="assumed",
        gt=0,
    )
    leakage_drive: float = quantity(
        1.39,
        "V",
        "potential difference that drives electrons",
        source=f"{PAPER}, Fig. 2b, Li|LPS",
        provenance="paper",
        gt=0,
    )
    leakage_budget: float = quantity(
        0.01,
        "",
        "largest leakage as a share of the current",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    interface_resistance: float = quantity(
        LITHIUM_RESISTANCE.value / 2,
        "ohm cm^2",
        "of lithium on one side",
        source=f"half of {LITHIUM_RESISTANCE.value:g}: {LITHIUM_RESISTANCE.source}",
        provenance="paper",
        gt=0,
    )
    spread_energy: float = quantity(
        0.1,
        "",
        "relative standard uncertainty of interface energies",
        source="usual of density functionals",
        provenance="assumed",
        ge=0,
        le=1,
    )
    spread_known: float = quantity(
        0.5,
        "",
        "standard uncertainty of sourced conductivities, in decades",
        source="usual of pressed powders",
        provenance="assumed",
        ge=0,
        le=5,
    )
    spread_assumed: float = quantity(
        1.5,
        "",
        "of assumed conductivities, in decades",
        source="Lithode",
        provenance="assumed",
        ge=0,
        le=5,
    )
    draws: int = count(
        5000, "draws of the numbers", source=_PAGE, provenance="numerical", ge=0, le=1_000_000
    )
    seed: int = count(1, "seed of the draws", source="Lithode", provenance="sample", ge=0)

    @property
    def activation_energies(self) -> Mapping[str, float | None]:
        """In eV; the conductivities of the table are known at one temperature only."""
        return {"conductivity": None}
