"""Numbers of Ji et al. (2020) that several scenarios share, and what had to be chosen for them.

The paper is experimental: pore size, porosity and kinetics are not given. What carries the
provenance ``calibrated`` was set so that the named number comes out; "chosen in range" marks
values inside of a range of the paper that the result depends on.
"""

from __future__ import annotations

from lithode.parameters import CaseParameters, material, quantity
from lithode.solvers.materials import LITHIUM, Value

PAPER = "Ji 2020"

# 1200 um of stack take 155.2 ohm cm^2; how the layers share it cannot be told.
STACK_RESISTANCE = Value(155.2, "ohm cm^2", f"{PAPER}, Fig. 3d, R1 + R2", "paper")
LITHIUM_RESISTANCE = Value(15.3, "ohm cm^2", f"{PAPER}, Fig. 3d, both Li interfaces", "paper")
JUNCTION_RESISTANCE = Value(12.9, "ohm cm^2", f"{PAPER}, Fig. 3d, both LPS interfaces", "paper")
COMPOSITE_ENERGY = Value(
    0.585, "J/m^2", "mean by volume of Li3N and LiF (36.53 meV/A^2), 3 to 1 by moles", "assumed"
)


class CellConditions(CaseParameters):
    """Temperature and lithium, as all scenarios need them."""

    temperature: float = quantity(
        298.15, "K", "temperature", source=f"{PAPER}, room temperature", provenance="paper", gt=0,
        le=600,
    )  # fmt: skip
    molar_volume: float = material(LITHIUM.molar_volume, "molar volume of lithium", gt=0)
