"""A block with a pore below its edge, fine around it and where a crack through it may run."""

from __future__ import annotations

import math
from dataclasses import dataclass

import gmsh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.checks import positive
from lithode.meshes.gmsh_model import domain_from_gmsh, generate, name_walls

REGION = "electrolyte"
WALL = "wall"
"""Boundary of the pore."""


@dataclass(frozen=True)
class Pore:
    """The block, from the origin to 2 reach across and to reach along; lengths in um.

    The pore is an ellipse above the middle of the lower edge.

    Args:
        cover: Of solid between the edge and the pore.
        height: Of the pore, its axis along.
        width: Of the pore, its axis across.
        size: Element size near the pore and along the path.
        near: How far elements have that size from the wall of the pore, and to each side of the
            path.
        path: Height up to which a crack may run, from the edge on.
        reach: How far the block goes.
        grading: Growth of the element size per distance elsewhere.

    Raises:
        InputError: A length that is not positive, or a pore or path that is not in the block.
    """

    cover: float
    height: float
    width: float
    size: float
    near: float
    path: float
    reach: float
    grading: float = 0.2

    def __post_init__(self) -> None:
        for name in ("cover", "height", "width", "size", "near", "path", "reach", "grading"):
            positive(name, getattr(self, name), "" if name == "grading" else "um")
        for name, length in (("path", self.path), ("width", self.width / 2)):
            if length >= self.reach:
                raise InputError(name, length, f"must be less than {self.reach:g}", "um")
        if self.cover + self.height >= self.path:
            allowed = f"must be less than {self.path - self.cover:g}"
            raise InputError("height", self.height, allowed, "um")


def build(pore: Pore, comm: MPI.Intracomm) -> Domain:
    """Mesh a block on rank 0 with gmsh and distribute it; collective.

    The boundaries are "electrode" (below), "counter_electrode" (above), "sides" and "wall".
    """
    return domain_from_gmsh(comm, lambda: _make(pore), {REGION: 1}, _NUMBERS)


_NUMBERS = {**BOUNDARIES, WALL: 4}


def _make(pore: Pore) -> int:
    occ, lengths = gmsh.model.occ, (2 * pore.reach, pore.reach)
    axes = sorted((pore.height / 2, pore.width / 2), reverse=True)
    middle = pore.reach, pore.cover + pore.height / 2, 0.0
    disc = (2, occ.addDisk(*middle, *axes))
    if pore.height > pore.width:
        occ.rotate([disc], *middle, 0, 0, 1, math.pi / 2)
    occ.cut([(2, occ.addRectangle(0, 0, 0, *lengths))], [disc])
    occ.synchronize()
    tags = [tag for _, tag in gmsh.model.getEntities(2)]
    for tag in tags:
        gmsh.model.addPhysicalGroup(2, [tag], 1, REGION)
    name_walls(lengths, tags, _NUMBERS, inner=WALL)
    for source in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
    field = gmsh.model.mesh.field
    wall = gmsh.model.getEntitiesForPhysicalGroup(1, _NUMBERS[WALL])
    away = field.add("Distance")
    field.setNumbers(away, "CurvesList", wall)
    field.setNumber(away, "Sampling", 400)
    beside = f"Max(Abs(x - {pore.reach}), y - {pore.path})"
    graded = field.add("MathEval")
    growth = f"Max(0, Min(F{away}, {beside}) - {pore.near})"
    field.setString(graded, "F", f"{pore.size} + {pore.grading} * {growth}")
    field.setAsBackgroundMesh(graded)
    generate(2, in_rows=False)
    return 2
