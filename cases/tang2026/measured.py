"""Numbers of Tang et al. (2026): impedances of symmetric cells over their life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lithode.materials.library import Value

PAPER = "Tang 2026"

Electrode = Literal["Li", "Li3N"]


@dataclass(frozen=True)
class CellImpedance:
    """A row of Table 2: resistances times area over thickness, both electrodes together.

    Attributes:
        bulk: R_b.
        grain_boundary: R_gb.
        interface: R_Interface.
        void: R_void; None where the paper has a dash.
    """

    bulk: Value
    grain_boundary: Value
    interface: Value
    void: Value | None = None

    @property
    def total(self) -> float:
        """Their sum in ohm cm, as the row gives them."""
        parts = self.bulk, self.grain_boundary, self.interface, self.void
        return sum(part.value for part in parts if part is not None)


def _row(
    bulk: float, grain_boundary: float, interface: float, void: float | None = None
) -> CellImpedance:
    def of(value: float) -> Value:
        return Value(value, "ohm cm", f"{PAPER}, Table 2", "paper")

    rest = of(bulk), of(grain_boundary), of(interface)
    return CellImpedance(*rest, None if void is None else of(void))


TABLE_2: Mapping[tuple[Electrode, int], CellImpedance] = {
    ("Li", 0): _row(305, 1152, 89.1),
    ("Li", 20): _row(355, 1176, 265.6),
    ("Li", 150): _row(327, 1169, 352.3, 691.4),
    ("Li3N", 0): _row(290, 1159, 94.8),
    ("Li3N", 20): _row(297, 1098, 224.6),
    ("Li3N", 150): _row(330, 1050, 233.5),
    ("Li3N", 2000): _row(305, 1171, 290.6),
    ("Li3N", 5000): _row(332, 1146, 344.2),
}
"""Electrode and number of cycles at 0.3 mA/cm^2 to the impedances."""

PELLET_THICKNESS = Value(
    700.0, "um", f"{PAPER}, stated for full cells of the same 100 mg; gives its 30 mV", "paper"
)
ELECTRODE_RADIUS = Value(4500.0, "um", f"{PAPER}, Methods: 9 mm discs", "paper")
LI3N_THICKNESS = Value(2.9, "um", f"{PAPER}, Fig. 1, 3 min", "paper")
LI3N_CONDUCTIVITY = Value(2e-4, "S/cm", f"{PAPER}, Table 1", "paper")
CYCLING_CURRENT = Value(0.3, "mA/cm^2", f"{PAPER}, Methods", "paper")

# Protocols: what cells of Fig. 2 and S8 did; charges until failure are in protocols/data/cac.csv.

# Fig. S5 in words: both cells alike until 0.4, bare lithium worse above, Li3N below 7 % to 1.1.
RECOVERY_ONSET: Mapping[str, Value] = {
    "Li": Value(0.4, "mA/cm^2", f"{PAPER}, text on Fig. S5", "paper"),
    "Li3N": Value(1.1, "mA/cm^2", f"{PAPER}, text on Fig. S5", "paper"),
}
CRITICAL_CURRENT: Mapping[str, Value] = {
    "Li": Value(0.8, "mA/cm^2", f"{PAPER}, Fig. 2a", "paper"),
    "Li3N": Value(1.1, "mA/cm^2", f"{PAPER}, Fig. 2b", "paper"),
}
CYCLES: Mapping[str, Mapping[str, int]] = {
    "ccd": {"Li": 8, "Li3N": 11},
    "life": {"Li": 256, "Li3N": 5000},
    "pressure": {"Li": 803, "Li3N": 1600},
}
"""Protocol to the cycles that cells completed (Figs. 2, S8); all of them where none failed.

Bare lithium under ``life``: failure "at 257th cycle", so 256.
"""

OVERPOTENTIAL_RISE: Mapping[Electrode, Value] = {
    "Li": Value(121.0, "%", f"{PAPER}, text on Fig. S5: at 0.8 mA/cm^2", "paper"),
    "Li3N": Value(7.0, "%", f"{PAPER}, text on Fig. S5: less, 0.5 to 1.1 mA/cm^2", "paper"),
}
RISE_FROM = Value(0.5, "mA/cm^2", f"{PAPER}, text on Fig. S5: that of Li3N, up to its CCD", "paper")
STACK_PRESSURE = Value(5.0, "MPa", f"{PAPER}, Methods", "paper")
HIGH_PRESSURE = Value(20.0, "MPa", f"{PAPER}, text on Fig. S8", "paper")
