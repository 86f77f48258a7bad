"""Smooth outlines of the regions of a picture, as chains of points that neighbours share."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from lithode.meshes.images.labels import Labelled

Points = npt.NDArray[np.float64]
Corner = tuple[int, int]

OUTSIDE = 0
# Taubin's two steps: the second undoes the shrinking of the first.
_SHRINK, _SWELL = 0.5, -0.53


@dataclass(frozen=True)
class Chain:
    """A piece of outline between two junctions, or a closed one.

    Attributes:
        points: Points in um, shape (n, 2); a closed chain ends at its first point.
        left: Number of the part on its left; `OUTSIDE` beyond the picture.
        right: Number of the part on its right.
    """

    points: Points
    left: int
    right: int

    @property
    def is_closed(self) -> bool:
        """Whether it ends where it starts."""
        return bool(np.array_equal(self.points[0], self.points[-1]))


def parts(picture: Labelled) -> tuple[npt.NDArray[np.int32], list[int]]:
    """Number the connected parts of all regions from 1 on.

    Returns:
        The number of every pixel, and the region of each part (of part 1 first).
    """
    numbers, region_of = np.zeros(picture.values.shape, dtype=np.int32), list[int]()
    for region in range(len(picture.names)):
        labelled, count = ndimage.label(picture.values == region)
        numbers += np.where(labelled > 0, labelled + len(region_of), 0).astype(np.int32)
        region_of += [region] * count
    return numbers, region_of


def outlines(numbers: npt.NDArray[np.int32], pixel: float, passes: int, size: float) -> list[Chain]:
    """Trace the outlines of all parts, smooth them, and space their points.

    Args:
        numbers: Part of every pixel, shape (nx, ny).
        pixel: Edge length of a pixel in um.
        passes: How often to smooth; 0 leaves the stairs of the pixels.
        size: Distance of the points in um.
    """
    framed = np.pad(numbers, 1, constant_values=OUTSIDE)
    steps = _steps(framed)
    ends = {corner for corner, nexts in steps.items() if len(nexts) != 2}
    shape = numbers.shape
    ends |= {(i, k) for i in (0, shape[0]) for k in (0, shape[1])}
    chains, used = [], set()
    for start in [*sorted(ends), *sorted(set(steps) - ends)]:
        for second in steps[start]:
            if (start, second) in used:
                continue
            walk = [start, second]
            while walk[-1] not in ends and walk[-1] != start:
                walk.append(next(c for c in steps[walk[-1]] if c != walk[-2]))
            used |= {pair for a, b in itertools.pairwise(walk) for pair in ((a, b), (b, a))}
            left, right = _sides(framed, walk[0], walk[1])
            points = np.array(walk, dtype=np.float64)
            if OUTSIDE in (left, right):
                points = points[[0, -1]] * pixel  # a piece of a wall, which is straight
            else:
                points = _spaced(_smooth(points, passes) * pixel, size)
            chains.append(Chain(points, left, right))
    return chains


def area(points: Points) -> float:
    """Return the area within a closed polygon, negative if it runs clockwise."""
    x, y = points[:-1].T
    after_x, after_y = points[1:].T
    return float(np.sum(x * after_y - after_x * y) / 2)


def _steps(framed: npt.NDArray[np.int32]) -> dict[Corner, list[Corner]]:
    """Return for each corner of a pixel on an outline the next ones along it."""
    steps: dict[Corner, list[Corner]] = defaultdict(list)

    def join(a: Corner, b: Corner) -> None:
        steps[a].append(b)
        steps[b].append(a)

    for i, k in np.argwhere(framed[1:, 1:-1] != framed[:-1, 1:-1]).tolist():
        join((i, k), (i, k + 1))
    for i, k in np.argwhere(framed[1:-1, 1:] != framed[1:-1, :-1]).tolist():
        join((i, k), (i + 1, k))
    return steps


def _sides(framed: npt.NDArray[np.int32], start: Corner, end: Corner) -> tuple[int, int]:
    """Return the parts to the left and to the right of a step from corner to corner."""
    i, k = min(start, end)
    if start[0] == end[0]:
        left, right = framed[i, k + 1], framed[i + 1, k + 1]
    else:
        left, right = framed[i + 1, k + 1], framed[i + 1, k]
    return (int(left), int(right)) if (i, k) == start else (int(right), int(left))


def _smooth(points: Points, passes: int) -> Points:
    if not passes or len(points) < 4:
        return points
    closed = bool(np.array_equal(points[0], points[-1]))
    middle = (points[:-1] + points[1:]) / 2
    line = np.concatenate([middle, middle[:1]] if closed else [points[:1], middle, points[-1:]])
    for number in range(2 * passes):
        factor = _SWELL if number % 2 else _SHRINK
        if closed:
            ring = line[:-1]
            pull = (np.roll(ring, 1, axis=0) + np.roll(ring, -1, axis=0)) / 2 - ring
            ring = ring + factor * pull
            line = np.concatenate([ring, ring[:1]])
        else:
            line[1:-1] += factor * ((line[2:] + line[:-2]) / 2 - line[1:-1])
    return line


def _spaced(points: Points, size: float) -> Points:
    """Return points about ``size`` apart along a line; a closed one keeps at least six."""
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    least = 6 if np.array_equal(points[0], points[-1]) else 1
    count = max(least, round(along[-1] / size))
    places = np.linspace(0.0, along[-1], count + 1)
    result = np.column_stack([np.interp(places, along, column) for column in points.T])
    result[0], result[-1] = points[0], points[-1]
    return result
