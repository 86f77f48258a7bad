"""Grains and pores of the phase field of Wang et al. (2024), Fig. 2k, l.

Supplementary Table 3 is not public with the text: geometry and angles are ours.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

from lithode.cases.wang2024.measured import PAPER
from lithode.core.parameters import choice, count, fill, quantity
from lithode.solvers.wetting.inputs import WettingInputs
from lithode.theory import capillarity

OPEN = 2.0
"""Grain fields draw lithium into throats up to about this many widths of the surface."""

PRESETS: Mapping[str, Mapping[str, object]] = {
    "quick": {},
    "paper": {"interface_width": 0.4, "element_size": 0.1, "columns": 3, "rows": 6},
}


class WettingParameters(WettingInputs):
    """Lithium in a porous interlayer, and the places of its grains."""

    mesh_fields: ClassVar[Mapping[str, str]] = {
        **WettingInputs.mesh_fields,
        "radius": "grain_radius",
        "gap": "pore_width",
        "spacing": "row_spacing",
    }

    contact_angle: float = fill(
        WettingInputs,
        "contact_angle",
        45.0,
        source=f"{PAPER}, Fig. 2k, l; value not in the text",
        provenance="assumed",
    )
    formulation: Literal["wall", "grain_field"] = fill(
        WettingInputs,
        "formulation",
        "wall",
        source="docs/wang2024-wetting.md",
        provenance="assumed",
        meaning="pores alone are meshed and their walls have the contact angle, or the paper's "
        "grain fields and cross-gradient energy (eqs 12, 13)",
    )
    rate_constant: float | None = fill(
        WettingInputs,
        "rate_constant",
        None,
        source="eq 16; Supplementary Table 3 is not public with the text",
        provenance="assumed",
    )
    temperature: float = fill(
        WettingInputs, "temperature", 298.15, source=f"{PAPER}: 25 degC", provenance="paper"
    )
    pores: Literal["rows", "random", "channel"] = choice(
        "rows",
        "between staggered rows of round grains, a random packing of them, or a straight slit",
        source=f"{PAPER}, Fig. 2k, l",
        provenance="assumed",
    )
    dimension: Literal["2", "3"] = choice(
        "2", "discs, or balls", source="Lithode", provenance="assumed"
    )
    grain_radius: float = quantity(
        2.0, "um", "radius of the grains", source="Lithode", provenance="assumed", gt=0
    )
    pore_width: float = quantity(
        2.0,
        "um",
        "gap between grains of a row, or width of the slit",
        source="pores of 1 to 3 um",
        provenance="assumed",
        gt=0,
    )
    row_spacing: float = quantity(
        3.2,
        "um",
        "between the centres of rows",
        source="so that a contact angle of 45 fills them",
        provenance="calibrated",
        gt=0,
    )
    columns: int = count(2, "grains per row", source="Lithode", provenance="assumed", ge=1)
    rows: int = count(4, "rows of grains", source="Lithode", provenance="assumed", ge=1)
    porosity: float = quantity(
        0.5,
        "",
        "pores over all of the interlayer if random",
        source="0.25 to 0.5 by the growth length of Fig. 4e",
        provenance="assumed",
        gt=0,
        lt=1,
    )
    packing_seed: int = count(
        1, "seed of the random packing", source="Lithode", provenance="sample", ge=0
    )
    lithium_thickness: float = quantity(
        2.6, "um", "lithium at the start", source="Lithode", provenance="assumed", gt=0
    )
    embedding: float = quantity(
        0.6, "um", "depth of the lowest grains in it", source="Lithode", provenance="assumed", ge=0
    )
    headroom: float = quantity(
        2.0, "um", "free space above the grains", source="Lithode", provenance="assumed", gt=0
    )

    @property
    def dim(self) -> int:
        """2 or 3."""
        return int(self.dimension)

    @property
    def base(self) -> float:
        """Height of the lowest points of the grains, in um."""
        return self.lithium_thickness - self.embedding

    @property
    def entry_pressure(self) -> float:
        """Pressure in MPa that lithium needs to enter, negative if it is drawn in."""
        gamma, angle = self.model_value("surface_energy"), self.contact_angle
        if self.pores == "rows" and self.dim == 2 and angle > 90:
            return capillarity.row_pressure(gamma, angle, self.grain_radius, self.pore_width)
        dim = 2 if self.pores == "channel" else self.dim
        return capillarity.pore_pressure(gamma, angle, self.pore_width, dim)

    @property
    def throat(self) -> float:
        """Narrowest gap between grains of two rows, in um."""
        across = (self.grain_radius + self.pore_width / 2) * math.sqrt(self.dim - 1)
        return math.hypot(across, self.row_spacing) - 2 * self.grain_radius

    @property
    def passage_pressure(self) -> float | None:
        """Pressure in MPa at which lithium passes all rows of discs that it does not wet."""
        if self.pores != "rows" or self.dim == 3 or self.contact_angle <= 90:
            return None
        gamma, angle = self.model_value("surface_energy"), self.contact_angle
        through = capillarity.row_pressure(gamma, angle, self.grain_radius, self.throat)
        return max(self.entry_pressure, through)

    @property
    def passes_undriven(self) -> bool:
        """Whether a meniscus at rest on a row, R cos(theta) above its centres, meets the next."""
        reach = self.grain_radius * (1 + math.cos(math.radians(self.contact_angle)))
        return self.pores != "rows" or self.row_spacing < reach

    @property
    def condenses(self) -> bool:
        """Whether grain fields fill throats between rows ahead of the front of lithium."""
        narrow = self.pores == "rows" and self.throat < OPEN * self.interface_width
        return self.formulation == "grain_field" and self.contact_angle < 90 and narrow
