"""Parameters of a crack at an edge, full of lithium."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.cases.fracture.edge_crack import EdgeCrackParameters


class LithiumCrackParameters(EdgeCrackParameters):
    """Parameters of the crack: those of the order of LLZTO."""


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "quick": {
        "length_ratio": 0.2,
        "elements_per_length": 2,
        "volume_step": 0.1,
        "last_volume": 1.5,
    },
}
