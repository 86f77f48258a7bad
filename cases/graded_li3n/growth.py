"""Lithium through a layer of fine, or graded, Li3N particles at constant overpotential (Fig. 5)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

from mpi4py import MPI

from lithode.cases.graded_li3n.geometry import mesh, probes
from lithode.cases.graded_li3n.parameters import PAPER, PRESETS, GrowthParameters
from lithode.cases.graded_li3n.readings import APPLIED_OVERPOTENTIAL, at, first_time, value, with_3d
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parameters import choice, count, quantity
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import Target
from lithode.meshes import electrolyte
from lithode.meshes.packing import Uniform, pack
from lithode.meshes.shapes import (
    Circle,
    Particle,
    Shape,
    Sphere,
    bounds,
    faceted_ball,
    regular_polygon,
)
from lithode.output.history import History
from lithode.plots import figures
from lithode.solvers.electrodeposition.parameters import PREFIXES
from lithode.solvers.electrodeposition.setup import simulation

# Coarse particles of the graded layer, 80 x 90 um: (centre, radius, corners, rotation), um and
# degrees. Drawn after Fig. 5C: two large ones with a gap, a small one above the gap.
GRADED_PARTICLES = (
    ((19.0, 46.0), 14.0, 6, 10.0),
    ((61.5, 48.0), 14.5, 7, 0.0),
    ((41.0, 73.0), 9.0, 5, 20.0),
)
# The same in 3D, in a box of 80 x 40 x 90 um: (centre, radius, corners, seed).
GRADED_PARTICLES_3D = (
    ((19.0, 18.5, 46.0), 14.0, 14, 1),
    ((61.5, 21.5, 48.0), 14.5, 16, 2),
    ((41.0, 20.0, 73.0), 9.0, 10, 3),
)


class Parameters(GrowthParameters):
    """Parameters of the graded and fine layers."""

    mesh_fields: ClassVar[Mapping[str, str]] = {
        **GrowthParameters.mesh_fields,
        "fraction": "area_fraction",
    }

    particles: Literal["fine", "graded", "random"] = choice(
        "graded",
        "fine only, the three coarse particles of Fig. 5C, or a random packing of coarse ones",
        source=f"{PAPER}, Fig. 5",
        provenance="paper",
    )
    particle_shape: Literal["faceted", "round"] = choice(
        "faceted",
        "polygons and polyhedra, or discs and balls",
        source=f"{PAPER}, Fig. 5C",
        provenance="paper",
    )
    area_fraction: float = quantity(
        0.2,
        "",
        "coarse share if random, in 3D of the volume",
        source="Lithode",
        provenance="assumed",
        gt=0,
        lt=0.7,
    )
    smallest_radius: float = quantity(
        8.0, "um", "of coarse particles if random", source="Lithode", provenance="assumed", gt=0
    )
    largest_radius: float = quantity(
        14.0, "um", "of coarse particles if random", source="Lithode", provenance="assumed", gt=0
    )
    packing_seed: int = count(
        1, "seed of the random packing", source="Lithode", provenance="assumed", ge=0
    )


def coarse_particles(parameters: Parameters) -> tuple[Particle, ...]:
    """Return the coarse particles of a run."""
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


def layer(parameters: Parameters) -> electrolyte.Electrolyte:
    """Return the geometry of the layer."""
    p = parameters
    return electrolyte.Electrolyte(
        width=p.width,
        depth=None if p.is_flat else p.depth,
        height=p.height,
        size=p.element_size,
        size_inside=max(p.element_size_inside, p.element_size),
        margin=p.interface_width,
        layers=(electrolyte.Layer("fine", p.height),),
        particles=coarse_particles(p),
    )


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; the geometry is checked before it is meshed."""
    p = parameters
    regions = ("fine",) if p.particles == "fine" else ("fine", "coarse")
    return simulation(p, lambda: domain or mesh(p, comm, regions, lambda: layer(p)))


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the paper's times, the fronts and the history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    return [
        *figures.draw_fields(fields, out, times=parameters.output_times),
        *figures.draw_fronts(fields, out),
        *figures.draw_history(run_directory / "history.csv", out),
    ]


