"""Inputs of the verification tests in numbers of their own: tuning a paper moves none of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lithode.solvers.electrodeposition.inputs import LayerInputs
from lithode.solvers.electrodeposition.parameters import ElectrolyteRegion

# Pressures of some MPa that the reaction feels, Li+ that run short, and one potential.
STRONG: Mapping[str, Any] = {
    "exchange_current_density": 210.0,
    "diffusivity": 1.95e-11,
    "mechanical_factor": 60.0,
    "transport": "binary",
    "charge": "one_potential",
}


class ParticleLayer(LayerInputs):
    """An electrolyte with particles, in which lithium would press harder."""

    @property
    def regions(self) -> Mapping[str, ElectrolyteRegion]:
        return {
            "electrolyte": self.electrolyte_with(2.3e-4),
            "particles": self.electrolyte_with(1e-3),
        }
