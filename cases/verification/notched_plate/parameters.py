"""Parameters of a square plate of 1 mm with a cut to its middle, pulled apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from lithode.cases.fracture.brittle import DOCS, BrittleParameters
from lithode.core.axis import Axis
from lithode.core.parameters import choice, count, fill, quantity
from lithode.solvers.fracture.parameters import Parameters, Region

if TYPE_CHECKING:
    from lithode.meshes.notched_plate import NotchedPlate

AXIS = Axis("stretch", "U", "um")
MIEHE = "Miehe, Hofacker, Welschinger, Comput. Methods Appl. Mech. Eng. 199, 2765 (2010)"
EDGE, CUT = 1000.0, 500.0
"""Of the plate and of the cut in um."""
BEFORE, FIRST_PEAK = (0.0, 2.0, 3.5, 4.5), 5.0
"""Displacements in um of few steps, and the one from which on steps are small."""


class PlateParameters(BrittleParameters):
    """Parameters of the plate."""

    regularisation: Literal["AT1", "AT2"] = fill(
        BrittleParameters, "regularisation", "AT2", source=MIEHE, provenance="paper"
    )
    youngs_modulus: float = fill(
        BrittleParameters, "youngs_modulus", 210.0, source=MIEHE, provenance="paper"
    )
    poissons_ratio: float = fill(
        BrittleParameters, "poissons_ratio", 0.3, source=MIEHE, provenance="paper"
    )
    toughness: float = quantity(2700.0, "J/m^2", "G_c", source=MIEHE, provenance="paper", gt=0)
    length: float = quantity(
        15.0, "um", "l of the phase field", source=f"{MIEHE}; {DOCS}", provenance="paper",
        ge=2, le=100,
    )  # fmt: skip
    upper_side: Literal["rollers", "held"] = choice(
        "rollers",
        "whether the upper side may move along itself; the lower one is clamped",
        source=DOCS,
        provenance="assumed",
    )
    split: bool = choice(
        False, "whether what shrinks keeps its stiffness", source=DOCS, provenance="assumed"
    )
    elements_per_length: int = count(
        4, "elements per l where the crack runs", source=DOCS, provenance="numerical", ge=1, le=40
    )
    last_stretch: float = quantity(
        5.8, "um", "last displacement", source=DOCS, provenance="numerical", gt=0, le=10
    )
    stretch_step: float = quantity(
        0.025, "um", "of the displacement from 5 um on", source=DOCS, provenance="numerical",
        gt=0, le=0.5,
    )  # fmt: skip

    @property
    def stretches(self) -> tuple[float, ...]:
        """Displacements in um: steps are small where the plate may break."""
        few = [value for value in (*BEFORE, FIRST_PEAK) if value < self.last_stretch]
        steps = max(1, round((self.last_stretch - few[-1]) / self.stretch_step))
        width = (self.last_stretch - few[-1]) / steps
        return (*few, *(few[-1] + width * (k + 1) for k in range(steps)))

    @property
    def plate(self) -> NotchedPlate:
        """The mesh."""
        from lithode.meshes.notched_plate import NotchedPlate

        size = self.length / self.elements_per_length
        return NotchedPlate(EDGE, CUT, size, reach=4 * self.length)

    @property
    def model(self) -> Parameters:
        """Parameters of the model of fracture."""
        from lithode.meshes.notched_plate import REGION

        return Parameters(
            regions={REGION: Region(self.stiffness, self.model_value("toughness"))},
            length=self.length,
            regularisation=self.law,
            split=self.split,
        )


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "quick": {"length": 60.0, "elements_per_length": 2, "stretch_step": 0.2, "last_stretch": 6.6},
}
