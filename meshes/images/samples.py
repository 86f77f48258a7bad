"""Synthetic pictures with known shares, to try meshing on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

Values = npt.NDArray[np.uint8]

PIXEL = 0.25
"""Edge length of their pixels in um."""


def write(folder: Path) -> list[Path]:
    """Write the pictures; 0 is fine, 1 coarse, 2 a second kind of particle.

    ``discs.png``: coarse particles in a fine matrix. ``layers.png``: two layers with a wavy
    interface. ``three.png``: particles of two kinds. ``ball.tif``: a ball in a matrix, in 3D.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "discs.png": discs(),
        "layers.png": layers(),
        "three.png": three(),
    }
    for name, values in made.items():
        Image.fromarray(values).save(folder / name)
    first, *others = (Image.fromarray(page) for page in ball())
    first.save(folder / "ball.tif", save_all=True, append_images=others)
    return [folder / name for name in [*made, "ball.tif"]]


def discs() -> Values:
    """Return five coarse particles, one cut by the side, in 40 um by 60 um."""
    values = np.zeros((240, 160), dtype=np.uint8)
    for x, y, radius in ((35, 60, 22), (100, 45, 18), (80, 120, 26), (30, 180, 20), (160, 170, 30)):
        values[_disc(values.shape, x, y, radius)] = 1
    return values


def layers() -> Values:
    """Return two layers whose interface is a wave."""
    rows, columns = np.indices((160, 160))
    return np.asarray(rows > 80 + 20 * np.sin(2 * np.pi * columns / 80), dtype=np.uint8)


def three() -> Values:
    """Return particles of two kinds, two of which share a face."""
    values = np.zeros((160, 160), dtype=np.uint8)
    _, columns = np.indices(values.shape)
    pair = _disc(values.shape, 60, 60, 32)
    values[pair & (columns < 60)] = 1
    values[pair & (columns >= 60)] = 2
    values[_disc(values.shape, 115, 115, 24)] = 2
    return values


def ball(finer: int = 1) -> Values:
    """Return slices of a ball of 8 voxels radius in 24 x 24 x 28 voxels.

    Args:
        finer: How many voxels are drawn for each of those, along each axis.
    """
    shape = 24 * finer, 28 * finer, 24 * finer
    pages, rows, columns = (np.indices(shape) + 0.5) / finer
    inside = (pages - 12) ** 2 + (rows - 14) ** 2 + (columns - 12) ** 2 < 64
    return np.asarray(inside, dtype=np.uint8)


def _disc(shape: tuple[int, ...], x: float, y: float, radius: float) -> npt.NDArray[np.bool_]:
    rows, columns = np.indices(shape) + 0.5
    return np.asarray((rows - y) ** 2 + (columns - x) ** 2 < radius**2)
