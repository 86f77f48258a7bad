"""Lithium through a layer of fine, or graded, Li3N particles at constant overpotential (Fig. 5)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from mpi4py import MPI
from pydantic import field_validator

from lithode.case import Case, HealthLine, Simulation, Target
from lithode.cases.graded_li3n.parameters import PAPER, GrowthParameters
from lithode.domain import Domain
from lithode.errors import InputError, fields_named
from lithode.meshes import electrolyte, foreign
from lithode.meshes.packing import Uniform, pack
from lithode.meshes.shapes import Particle, bounds, regular_polygon
from lithode.meshes.structured import structured
from lithode.parameters import choice, count, quantity
from lithode.solvers.electrodeposition import Electrodeposition
from lithode.solvers.electrodeposition.coupling import PREFIXES
from lithode.solvers.electrodeposition.parameters import Solver
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.output import figures
from lithode.solvers.output.history import History
from lithode.solvers.physics import elasticity, free_energy, kinetics

Array = npt.NDArray[np.float64]

# Coarse particles of the graded layer, 80 x 90 um: (centre, radius, corners, rotation), um and
# degrees. Drawn after Fig. 5C: two large ones with a gap, a small one above the gap.
GRADED_PARTICLES = (
    ((19.0, 46.0), 14.0, 6, 10.0),
    ((61.5, 48.0), 14.5, 7, 0.0),
    ((41.0, 73.0), 9.0, 5, 20.0),
)


# Where a mesh error names its own field: the parameter behind it.
_FIELDS = {
    "size": "element_size",
    "size_inside": "element_size_inside",
    "margin": "interface_width",
    "fraction": "area_fraction",
    "mesh": "mesh_file",
    "unit": "mesh_unit",
}
MOST_OUTPUTS = 10_000


class Parameters(GrowthParameters):
    """Parameters of the graded and fine layers."""

    particles: Literal["fine", "graded", "random"] = choice(
        "graded",
        "fine only, the three coarse particles of Fig. 5C, or a random packing of coarse ones",
        source=f"{PAPER}, Fig. 5",
        provenance="paper",
    )
    width: float = quantity(
        80.0, "um", "width of the layer", source="Lithode", provenance="assumed", gt=0
    )
    height: float = quantity(
        90.0, "um", "electrode to counter electrode", source="Lithode", provenance="assumed", gt=0
    )
    area_fraction: float = quantity(
        0.2, "", "coarse share if random", source="Lithode", provenance="assumed", gt=0, lt=0.7
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
    initial_thickness: float = quantity(
        6.0, "um", "initial lithium", source="Lithode", provenance="assumed", gt=0
    )
    nuclei: int = count(5, "bumps on it", source="Lithode", provenance="assumed", ge=0)
    nucleus_height: float = quantity(
        4.0, "um", "largest bump", source="Lithode", provenance="assumed", ge=0
    )
    nucleus_width: float = quantity(
        4.0, "um", "length of a Gaussian bump", source="Lithode", provenance="assumed", gt=0
    )
    element_size_inside: float = quantity(
        3.0,
        "um",
        "element size deep inside coarse particles",
        source="Lithode",
        provenance="numerical",
        gt=0,
    )
    mesh_file: Path | None = choice(
        None,
        "mesh to use instead, with the groups fine, coarse, electrode, counter_electrode, sides",
        source="-",
        provenance="numerical",
    )

    @field_validator("mesh_file", mode="after")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and path.absolute()  # case.yaml may be used from another folder

    mesh_unit: str = choice("um", "length unit of mesh_file", source="-", provenance="numerical")


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
            (0.0, clear),
            (p.width, p.height - p.interface_width),
            p.area_fraction,
            Uniform(p.smallest_radius, p.largest_radius),
            p.packing_seed,
            p.interface_width,
            corners=7,
        )
    return tuple(
        Particle(regular_polygon(centre, radius, corners, rotation))
        for centre, radius, corners, rotation in GRADED_PARTICLES
    )


def layer(parameters: Parameters) -> electrolyte.Electrolyte:
    """Return the geometry of the layer."""
    p = parameters
    return electrolyte.Electrolyte(
        width=p.width,
        height=p.height,
        size=p.element_size,
        size_inside=max(p.element_size_inside, p.element_size),
        margin=p.interface_width,
        particles=coarse_particles(p),
    )


def initial_lithium(parameters: Parameters) -> Callable[[Array], Array]:
    """Return the initial order parameter: a film with seeded Gaussian nuclei."""
    p = parameters
    length = free_energy.profile_length(p.interface.barrier, p.interface.gradient_coefficient)
    random = np.random.default_rng(p.seed)
    places = (np.arange(p.nuclei) + random.uniform(0.2, 0.8, p.nuclei)) * p.width / max(p.nuclei, 1)
    tall = p.nucleus_height * random.uniform(0.5, 1.0, p.nuclei)

    def order_parameter(points: Array) -> Array:
        bumps = tall * np.exp(-(((points[:, :1] - places) / p.nucleus_width) ** 2))
        front = p.initial_thickness + bumps.sum(axis=1)
        return np.asarray(0.5 * (1 - np.tanh((points[:, 1] - front) / (2 * length))))

    return order_parameter


def health(parameters: Parameters) -> list[HealthLine]:
    """Return the derived numbers that tell a sound run from a mushy or noisy one."""
    p, interface = parameters, parameters.interface
    profile = interface.barrier, interface.gradient_coefficient
    width = free_energy.interface_width_10_90(*profile)
    length = free_energy.profile_length(*profile)
    pressure = -elasticity.inclusion_pressure(
        p.eigenstrain_fine, p.lithium_stiffness, p.electrolyte_stiffness
    )
    eta_m = kinetics.mechanical_overpotential(
        -pressure, p.model_value("molar_volume"), p.mechanical_factor
    )
    relief = math.exp(-p.symmetry_factor * p.inverse_thermal_voltage * eta_m)
    ratio = p.site_density / p.bulk_concentration
    damkohler = kinetics.damkohler_number(
        ratio, p.reaction_rate * relief, width, p.model_value("diffusivity")
    )
    drive = kinetics.drive_ratio(p.reaction_rate, interface.mobility, interface.barrier)
    capillary = length / (3 * drive)
    return [
        HealthLine("gamma", free_energy.surface_energy(*profile), "surface energy", "J/m^2"),
        HealthLine("w", width, "10-90 % width of the interface", "um"),
        HealthLine(
            "w/h",
            width / p.element_size,
            "elements per interface width; below, fronts pin to the mesh",
            low=2.5,
        ),
        HealthLine("L_eta", p.rate_constant, "reaction constant", "1/s"),
        HealthLine("P", pressure, "expected pressure of lithium among fine particles", "MPa"),
        HealthLine(
            "Da",
            damkohler,
            "Li+ uptake over supply inside the interface, at that pressure; above, mushy lithium",
            high=0.6,
        ),
        HealthLine(
            "r", drive, "reaction over phase stiffness; above, noise nucleates lithium", high=1.5
        ),
        HealthLine(
            "xi*", kinetics.nucleation_threshold(drive), "order parameter that grows on its own"
        ),
        HealthLine(
            "lambda",
            2 * math.pi * math.sqrt(capillary * (p.height - p.initial_thickness)),
            "most unstable wavelength",
            "um",
        ),
    ]


def mesh(parameters: Parameters, comm: MPI.Intracomm) -> Domain:
    """Read the mesh file, or mesh the layer."""
    p = parameters
    if p.mesh_file is None:
        return electrolyte.build(layer(p), comm)
    regions = ("fine",) if p.particles == "fine" else ("fine", "coarse")
    domain = foreign.read(p.mesh_file, comm, regions=regions, unit=p.mesh_unit)
    if domain.mesh.topology.dim != 2:
        raise InputError("mesh_file", p.mesh_file, "must be a 2D mesh for this case")
    return domain


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; the geometry is checked before it is meshed."""
    p = parameters
    physics, initial = p.model, initial_lithium(p)
    for time in p.output_times:
        if time < 0:
            raise InputError("output_times", time, "must not be negative", "s")
    if p.initial_thickness + p.nucleus_height + 2 * p.interface_width > p.height:
        raise InputError("initial_thickness", p.initial_thickness, "must fit into height", "um")
    if p.end_time / p.output_interval > MOST_OUTPUTS:
        allowed = f"must be at least end_time / {MOST_OUTPUTS}"
        raise InputError("output_interval", p.output_interval, allowed, "s")
    with fields_named(_FIELDS):
        domain = domain or mesh(p, comm)
    frames = np.arange(p.output_interval, p.end_time, p.output_interval)
    return Simulation(
        model=Electrodeposition(domain, physics, initial, p.numerics),
        control=StepControl(initial_step=1e-3, max_step=p.noise_period, min_step=1e-7, gain=0.5),
        end_time=p.end_time,
        output_times=tuple(sorted({*frames.tolist(), *p.output_times})),
        health=health(p),
        conservation={"lithium": "lithium_defect [1]", "charge": "charge_defect [1]"},
    )