def _is_fine(parameters: Parameters) -> bool:
    return parameters.particles == "fine" and parameters.mesh_file is None


def _is_graded(parameters: Parameters) -> bool:
    return parameters.particles == "graded" and parameters.mesh_file is None


def _needles(history: History, parameters: Parameters) -> str | None:
    """Return whether the tip stands out of the mean front by more than the initial bumps."""
    tip = value(history, "tip_height [um]", 1800.0)
    mean = value(history, "mean_height [um]", 1800.0)
    if tip is None or mean is None:
        return None
    return "needles" if tip - mean > 2 * parameters.nucleus_height else "flat"


def _branches(history: History, _: Parameters) -> str | None:
    overhang = value(history, "overhang [1]", 1800.0)
    return None if overhang is None else ("branching" if overhang > 0.1 else "no branching")


def _bypass(history: History, parameters: Parameters) -> str | None:
    """Return whether lithium has passed the equator of the lowest coarse particle, outside it."""
    tip = value(history, "tip_height [um]", 1800.0)
    inside = value(history, "lithium_fraction_coarse [1]", 1800.0)
    if tip is None or inside is None:
        return None
    equators = [
        (lower[-1] + upper[-1]) / 2
        for lower, upper in (bounds(particle.shape) for particle in coarse_particles(parameters))
    ]
    return "bypass" if tip > min(equators) and inside < 0.2 else "no bypass"


_OF_2D: tuple[Target[Parameters], ...] = (
    Target(
        name="pressure at the Li interface, 1800 s",
        paper=7.0,
        unit="MPa",
        kind="calibrated",
        tolerance=0.2,
        read=at("pressure_mean_fine [MPa]", 1800.0),
        source="text on Fig. 5B",
        applies=_is_fine,
    ),
    Target(
        name="growth, 1800 s",
        paper="needles",
        kind="calibrated",
        read=_needles,
        source="Fig. 5A",
        applies=_is_fine,
    ),
    Target(
        name="side branches, 1800 s",
        paper="branching",
        kind="predicted",
        read=_branches,
        source="text on Fig. 5A",
        applies=_is_fine,
    ),
    Target(
        name="contact with coarse particles",
        paper=1200.0,
        unit="s",
        kind="calibrated",
        tolerance=0.1,
        read=first_time("contact_coarse [1]", 0.5),
        source="text on Fig. 5C",
        applies=_is_graded,
    ),
    Target(
        name="coarse particles, 1800 s",
        paper="bypass",
        kind="calibrated",
        read=_bypass,
        source="Fig. 5C",
        applies=_is_graded,
    ),
    Target(
        name="largest pressure at coarse particles, 1800 s",
        paper=20.0,
        unit="MPa",
        kind="calibrated",
        tolerance=0.2,
        read=at("pressure_max_coarse [MPa]", 1800.0),
        source="text on Fig. 5D",
        applies=_is_graded,
    ),
    Target(
        name="Li share of coarse particles below the tip, 1800 s",
        paper=0.0,
        kind="calibrated",
        tolerance=0.02,
        read=at("lithium_fraction_coarse [1]", 1800.0),
        source="Fig. 5C",
        applies=_is_graded,
    ),
)

TARGETS: tuple[Target[Parameters], ...] = (APPLIED_OVERPOTENTIAL, *with_3d(_OF_2D))

CASE = Case(
    name="graded-li3n",
    title="Lithium through fine or graded Li3N particles at -0.1 V (Fig. 5)",
    parameters=Parameters,
    presets=PRESETS,
    build=build,
    targets=TARGETS,
    pictures=pictures,
    petsc_prefixes=PREFIXES,
    probes=probes,
)
