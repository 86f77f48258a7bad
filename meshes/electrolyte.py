"""A slab of solid electrolyte: layers from electrode to counter electrode, and particles.

The growth is along the last axis: the electrode is at 0, the counter electrode at ``height``.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import gmsh
import numpy as np

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.checks import finite, positive, region_name
from lithode.meshes.gaps import NARROWEST_GAP, check_within, separation
from lithode.meshes.gmsh_model import (
    add_shape,
    cells_of,
    check_cells,
    domain_from_gmsh,
    generate,
    name_walls,
)
from lithode.meshes.shapes import Box, Particle, bounds

if TYPE_CHECKING:
    from mpi4py import MPI


@dataclass(frozen=True)
class Layer:
    """One layer of the stack.

    Args:
        region: Name of its region.
        thickness: In um.
        inside: Whether elements may grow to ``size_inside`` away from its surface, as they
            may in particles.
    """

    region: str
    thickness: float
    inside: bool = False

    def __post_init__(self) -> None:
        region_name("layer region", self.region)
        object.__setattr__(self, "thickness", positive("layer thickness", self.thickness))


@dataclass(frozen=True)
class Electrolyte(Box):
    """A rectangle, or with ``depth`` a box, of layers and particles; lengths in um.

    Args:
        width: Along x.
        height: Along the growth: y in 2D, z in 3D.
        size: Element size where lithium grows: everywhere but deep inside particles.
        size_inside: Largest element size deep inside particles, the same as ``size`` if None.
        depth: Along y in 3D; None for 2D.
        layers: From the electrode up; their thicknesses add up to ``height``. One layer of
            region "electrolyte" if empty.
        particles: Each inside one layer, apart from the others. It may lie flat on an
            interface of layers or on the outer boundary.
        margin: Depth below the surface of particles to which elements keep ``size``.
        grading: Growth of the element size per depth beyond ``margin``.
        to_bisect: Whether it is a base mesh whose cells will be bisected.

    Raises:
        InputError: A size that is not positive, layers that do not add up, a particle that
            leaves its layer or the domain, or that overlaps or nearly touches another.
    """

    width: float
    height: float
    size: float
    size_inside: float | None = None
    depth: float | None = None
    layers: tuple[Layer, ...] = ()
    particles: tuple[Particle, ...] = ()
    margin: float = 0.0
    grading: float = 0.3
    to_bisect: bool = False

    def __post_init__(self) -> None:
        for name in ("width", "height", "size", "size_inside", "depth"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, positive(name, getattr(self, name)))
        if finite("margin", self.margin) < 0:
            raise InputError("margin", self.margin, "must not be negative", "um")
        positive("grading", self.grading, "")
        layers = tuple(self.layers) or (Layer("electrolyte", self.height),)
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "particles", tuple(self.particles))
        self._check_sizes()
        self._check_particles()

    @property
    def regions(self) -> dict[str, int]:
        """Region name to number, layers first."""
        names = dict.fromkeys(part.region for part in self._parts)
        return {name: number for number, name in enumerate(names, start=1)}

    @property
    def _parts(self) -> list[Layer | Particle]:
        return [*self.layers, *self.particles]

    @property
    def _levels(self) -> list[float]:
        inner = itertools.accumulate(layer.thickness for layer in self.layers[:-1])
        return [0.0, *inner, self.height]

    def _check_sizes(self) -> None:
        total = sum(layer.thickness for layer in self.layers)
        if not np.isclose(total, self.height, rtol=1e-9):
            raise InputError("layers", total, f"must add up to the height {self.height:g}", "um")
        if self.size_inside is not None and self.size_inside < self.size:
            raise InputError(
                "size_inside", self.size_inside, f"must be at least size = {self.size:g}", "um"
            )
        room = min(*self.lengths, *(layer.thickness for layer in self.layers))
        if self.size > room:
            raise InputError(
                "size", self.size, f"must be at most {room:g}, the thinnest part", "um"
            )
        check_cells(self.dimension, *self.filling)

    @property
    def filling(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Element sizes in um of matrix and inside, each with its area or volume."""
        coarsest = self.size if self.size_inside is None else self.size_inside
        filled = sum(p.shape.measure for p in self.particles)
        filled += sum(
            float(np.prod(self.lengths[:-1])) * layer.thickness
            for layer in self.layers
            if layer.inside
        )
        matrix = max(0.0, float(np.prod(self.lengths)) - filled)
        return (self.size, matrix), (coarsest, filled)

    def _check_particles(self) -> None:
        levels, narrowest = self._levels, NARROWEST_GAP * self.size
        boxes = []
        for i, particle in enumerate(self.particles):
            field, shape = f"particles[{i}]", particle.shape
            if shape.dimension != self.dimension:
                raise InputError(
                    field, type(shape).__name__, f"the electrolyte is {self.dimension}D"
                )
            lower, upper = bounds(shape)
            boxes.append((lower, upper))
            if self.size > (upper - lower).min():
                raise InputError(
                    "size",
                    self.size,
                    f"must be at most {(upper - lower).min():g}, the extent of {field}",
                    "um",
                )
            for axis, length in enumerate(self.lengths):
                check_within(field, "the domain", shape, axis, (0.0, length), narrowest)
            middle = 0.5 * (lower[-1] + upper[-1])
            k = min(int(np.searchsorted(levels, middle, side="right")), len(self.layers)) - 1
            name = f"the layer {self.layers[k].region}"
            check_within(
                field, name, shape, self.dimension - 1, (levels[k], levels[k + 1]), narrowest
            )
        for i, j in itertools.combinations(range(len(boxes)), 2):
            apart = np.maximum(boxes[i][0] - boxes[j][1], boxes[j][0] - boxes[i][1])
            if apart.max() >= narrowest:
                continue
            gap = separation(self.particles[i].shape, self.particles[j].shape)
            if gap < narrowest:
                what = "overlaps" if gap <= 0 else f"is only {gap:.2g} um from"
                raise InputError(
                    f"particles[{j}]",
                    "",
                    f"{what} particles[{i}]; keep {narrowest:g} um apart (size/4)",
                )


