"""A labelled picture beside the mesh that was made of it."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from lithode.core.arrays import Arrays
from lithode.plots.maps import COLOURS, DPI, STYLE

_PALE = 0.55


def draw(
    values: npt.NDArray[np.int8], names: tuple[str, ...], pixel: float, arrays: Arrays, path: Path
) -> None:
    """Draw both; of a stack, the slice in the middle of its depth.

    Args:
        values: Region of each pixel, along x, (depth) and height.
        names: Names of the regions.
        pixel: Edge length of a pixel in um.
        arrays: The mesh, whose regions are numbered from 1 on.
        path: A .png file.
    """
    if values.ndim == 3:
        points, cells, regions = _cut(arrays, values.shape[1] // 2 * pixel)
        values = values[:, values.shape[1] // 2]
    else:
        points, cells, regions = arrays.points, arrays.cells, arrays.regions
    width, height = (n * pixel for n in values.shape)
    shades = [_pale(colour) for colour in (*COLOURS, *COLOURS)[: len(names)]]
    colours = ListedColormap(shades)
    limits = {"vmin": -0.5, "vmax": len(names) - 0.5, "cmap": colours}
    with matplotlib.rc_context(STYLE):
        size = 3.2 * min(1.0, 1.5 * width / height)
        figure = Figure(figsize=(2 * size + 0.4, size * height / width + 0.8), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.imshow(values.T, origin="lower", extent=(0, width, 0, height), **limits)
        right.tripcolor(
            *points.T, cells, facecolors=regions - 1.0, edgecolors="k", linewidth=0.15, **limits
        )
        for axes, title in ((left, "picture"), (right, "mesh")):
            _frame(axes, title, width, height)
        handles = [
            Patch(color=shade, label=name) for shade, name in zip(shades, names, strict=True)
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=len(names))
        figure.savefig(path, dpi=DPI)


def _cut(
    arrays: Arrays, depth: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the facets between the cells before and behind a depth, seen from the front."""
    centres = arrays.points[arrays.cells][:, :, 1].mean(axis=1)
    before = np.flatnonzero(centres < depth)
    cells, regions = arrays.cells[before], arrays.regions[before]
    facets = np.concatenate([np.delete(cells, corner, axis=1) for corner in range(4)])
    owners = np.tile(regions, 4)
    _, first, counts = np.unique(
        np.sort(facets, axis=1), axis=0, return_index=True, return_counts=True
    )
    outer = first[counts == 1]
    is_cut = (arrays.points[facets[outer]][:, :, 1] > 0.75 * depth).all(axis=1)
    outer = outer[is_cut]
    plane = arrays.points[:, [0, 2]]
    corners = plane[facets[outer]]
    shown = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) > 1e-9 * np.ptp(plane) ** 2
    return plane, facets[outer[shown]], owners[outer[shown]]


def _frame(axes: Axes, title: str, width: float, height: float) -> None:
    axes.set(title=title, xlabel="x [µm]", xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.set_ylabel("height [µm]")


def _pale(colour: str) -> tuple[float, float, float]:
    red, green, blue = matplotlib.colors.to_rgb(colour)
    return tuple(1 - _PALE * (1 - part) for part in (red, green, blue))  # type: ignore[return-value]
