"""Layers between two lithium foils: fine at the foils, one thin cell at each junction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.structured import layered

Array = npt.NDArray[np.float64]

JUNCTION = 0.01
"""Thickness in um of the cell that stands for the junction of two layers; not of their own."""
_GROWTH, _COARSE = 1.3, 6


@dataclass(frozen=True)
class Stack:
    """Layers from the left foil to the right one; lengths in um.

    Args:
        thicknesses: Of the layers.
        size: Element size at the foils.
        reach: How far from the foils it stays as it is; coarser beyond.
        width: Across the stack, for a mesh in 2D.
        columns: Number of cells across.

    Raises:
        InputError: A length or number that is not positive, or elements larger than a layer.
    """

    thicknesses: Sequence[float]
    size: float
    reach: float
    width: float | None = None
    columns: int = 1

    def __post_init__(self) -> None:
        if not self.thicknesses:
            raise InputError("thicknesses", "unset", "give at least one", "um")
        named = [("thicknesses", value) for value in self.thicknesses]
        named += [("size", self.size), ("reach", self.reach)]
        named += [] if self.width is None else [("width", self.width)]
        for name, value in named:
            if not (math.isfinite(value) and value > 0):
                raise InputError(name, value, "must be finite and greater than 0", "um")
        outer = min(self.thicknesses[0], self.thicknesses[-1])
        if self.size > outer / 4:
            allowed = f"must be at most {outer / 4:g}, a quarter of an outer layer"
            raise InputError("size", self.size, allowed, "um")
        if self.columns < 1:
            raise InputError("columns", self.columns, "must be at least 1")

    def layer(self, k: int) -> str:
        """Return the region of a layer, counted from 0."""
        return f"layer {k + 1}"

    def junction(self, k: int) -> str:
        """Return the region of the junction above a layer."""
        return f"junction {k + 1}"

    def pieces(self) -> dict[str, Array]:
        """Return the cell heights of every region, from the left foil to the right one."""
        found: dict[str, Array] = {}
        last = len(self.thicknesses) - 1
        for k, thickness in enumerate(self.thicknesses):
            if k == 0 and last == 0:
                half = self._graded(thickness / 2)
                heights = np.concatenate([half, half[::-1]])
            elif k == 0:
                heights = self._graded(thickness)
            elif k == last:
                heights = self._graded(thickness)[::-1]
            else:
                heights = np.full(_COARSE, thickness / _COARSE)
            found[self.layer(k)] = heights
            if k < last:
                found[self.junction(k)] = np.array([JUNCTION])
        return found

    def _graded(self, length: float) -> Array:
        """Return cell heights that fill a length, fine at its start."""
        heights, filled, height = [], 0.0, self.size
        while filled < length * (1 - 1e-12):
            if filled >= self.reach:
                height *= _GROWTH
            heights.append(height)
            filled += height
        return np.array(heights) * (length / filled)


def build(stack: Stack, comm: MPI.Intracomm) -> Domain:
    """Mesh a stack; collective.

    The boundaries are "electrode" (left foil), "counter_electrode" (right foil) and "sides".
    """
    pieces = stack.pieces()
    places = np.concatenate([[0.0], np.cumsum(np.concatenate(list(pieces.values())))])
    cells = {name: len(heights) for name, heights in pieces.items()}
    return layered(comm, places, cells, stack.width, stack.columns)
