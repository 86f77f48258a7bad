"""The end of a tube that a disc touches, in (s, z): graded towards the edge of the disc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import mesh as dmesh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.checks import positive
from lithode.meshes.contact import GAPS
from lithode.meshes.structured import structured

REGION = "tube"
EDGE = 0.5

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DiscInTube:
    """A tube of radius 1; a model may stretch both sides of the edge of the disc, at s = 1/2.

    Args:
        height: Of the tube, in radii.
        size: Element size at the edge of the disc and along the end, in radii.
        growth: Ratio of the sizes of neighbours.
        size_far: Largest element size.

    Raises:
        InputError: A length that is not positive, or a size above 1/4.
    """

    height: float
    size: float
    growth: float = 1.5
    size_far: float = 0.1

    def __post_init__(self) -> None:
        for name in ("height", "size", "size_far"):
            positive(name, getattr(self, name), "")
        if self.growth < 1:
            raise InputError("growth", self.growth, "must be at least 1")
        if not self.size <= self.size_far <= EDGE / 2:
            raise InputError("size_far", self.size_far, f"must be {self.size:g} to {EDGE / 2:g}")

    def graded(self, length: float) -> Array:
        """Return places from 0 to a length with spacings that grow from ``size``."""
        spacings = [self.size]
        while sum(spacings) < length:
            spacings.append(min(self.growth * spacings[-1], self.size_far))
        places = np.concatenate([[0.0], np.cumsum(spacings)])
        return np.asarray(length * (places / places[-1]))


def build(tube: DiscInTube, comm: MPI.Intracomm) -> Domain:
    """Mesh the half-section of a tube; collective.

    The boundaries are "electrode" (the disc) and "electrode_gap" at the lower end,
    "counter_electrode" at the upper one, and "sides" (axis and wall).
    """
    half, heights = tube.graded(EDGE), tube.graded(tube.height)
    across = np.concatenate([EDGE - half[::-1], EDGE + half[1:]])
    cells = len(across) - 1, len(heights) - 1
    plain = structured(comm, [float(n) for n in cells], cells, region=REGION)
    x = plain.mesh.geometry.x
    for axis, places in enumerate((across, heights)):
        x[:, axis] = places[np.rint(x[:, axis]).astype(np.int64)]
    plain.mesh.topology.create_connectivity(1, 2)
    tags, numbers = plain.facet_tags, plain.facet_tags.values.copy()
    middles = dmesh.compute_midpoints(plain.mesh, 1, tags.indices)
    gap = (numbers == plain.boundaries["electrode"]) & (middles[:, 0] > EDGE)
    numbers[gap] = GAPS["electrode_gap"]
    facet_tags = dmesh.meshtags(plain.mesh, 1, tags.indices, numbers)
    boundaries = {**plain.boundaries, "electrode_gap": GAPS["electrode_gap"]}
    return Domain(plain.mesh, plain.cell_tags, facet_tags, plain.regions, boundaries)
