"""Random packings of particles in a box, by size distribution, fraction and seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import ndtr, ndtri

from lithode.core.errors import InputError
from lithode.meshes.checks import finite, positive
from lithode.meshes.shapes import (
    Array,
    Circle,
    Particle,
    Polygon,
    Polyhedron,
    Shape,
    Sphere,
    ball_measure,
    faceted_ball,
    regular_polygon,
)

MOST_PARTICLES = 5000
_MOVES = 3000
# Pairs are pushed apart a little farther than needed, so that the pushing comes to an end.
_OVERSHOOT = 1e-3


class Sizes(Protocol):
    """A distribution of particle radii; that of a faceted one is of the ball of equal size."""

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Return ``count`` radii in um."""


@dataclass(frozen=True)
class Uniform:
    """Radii spread evenly (by number) between two values in um, which may be equal."""

    smallest: float
    largest: float

    def __post_init__(self) -> None:
        if positive("smallest", self.smallest) > positive("largest", self.largest):
            raise InputError("largest", self.largest, f"must be at least {self.smallest}", "um")

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Return ``count`` radii in um."""
        return rng.uniform(self.smallest, self.largest, count)


@dataclass(frozen=True)
class LogNormal:
    """Log-normal radii (by number), cut off at both ends.

    Args:
        median: In um, before the cut.
        deviation: Geometric standard deviation, greater than 1.
        smallest: Cut in um.
        largest: Cut in um.
    """

    median: float
    deviation: float
    smallest: float
    largest: float

    def __post_init__(self) -> None:
        positive("median", self.median)
        if finite("deviation", self.deviation, "") <= 1:
            raise InputError("deviation", self.deviation, "must be greater than 1")
        if positive("smallest", self.smallest) >= positive("largest", self.largest):
            raise InputError("largest", self.largest, f"must exceed {self.smallest}", "um")

    def draw(self, rng: np.random.Generator, count: int) -> Array:
        """Return ``count`` radii in um."""
        width = math.log(self.deviation)
        low, high = (ndtr(math.log(x / self.median) / width) for x in (self.smallest, self.largest))
        scores = ndtri(rng.uniform(low, high, count))
        radii: Array = np.clip(self.median * np.exp(width * scores), self.smallest, self.largest)
        return radii


def pack(
    lower: Sequence[float],
    upper: Sequence[float],
    fraction: float,
    sizes: Sizes,
    seed: int,
    gap: float,
    corners: int | None = None,
    irregularity: float = 0.5,
    region: str = "particles",
) -> tuple[Particle, ...]:
    """Place particles at random in a rectangle or box, apart from each other and from its walls.

    The discs or balls around them start at random places and push each other apart. Discs
    reach a fraction of 0.7, polygons 0.5, balls 0.45, polyhedra 0.25, less with wide gaps or
    in a box of few particles. The drawn sizes are scaled together, by less than half a
    particle's share, to meet the fraction.

    Args:
        lower: Lower corner in um, 2 or 3 coordinates.
        upper: Upper corner in um.
        fraction: Area (2D) or volume (3D) of the particles over that of the box.
        sizes: Distribution of the radii.
        seed: The same seed gives the same packing.
        gap: Least distance in um between particles and to the walls.
        corners: Corners of each particle (polygon or convex polyhedron); None for discs, balls.
        irregularity: Of faceted particles, 0 to 0.9.
        region: Name of the region of the particles.

    Raises:
        InputError: A number out of range, or the particles find no room.
    """
    box = _box(lower, upper)
    dimension = box.shape[1]
    positive("gap", gap)
    if not 0 < finite("fraction", fraction, "") < 1:
        raise InputError("fraction", fraction, "must be between 0 and 1")
    if not isinstance(seed, int) or seed < 0:
        raise InputError("seed", seed, "must be a whole number, not negative")

    rng = np.random.default_rng(seed)
    volume = float(np.prod(box[1] - box[0]))
    radii = _radii(sizes, rng, fraction * volume, dimension)
    shapes = [_template(rng, radius, dimension, corners, irregularity) for radius in radii]
    reach = np.array([_reach(shape) for shape in shapes])
    centers = _spread(reach, box, gap, rng)
    if centers is None:
        taken = sum(ball_measure(r + gap / 2, dimension) for r in reach) / volume
        what = "discs" if dimension == 2 else "balls"
        raise InputError(
            "fraction",
            fraction,
            f"cannot be packed: with the gaps, {len(radii)} {what} around the particles take "
            f"{taken:.2f} of the box; lower it, the gap or the sizes",
        )
    return tuple(
        Particle(_moved(shape, center), region)
        for shape, center in zip(shapes, centers, strict=True)
    )


def _box(lower: Sequence[float], upper: Sequence[float]) -> Array:
    if len(lower) not in (2, 3) or len(upper) != len(lower):
        raise InputError("box", f"{lower} to {upper}", "give corners of 2 or 3 coordinates", "um")
    box = np.array([[finite("box", x) for x in corner] for corner in (lower, upper)])
    if np.any(box[1] <= box[0]):
        raise InputError("box", f"{lower} to {upper}", "must have a positive size", "um")
    return box


def _radii(sizes: Sizes, rng: np.random.Generator, wanted: float, dimension: int) -> Array:
    """Return radii, largest first, whose balls fill exactly the wanted area or volume."""
    radii = sizes.draw(rng, MOST_PARTICLES)
    filled = np.cumsum([ball_measure(radius, dimension) for radius in radii])
    if filled[-1] < wanted:
        raise InputError("fraction", "", f"needs more than {MOST_PARTICLES} particles of this size")
    count = int(np.argmin(np.abs(filled - wanted))) + 1
    if filled[0] > 1.5 * wanted:
        raise InputError("fraction", "", "is too small for one particle of this size")
    scaled: Array = np.sort(radii[:count])[::-1] * (wanted / filled[count - 1]) ** (1 / dimension)
    return scaled


def _template(
    rng: np.random.Generator,
    radius: float,
    dimension: int,
    corners: int | None,
    irregularity: float,
) -> Shape:
    """Return a particle around the origin with the area or volume of a ball."""
    origin = (0.0,) * dimension
    if corners is None:
        return Circle(origin, radius) if dimension == 2 else Sphere(origin, radius)
    seed = int(rng.integers(2**31))
    if dimension == 2:
        shape: Shape = regular_polygon(
            origin, radius, corners, rng.uniform(0, 360), irregularity, seed
        )
    else:
        shape = faceted_ball(origin, radius, corners, irregularity, seed)
    factor = (ball_measure(radius, dimension) / shape.measure) ** (1 / dimension)
    return _moved(shape, np.zeros(dimension), factor)


def _moved(shape: Shape, offset: Array, factor: float = 1.0) -> Shape:
    corners = tuple(map(tuple, (shape.pieces[0] * factor + offset).tolist()))
    if isinstance(shape, Polygon):
        return Polygon(corners)
    if isinstance(shape, Polyhedron):
        return Polyhedron(corners)
    ball = Circle if shape.dimension == 2 else Sphere
    return ball(corners[0], factor * shape.rounding)


def _reach(shape: Shape) -> float:
    return float(np.linalg.norm(shape.pieces[0], axis=1).max()) + shape.rounding


def _spread(reach: Array, box: Array, gap: float, rng: np.random.Generator) -> Array | None:
    """Push balls at random places apart until none overlap; None if that never comes."""
    low, high = box[0] + gap + reach[:, None], box[1] - gap - reach[:, None]
    if np.any(low > high):
        return None
    centers: Array = rng.uniform(low, high)
    for _ in range(_MOVES):
        pairs = cKDTree(centers).query_pairs(2 * reach.max() + gap, output_type="ndarray")
        i, j = pairs[np.lexsort(pairs.T)].T
        arms = centers[j] - centers[i]
        distance = np.linalg.norm(arms, axis=1)
        wanted = reach[i] + reach[j] + gap
        if np.all(distance >= wanted):
            return centers
        push = np.maximum(wanted * (1 + _OVERSHOOT) - distance, 0) / np.maximum(distance, 1e-300)
        # Of each pair the smaller one moves more.
        share = (reach[j] / (reach[i] + reach[j]))[:, None]
        np.add.at(centers, i, -share * push[:, None] * arms)
        np.add.at(centers, j, (1 - share) * push[:, None] * arms)
        centers = np.clip(centers, low, high)
    return None