def build(electrolyte: Electrolyte, comm: MPI.Intracomm) -> Domain:
    """Mesh an electrolyte on rank 0 with gmsh and distribute it; collective.

    The mesh conforms to layers and particles and is the same on every run and any number of
    ranks. The boundaries are "electrode", "counter_electrode" and "sides".

    Raises:
        InputError: gmsh could not mesh the geometry; on every rank.
    """
    return domain_from_gmsh(
        comm,
        partial(_make, electrolyte),
        electrolyte.regions,
        BOUNDARIES,
        cells_of(electrolyte.dimension, *electrolyte.filling),
    )


def _make(electrolyte: Electrolyte) -> int:
    dim, occ = electrolyte.dimension, gmsh.model.occ
    slabs = [
        (dim, _add_slab(electrolyte, base, layer.thickness))
        for base, layer in zip(electrolyte._levels, electrolyte.layers, strict=False)
    ]
    bodies = [(dim, add_shape(particle.shape)) for particle in electrolyte.particles]
    alone = len(slabs) + len(bodies) == 1  # gmsh returns no map for a single body
    pieces = [slabs] if alone else occ.fragment(slabs, bodies)[1]
    occ.synchronize()

    # A piece of a particle is also a piece of its layer: the particle, listed last, wins.
    owner = {
        tag: part
        for part, tags in zip(electrolyte._parts, pieces, strict=True)
        for d, tag in tags
        if d == dim
    }
    for name, number in electrolyte.regions.items():
        tags = sorted(tag for tag, part in owner.items() if part.region == name)
        gmsh.model.addPhysicalGroup(dim, tags, number, name)
    name_walls(electrolyte.lengths, owner)
    _set_sizes(electrolyte, owner)

    generate(dim, to_bisect=electrolyte.to_bisect)
    return dim


def _add_slab(electrolyte: Electrolyte, base: float, thickness: float) -> int:
    occ = gmsh.model.occ
    if electrolyte.depth is None:
        tag = occ.addRectangle(0, base, 0, electrolyte.width, thickness)
    else:
        tag = occ.addBox(0, 0, base, electrolyte.width, electrolyte.depth, thickness)
    return int(tag)


def _set_sizes(electrolyte: Electrolyte, owner: Mapping[int, Layer | Particle]) -> None:
    """Ask for ``size``, growing inside with the distance from the walls of what is inside."""
    size, dim = electrolyte.size, electrolyte.dimension
    fine = [t for t, part in owner.items() if isinstance(part, Layer) and not part.inside]
    inside = [tag for tag in owner if tag not in fine]
    particles = [tag for tag, part in owner.items() if isinstance(part, Particle)]
    walls = _walls(dim, inside) & _walls(dim, [*fine, *particles])
    largest = electrolyte.size_inside if walls and electrolyte.size_inside else size
    for source in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
    gmsh.option.setNumber("Mesh.MeshSizeMin", size)
    gmsh.option.setNumber("Mesh.MeshSizeMax", largest)
    if largest == size:
        return

    kinds = ("CurvesList", "SurfacesList", "VolumesList")
    field = gmsh.model.mesh.field
    uniform = field.add("Constant")
    field.setNumber(uniform, "VIn", size)
    field.setNumbers(uniform, kinds[dim - 1], fine)
    fields = [uniform]
    for points, tags in _by_points(dim - 1, walls, size).items():
        distance = field.add("Distance")
        field.setNumbers(distance, kinds[dim - 2], tags)
        field.setNumber(distance, "Sampling", points)
        graded = field.add("Threshold")
        field.setNumber(graded, "InField", distance)
        field.setNumber(graded, "SizeMin", size)
        field.setNumber(graded, "SizeMax", largest)
        field.setNumber(graded, "DistMin", electrolyte.margin)
        field.setNumber(
            graded, "DistMax", electrolyte.margin + (largest - size) / electrolyte.grading
        )
        fields.append(graded)
    smallest = field.add("Min")
    field.setNumbers(smallest, "FieldsList", fields)
    field.setAsBackgroundMesh(smallest)


def _walls(dim: int, cells: Iterable[int]) -> set[int]:
    walls = gmsh.model.getBoundary([(dim, tag) for tag in cells], combined=False, oriented=False)
    return {tag for _, tag in walls}


def _by_points(dim: int, walls: Iterable[int], size: float) -> dict[int, list[int]]:
    """Group walls by the number of points along them, a power of 2, whose distance is ``size``."""
    groups: dict[int, list[int]] = defaultdict(list)
    for tag in sorted(walls):
        box = np.array(gmsh.model.getBoundingBox(dim, tag))
        extent = float(np.linalg.norm(box[3:] - box[:3]))
        # An arc of a circle is longer than its box, up to pi / sqrt(2) times.
        groups[2 ** math.ceil(math.log2(max(2.3 * extent / size, 2.0)))].append(tag)
    return groups
