"""Parameters of a flaw at the lithium electrode of an electrolyte."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import model_validator

from lithode.cases.fracture.edge_crack import EdgeCrackParameters
from lithode.core.parameters import choice
from lithode.materials import registry
from lithode.materials.registry import MaterialName

OF_MATERIAL = ("youngs_modulus", "poissons_ratio", "fracture_toughness", "conductivity")
"""Parameters that are the electrolyte's unless they are given."""


class CriticalCurrentParameters(EdgeCrackParameters):
    """Parameters of the flaw; numbers of the electrolyte that are not given are its own."""

    electrolyte: MaterialName = choice(
        "llzto", "material, by name", source="Lithode", provenance="assumed"
    )

    @model_validator(mode="before")
    @classmethod
    def _of_electrolyte(cls, data: Any) -> Any:
        """Fill in what the electrolyte is known to be."""
        if not isinstance(data, dict):
            return data
        name = str(data.get("electrolyte", cls.model_fields["electrolyte"].default))
        material = registry.known()[registry.key_of(name, "electrolyte")]
        missing = [key for key in OF_MATERIAL if data.get(key) in (None, "")]
        found = {key: material.of(key) for key in missing}
        return {**data, **{key: f"{value.value} {value.unit}" for key, value in found.items()}}


PRESETS: Mapping[str, Mapping[str, object]] = {
    "llzto": {},
    "li6ps5cl": {"electrolyte": "lpscl"},
    "quick": {
        "length_ratio": 0.2,
        "elements_per_length": 2,
        "volume_step": 0.1,
        "last_volume": 1.5,
    },
}
