"""Shapes of particles in 2D and 3D. Lengths are in um."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull, QhullError

from lithode.core.errors import InputError
from lithode.meshes.checks import finite, positive, region_name

Array = npt.NDArray[np.float64]
# Two points nearer than this part of the size of the shape are one point.
TOLERANCE = 1e-9


class Shape(Protocol):
    """A closed region, described as convex pieces that are each rounded off by a radius."""

    dimension: ClassVar[int]

    @property
    def measure(self) -> float:
        """Area (um^2) or volume (um^3)."""

    @property
    def rounding(self) -> float:
        """Distance in um by which the surface lies outside the convex hulls of ``pieces``."""

    @property
    def pieces(self) -> Sequence[Array]:
        """Corners, shape (n, dimension), of convex sets that hold the whole surface."""

    def contains(self, points: Array) -> npt.NDArray[np.bool_]:
        """Tell which of the points, shape (n, dimension), lie inside."""


class Box:
    """What a rectangle, or with a depth a box, is by its edges in um; part of the geometries."""

    width: float
    height: float
    depth: float | None

    @property
    def dimension(self) -> int:
        """2, or 3 with a depth."""
        return 2 if self.depth is None else 3

    @property
    def lengths(self) -> tuple[float, ...]:
        """Edge lengths in um, the growth direction last."""
        middle = () if self.depth is None else (self.depth,)
        return (self.width, *middle, self.height)


@dataclass(frozen=True)
class _Ball:
    center: tuple[float, ...]
    radius: float
    dimension: ClassVar[int]

    def __post_init__(self) -> None:
        (center,) = _points("center", [self.center], self.dimension)
        object.__setattr__(self, "center", center)
        object.__setattr__(self, "radius", positive("radius", self.radius))

    @property
    def measure(self) -> float:
        """Area (um^2) or volume (um^3)."""
        return ball_measure(self.radius, self.dimension)

    @property
    def rounding(self) -> float:
        """The radius, around the only corner of the only piece."""
        return self.radius

    @property
    def pieces(self) -> Sequence[Array]:
        """The centre, shape (1, dimension)."""
        return [np.array([self.center])]

    def contains(self, points: Array) -> npt.NDArray[np.bool_]:
        """Tell which of the points, shape (n, dimension), lie inside."""
        inside: npt.NDArray[np.bool_] = (
            np.linalg.norm(points - np.array(self.center), axis=1) <= self.radius
        )
        return inside


@dataclass(frozen=True)
class Circle(_Ball):
    """A disc.

    Args:
        center: (x, y) in um.
        radius: In um.

    Raises:
        InputError: A number that is not finite, or a radius that is not positive.
    """

    dimension: ClassVar[int] = 2


@dataclass(frozen=True)
class Sphere(_Ball):
    """A ball.

    Args:
        center: (x, y, z) in um.
        radius: In um.

    Raises:
        InputError: A number that is not finite, or a radius that is not positive.
    """

    dimension: ClassVar[int] = 3


@dataclass(frozen=True)
class Polygon:
    """A simple polygon, convex or not.

    Args:
        vertices: Corners (x, y) in um, in order around the polygon, either way round.

    Raises:
        InputError: Fewer than three corners, a number that is not finite, no area, or edges
            that touch or cross.
    """

    vertices: tuple[tuple[float, ...], ...]
    dimension: ClassVar[int] = 2
    rounding: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        vertices = _points("vertices", self.vertices, 2)
        object.__setattr__(self, "vertices", vertices)
        if len(vertices) < 3:
            raise InputError("vertices", len(vertices), "a polygon has at least 3 corners")
        if self.measure <= TOLERANCE * extent(self._corners) ** 2:
            raise InputError("vertices", vertices, "the polygon has no area")
        crossing = _first_crossing(self._corners)
        if crossing is not None:
            raise InputError("vertices", vertices, "edges {} and {} touch".format(*crossing))

    @cached_property
    def _corners(self) -> Array:
        return np.array(self.vertices)

    @property
    def measure(self) -> float:
        """Area in um^2."""
        x, y = (self._corners - self._corners[0]).T
        return 0.5 * abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))

    @cached_property
    def pieces(self) -> Sequence[Array]:
        """The corners if convex, otherwise each edge."""
        corners = self._corners
        if len(ConvexHull(corners).vertices) == len(corners):
            return [corners]
        return list(np.stack([corners, np.roll(corners, -1, axis=0)], axis=1))

    def contains(self, points: Array) -> npt.NDArray[np.bool_]:
        """Tell which of the points, shape (n, 2), lie inside (even-odd rule)."""
        x, y = points[:, :1], points[:, 1:]
        (ax, ay), (bx, by) = self._corners.T, np.roll(self._corners, -1, axis=0).T
        spans = (ay > y) != (by > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = x < ax + (y - ay) / (by - ay) * (bx - ax)
        inside: npt.NDArray[np.bool_] = np.sum(spans & left, axis=1) % 2 == 1
        return inside


@dataclass(frozen=True)
class Polyhedron:
    """A convex polyhedron.

    Args:
        vertices: Corners (x, y, z) in um, in any order.

    Raises:
        InputError: Fewer than four corners, a number that is not finite, no volume, or a
            corner that is none of the convex hull.
    """

    vertices: tuple[tuple[float, ...], ...]
    dimension: ClassVar[int] = 3
    rounding: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        vertices = _points("vertices", self.vertices, 3)
        object.__setattr__(self, "vertices", vertices)
        if len(vertices) < 4:
            raise InputError("vertices", len(vertices), "a polyhedron has at least 4 corners")
        try:
            hull = self._hull
        except QhullError:
            raise InputError("vertices", vertices, "the polyhedron has no volume") from None
        if len(hull.vertices) != len(vertices):
            inner = min(set(range(len(vertices))) - set(hull.vertices.tolist()))
            raise InputError("vertices", vertices[inner], "the polyhedron is not convex there")

    @cached_property
    def _hull(self) -> ConvexHull:
        return ConvexHull(np.array(self.vertices))

    @property
    def measure(self) -> float:
        """Volume in um^3."""
        return float(self._hull.volume)

    @property
    def pieces(self) -> Sequence[Array]:
        """All corners, shape (n, 3)."""
        return [self._hull.points]

    @cached_property
    def faces(self) -> tuple[tuple[int, ...], ...]:
        """Corner numbers around each flat face."""
        hull = self._hull
        planes = np.round(hull.equations / [1, 1, 1, extent(hull.points)], 8) + 0.0
        _, plane_of = np.unique(planes, axis=0, return_inverse=True)
        faces = []
        for plane in range(plane_of.max() + 1):
            members = plane_of.ravel() == plane
            corners = np.unique(hull.simplices[members])
            arms = hull.points[corners] - hull.points[corners].mean(axis=0)
            normal = hull.equations[members][0, :3]
            side = np.cross(normal, arms[0])
            angles = np.arctan2(arms @ side, arms @ arms[0] * np.linalg.norm(normal))
            faces.append(tuple(corners[np.argsort(angles)].tolist()))
        return tuple(faces)

    def contains(self, points: Array) -> npt.NDArray[np.bool_]:
        """Tell which of the points, shape (n, 3), lie inside."""
        equations = self._hull.equations
        inside: npt.NDArray[np.bool_] = np.all(
            points @ equations[:, :3].T + equations[:, 3] <= 0, axis=1
        )
        return inside


@dataclass(frozen=True)
class Particle:
    """A shape filled with a named region.

    Args:
        shape: Where it is.
        region: Name of the region it is filled with.
    """

    shape: Shape
    region: str = "particles"

    def __post_init__(self) -> None:
        region_name("region", self.region)


def bounds(shape: Shape) -> tuple[Array, Array]:
    """Return the lower and upper corner of the bounding box, each of shape (dimension,)."""
    corners = np.concatenate(shape.pieces)
    return corners.min(axis=0) - shape.rounding, corners.max(axis=0) + shape.rounding


def ball_measure(radius: float, dimension: int) -> float:
    """Return the area of a disc (um^2) or the volume of a ball (um^3)."""
    return math.pi * radius**2 if dimension == 2 else 4 / 3 * math.pi * radius**3


def regular_polygon(
    center: Sequence[float],
    radius: float,
    corners: int,
    rotation: float = 0.0,
    irregularity: float = 0.0,
    seed: int = 0,
) -> Polygon:
    """Return a convex polygon with its corners on a circle.

    Args:
        center: (x, y) in um.
        radius: Radius of the circle through the corners, in um.
        corners: Number of corners, at least 3.
        rotation: Turn of the first corner from the x axis, in degrees.
        irregularity: 0 for equal edges; up to 0.9, how far a corner may be moved along the
            circle, over the half distance to the next one.
        seed: Of the irregularity.

    Raises:
        InputError: A number that is out of range or not finite.
    """
    (middle,) = _points("center", [center], 2)
    positive("radius", radius)
    _check_corners(corners, 3, irregularity)
    shift = irregularity * np.random.default_rng(seed).uniform(-0.5, 0.5, corners)
    angles = math.radians(rotation) + 2 * math.pi * (np.arange(corners) + shift) / corners
    points = np.array(middle) + radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return Polygon(tuple(map(tuple, points.tolist())))


def faceted_ball(
    center: Sequence[float],
    radius: float,
    corners: int,
    irregularity: float = 0.0,
    seed: int = 0,
) -> Polyhedron:
    """Return a convex polyhedron with its corners on a sphere, turned at random.

    Args:
        center: (x, y, z) in um.
        radius: Radius of the sphere through the corners, in um.
        corners: Number of corners, at least 6.
        irregularity: 0 for evenly spread corners; up to 0.9, how far a corner may be moved
            over the half distance to the next one.
        seed: Of the turn and the irregularity.

    Raises:
        InputError: A number that is out of range or not finite.
    """
    (middle,) = _points("center", [center], 3)
    positive("radius", radius)
    _check_corners(corners, 6, irregularity)
    rng = np.random.default_rng(seed)
    # The golden spiral spreads points evenly; their distance is about sqrt(4 pi / n).
    heights = 1 - (2 * np.arange(corners) + 1) / corners
    angles = math.pi * (3 - math.sqrt(5)) * np.arange(corners)
    rims = np.sqrt(1 - heights**2)
    points = np.stack([rims * np.cos(angles), rims * np.sin(angles), heights], axis=1)
    points += (
        0.5 * irregularity * math.sqrt(4 * math.pi / corners) * rng.uniform(-0.5, 0.5, points.shape)
    )
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return Polyhedron(tuple(map(tuple, (np.array(middle) + radius * points @ turn).tolist())))


def _points(
    field: str, points: Sequence[Sequence[float]], dimension: int
) -> tuple[tuple[float, ...], ...]:
    for point in points:
        if len(point) != dimension:
            raise InputError(field, tuple(point), f"must have {dimension} coordinates", "um")
    return tuple(tuple(finite(field, x) for x in point) for point in points)


def _check_corners(corners: int, fewest: int, irregularity: float) -> None:
    if corners < fewest:
        raise InputError("corners", corners, f"must be at least {fewest}")
    if not 0 <= irregularity <= 0.9:
        raise InputError("irregularity", irregularity, "must be between 0 and 0.9")


def extent(points: Array) -> float:
    """Return the longest edge of the bounding box of points, shape (n, dimension)."""
    return float(np.ptp(points, axis=0).max())


def _first_crossing(corners: Array) -> tuple[int, int] | None:
    """Return two edges of a closed polygon that meet anywhere but at a common corner."""
    n = len(corners)
    a, b = corners, np.roll(corners, -1, axis=0)
    tolerance = TOLERANCE * extent(corners) ** 2

    def side(point: Array) -> Array:
        ab = b - a
        ap = point[None, :, :] - a[:, None, :]
        cross = ab[:, None, 0] * ap[..., 1] - ab[:, None, 1] * ap[..., 0]
        return np.where(np.abs(cross) <= tolerance, 0.0, np.sign(cross))

    straddles = side(a) * side(b) <= 0  # [i, j]: the ends of edge j lie on both sides of i
    low, high = np.minimum(a, b), np.maximum(a, b)
    boxes = np.all((low[:, None] <= high[None]) & (low[None] <= high[:, None]), axis=2)
    meets = straddles & straddles.T & boxes
    for i in range(n):
        after = (i + 1) % n
        # Neighbours share a corner by right; they overlap if the path turns straight back.
        back = side(b)[i, after] == 0 and np.dot(b[i] - a[i], b[after] - a[after]) <= 0
        meets[i, i] = False
        meets[i, after] = meets[after, i] = bool(back)
    found = np.argwhere(meets)
    return (int(found[0][0]), int(found[0][1])) if len(found) else None
