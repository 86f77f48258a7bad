"""A strip of electrolyte that is fine around a flat front and grows coarser away from it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from dolfinx.mesh import DiagonalType
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.structured import layered

Array = npt.NDArray[np.float64]

GROWTH = 1.25
"""Ratio of the sizes of neighbouring elements away from the front, at most."""


def front_strip(
    comm: MPI.Intracomm,
    width: float,
    height: float,
    band: tuple[float, float],
    size: float,
    largest: float = math.inf,
    region: str = "electrolyte",
) -> Domain:
    """Return a strip of squares cut in four, of one size within a band.

    A square has a vertex in its middle, so that the elements are as their mirror images: at the
    sides a wave then meets what it would meet inside.

    Args:
        comm: Communicator of the mesh.
        width: In um.
        height: In um.
        band: From where to where the squares are of one size, in um.
        size: Spacing of vertices in um: the squares are sqrt(2) times as wide.
        largest: Height of an element away from the band, at most, in um.
        region: Name of the region.

    Raises:
        InputError: The band does not fit, or a length is not positive.
    """
    low, high = band
    for name, length in (("width", width), ("height", height), ("size", size)):
        if not (math.isfinite(length) and length > 0):
            raise InputError(name, length, "must be finite and greater than 0", "um")
    if not 0 <= low < high <= height:
        raise InputError("band", band, "must lie within the height", "um")
    square = math.sqrt(2) * size
    inside = np.linspace(low, high, max(2, round((high - low) / square) + 1))
    first = float(inside[1] - inside[0])
    below, above = graded(low, first, largest), graded(height - high, first, largest)
    places = np.concatenate([low - below[::-1], inside, high + above])
    places[0], places[-1] = 0.0, height
    columns = max(2, round(width / square))
    return layered(comm, places, {region: len(places) - 1}, width, columns, DiagonalType.crossed)


def graded(length: float, first: float, largest: float = math.inf, growth: float = GROWTH) -> Array:
    """Return distances up to a length whose steps grow from a first one to the largest."""
    steps: list[float] = []
    while sum(steps) < length - 1e-9 * first:
        steps.append(min(GROWTH * (steps[-1] if steps else first), max(largest, first)))
    places = np.cumsum(steps)
    return np.asarray(places * length / places[-1] if steps else places)
