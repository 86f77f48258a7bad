"""A body between two plane electrodes that touch it in part: axisymmetric or plane (2D), and 3D.

In 2D a rectangle: each electrode touches its face from x = 0 to a. In 3D a quarter of a square
period, touched on a quarter disc around the corner. The rest of a face is a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import gmsh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.checks import positive
from lithode.meshes.gmsh_model import domain_from_gmsh, generate

REGION = "electrolyte"
GAPS = {"electrode_gap": 4, "counter_gap": 5}
_ALL = {**BOUNDARIES, **GAPS}


@dataclass(frozen=True)
class PartialContact:
    """A body with partly touched faces; lengths in um.

    Args:
        width: Radius of a cylinder, or half of the period.
        thickness: Between the electrodes.
        contact: Width that the electrode touches, up to ``width``.
        counter_contact: Width that the counter electrode touches.
        size: Element size at the edges of the contacts.
        size_far: Largest element size.
        dimension: 2, or 3.
        grading: Growth of the element size per distance from the edges.

    Raises:
        InputError: A length that is not positive, or a contact wider than the face.
    """

    width: float
    thickness: float
    contact: float
    counter_contact: float
    size: float
    size_far: float
    dimension: Literal[2, 3] = 2
    grading: float = 0.1

    def __post_init__(self) -> None:
        for name in ("width", "thickness", "contact", "counter_contact", "size", "size_far"):
            positive(name, getattr(self, name), "um")
        for name in ("contact", "counter_contact"):
            touched = getattr(self, name)
            rest = self.width - touched
            if rest < 0:
                raise InputError(name, touched, f"must be at most width = {self.width:g}", "um")
            if min(touched, rest or touched) < self.size:
                allowed = f"contact and gap must be at least size = {self.size:g}"
                raise InputError(name, touched, allowed, "um")
        if self.size > self.size_far:
            raise InputError("size", self.size, f"must be at most {self.size_far:g}", "um")
        if self.size_far > min(self.width, self.thickness) / 2:
            allowed = f"must be at most {min(self.width, self.thickness) / 2:g}, half of the body"
            raise InputError("size_far", self.size_far, allowed, "um")

    @property
    def faces(self) -> tuple[tuple[float, float, str, str], ...]:
        """Height, touched width, and the names of contact and gap of both faces."""
        return (
            (0.0, self.contact, "electrode", "electrode_gap"),
            (self.thickness, self.counter_contact, "counter_electrode", "counter_gap"),
        )


def build(body: PartialContact, comm: MPI.Intracomm) -> Domain:
    """Mesh a body on rank 0 with gmsh and distribute it; collective.

    The boundaries are "electrode" and "electrode_gap" at the lower face, "counter_electrode" and
    "counter_gap" at the upper one, and "sides".

    Raises:
        InputError: gmsh could not mesh the geometry; on every rank.
    """
    boundaries = {
        name: number
        for name, number in _ALL.items()
        if not (name == "electrode_gap" and body.contact == body.width)
        and not (name == "counter_gap" and body.counter_contact == body.width)
    }
    return domain_from_gmsh(comm, lambda: _make(body), {REGION: 1}, boundaries)


def _make(body: PartialContact) -> int:
    dim = body.dimension
    solid = _quarter(body) if dim == 3 else _rectangle(body)
    gmsh.model.occ.synchronize()
    gmsh.model.addPhysicalGroup(dim, [solid], 1, REGION)
    _name_faces(body, solid)
    _set_sizes(body)
    generate(dim)
    return dim


def _rectangle(body: PartialContact) -> int:
    occ, width = gmsh.model.occ, body.width
    corners: list[tuple[float, float]] = []
    for height, contact, *_ in body.faces:
        places = [0.0, contact, width] if contact < width else [0.0, width]
        corners += [(x, height) for x in (places if height == 0.0 else reversed(places))]
    points = [occ.addPoint(x, y, 0) for x, y in corners]
    lines = [occ.addLine(a, b) for a, b in zip(points, [*points[1:], points[0]], strict=True)]
    return int(occ.addPlaneSurface([occ.addCurveLoop(lines)]))


def _quarter(body: PartialContact) -> int:
    occ, width = gmsh.model.occ, body.width
    box = (3, occ.addBox(0, 0, 0, width, width, body.thickness))
    discs = []
    for height, contact, *_ in body.faces:
        if contact < width:
            disc = (2, occ.addDisk(0, 0, height, contact, contact))
            corner = (2, occ.addRectangle(0, 0, height, contact, contact))
            discs += occ.intersect([disc], [corner])[0]
    if discs:
        box = next(entity for entity in occ.fragment([box], discs)[0] if entity[0] == 3)
    return int(box[1])


def _name_faces(body: PartialContact, solid: int) -> None:
    dim = body.dimension
    walls = gmsh.model.getBoundary([(dim, solid)], oriented=False)
    named: dict[str, list[int]] = {name: [] for name in _ALL}
    near = 1e-5 * min(body.width, body.thickness)
    for d, tag in walls:
        box = gmsh.model.getBoundingBox(d, tag)
        low, high = box[dim - 1], box[dim + 2]
        for height, contact, touched, gap in body.faces:
            if max(abs(low - height), abs(high - height)) < near:
                # The gap reaches the far end of the face, the contact does not.
                named[touched if abs(box[3] - contact) < near else gap].append(tag)
                break
        else:
            named["sides"].append(tag)
    for name, tags in named.items():
        if tags:
            gmsh.model.addPhysicalGroup(dim - 1, sorted(tags), _ALL[name], name)


def _set_sizes(body: PartialContact) -> None:
    for source in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
    gmsh.option.setNumber("Mesh.MeshSizeMax", body.size_far)
    # The distance from the edges of the contacts in closed form: gmsh samples curves.
    radius = "x" if body.dimension == 2 else "sqrt(x*x + y*y)"
    height = "y" if body.dimension == 2 else "z"
    places = [(at, contact) for at, contact, *_ in body.faces if contact < body.width]
    gmsh.option.setNumber("Mesh.MeshSizeMin", body.size if places else body.size_far)
    if not places:
        return
    field = gmsh.model.mesh.field
    sizes = []
    for at, contact in places:
        sizes.append(field.add("MathEval"))
        distance = f"sqrt(({radius} - {contact!r})^2 + ({height} - {at!r})^2)"
        field.setString(sizes[-1], "F", f"{body.size!r} + {body.grading!r} * {distance}")
    smallest = field.add("Min")
    field.setNumbers(smallest, "FieldsList", sizes)
    field.setAsBackgroundMesh(smallest)
