"""Two layers on each other, with cells graded towards the interface between them; 1D or 2D."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from dolfinx import mesh as dmesh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.structured import structured

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Bilayer:
    """The layers; lengths in um.

    Args:
        lower: Thickness of the lower layer.
        upper: Thickness of the upper layer.
        size: Element size at the interface.
        reach: Up to which distance elements are at most twice that size, below and above.
        grading: Growth of the element size per distance.
        width: Along the interface; None for a 1D mesh.
        roughness: Amplitude of the one cosine that the interface has over the width.

    Raises:
        InputError: A length that is not positive or does not fit.
    """

    lower: float
    upper: float
    size: float
    reach: tuple[float, float]
    grading: float = 0.15
    width: float | None = None
    roughness: float = 0.0

    def __post_init__(self) -> None:
        lengths = {"lower": self.lower, "upper": self.upper, "size": self.size}
        if self.width is not None:
            lengths["width"] = self.width
        for name, length in lengths.items():
            if not (np.isfinite(length) and length > 0):
                raise InputError(name, length, "must be finite and greater than 0", "um")
        thinner = min(self.lower, self.upper)
        if self.size > thinner / 4:
            allowed = f"must be at most {thinner / 4:g}, a quarter of the thinner layer"
            raise InputError("size", self.size, allowed, "um")
        if not 0 <= self.roughness < thinner / 2:
            allowed = f"must be at least 0 and less than {thinner / 2:g}, half the thinner layer"
            raise InputError("roughness", self.roughness, allowed, "um")

    def points(self) -> Array:
        """Return the places of the nodes across the layers, from the bottom."""
        below = _graded(self.lower, self.size, self.reach[0], self.grading)
        above = _graded(self.upper, self.size, self.reach[1], self.grading)
        return np.concatenate([self.lower - below[::-1], self.lower + above[1:]])


def build(bilayer: Bilayer, regions: tuple[str, str], comm: MPI.Intracomm) -> Domain:
    """Mesh the layers, named ``regions`` from the bottom; collective.

    The boundaries are "electrode" (bottom), "counter_electrode" (top) and "sides".
    """
    points = bilayer.points()
    cells = len(points) - 1
    whole = bilayer.lower + bilayer.upper
    if bilayer.width is None:
        plain = structured(comm, (whole,), (cells,))
    else:
        across = max(2, round(bilayer.width / (3 * bilayer.size)))
        # Crossed, so that nodes of the interface have as much of either layer, at the sides too.
        crossed = dmesh.DiagonalType.crossed
        plain = structured(comm, (bilayer.width, whole), (across, cells), crossed)
    mesh = plain.mesh
    axis = mesh.geometry.dim - 1
    places = mesh.geometry.x[:, axis]
    places[:] = np.interp(places / whole * cells, np.arange(cells + 1), points)
    tags = _halves(plain, bilayer.lower, axis)
    if bilayer.width is not None and bilayer.roughness:
        # The bulge fades out linearly towards the outer faces.
        distance = np.where(places < bilayer.lower, bilayer.lower, bilayer.upper)
        fading = 1 - np.abs(places - bilayer.lower) / distance
        phase = 2 * np.pi * mesh.geometry.x[:, 0] / bilayer.width
        places += bilayer.roughness * fading * np.cos(phase)
    numbers = {regions[0]: 1, regions[1]: 2}
    return Domain(mesh, tags, plain.facet_tags, numbers, plain.boundaries)


def _graded(length: float, size: float, reach: float, grading: float) -> Array:
    """Return distances from 0 to ``length`` that grow by ``grading``, with a plateau at 2 sizes."""
    found = [0.0]
    while found[-1] < length:
        near = min(size + grading * found[-1], 2 * size)
        found.append(found[-1] + near + grading * max(found[-1] - reach, 0.0))
    return np.array(found) * (length / found[-1])


def _halves(domain: Domain, interface: float, axis: int) -> dmesh.MeshTags:
    mesh = domain.mesh
    cells = domain.cell_tags.indices
    middles = dmesh.compute_midpoints(mesh, mesh.topology.dim, cells)[:, axis]
    return dmesh.meshtags(
        mesh, mesh.topology.dim, cells, np.where(middles < interface, 1, 2).astype(np.int32)
    )
