"""The toughness of the regions and of the seams between them, by cell."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function
from dolfinx.mesh import compute_midpoints, entities_to_geometry

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import lasting
from lithode.solvers.fracture.parameters import Parameters, Seam
from lithode.solvers.numerics.gauges import distances, facets_between
from lithode.solvers.numerics.properties import spread

Array = npt.NDArray[np.float64]

# Points along the edge of a facet, between which a seam has no holes.
_PARTS = 8


def toughness_of(domain: Domain, parameters: Parameters) -> Function[Any]:
    """Return G_c in J/m^2 as a DG0 function; collective.

    Raises:
        InputError: A region of the mesh is not known, or a seam has no facets.
    """
    out = spread(domain, parameters.regions, lambda region: region.toughness)
    mesh = domain.mesh
    tdim = mesh.topology.dim
    cells = mesh.topology.index_map(tdim)
    numbers = np.arange(cells.size_local + cells.num_ghosts, dtype=np.int32)
    middles = compute_midpoints(mesh, tdim, numbers)
    for seam in parameters.seams:
        near = distances(middles, _points(domain, seam)) <= seam.half_width
        out.x.array[out.function_space.dofmap.list[numbers[near], 0]] = seam.toughness
    return out


def _points(domain: Domain, seam: Seam) -> Array:
    """Return points of a seam on all ranks, shape (n, 3)."""
    mesh, comm = domain.mesh, lasting(domain.mesh.comm)
    dim = mesh.topology.dim
    mesh.topology.create_connectivity(dim - 1, dim)
    facets = _facets(domain, seam)
    corners = mesh.geometry.x[entities_to_geometry(mesh, dim - 1, facets)]
    steps = itertools.product(range(_PARTS + 1), repeat=dim)
    shares = np.array([step for step in steps if sum(step) == _PARTS]) / _PARTS
    mine = np.einsum("ps,fsx->fpx", shares, corners).reshape(-1, 3)
    points = np.concatenate(comm.allgather(mine))
    if not len(points):
        raise InputError("seam", _words(seam), "the mesh has no such facets")
    return np.asarray(points)


def _facets(domain: Domain, seam: Seam) -> npt.NDArray[np.int32]:
    if isinstance(seam.place, str):
        return domain.facets(seam.place)
    for name in seam.place:
        if name not in domain.regions:
            raise InputError("seam", _words(seam), f"the mesh has {', '.join(domain.regions)}")
    one, other = (domain.regions[name] for name in seam.place)
    return facets_between(domain, one, other)


def _words(seam: Seam) -> str:
    return seam.place if isinstance(seam.place, str) else " and ".join(seam.place)
