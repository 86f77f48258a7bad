"""Parameters of the constrained decomposition, and its thermodynamic data."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from lithode.cases.graded_li3n.parameters import PAPER
from lithode.core.errors import fields_named
from lithode.core.parameters import CaseParameters, choice, count, quantity
from lithode.materials.phases import PhaseTable, Quantity

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).with_name("li_zr_cl.csv")
_MODEL = "model of Fitzhugh, Ye and Li"


class Parameters(CaseParameters):
    """Parameters of the constrained decomposition."""

    table: Path | None = choice(
        None,
        "thermodynamic data, .csv or .yaml; unset takes the table that comes with the case",
        source="every number of it: docs/graded-li3n-decomposition.md",
        provenance="assumed",
    )
    reactant: str = choice("Li2ZrCl6", "what decomposes", source=PAPER, provenance="paper")
    free_product: str = choice(
        "Zr", "product that the constraint should suppress", source=PAPER, provenance="paper"
    )
    constrained_product: str = choice(
        "ZrCl2", "product that should take its place", source=PAPER, provenance="paper"
    )
    left_out: str = choice(
        "ZrCl",
        "phases of the table to leave out, separated by commas",
        source=f"not among the products of {PAPER}; its energy is an estimate",
        provenance="assumed",
    )
    zrcl2_enthalpy: float | None = quantity(
        None,
        "kJ/mol",
        "of formation, instead of the table's",
        source="-: published values lie between -569 and -405 (the page of the case)",
        provenance="assumed",
    )
    zrcl2_volume: float | None = quantity(
        None,
        "cm^3/mol",
        "instead of the table's",
        source="-: X-ray 38.5, handbook densities 45.0 and 51.3 (the page of the case)",
        provenance="assumed",
        gt=0,
    )
    zrcl3_enthalpy: float | None = quantity(
        None,
        "kJ/mol",
        "of formation, instead of the table's",
        source="-: published values lie between -775 and -714 (the page of the case)",
        provenance="assumed",
    )
    moduli: tuple[float, ...] = quantity(
        (0.0, 5.0, 10.0, 15.0),
        "GPa",
        "effective moduli K_eff",
        source=f"{PAPER}, Fig. 7",
        provenance="paper",
    )
    strain_energy: Literal["linear", "quadratic"] = choice(
        "linear",
        "K dV, or K dV^2 / (2 V_0) of an elastic surrounding",
        source=_MODEL,
        provenance="assumed",
    )
    lithium_volume: bool = choice(
        False,
        "count the volume of the lithium that reacts as lost",
        source=f"{_MODEL}: lithium comes from an open reservoir",
        provenance="assumed",
    )
    temperature: float = quantity(
        298.15, "K", "temperature", source="of the data", provenance="assumed", ge=100, le=600
    )
    largest_potential: float = quantity(
        2.4,
        "V",
        "end of the axis, against Li",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        gt=0,
        le=10,
    )
    potential_step: float = quantity(
        0.01,
        "V",
        "step of the axis",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        ge=1e-4,
    )
    map_modulus: float = quantity(
        25.0,
        "GPa",
        "end of the map",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        gt=0,
        le=1000,
    )
    draws: int = count(
        2000,
        "draws of the data",
        source="docs/graded-li3n-decomposition.md",
        provenance="numerical",
        ge=0,
        le=1_000_000,
    )
    seed: int = count(1, "seed of the draws", source="Lithode", provenance="sample", ge=0)


def phases_of(parameters: Parameters) -> PhaseTable:
    """Return the data of a run, with what is left out and replaced.

    Raises:
        InputError: The table or a name is wrong.
    """
    p = parameters
    table = PhaseTable.read(p.table or SHIPPED)
    for phase, kind, value in (
        ("ZrCl2", "enthalpy", p.zrcl2_enthalpy),
        ("ZrCl2", "volume", p.zrcl2_volume),
        ("ZrCl3", "enthalpy", p.zrcl3_enthalpy),
    ):
        if value is not None:
            quantity_of: Quantity = "volume" if kind == "volume" else "enthalpy"
            with fields_named({"phase": f"{phase.lower()}_{kind}"}):
                table = table.with_value(phase, quantity_of, value, "given by --set")
    names = [name.strip() for name in p.left_out.split(",") if name.strip()]
    for name in names:
        if name not in table.phases:
            logger.warning("left_out = %s: is not in the table", name)
    table = table.without(name for name in names if name in table.phases)
    for field in ("reactant", "free_product", "constrained_product"):
        with fields_named({"phase": field}):
            table[getattr(p, field)]
    return table


def label(modulus: float) -> str:
    """Return how columns name a modulus in GPa."""
    return f"{modulus:g}GPa"
