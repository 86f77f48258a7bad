"""Labelled pictures: read, checked, and turned so that lithium grows along the last axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError
from scipy import ndimage

from lithode.core.errors import InputError

MOST_PIXELS = 64_000_000
_MOST_VALUES = 8
_MODES = {"1", "L", "P", "I", "I;16"}


@dataclass(frozen=True)
class Labelled:
    """A picture whose values stand for regions.

    Attributes:
        values: Index into ``names`` of every pixel; along x and height in 2D, along x, depth and
            height in 3D, the lowest pixel first.
        names: Names of the regions.
        pixel: Edge length of a pixel in um.
    """

    values: npt.NDArray[np.int8]
    names: tuple[str, ...]
    pixel: float

    @property
    def lengths(self) -> tuple[float, ...]:
        """Edge lengths of the picture in um."""
        return tuple(float(n * self.pixel) for n in self.values.shape)

    @property
    def shares(self) -> dict[str, float]:
        """Share of the pixels that each region holds."""
        counts = np.bincount(self.values.ravel(), minlength=len(self.names))
        return {
            name: float(count / self.values.size)
            for name, count in zip(self.names, counts, strict=True)
        }


def read(path: str | Path, pixel: float, regions: Mapping[int, str]) -> Labelled:
    """Read a PNG, or a TIFF whose pages are slices one behind the other.

    Args:
        path: The picture; its upper edge is where lithium would arrive.
        pixel: Edge length of a pixel in um.
        regions: Value of a pixel to the region it stands for; several values may share one.

    Raises:
        InputError: No picture, too large, in colour, grey instead of labelled, a value without a
            region, a region without pixels, necks and specks of one pixel.
    """
    if not pixel > 0:
        raise InputError("pixel", pixel, "must be greater than 0", "um")
    raw = _load(Path(path))
    found = np.unique(raw)
    if len(found) > _MOST_VALUES:
        allowed = (
            f"has {len(found)} grey values, must have one value for each region: label it first"
        )
        raise InputError("image", path, allowed)
    strange = [int(value) for value in found if int(value) not in regions]
    if strange:
        given = ", ".join(f"{value}={name}" for value, name in regions.items())
        raise InputError(
            "labels", given, f"must name the values {', '.join(map(str, strange))} too"
        )
    names = tuple(dict.fromkeys(regions.values()))
    lookup = np.zeros(int(found.max()) + 1, dtype=np.int8)
    for value, name in regions.items():
        if value <= found.max():
            lookup[value] = names.index(name)
    # Rows go down and pages back; the last axis goes up.
    picture = Labelled(np.ascontiguousarray(_upright(lookup[raw])), names, pixel)
    for name, share in picture.shares.items():
        if share == 0:
            raise InputError("labels", name, "no pixel has its value")
    check_necks(picture)
    return picture


def check_necks(picture: Labelled) -> None:
    """Refuse what a smooth outline would tear: necks and specks of one pixel, touching corners.

    Raises:
        InputError: There are such places; says of the first where it is.
    """
    for number, name in enumerate(picture.names):
        mask = picture.values == number
        wide = ndimage.binary_opening(mask, np.ones((2,) * mask.ndim))
        thin, kinds = ndimage.label(mask & ~wide)
        parts, _ = ndimage.label(wide)
        for piece in range(1, kinds + 1):
            around = ndimage.binary_dilation(thin == piece) & (parts > 0)
            if len(np.unique(parts[around])) != 1:
                _refuse(picture, np.argwhere(thin == piece)[0], name, "is one pixel wide")
    if picture.values.ndim == 2:
        a, b = picture.values[:-1, :-1], picture.values[1:, :-1]
        c, d = picture.values[:-1, 1:], picture.values[1:, 1:]
        touching = np.argwhere(((a == d) | (b == c)) & (a != b) & (a != c) & (d != b) & (d != c))
        if len(touching):
            i, k = touching[0]
            name = picture.names[a[i, k] if a[i, k] == d[i, k] else b[i, k]]
            _refuse(picture, touching[0] + 1, name, "touches itself at a corner")


def _refuse(picture: Labelled, place: npt.NDArray[np.intp], name: str, what: str) -> None:
    where = ", ".join(f"{(n + 0.5) * picture.pixel:.4g}" for n in place)
    raise InputError(
        "image", name, f"{what} at ({where}) um, must be at least two pixels wide everywhere"
    )


def _load(path: Path) -> npt.NDArray[np.int64]:
    try:
        with Image.open(path) as image:
            pages = getattr(image, "n_frames", 1)
            if image.width * image.height * pages > MOST_PIXELS:
                raise InputError("image", path, f"must have at most {MOST_PIXELS:.0e} pixels")
            slices = []
            for page in range(pages):
                image.seek(page)
                if image.mode not in _MODES:
                    allowed = f"is {image.mode}, must hold one number for each pixel, not colours"
                    raise InputError("image", path, allowed)
                slices.append(np.asarray(image).astype(np.int64))
    except FileNotFoundError:
        raise InputError("image", path, "there is no such file") from None
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        reason = " ".join(str(error).split())
        raise InputError("image", path, f"is no picture that can be read ({reason})") from None
    if len({part.shape for part in slices}) > 1:
        raise InputError("image", path, "its slices must be of one size")
    stack = np.stack(slices)
    if stack.min() < 0:
        raise InputError("image", path, "its values must not be negative")
    return stack[0] if len(stack) == 1 else stack


def _upright(values: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Return (x, height) of (row, column), or (x, depth, height) of (page, row, column)."""
    if values.ndim == 2:
        return values[::-1].T
    return values[:, ::-1].transpose(2, 0, 1)