def probes(parameters: Parameters) -> list[Callable[[], Electrodeposition]]:
    """Return makers of the model on a handful of cells, one for each set of solvers."""
    p = parameters
    solvers: tuple[Solver, ...] = ("direct", "iterative", "multigrid")

    def make(solver: Solver) -> Electrodeposition:
        return Electrodeposition(
            structured(MPI.COMM_SELF, (p.width, p.height), (4, 8)),
            p.model,
            initial_lithium(p),
            replace(p.numerics, solver=solver),
        )

    return [partial(make, s) for s in (solvers if p.solver == "auto" else (p.solver,))]


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the paper's times, the fronts and the history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    return [
        *figures.draw_fields(fields, out, times=parameters.output_times),
        *figures.draw_fronts(fields, out),
        *figures.draw_history(run_directory / "history.csv", out),
    ]


Read = Callable[[History, Parameters], float | str | None]


def _value(history: History, column: str, time: float) -> float | None:
    """Return a column at a time, None if the run ended long before it."""
    times = history["time [s]"]
    if times[-1] < 0.98 * time:
        return None
    return float(np.interp(time, times, history[column]))


def _at(column: str, time: float) -> Read:
    return lambda history, _: _value(history, column, time)


def _first_time(column: str, level: float) -> Read:
    """Read when a column first exceeds a level."""

    def read(history: History, _: Parameters) -> float | None:
        above = np.flatnonzero(history[column] > level)
        return float(history["time [s]"][above[0]]) if len(above) else None

    return read


