"""What the growth scenarios of the paper share about meshes: a file or what is drawn, probes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from mpi4py import MPI

from lithode.cases.graded_li3n.parameters import GrowthParameters
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import lasting
from lithode.meshes import electrolyte, foreign
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition import setup
from lithode.solvers.electrodeposition.setup import AnyModel


def mesh(
    parameters: GrowthParameters,
    comm: MPI.Intracomm,
    regions: Sequence[str],
    draw: Callable[[], electrolyte.Electrolyte],
) -> Domain:
    """Read the mesh file, which must have these regions, or mesh what is drawn."""
    p = parameters
    if p.mesh_file is None:
        return electrolyte.build(draw(), comm)
    domain = foreign.read(p.mesh_file, comm, regions=regions, unit=p.mesh_unit)
    if domain.mesh.topology.dim != p.dimension:
        allowed = f"must be a {p.dimension}D mesh, or change dimension"
        raise InputError("mesh_file", p.mesh_file, allowed)
    names = ("width", "height") if p.is_flat else ("width", "depth", "height")
    for axis, (name, length) in enumerate(zip(names, p.lengths, strict=True)):
        low, high = _extent(domain, axis)
        # Initial lithium and boundary values are placed by the parameters.
        if max(abs(low), abs(high - length)) > 0.01 * length:
            allowed = f"mesh_file goes from {low:.4g} to {high:.4g} um there, must be 0 to {name}"
            raise InputError(name, length, allowed, "um")
    return domain


def _extent(domain: Domain, axis: int) -> tuple[float, float]:
    places, comm = domain.mesh.geometry.x[:, axis], lasting(domain.mesh.comm)
    low, high = np.min(places, initial=np.inf), np.max(places, initial=-np.inf)
    return float(comm.allreduce(low, op=MPI.MIN)), float(comm.allreduce(high, op=MPI.MAX))


def probes(parameters: GrowthParameters) -> list[Callable[[], AnyModel]]:
    """Return makers of the model on a handful of cells, one for each set of solvers."""
    p = parameters
    cells = (4, 8) if p.is_flat else (2, 2, 4)
    return setup.probes(p, lambda: structured(MPI.COMM_SELF, p.lengths, cells, region="fine"))
