"""Numbers of Ji et al. (2020) that several scenarios share, and what had to be chosen for them.

The paper is experimental: pore size, porosity and kinetics are not given. What carries the
provenance ``calibrated`` was set with a measured number in view; docs/ji2020-*.md say with which.
"""

from __future__ import annotations

from pathlib import Path

from lithode.core.parameters import fill, material
from lithode.materials import candidates
from lithode.materials.library import Value
from lithode.solvers.layered_cell.inputs import PorousFaceInputs

PAPER = "Ji 2020"

SHIPPED = Path(__file__).with_name("candidates.csv")
CANDIDATES = candidates.read(SHIPPED)
COMPOSITE = "Li3N-LiF"

LAYER_THICKNESS = Value(200.0, "um", f"{PAPER}, Fig. 5a, Li3N-LiF on either side", "paper")
LPS_THICKNESS = Value(800.0, "um", f"{PAPER}, Fig. 5a", "paper")
LITHIUM_RESISTANCE = Value(15.3, "ohm cm^2", f"{PAPER}, Fig. 3d, both Li interfaces", "paper")
JUNCTION_RESISTANCE = Value(12.9, "ohm cm^2", f"{PAPER}, Fig. 3d, both LPS interfaces", "paper")


class CompositeFace(PorousFaceInputs):
    """The layer of Li3N-LiF next to lithium."""

    exchange_current_density: float = fill(
        PorousFaceInputs,
        "exchange_current_density",
        1.25,
        source="Tang et al., Small Structures (2026), Tafel plot of Li with Li3N: another cell",
        provenance="literature",
    )
    conductivity_activation: float | None = fill(
        PorousFaceInputs,
        "conductivity_activation",
        0.29,
        source="as Li3N; not in the text, for Li3N-LiF, LPS and junctions alike",
        provenance="assumed",
    )
    contact_area: float = fill(
        PorousFaceInputs,
        "contact_area",
        0.21,
        source=f"{PAPER}, Fig. 3b: 300 mV in the first cycle",
        provenance="calibrated",
    )
    pore_diameter: float = fill(
        PorousFaceInputs,
        "pore_diameter",
        0.36,
        source=f"{PAPER}: 1 um to nano; in that range for 15.3 ohm cm^2 at a filled depth of 8 um",
        provenance="calibrated",
    )
    porosity: float = fill(
        PorousFaceInputs,
        "porosity",
        0.3,
        source="usual of cold-pressed powder; masses leave 0.12: docs/ji2020-cell-data.md",
        provenance="assumed",
    )
    yield_stress: float = fill(
        PorousFaceInputs,
        "yield_stress",
        1.18,
        source="steady stress at 1e-3 1/s of the law of Anand and Narayan, evaluated by us",
        provenance="assumed",
    )
    interface_energy: float = material(
        CANDIDATES[COMPOSITE].interface_energy, "of the pore wall against lithium"
    )
    trapped_share: float = fill(
        PorousFaceInputs,
        "trapped_share",
        0.07,
        source=f"{PAPER}: half cell, 93 % Coulombic efficiency at cycle 10",
        provenance="paper",
    )
