"""The cell of a conductor that touches lithium on flat strips between pores (2D).

Strips and pores repeat along the base, so that half a strip and half a pore are enough. One mesh
serves several shares of contact: the base is divided where a strip of any of them ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import gmsh
import numpy as np
from dolfinx.mesh import meshtags
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.checks import positive
from lithode.meshes.gmsh_model import domain_from_gmsh, generate

REGION = "conductor"


@dataclass(frozen=True)
class ContactStrips:
    """Half a period of strips: the middle of a strip at x = 0, that of a pore at x = period / 2.

    Args:
        contacts: Shares of the base that touch lithium, falling or rising.
        period: Distance of two strips, in um.
        height: From lithium to the counter electrode, in um; the current is even after a period.
        size: Element size where a strip ends.
        size_far: Element size at the counter electrode.
        grading: Growth of the element size per distance from where a strip ends.

    Raises:
        InputError: A length that is not positive, shares not between 0 and 1 or closer to each
            other than the elements resolve.
    """

    contacts: tuple[float, ...]
    period: float
    height: float
    size: float
    size_far: float
    grading: float = 0.15

    def __post_init__(self) -> None:
        for name in ("period", "height", "size", "size_far", "grading"):
            positive(name, getattr(self, name), "" if name == "grading" else "um")
        if not self.contacts:
            raise InputError("contacts", "unset", "give at least one")
        for share in self.contacts:
            if not 0 < share < 1:
                raise InputError("contacts", share, "must be between 0 and 1, both excluded")
        gaps = np.diff(self.ends) * self.period / 2
        if np.any(gaps < 2 * self.size):
            raise InputError("size", self.size, f"must be at most {gaps.min() / 2:g}", "um")
        if self.size_far < self.size:
            raise InputError("size_far", self.size_far, f"must be at least {self.size:g}", "um")

    @property
    def ends(self) -> tuple[float, ...]:
        """Shares of the half period where the base is divided, 0 and 1 included."""
        return (0.0, *sorted(set(self.contacts)), 1.0)

    @property
    def boundaries(self) -> dict[str, int]:
        """Names to numbers; the pieces of the base are numbered from the middle of the strip."""
        pieces = {_piece(k): 3 + k for k in range(1, len(self.ends))}
        others = {k: v for k, v in BOUNDARIES.items() if k != "electrode"}
        return {**others, **pieces}


def build(strips: ContactStrips, comm: MPI.Intracomm) -> Domain:
    """Mesh the cell on rank 0 with gmsh and distribute it; collective.

    The boundaries are "counter_electrode", "sides" and the pieces of the base; see `touching`.
    """
    return domain_from_gmsh(comm, lambda: _make(strips), {REGION: 1}, strips.boundaries)


def touching(domain: Domain, strips: ContactStrips, contact: float) -> Domain:
    """Return the same mesh with lithium, "electrode", on one of the shares of its base.

    The rest of the base is "pores", which no current crosses.
    """
    shares = strips.ends[1:]
    names = {_piece(k): "electrode" if share <= contact else "pores"
             for k, share in enumerate(shares, start=1)}  # fmt: skip
    return _renamed(domain, names)


def _renamed(domain: Domain, names: Mapping[str, str]) -> Domain:
    numbers = {**BOUNDARIES, "pores": max(BOUNDARIES.values()) + 1}
    old = domain.facet_tags
    values = np.empty_like(old.values)
    for name, number in domain.boundaries.items():
        values[old.values == number] = numbers[names.get(name, name)]
    tags = meshtags(domain.mesh, old.dim, old.indices, values)
    return replace(domain, facet_tags=tags, boundaries=numbers)


def _piece(k: int) -> str:
    return f"base_{k}"


def _make(strips: ContactStrips) -> int:
    occ, half = gmsh.model.occ, strips.period / 2
    base = [occ.addPoint(end * half, 0, 0) for end in strips.ends]
    top = [occ.addPoint(x, strips.height, 0) for x in (half, 0.0)]
    corners = [*base, *top]
    lines = [occ.addLine(a, b) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]
    body = occ.addPlaneSurface([occ.addCurveLoop(lines)])
    occ.synchronize()
    gmsh.model.addPhysicalGroup(2, [body], 1, REGION)
    pieces = len(base) - 1
    groups = {_piece(k + 1): [lines[k]] for k in range(pieces)}
    groups |= {"sides": [lines[pieces], lines[-1]], "counter_electrode": [lines[pieces + 1]]}
    for name, tags in groups.items():
        gmsh.model.addPhysicalGroup(1, tags, strips.boundaries[name], name)
    for source in ("FromPoints", "FromCurvature", "ExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.MeshSize{source}", 0)
    gmsh.option.setNumber("Mesh.MeshSizeMin", strips.size)
    gmsh.option.setNumber("Mesh.MeshSizeMax", strips.size_far)
    field = gmsh.model.mesh.field
    distance = field.add("Distance")
    field.setNumbers(distance, "PointsList", base[1:-1])
    graded = field.add("MathEval")
    field.setString(graded, "F", f"{strips.size} + {strips.grading} * F{distance}")
    field.setAsBackgroundMesh(graded)
    generate(2)
    return 2
