"""Geometry of the graded and fine layers, and their simulation."""

from __future__ import annotations

from functools import partial

from mpi4py import MPI

from lithode.cases.graded_li3n.geometry import mesh
from lithode.cases.graded_li3n.growth.parameters import (
    GRADED_PARTICLES,
    GRADED_PARTICLES_3D,
    Parameters,
)
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.meshes import electrolyte
from lithode.meshes.packing import Uniform, pack
from lithode.meshes.refined import followed
from lithode.meshes.shapes import Circle, Particle, Shape, Sphere, faceted_ball, regular_polygon
from lithode.solvers.electrodeposition.setup import simulation
from lithode.solvers.numerics.simulation import Simulation


def coarse_particles(parameters: Parameters) -> tuple[Particle, ...]:
    """Return the coarse particles of a run.

    Raises:
        InputError: Random particles do not fit.
    """
    p = parameters
    if p.particles == "fine":
        return ()
    if p.particles == "random":
        clear = p.initial_thickness + p.nucleus_height + 2 * p.interface_width
        if p.largest_radius < p.smallest_radius:
            raise InputError(
                "largest_radius", p.largest_radius, "must be at least smallest_radius", "um"
            )
        if clear >= p.height - p.interface_width:
            raise InputError("height", p.height, "leaves no room above the lithium", "um")
        return pack(
            (*(0.0 for _ in p.lengths[:-1]), clear),
            (*p.lengths[:-1], p.height - p.interface_width),
            p.area_fraction,
            Uniform(p.smallest_radius, p.largest_radius),
            p.packing_seed,
            p.interface_width,
            region="coarse",
            corners=None if p.particle_shape == "round" else 7 * (p.dimension - 1),
        )
    return tuple(Particle(shape, "coarse") for shape in _graded_shapes(p))


def _graded_shapes(parameters: Parameters) -> list[Shape]:
    if parameters.particle_shape == "round":
        if parameters.is_flat:
            return [Circle(centre, radius) for centre, radius, _, _ in GRADED_PARTICLES]
        return [Sphere(centre, radius) for centre, radius, _, _ in GRADED_PARTICLES_3D]
    if parameters.is_flat:
        return [regular_polygon(*drawn) for drawn in GRADED_PARTICLES]
    return [
        faceted_ball(centre, radius, corners, seed=seed)
        for centre, radius, corners, seed in GRADED_PARTICLES_3D
    ]


def layer(parameters: Parameters, size: float | None = None) -> electrolyte.Electrolyte:
    """Return the geometry of the layer.

    Args:
        parameters: Of the run.
        size: Element size in um of a base mesh, ``element_size`` of a mesh that stays.
    """
    p, to_bisect = parameters, size is not None
    size = p.element_size if size is None else size
    return electrolyte.Electrolyte(
        width=p.width,
        depth=None if p.is_flat else p.depth,
        height=p.height,
        size=size,
        size_inside=max(p.element_size_inside, size),
        margin=p.interface_width,
        layers=(electrolyte.Layer("fine", p.height),),
        particles=coarse_particles(p),
        to_bisect=to_bisect,
    )


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; the geometry is checked before it is meshed."""
    p = parameters
    regions = ("fine",) if p.particles == "fine" else ("fine", "coarse")

    def make(one: MPI.Intracomm, size: float | None = None) -> Domain:
        return mesh(p, one, regions, lambda: layer(p, size))

    return simulation(p, lambda: domain or make(comm), partial(followed, comm, domain, make))
