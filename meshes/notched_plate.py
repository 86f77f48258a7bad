"""A square plate that is cut half through from its left side, fine where the crack will run."""

from __future__ import annotations

from dataclasses import dataclass

import gmsh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.checks import positive
from lithode.meshes.gmsh_model import add_shape, domain_from_gmsh, generate, name_walls
from lithode.meshes.shapes import Polygon

REGION = "plate"
MOUTH = 1e-4
"""Width of the cut at the side, in edges of the plate; its tip is sharp."""


@dataclass(frozen=True)
class NotchedPlate:
    """The plate, from the origin; lengths in um.

    Args:
        edge: Of the square.
        notch: Length of the cut, which comes from the left at half of the height.
        size: Element size where the crack will run, from the tip of the cut to the right side.
        reach: Distance from there up to which elements have that size.
        grading: Growth of the element size per distance beyond.

    Raises:
        InputError: A length that is not positive, or a cut through the plate.
    """

    edge: float
    notch: float
    size: float
    reach: float
    grading: float = 0.2

    def __post_init__(self) -> None:
        for name in ("edge", "notch", "size", "reach", "grading"):
            positive(name, getattr(self, name), "" if name == "grading" else "um")
        if self.notch >= self.edge:
            raise InputError(
                "notch", self.notch, f"must be less than the edge, {self.edge:g}", "um"
            )

    @property
    def outline(self) -> Polygon:
        """The plate without the cut."""
        edge, middle, half = self.edge, self.edge / 2, MOUTH * self.edge / 2
        lower = (0.0, 0.0), (edge, 0.0), (edge, edge), (0.0, edge)
        return Polygon((*lower, (0.0, middle + half), (self.notch, middle), (0.0, middle - half)))


def build(plate: NotchedPlate, comm: MPI.Intracomm) -> Domain:
    """Mesh a plate on rank 0 with gmsh and distribute it; collective.

    The boundaries are "electrode" (below), "counter_electrode" (above) and "sides", of which the
    cut is a part.
    """
    return domain_from_gmsh(comm, lambda: _make(plate), {REGION: 1}, BOUNDARIES)


def _make(plate: NotchedPlate) -> int:
    tag = add_shape(plate.outline)
    gmsh.model.occ.synchronize()
    gmsh.model.addPhysicalGroup(2, [tag], 1, REGION)
    name_walls((plate.edge, plate.edge), [tag], inner="sides")
    for source in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
    away = f"Max(Abs(y - {plate.edge / 2}), {plate.notch} - x)"
    growth = f"{plate.size} + {plate.grading} * Max(0, {away} - {plate.reach})"
    field = gmsh.model.mesh.field
    graded = field.add("MathEval")
    field.setString(graded, "F", growth)
    field.setAsBackgroundMesh(graded)
    generate(2)
    return 2
