"""A rectangle with a disc and its core, fine where a crack may run from the electrode."""

from __future__ import annotations

from dataclasses import dataclass

import gmsh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.checks import positive
from lithode.meshes.gmsh_model import add_shape, domain_from_gmsh, generate, name_walls
from lithode.meshes.shapes import Circle

REGIONS = {"around": 1, "disc": 2, "core": 3}


@dataclass(frozen=True)
class Inclusion:
    """The rectangle, from the origin; lengths in um.

    Args:
        width: Along the electrode.
        height: From the electrode to the counter electrode.
        middle: Of the disc.
        radius: Of the disc.
        core: Radius of its core, which is a region of its own.
        size: Element size in the box that a crack may run in.
        reach: Half of the width of that box, around the middle of the rectangle; it is as high as
            the disc with half of that above it.
        grading: Growth of the element size per distance from it.

    Raises:
        InputError: A length that is not positive, a core that is not in the disc, or a disc that
            is not in the rectangle.
    """

    width: float
    height: float
    middle: tuple[float, float]
    radius: float
    core: float
    size: float
    reach: float
    grading: float = 0.2

    def __post_init__(self) -> None:
        for name in ("width", "height", "radius", "core", "size", "reach", "grading"):
            positive(name, getattr(self, name), "" if name == "grading" else "um")
        if self.core >= self.radius:
            raise InputError("core", self.core, f"must be less than {self.radius:g}", "um")
        for place, length in zip(self.middle, (self.width, self.height), strict=True):
            if not self.radius < place < length - self.radius:
                raise InputError("middle", self.middle, "puts the disc out of the rectangle", "um")

    @property
    def top(self) -> float:
        """Upper end of the fine box in um."""
        return self.middle[1] + self.radius + self.reach / 2


def build(inclusion: Inclusion, comm: MPI.Intracomm) -> Domain:
    """Mesh a rectangle on rank 0 with gmsh and distribute it; collective.

    The boundaries are "electrode" (below), "counter_electrode" (above) and "sides".
    """
    return domain_from_gmsh(comm, lambda: _make(inclusion), REGIONS, BOUNDARIES)


def _make(inclusion: Inclusion) -> int:
    occ, (x, y) = gmsh.model.occ, inclusion.middle
    lengths = inclusion.width, inclusion.height
    discs = [(2, add_shape(Circle((x, y), r))) for r in (inclusion.radius, inclusion.core)]
    occ.fragment([(2, occ.addRectangle(0, 0, 0, *lengths))], discs)
    occ.synchronize()
    tags = [tag for _, tag in gmsh.model.getEntities(2)]
    for tag in tags:
        left, _, _, right, *_ = gmsh.model.getBoundingBox(2, tag)
        wide = right - left
        number = 1 if wide > 2.1 * inclusion.radius else 3 if wide < 2.1 * inclusion.core else 2
        gmsh.model.addPhysicalGroup(2, [tag], number)
    name_walls(lengths, tags)
    for source in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
    aside = f"Abs(x - {inclusion.width / 2}) - {inclusion.reach}"
    field = gmsh.model.mesh.field
    graded = field.add("MathEval")
    away = f"Max(0, Max({aside}, y - {inclusion.top}))"
    field.setString(graded, "F", f"{inclusion.size} + {inclusion.grading} * {away}")
    field.setAsBackgroundMesh(graded)
    generate(2, in_rows=False)
    return 2
