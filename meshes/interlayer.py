"""An interlayer between lithium and solid electrolyte, with lithium that protrudes into it (2D).

It may be a stack of layers, each a region of the mesh. Lithium is not meshed: a protrusion is cut
out, and its edge is part of the boundary "electrode", as the base beside it. The counter electrode
is the face of the solid electrolyte.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import gmsh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.checks import positive
from lithode.meshes.gaps import NARROWEST_GAP, check_within, flat_on
from lithode.meshes.gmsh_model import add_shape, domain_from_gmsh, generate, name_walls
from lithode.meshes.shapes import Polygon, bounds

REGION = "interlayer"


def layer_names(count: int) -> tuple[str, ...]:
    """Return the names of the regions of as many layers, from lithium upwards."""
    return (REGION,) if count == 1 else tuple(f"layer_{k}" for k in range(1, count + 1))


@dataclass(frozen=True)
class Layer:
    """One layer of a stack.

    Attributes:
        name: Name of its region.
        thickness: In um.
    """

    name: str
    thickness: float


@dataclass(frozen=True)
class Interlayer:
    """A rectangle with lithium at its base; lengths in um.

    Args:
        width: Along the base.
        thickness: From lithium to solid electrolyte.
        size: Element size at the lithium, between layers and at the solid electrolyte.
        size_far: Element size far from these, the same as ``size`` if None.
        protrusion: Polygon of lithium that stands flat on the base; None for flat lithium.
        grading: Growth of the element size per distance from these.
        layers: Layers from lithium upwards; one layer of name ``REGION`` if there are none.

    Raises:
        InputError: A length that is not positive, a protrusion that does not fit, or layers that
            are not as thick as the interlayer or share a name.
    """

    width: float
    thickness: float
    size: float
    size_far: float | None = None
    protrusion: Polygon | None = None
    grading: float = 0.15
    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        for name in ("width", "thickness", "size", "grading"):
            positive(name, getattr(self, name), "" if name == "grading" else "um")
        if self.size > min(self.lengths) / 2:
            allowed = f"must be at most {min(self.lengths) / 2:g}, half the interlayer"
            raise InputError("size", self.size, allowed, "um")
        if self.size_far is not None and self.size_far < self.size:
            allowed = f"must be at least size = {self.size:g}"
            raise InputError("size_far", self.size_far, allowed, "um")
        if self.protrusion is not None:
            self._check_fits(self.protrusion)
        self._check_layers()

    def _check_layers(self) -> None:
        for layer in self.layers:
            positive(f"layer {layer.name}", layer.thickness, "um")
        total = sum(layer.thickness for layer in self.layers)
        if self.layers and abs(total - self.thickness) > 1e-6 * self.thickness:
            raise InputError("layers", total, f"must add up to {self.thickness:g}", "um")
        if len(self.regions) < len(self.layers):
            raise InputError("layers", "", "must have names of their own")

    @property
    def regions(self) -> dict[str, int]:
        """Name to number of each layer, from lithium upwards."""
        names = [layer.name for layer in self.layers] or [REGION]
        return {name: number for number, name in enumerate(names, start=1)}

    @property
    def tops(self) -> tuple[float, ...]:
        """Height of the upper end of each layer in um."""
        heights = accumulate(layer.thickness for layer in self.layers[:-1])
        return *heights, self.thickness

    @property
    def lengths(self) -> tuple[float, float]:
        """Width and thickness."""
        return self.width, self.thickness

    def _check_fits(self, protrusion: Polygon) -> None:
        narrowest = NARROWEST_GAP * self.size
        for axis, length in enumerate(self.lengths):
            span = (0.0, length)
            check_within("protrusion", "the interlayer", protrusion, axis, span, narrowest)
        if not flat_on(protrusion, 1, 0.0):
            raise InputError("protrusion", "", "must stand flat on the base, y = 0")
        if bounds(protrusion)[1][1] > self.thickness - narrowest:
            raise InputError("protrusion", "", "touches the solid electrolyte")


def build(interlayer: Interlayer, comm: MPI.Intracomm) -> Domain:
    """Mesh an interlayer on rank 0 with gmsh and distribute it; collective.

    The boundaries are "electrode" (all lithium), "counter_electrode" and "sides".

    Raises:
        InputError: gmsh could not mesh the geometry; on every rank.
    """
    return domain_from_gmsh(comm, lambda: _make(interlayer), interlayer.regions, BOUNDARIES)


def _make(interlayer: Interlayer) -> int:
    occ, tops = gmsh.model.occ, interlayer.tops
    body = [
        (2, occ.addRectangle(0, low, 0, interlayer.width, high - low))
        for low, high in zip((0.0, *tops[:-1]), tops, strict=True)
    ]
    if interlayer.protrusion is not None:
        body, _ = occ.cut(body, [(2, add_shape(interlayer.protrusion))])
    if len(body) > 1:
        body, _ = occ.fragment(body[:1], body[1:])
    occ.synchronize()
    tags = [tag for _, tag in body]
    heights = [occ.getCenterOfMass(2, tag)[1] for tag in tags]
    for number, (name, low, high) in enumerate(
        zip(interlayer.regions, (0.0, *tops[:-1]), tops, strict=True), start=1
    ):
        inside = [tag for tag, y in zip(tags, heights, strict=True) if low < y < high]
        gmsh.model.addPhysicalGroup(2, inside, number, name)
    name_walls(interlayer.lengths, tags)
    _set_sizes(interlayer, tags)
    generate(2)
    return 2


def _set_sizes(interlayer: Interlayer, tags: list[int]) -> None:
    largest = interlayer.size if interlayer.size_far is None else interlayer.size_far
    for source in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
    gmsh.option.setNumber("Mesh.MeshSizeMin", interlayer.size)
    gmsh.option.setNumber("Mesh.MeshSizeMax", largest)
    curves = gmsh.model.getBoundary([(2, tag) for tag in tags], combined=False, oriented=False)
    sides = gmsh.model.getEntitiesForPhysicalGroup(1, BOUNDARIES["sides"])
    ends = sorted({tag for _, tag in curves} - set(sides))
    field = gmsh.model.mesh.field
    distance = field.add("Distance")
    field.setNumbers(distance, "CurvesList", ends)
    field.setNumber(distance, "Sampling", int(2 * sum(interlayer.lengths) / interlayer.size) + 2)
    graded = field.add("MathEval")
    growth = f"{interlayer.size} + {interlayer.grading} * F{distance}"
    field.setString(graded, "F", growth)
    field.setAsBackgroundMesh(graded)
