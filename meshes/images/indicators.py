"""Smooth fields of the labels of a stack: the largest one says which label a place has."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from lithode.meshes.images.labels import Labelled

Array = npt.NDArray[np.float64]

# Least lead of a voxel's own label at its centre.
_LEAD = 0.02


class Indicators:
    """How much of each label there is around a place, blurred.

    A blur of the variance s^2 moves a surface of mean curvature H by H s^2. Twice that blur minus
    one of twice the variance does not, to this order.

    Args:
        picture: In 3D.
        variance: Of the blur, in square voxels.
    """

    def __init__(self, picture: Labelled, variance: float) -> None:
        self.count = len(picture.names)
        # How far an offset of 1 of one label moves its surface.
        self.shift = math.sqrt(math.tau * variance) / (2 - math.sqrt(0.5)) / 2
        masks = [(picture.values == k).astype(np.float64) for k in range(self.count)]
        fields = [2 * _blurred(mask, variance) - _blurred(mask, 2 * variance) for mask in masks]
        if self.count > 2:
            _open_junctions(fields, picture.values, variance)
        self._coefficients = [ndimage.spline_filter(field, mode="reflect") for field in fields]
        self._values = picture.values

    def at(self, places: Array) -> Array:
        """Return the fields, shape (places, labels).

        Args:
            places: In voxels from a corner of the stack, shape (places, 3).
        """
        found = [
            ndimage.map_coordinates(field, places.T - 0.5, mode="reflect", prefilter=False)
            for field in self._coefficients
        ]
        return np.stack(found, axis=1)

    def keep(self, fields: Array) -> None:
        """Let the label of every voxel lead in its centre; changes the fields.

        Args:
            fields: At the centres of all voxels in their order.
        """
        own = self._values.ravel().astype(np.int64)[:, None]
        others = fields.copy()
        np.put_along_axis(others, own, -np.inf, axis=1)
        least = others.max(axis=1, keepdims=True) + _LEAD
        np.put_along_axis(fields, own, np.maximum(np.take_along_axis(fields, own, 1), least), 1)


def _blurred(field: Array, variance: float) -> Array:
    return np.asarray(ndimage.gaussian_filter(field, math.sqrt(variance), mode="reflect"))


def _open_junctions(fields: list[Array], values: npt.NDArray[np.int8], variance: float) -> None:
    """Make the labels equal where three meet; else the straight one of them wins a groove."""
    around = np.ones((2, 2, 2))
    present = [ndimage.maximum_filter(values == k, footprint=around) for k in range(len(fields))]
    meeting = (np.sum(present, axis=0) > 2).astype(np.float64)
    # At the lower corners of voxels, as the filters are.
    corners = [ndimage.uniform_filter(field, 2, mode="nearest") for field in fields]
    number = np.maximum(np.sum(present, axis=0), 1)
    mean = np.sum([p * c for p, c in zip(present, corners, strict=True)], axis=0) / number
    width = 0.5 * variance
    weight = math.tau * width / np.maximum(math.tau * width * _blurred(meeting, width), 1.0)
    for field, here, corner in zip(fields, present, corners, strict=True):
        excess = weight * _blurred(meeting * here * (corner - mean), width)
        # From lower corners to centres.
        field -= ndimage.uniform_filter(excess, 2, mode="nearest", origin=-1)