def _is_fine(parameters: Parameters) -> bool:
    return parameters.particles == "fine" and parameters.mesh_file is None


def _is_graded(parameters: Parameters) -> bool:
    return parameters.particles == "graded" and parameters.mesh_file is None


def _needles(history: History, parameters: Parameters) -> str | None:
    """Return whether the tip stands out of the mean front by more than the initial bumps."""
    tip = _value(history, "tip_height [um]", 1800.0)
    mean = _value(history, "mean_height [um]", 1800.0)
    if tip is None or mean is None:
        return None
    return "needles" if tip - mean > 2 * parameters.nucleus_height else "flat"


def _branches(history: History, _: Parameters) -> str | None:
    overhang = _value(history, "overhang [1]", 1800.0)
    return None if overhang is None else ("branching" if overhang > 0.1 else "no branching")


def _bypass(history: History, parameters: Parameters) -> str | None:
    """Return whether lithium has passed the equator of the lowest coarse particle, outside it."""
    tip = _value(history, "tip_height [um]", 1800.0)
    inside = _value(history, "lithium_fraction_coarse [1]", 1800.0)
    if tip is None or inside is None:
        return None
    equators = [
        (lower[-1] + upper[-1]) / 2
        for lower, upper in (bounds(particle.shape) for particle in coarse_particles(parameters))
    ]
    return "bypass" if tip > min(equators) and inside < 0.2 else "no bypass"


TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        "applied overpotential",
        -0.1,
        "V",
        "input",
        1e-9,
        lambda _, p: p.overpotential,
        "caption of Fig. 5",
    ),
    Target(
        "pressure at the Li interface, 1800 s",
        7.0,
        "MPa",
        "calibrated",
        0.2,
        _at("pressure_mean_fine [MPa]", 1800.0),
        "text on Fig. 5B",
        _is_fine,
    ),
    Target("growth, 1800 s", "needles", "", "calibrated", 0, _needles, "Fig. 5A", _is_fine),
    Target(
        "side branches, 1800 s",
        "branching",
        "",
        "predicted",
        0,
        _branches,
        "text on Fig. 5A",
        _is_fine,
    ),
    Target(
        "contact with coarse particles",
        1200.0,
        "s",
        "calibrated",
        0.1,
        _first_time("contact_coarse [1]", 0.5),
        "text on Fig. 5C",
        _is_graded,
    ),
    Target(
        "coarse particles, 1800 s", "bypass", "", "calibrated", 0, _bypass, "Fig. 5C", _is_graded
    ),
    Target(
        "largest pressure at coarse particles, 1800 s",
        20.0,
        "MPa",
        "calibrated",
        0.2,
        _at("pressure_max_coarse [MPa]", 1800.0),
        "text on Fig. 5D",
        _is_graded,
    ),
    Target(
        "Li share of coarse particles below the tip, 1800 s",
        0.0,
        "",
        "calibrated",
        0.02,
        _at("lithium_fraction_coarse [1]", 1800.0),
        "Fig. 5C",
        _is_graded,
    ),
)

CASE = Case(
    name="graded-li3n",
    title="Lithium through fine or graded Li3N particles at -0.1 V (Fig. 5)",
    parameters=Parameters,
    presets={
        "quick": {"element_size": 1.2, "time_tolerance": 1e-2},
        "paper": {"element_size": 0.65},
    },
    build=build,
    targets=TARGETS,
    pictures=pictures,
    petsc_prefixes=PREFIXES,
    probes=probes,
)
