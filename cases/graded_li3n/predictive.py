"""Presets with no and with two calibrated constants, and the ranges of what is not known.

docs/predictions.md listed both before a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lithode.cases.graded_li3n.parameters import PAPER
from lithode.core.declared import Chosen

_GARNETS = (
    "1 ohm cm2; of garnets 0.1 (Krauskopf et al., ACS Appl. Mater. Interfaces 11 (2019) 14463) "
    "to 10 (Zhou et al., Sustainable Energy Fuels 2 (2018), c8se00234g); none found for Li3N"
)
_FREE = "in fine and coarse particles alike: nothing measured fixes it"
_WIDTH = "a fifteenth of the wave that grows fastest; docs/graded-li3n-predictive.md"

PREDICTIVE: Mapping[str, Chosen] = {
    "interface": Chosen("quantitative", "docs/quantitative-interface.md", "assumed"),
    "charge": Chosen("two_potential", "charge balances", "assumed"),
    "transport": Chosen("single_ion", "Li3N conducts Li+ alone", "assumed"),
    "mode": Chosen("galvanostatic", f"{PAPER}, Fig. 2D", "paper"),
    "current": Chosen(0.5, f"{PAPER}, Fig. 2D", "paper"),
    "conductivity": Chosen(0.02, "Tang 2026, Table 1: 2e-4 S/cm", "literature"),
    "diffusivity": Chosen(5e-11, "without effect between fixed anions", "assumed"),
    "exchange_current_density": Chosen(257.0, _GARNETS, "assumed"),
    "surface_energy": Chosen(
        0.52, "of Li (100): Vitos et al., Surf. Sci. 411 (1998) 186", "literature"
    ),
    "mechanical_factor": Chosen(1.0, "thermodynamics", "literature"),
    "eigenstrain_fine": Chosen(2e-4, _FREE, "assumed"),
    "eigenstrain_coarse": Chosen(2e-4, _FREE, "assumed"),
    "noise_amplitude": Chosen(0.0, "nothing but the first bumps is random", "assumed"),
    "end_time": Chosen(50000.0, "lithium as in 1800 s of Fig. 5 as calibrated", "assumed"),
    "output_times": Chosen(
        (12900.0, 27400.0, 49400.0), "lithium as in Fig. 5 as calibrated", "numerical"
    ),
    "output_interval": Chosen(2000.0, "docs/electrodeposition.md", "numerical"),
    "mesh": Chosen("adaptive", "docs/numerics.md", "numerical"),
    "interface_width": Chosen(1.0, _WIDTH, "numerical"),
    "element_size": Chosen(0.33, "three to a width", "numerical"),
    "time_tolerance": Chosen(2e-3, "docs/graded-li3n-predictive.md", "numerical"),
}
"""What the preset `predictive` sets, with sources."""

TWO_EIGENSTRAINS: Mapping[str, Chosen] = {
    **PREDICTIVE,
    "eigenstrain_fine": Chosen(2.3e-4, f"{PAPER}: 7 MPa in the fine system", "calibrated"),
    "eigenstrain_coarse": Chosen(1e-3, f"{PAPER}: 20 MPa at coarse particles", "calibrated"),
}
"""The same with the two constants that the paper's pressures ask for."""

CHOSEN: Mapping[str, Mapping[str, Chosen]] = {
    "predictive": PREDICTIVE,
    "two-eigenstrains": TWO_EIGENSTRAINS,
}
SETS: Mapping[str, Mapping[str, object]] = {
    preset: {name: chosen.value for name, chosen in values.items()}
    for preset, values in CHOSEN.items()
}
"""Presets by name."""


@dataclass(frozen=True)
class Range:
    """Between which values a constant may be.

    Attributes:
        names: Parameters that have it, all alike.
        low: Least value in their unit.
        high: Largest one.
        source: Of both.
    """

    names: tuple[str, ...]
    low: float
    high: float
    source: str


RANGES: tuple[Range, ...] = (
    Range(
        ("conductivity",),
        0.01,
        0.12,
        "half of what is measured; crystal, von Alpen et al., Appl. Phys. Lett. 30 (1977) 621",
    ),
    Range(("exchange_current_density",), 25.7, 2570.0, "10 and 0.1 ohm cm2, as the value"),
    Range(("surface_energy",), 0.26, 1.04, "half and double: of Li on Li3N nothing is known"),
    Range(("eigenstrain_fine", "eigenstrain_coarse"), 0.0, 1e-3, "none, and what 20 MPa ask for"),
)
"""What the ensemble varies, one at a time."""
