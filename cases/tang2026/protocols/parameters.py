"""Parameters of the protocols."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from lithode.cases.tang2026.measured import PAPER
from lithode.core.parameters import CaseParameters, choice, count, quantity
from lithode.solvers.contact_loss.model import Loss, RecoveryLaw

_DOCS = "docs/tang2026-protocols.md"


class Parameters(CaseParameters):
    """Parameters of the scenario."""

    protocol: str = choice(
        "ccd",
        "to follow in detail: ccd, life, pressure, or a file of your own (.yaml)",
        source=f"{PAPER}, Methods, Figs. 2d, S8",
        provenance="paper",
    )
    table: Path | None = choice(
        None,
        "charges until failure of more layers, .csv or .yaml; a known name replaces",
        source=_DOCS,
        provenance="assumed",
    )
    capacity_scale: float | None = quantity(
        None,
        "mAh/cm^2",
        "Q0 of a layer of your own, with limiting_current",
        source="of CAC, at small current",
        provenance="assumed",
        gt=0,
    )
    limiting_current: float | None = quantity(
        None,
        "mA/cm^2",
        "i* of that layer",
        source="of CAC, where it would be 0",
        provenance="assumed",
        gt=0,
    )
    recovery: float | None = quantity(
        None,
        "",
        "r, share of plated lithium that returns to voids; if unset what recovery_test needs",
        source=f"{PAPER}, Figs. 2d, S8; 0 for layers not tested",
        provenance="calibrated",
        ge=0,
        le=1,
    )
    recovery_test: Literal["life", "pressure"] = choice(
        "life",
        "test whose measured cycles give r of each layer, by the law and i_r in use",
        source=f"{PAPER}, Figs. 2d, S8",
        provenance="calibrated",
    )
    recovery_law: RecoveryLaw = choice(
        "creep",
        "share: r at any current; creep: r min(1, i_r/i); threshold: 0 above i_r",
        source=_DOCS,
        provenance="assumed",
    )
    recovery_current: float | None = quantity(
        None,
        "mA/cm^2",
        "i_r; if unset that of the cycling (creep), of Fig. S5 (threshold)",
        source=_DOCS,
        provenance="assumed",
        gt=0,
    )
    initial_contact: float = quantity(
        1.0,
        "",
        "contact of the faces at the start; less for the gaps of 6 min in N2",
        source=f"{PAPER}, Fig. 1a: good contact at 3 min, no number",
        provenance="assumed",
        gt=0,
        le=1,
    )
    contact_loss: Loss = choice(
        "opposite",
        "spots; edge: same places of both faces; opposite: different ones, in series",
        source=_DOCS,
        provenance="assumed",
    )
    spot_radius: float = quantity(
        50.0,
        "um",
        "of the tube around a spot of contact",
        source="as in tang2026/impedance",
        provenance="assumed",
        gt=0,
        le=4500,
    )
    capacity_spread: float = quantity(
        0.1,
        "",
        "relative standard uncertainty of a charge until failure",
        source=f"{PAPER}: at least 3 cells per point; bars are not in the text",
        provenance="assumed",
        ge=0,
        le=1,
    )
    draws: int = count(
        2000, "draws of those charges", source=_DOCS, provenance="numerical", ge=0, le=50_000
    )
    seed: int = count(1, "seed of the draws", source="Lithode", provenance="sample", ge=0)


PRESETS: Mapping[str, Mapping[str, object]] = {
    "ccd": {},
    "life": {"protocol": "life"},
    "pressure": {"protocol": "pressure", "recovery_law": "share", "recovery_test": "pressure"},
    "apart": {"contact_loss": "spots", "recovery_law": "share", "recovery": 0.0},
    "quick": {"draws": 300},
}
"""Preset to the values it changes."""
