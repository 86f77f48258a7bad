"""Numbers of Ji et al. (2020) that several scenarios share, and what had to be chosen for them.

The paper is experimental: pore size, porosity and kinetics are not given. What carries the
provenance ``calibrated`` was set with a measured number in view; docs/ji2020-*.md say with which.
"""

from __future__ import annotations

from pathlib import Path

from lithode.core.parameters import CaseParameters, material, quantity
from lithode.materials import candidates
from lithode.materials.library import LITHIUM, Value
from lithode.theory.penetration import Pores

PAPER = "Ji 2020"

SHIPPED = Path(__file__).with_name("candidates.csv")
CANDIDATES = candidates.read(SHIPPED)
COMPOSITE = "Li3N-LiF"

LAYER_THICKNESS = Value(200.0, "um", f"{PAPER}, Fig. 5a, Li3N-LiF on either side", "paper")
LPS_THICKNESS = Value(800.0, "um", f"{PAPER}, Fig. 5a", "paper")
LITHIUM_RESISTANCE = Value(15.3, "ohm cm^2", f"{PAPER}, Fig. 3d, both Li interfaces", "paper")
JUNCTION_RESISTANCE = Value(12.9, "ohm cm^2", f"{PAPER}, Fig. 3d, both LPS interfaces", "paper")


class CellConditions(CaseParameters):
    """Temperature and lithium, as all scenarios need them."""

    temperature: float = quantity(
        298.15, "K", "temperature", source=f"{PAPER}, room temperature", provenance="paper", gt=0,
        le=600,
    )  # fmt: skip
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)


class PoreParameters(CellConditions):
    """The layer next to lithium: its kinetics, its pores and the lithium in them."""

    exchange_current_density: float = quantity(
        1.25, "A/m^2", "i_0 per true area of lithium",
        source="Tang 2026, Tafel plot of Li with Li3N: another cell", provenance="literature", gt=0,
    )  # fmt: skip
    contact_area: float = quantity(
        0.21, "", "true over projected area of the face before cycling",
        source=f"{PAPER}, Fig. 3b: 300 mV in the first cycle", provenance="calibrated", gt=0, le=10,
    )  # fmt: skip
    pore_diameter: float = quantity(
        0.36, "um", "diameter of the pores",
        source=f"{PAPER}: 1 um to nano; in that range for 15.3 ohm cm^2 at a filled depth of 8 um",
        provenance="calibrated", gt=1e-3, le=100,
    )  # fmt: skip
    porosity: float = quantity(
        0.3, "", "share of open pores", source="usual of cold-pressed powder", provenance="assumed",
        gt=0, lt=1,
    )  # fmt: skip
    yield_stress: float = quantity(
        1.18, "MPa", "of lithium",
        source="steady stress of the law of Anand and Narayan at 1e-3 1/s", provenance="literature",
        gt=0,
    )  # fmt: skip
    interface_energy: float = material(
        CANDIDATES[COMPOSITE].interface_energy, "of the pore wall against lithium"
    )
    trapped_share: float = quantity(
        0.07, "", "share of plated lithium that goes into unresisting pores",
        source=f"{PAPER}: half cell, 93 % Coulombic efficiency at cycle 10", provenance="paper",
        gt=0, le=1,
    )  # fmt: skip

    @property
    def pores(self) -> Pores:
        """The pores, in coherent units."""
        return Pores(
            diameter=self.model_value("pore_diameter"),
            porosity=self.porosity,
            interface_energy=self.model_value("interface_energy"),
            yield_stress=self.model_value("yield_stress"),
            molar_volume=self.model_value("molar_volume"),
            share=self.trapped_share,
        )
