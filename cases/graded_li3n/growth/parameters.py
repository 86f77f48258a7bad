"""Parameters of the graded and fine layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from lithode.cases.graded_li3n.parameters import PAPER, GrowthParameters
from lithode.cases.graded_li3n.predictive import CHOSEN
from lithode.core.declared import Chosen
from lithode.core.parameters import choice, count, quantity

# Coarse particles of the graded layer, 80 x 90 um: (centre, radius, corners, rotation), um and
# degrees. Drawn after Fig. 5C: two large ones with a gap, a small one above the gap.
GRADED_PARTICLES = (
    ((19.0, 46.0), 14.0, 6, 10.0),
    ((61.5, 48.0), 14.5, 7, 0.0),
    ((41.0, 73.0), 9.0, 5, 20.0),
)
# The same in 3D, in a box of 80 x 40 x 90 um: (centre, radius, corners, seed).
GRADED_PARTICLES_3D = (
    ((19.0, 18.5, 46.0), 14.0, 14, 1),
    ((61.5, 21.5, 48.0), 14.5, 16, 2),
    ((41.0, 20.0, 73.0), 9.0, 10, 3),
)


class Parameters(GrowthParameters):
    """Parameters of the graded and fine layers."""

    mesh_fields: ClassVar[Mapping[str, str]] = {
        **GrowthParameters.mesh_fields,
        "fraction": "area_fraction",
    }

    chosen: ClassVar[Mapping[str, Mapping[str, Chosen]]] = CHOSEN

    particles: Literal["fine", "graded", "random"] = choice(
        "graded",
        "fine only, the three coarse particles of Fig. 5C, or a random packing of coarse ones",
        source=f"{PAPER}, Fig. 5",
        provenance="paper",
    )
    particle_shape: Literal["faceted", "round"] = choice(
        "faceted",
        "polygons and polyhedra, or discs and balls",
        source=f"{PAPER}, Fig. 5C",
        provenance="paper",
    )
    area_fraction: float = quantity(
        0.2,
        "",
        "coarse share if random, in 3D of the volume",
        source="Lithode",
        provenance="assumed",
        gt=0,
        lt=0.7,
    )
    smallest_radius: float = quantity(
        8.0, "um", "of coarse particles if random", source="Lithode", provenance="assumed", gt=0
    )
    largest_radius: float = quantity(
        14.0, "um", "of coarse particles if random", source="Lithode", provenance="assumed", gt=0
    )
    packing_seed: int = count(
        1, "seed of the random packing", source="Lithode", provenance="sample", ge=0
    )
