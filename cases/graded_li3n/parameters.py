"""Numbers of the graded-Li3N paper and what had to be chosen to run its model.

The paper's table S1 is not public with the text: what carries the provenance ``calibrated`` was
set by us so that the named figure comes out, and is no prediction.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import field_validator, model_validator

from lithode.core.errors import InputError
from lithode.core.parameters import choice, fill, quantity
from lithode.materials.registry import MaterialName
from lithode.solvers.electrodeposition.inputs import LayerInputs
from lithode.solvers.electrodeposition.parameters import ElectrolyteRegion

PAPER = "graded-Li3N paper"

# About 100,000 vertices; the interface spans 2.8 elements.
_3D: Mapping[str, object] = {
    "dimension": 3,
    "element_size": 1.26,
    "element_size_inside": 4.0,
    "time_tolerance": 4e-2,
    "noise_period": 20.0,
}
PRESETS: Mapping[str, Mapping[str, object]] = {
    "quick": {"element_size": 1.2, "time_tolerance": 1e-2},
    "paper": {"element_size": 0.65},
    "3d": _3D,
}


def absolute(path: Path | None) -> Path | None:
    """Return a path that holds from any folder, as case.yaml may be used from another."""
    return path and path.absolute()


class GrowthParameters(LayerInputs):
    """What the growth scenarios of the paper fill the model's inputs with."""

    mesh_fields: ClassVar[Mapping[str, str]] = {
        **LayerInputs.mesh_fields,
        "size_inside": "element_size_inside",
        "mesh": "mesh_file",
        "unit": "mesh_unit",
    }

    end_time: float = fill(
        LayerInputs, "end_time", 1800.0, source=f"{PAPER}, Fig. 5", provenance="paper"
    )
    output_times: tuple[float, ...] = fill(
        LayerInputs,
        "output_times",
        (600.0, 1200.0, 1800.0),
        source=f"{PAPER}, Fig. 5; docs/electrodeposition.md",
        provenance="numerical",
    )
    overpotential: float = fill(
        LayerInputs,
        "overpotential",
        -0.1,
        source=f"{PAPER}, caption of Fig. 5",
        provenance="paper",
    )
    temperature: float = fill(
        LayerInputs,
        "temperature",
        298.15,
        source="room temperature; the paper tested at 27 degC",
        provenance="assumed",
    )
    exchange_current_density: float = fill(
        LayerInputs,
        "exchange_current_density",
        210.0,
        source="growth of about 60 um in 1800 s at -0.1 V",
        provenance="calibrated",
    )
    diffusivity: float = fill(
        LayerInputs,
        "diffusivity",
        1.95e-11,
        source=f"{PAPER}: contact with coarse particles at 1200 s",
        provenance="calibrated",
    )
    electrolyte: MaterialName = fill(
        LayerInputs,
        "electrolyte",
        "li3n",
        source=f"{PAPER}; Li6PS5Cl: text on Figs. S18 to S20",
        provenance="paper",
        meaning="material of fine and coarse particles, by name",
    )
    eigenstrain_fine: float = quantity(
        2.3e-4,
        "",
        "K of lithium among fine particles, strain per axis",
        source=f"{PAPER}: 7 MPa in the fine system",
        provenance="calibrated",
        ge=0,
        lt=0.1,
    )
    eigenstrain_coarse: float = quantity(
        1e-3,
        "",
        "K of lithium in coarse particles, strain per axis",
        source=f"{PAPER}: 20 MPa at coarse particles",
        provenance="calibrated",
        ge=0,
        lt=0.1,
    )
    mechanical_factor: float = fill(
        LayerInputs,
        "mechanical_factor",
        60.0,
        source=f"{PAPER}: lithium stays out of coarse particles",
        provenance="calibrated",
    )
    transport: Literal["binary", "steric", "single_ion"] = fill(
        LayerInputs,
        "transport",
        "binary",
        source="docs/electrodeposition.md",
        provenance="assumed",
    )
    charge: Literal["one_potential", "two_potential"] = fill(
        LayerInputs, "charge", "one_potential", source=f"{PAPER}, Methods", provenance="paper"
    )
    mode: Literal["potentiostatic", "galvanostatic"] = fill(
        LayerInputs,
        "mode",
        "potentiostatic",
        source=f"{PAPER}, caption of Fig. 5",
        provenance="paper",
    )
    dimension: int = fill(
        LayerInputs, "dimension", 2, source=f"{PAPER}: simulated in 2D", provenance="paper"
    )
    element_size: float = fill(
        LayerInputs,
        "element_size",
        1.0,
        source="docs/graded-li3n.md: 1 % in pressures and times, 3 % in heights",
        provenance="numerical",
    )
    element_size_inside: float = quantity(
        3.0,
        "um",
        "element size deep inside coarse particles",
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
        gt=0,
    )
    time_tolerance: float = fill(
        LayerInputs,
        "time_tolerance",
        5e-3,
        source="docs/verification.md, numerical parameters",
        provenance="numerical",
    )
    mesh_file: Path | None = choice(
        None,
        "mesh to use instead, with the groups electrode, counter_electrode, sides and the regions "
        "that would be drawn: fine, and coarse and the second layer where there are any",
        source="-",
        provenance="assumed",
    )
    mesh_unit: str = choice(
        "um", "length unit of mesh_file", source="Lithode", provenance="assumed"
    )

    _absolute = field_validator("mesh_file")(absolute)

    @model_validator(mode="before")
    @classmethod
    def _size_of_the_mesh(cls, values: Any) -> Any:
        """Take dimension and lengths that are not given from the mesh file."""
        names = {"dimension", "width", "depth", "height"}
        if not isinstance(values, dict) or not values.get("mesh_file") or names & set(values):
            return values
        # Reading meshes takes half a second, which runs without a file need not wait for.
        from lithode.meshes.foreign import lengths

        try:
            found = lengths(values["mesh_file"], str(values.get("mesh_unit", "um")))
        except InputError:
            return values  # whoever meshes says it better
        sides = ("width", "height") if len(found) == 2 else ("width", "depth", "height")
        sizes = {name: round(size, 6) for name, size in zip(sides, found, strict=True)}
        return {**values, "dimension": len(found), **sizes}

    @property
    def regions(self) -> Mapping[str, ElectrolyteRegion]:
        """Fine and coarse particles, which differ in the eigenstrain of lithium among them only."""
        return {
            "fine": self.electrolyte_with(self.eigenstrain_fine),
            "coarse": self.electrolyte_with(self.eigenstrain_coarse),
        }
