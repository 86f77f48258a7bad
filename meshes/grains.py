"""Pores between solid grains: the pores alone, with grains as holes, or both as regions.

The growth is along the last axis, from the electrode at 0. Grains may be cut by the sides, which
stand for mirrors.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import gmsh
import numpy as np

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.checks import finite, positive
from lithode.meshes.gaps import NARROWEST_GAP, check_within, separation
from lithode.meshes.gmsh_model import (
    add_shape,
    cells_of,
    check_cells,
    domain_from_gmsh,
    generate,
    name_walls,
)
from lithode.meshes.shapes import Array, Box, Circle, Polygon, Shape, Sphere, bounds

if TYPE_CHECKING:
    from mpi4py import MPI

PORES, GRAINS = "pores", "grains"


@dataclass(frozen=True)
class Interlayer(Box):
    """A rectangle, or with ``depth`` a box, with grains; lengths in um.

    Args:
        width: Along x.
        height: Along the growth.
        size: Element size.
        grains: Discs, polygons or balls, apart from each other and from both electrodes.
        depth: Along y in 3D; None for 2D.
        meshed: Whether the grains are meshed, as the region "grains"; else they are holes, whose
            edge is the boundary "grains".
        to_bisect: Whether it is a base mesh whose cells will be bisected.

    Raises:
        InputError: A length that is not positive, or a grain that overlaps another or does not fit.
    """

    width: float
    height: float
    size: float
    grains: tuple[Shape, ...] = ()
    depth: float | None = None
    meshed: bool = False
    to_bisect: bool = False

    def __post_init__(self) -> None:
        for name in ("width", "height", "size", "depth"):
            if getattr(self, name) is not None:
                positive(name, getattr(self, name))
        if self.size > min(self.lengths) / 2:
            allowed = f"must be at most {min(self.lengths) / 2:g}, half the interlayer"
            raise InputError("size", self.size, allowed, "um")
        check_cells(self.dimension, (self.size, float(np.prod(self.lengths))))
        self._check_grains()

    @property
    def regions(self) -> dict[str, int]:
        """Region name to number."""
        return {PORES: 1, GRAINS: 2} if self.meshed and self.grains else {PORES: 1}

    @property
    def boundaries(self) -> dict[str, int]:
        """Boundary name to number."""
        number = max(BOUNDARIES.values()) + 1
        return dict(BOUNDARIES) if self.meshed else {**BOUNDARIES, GRAINS: number}

    def distances(self, points: Array) -> Iterator[Array]:
        """Give the distance of points, shape (n, 3), from the surface of each grain.

        Negative inside, in um, shape (n,).
        """
        for grain in self.grains:
            yield _distance(grain, points[:, : self.dimension])

    def _check_grains(self) -> None:
        narrowest, last = NARROWEST_GAP * self.size, self.dimension - 1
        for i, grain in enumerate(self.grains):
            field = f"grains[{i}]"
            if grain.dimension != self.dimension:
                raise InputError(
                    field, type(grain).__name__, f"the interlayer is {self.dimension}D"
                )
            check_within(field, "the interlayer", grain, last, (0.0, self.lengths[-1]), narrowest)
            for low, high, length in zip(*bounds(grain), self.lengths[:-1], strict=False):
                if high < narrowest or low > length - narrowest:
                    raise InputError(field, "", "lies beside the interlayer")
                if min(abs(low), abs(length - high)) < narrowest:
                    allowed = f"touches a side; cross it or keep {narrowest:g} um away (size/4)"
                    raise InputError(field, "", allowed)
        for (i, one), (j, other) in itertools.combinations(enumerate(self.grains), 2):
            gap = separation(one, other)
            if gap < narrowest:
                what = "overlaps" if gap <= 0 else f"is only {gap:.2g} um from"
                allowed = f"{what} grains[{i}]; keep {narrowest:g} um apart (size/4)"
                raise InputError(f"grains[{j}]", "", allowed)


def staggered(
    columns: int, rows: int, radius: float, gap: float, spacing: float, base: float, dim: int = 2
) -> tuple[Circle | Sphere, ...]:
    """Return rows of round grains, every other one moved by half a grain.

    The interlayer is ``columns`` (2 ``radius`` + ``gap``) wide, and as deep in 3D; grains of the
    odd rows are cut by the sides.

    Args:
        columns: Grains per row, and direction in 3D.
        rows: Number of rows.
        radius: In um.
        gap: Between grains of a row, in um.
        spacing: Between the centres of two rows, in um.
        base: Height of the lowest row's lowest points, in um.
        dim: 2 for discs, 3 for balls.

    Raises:
        InputError: Not a positive number.
    """
    for name, value in (("radius", radius), ("gap", gap), ("spacing", spacing)):
        positive(name, value)
    for name, number in (("columns", columns), ("rows", rows)):
        positive(name, number, "")
    finite("base", base)
    pitch = 2 * radius + gap
    grain = Circle if dim == 2 else Sphere
    grains: list[Circle | Sphere] = []
    for row in range(rows):
        odd = row % 2
        along = [(k + 0.5 - 0.5 * odd) * pitch for k in range(columns + odd)]
        height = base + radius + row * spacing
        places = itertools.product(along, repeat=dim - 1)
        grains += [grain((*place, height), radius) for place in places]
    return tuple(grains)


def channel(width: float, gap: float, base: float, end: float) -> tuple[Polygon, Polygon]:
    """Return two blocks that leave a straight slit in the middle, 2D.

    Args:
        width: Of the interlayer in um.
        gap: Width of the slit.
        base: Height at which it begins.
        end: Height at which it ends.

    Raises:
        InputError: The slit is not positive, or wider than the interlayer.
    """
    if not 0 < gap < width:
        raise InputError("gap", gap, f"must be between 0 and the width {width:g}", "um")
    edge = (width - gap) / 2

    def block(near: float, far: float) -> Polygon:
        return Polygon(((near, base), (far, base), (far, end), (near, end)))

    return block(-edge, edge), block(width - edge, width + edge)


def build(interlayer: Interlayer, comm: MPI.Intracomm) -> Domain:
    """Mesh an interlayer on rank 0 with gmsh and distribute it; collective.

    The boundaries are "electrode", "counter_electrode", "sides" and, around holes, "grains".

    Raises:
        InputError: gmsh could not mesh the geometry; on every rank.
    """
    return domain_from_gmsh(
        comm,
        partial(_make, interlayer),
        interlayer.regions,
        interlayer.boundaries,
        cells_of(interlayer.dimension, (interlayer.size, float(np.prod(interlayer.lengths)))),
    )


def _make(interlayer: Interlayer) -> int:
    dim, occ, lengths = interlayer.dimension, gmsh.model.occ, interlayer.lengths
    add_box = occ.addRectangle if dim == 2 else occ.addBox
    box = [(dim, add_box(0, 0, 0, *lengths))]
    bodies = [(dim, add_shape(grain)) for grain in interlayer.grains]
    pieces: list[tuple[int, int]] = []
    if bodies and interlayer.meshed:
        inside, _ = occ.intersect(bodies, box, removeTool=False)
        box, parts = occ.fragment(box, inside)
        pieces = [piece for part in parts[1:] for piece in part]
    elif bodies:
        box, _ = occ.cut(box, bodies)
    occ.synchronize()
    cells = {tag for _, tag in box}
    solid = {tag for _, tag in pieces}
    for name, tags in ((PORES, cells - solid), (GRAINS, solid)):
        if tags:
            gmsh.model.addPhysicalGroup(dim, sorted(tags), interlayer.regions[name], name)
    inner = "electrode" if interlayer.meshed else GRAINS
    name_walls(lengths, sorted(cells), interlayer.boundaries, inner)
    for source in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
    for end in ("Min", "Max"):
        gmsh.option.setNumber(f"Mesh.MeshSize{end}", interlayer.size)
    generate(dim, to_bisect=interlayer.to_bisect)
    return dim


def _distance(grain: Shape, points: Array) -> Array:
    if isinstance(grain, Polygon):
        start = np.array(grain.vertices)
        arm = np.roll(start, -1, axis=0) - start
        away = points[:, None, :] - start
        along = np.clip((away * arm).sum(axis=2) / (arm**2).sum(axis=1), 0.0, 1.0)
        nearest: Array = np.linalg.norm(away - along[:, :, None] * arm, axis=2).min(axis=1)
        return np.where(grain.contains(points), -nearest, nearest)
    if isinstance(grain, Circle | Sphere):
        distance: Array = np.linalg.norm(points - np.array(grain.center), axis=1) - grain.radius
        return distance
    raise InputError("grains", type(grain).__name__, "has no field; take discs, polygons or balls")
