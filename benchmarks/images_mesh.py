"""What a mesh of a picture is like: contact of its regions, and how well one of them conducts.

The tortuosity factor of a region is tau = share * D / D_eff, by a Laplace equation on its cells
between two opposite walls of the picture (P1; all other walls and interfaces are insulating).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.arrays import Arrays
from lithode.meshes.handing_out import handed_out
from lithode.meshes.images.quality import pieces, signed_measures
from lithode.solvers.numerics.gauges import integral
from lithode.solvers.numerics.linear import LinearBlock

_OPTIONS = {"ksp_type": "cg", "ksp_rtol": "1e-8", "pc_type": "hypre"}


@dataclass(frozen=True)
class Conduction:
    """How well a region conducts between two walls.

    Attributes:
        share: Share of the picture that is region and joins both walls.
        relative: Effective over bulk diffusivity; an upper bound on this mesh.
        unknowns: Number of unknowns.
    """

    share: float
    relative: float
    unknowns: int

    @property
    def tortuosity(self) -> float:
        """Tortuosity factor, 1 for a straight channel."""
        return self.share / self.relative


def contact(arrays: Arrays, first: int, second: int) -> float:
    """Return the length in um, or the area in um^2, that two regions share."""
    corners = arrays.cells.shape[1]
    both = np.isin(arrays.regions, (first, second))
    cells, regions = arrays.cells[both], np.tile(arrays.regions[both], corners)
    facets = np.sort(np.concatenate([np.delete(cells, n, axis=1) for n in range(corners)]), axis=1)
    order = np.lexsort(facets.T)
    ordered, side = facets[order], regions[order]
    touching = (ordered[1:] == ordered[:-1]).all(axis=1) & (side[1:] != side[:-1])
    shared = ordered[1:][touching]
    start, *others = np.moveaxis(arrays.points[shared], 1, 0)
    edges = np.stack([other - start for other in others], axis=1)
    gram = np.linalg.det(edges @ np.swapaxes(edges, 1, 2))
    return float(np.sqrt(gram).sum() / math.factorial(corners - 2))


def conduction(arrays: Arrays, region: int, axis: int) -> Conduction:
    """Solve for the potential in a region between the two walls across an axis.

    Raises:
        ValueError: No piece of the region joins them.
    """
    ends = arrays.points[:, axis].min(), arrays.points[:, axis].max()
    part = _joining(arrays, region, axis, ends)
    share = np.abs(signed_measures(part.points, part.cells)).sum()
    domain = handed_out(MPI.COMM_SELF, part, {"part": 1}, {})
    space = fem.functionspace(domain.mesh, ("P", 1))
    potential = fem.Function(space)
    trial, test = ufl.TrialFunction(space), ufl.TestFunction(space)
    conditions = [
        fem.dirichletbc(
            float(value),
            fem.locate_dofs_geometrical(space, lambda x, end=end: np.isclose(x[axis], end)),
            space,
        )
        for value, end in enumerate(ends)
    ]
    zero = fem.Constant(domain.mesh, 0.0)
    equation = ufl.inner(ufl.grad(trial), ufl.grad(test)) * ufl.dx - zero * test * ufl.dx
    LinearBlock(equation, potential, conditions, "picture_", _OPTIONS).solve()
    energy = integral(fem.form(ufl.inner(ufl.grad(potential), ufl.grad(potential)) * ufl.dx))
    whole = float(np.prod(np.ptp(arrays.points, axis=0)))
    relative = energy * (ends[1] - ends[0]) ** 2 / whole
    return Conduction(float(share) / whole, relative, len(part.points))


def _joining(arrays: Arrays, region: int, axis: int, ends: tuple[float, float]) -> Arrays:
    """Return the pieces of a region that touch both walls."""
    cells = arrays.cells[arrays.regions == region]
    piece = pieces(cells)
    heights = arrays.points[cells][:, :, axis]
    low, high = (np.unique(piece[np.isclose(heights, end).any(axis=1)]) for end in ends)
    kept = cells[np.isin(piece, np.intersect1d(low, high))]
    if not len(kept):
        raise ValueError(f"region {region} does not join the walls across axis {axis}")
    used, numbers = np.unique(kept, return_inverse=True)
    nothing = np.empty((0, arrays.points.shape[1]), dtype=np.int64)
    return Arrays(
        arrays.points[used],
        numbers.reshape(kept.shape),
        np.ones(len(kept), dtype=np.int32),
        nothing,
        np.empty(0, dtype=np.int32),
    )
