"""Which preset of linear solvers ``auto`` stands for; loads no finite elements."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from lithode.core.parameters import choice

Preset = TypeVar("Preset", bound=Hashable)

Assembly = Literal["vectorised", "dolfinx"]


def assembly_choice() -> Any:
    """Declare the parameter that says how forms are assembled."""
    return choice(
        "vectorised", "assembly: several cells at a time, or by DOLFINx",
        source="docs/numerics.md", provenance="numerical",
    )  # fmt: skip


@dataclass(frozen=True)
class SolverChoice(Generic[Preset]):
    """Presets by the size of the mesh, from small to large.

    Attributes:
        up_to: Preset to the most vertices it is meant for, by dimension of the mesh; a dimension
            that is not named has none.
        beyond: Preset of everything larger.
    """

    up_to: Mapping[Preset, Mapping[int, float]]
    beyond: Preset

    def __call__(self, asked: Preset | Literal["auto"], dimension: int, vertices: int) -> Preset:
        """Return the preset that is asked for; for ``auto`` the first that is meant for a mesh."""
        if asked != "auto":
            return asked
        for preset, most in self.up_to.items():
            if vertices <= most.get(dimension, -1):
                return preset
        return self.beyond
