"""What the growth scenarios of the paper share: initial lithium, checks, warnings, simulation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.cases.graded_li3n.parameters import GrowthParameters
from lithode.core.domain import Domain
from lithode.core.errors import InputError, fields_named
from lithode.engine.case import Simulation
from lithode.engine.verdict import HealthLine
from lithode.meshes import electrolyte, foreign
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.electrodeposition.parameters import Solver
from lithode.solvers.numerics.march import StepControl
from lithode.theory import elasticity, free_energy, kinetics

Array = npt.NDArray[np.float64]

# Where a mesh error names its own field: the parameter behind it.
MESH_FIELDS = {
    "size": "element_size",
    "size_inside": "element_size_inside",
    "margin": "interface_width",
    "fraction": "area_fraction",
    "layer thickness": "layer_thickness",
    "mesh": "mesh_file",
    "unit": "mesh_unit",
}
MOST_OUTPUTS = 10_000


def initial_lithium(parameters: GrowthParameters) -> Callable[[Array], Array]:
    """Return the initial order parameter: a film with seeded Gaussian nuclei."""
    p = parameters
    length = free_energy.profile_length(p.interface.barrier, p.interface.gradient_coefficient)
    random = np.random.default_rng(p.seed)
    slots, share = np.arange(p.nuclei), 1 / max(p.nuclei, 1)
    places = [(slots + random.uniform(0.2, 0.8, p.nuclei)) * p.width * share]
    tall = p.nucleus_height * random.uniform(0.5, 1.0, p.nuclei)
    if not p.is_flat:
        deep = random.permutation(slots) + random.uniform(0.2, 0.8, p.nuclei)
        places.append(deep * p.depth * share)
    middles = np.array(places)

    def order_parameter(points: Array) -> Array:
        arms = points[:, : len(middles), None] - middles
        bumps = tall * np.exp(-np.sum((arms / p.nucleus_width) ** 2, axis=1))
        front = p.initial_thickness + bumps.sum(axis=1)
        return np.asarray(0.5 * (1 - np.tanh((points[:, len(middles)] - front) / (2 * length))))

    return order_parameter


def health(parameters: GrowthParameters) -> list[HealthLine]:
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


def check(parameters: GrowthParameters) -> None:
    """Check what no mesh builder will.

    Raises:
        InputError: Plane stress in 3D, output times that are negative or too many, or lithium that
            fills the height.
    """
    p = parameters
    if not p.is_flat and p.kinematics == "plane_stress":
        raise InputError("kinematics", p.kinematics, "is for dimension=2 only")
    for time in p.output_times:
        if time < 0:
            raise InputError("output_times", time, "must not be negative", "s")
    if p.initial_thickness + p.nucleus_height + 2 * p.interface_width > p.height:
        raise InputError("initial_thickness", p.initial_thickness, "must fit into height", "um")
    if p.end_time / p.output_interval > MOST_OUTPUTS:
        allowed = f"must be at least end_time / {MOST_OUTPUTS}"
        raise InputError("output_interval", p.output_interval, allowed, "s")


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
    places, comm = domain.mesh.geometry.x[:, axis], domain.mesh.comm
    low, high = np.min(places, initial=np.inf), np.max(places, initial=-np.inf)
    return float(comm.allreduce(low, op=MPI.MIN)), float(comm.allreduce(high, op=MPI.MAX))


def simulation(parameters: GrowthParameters, make_domain: Callable[[], Domain]) -> Simulation:
    """Make the simulation; all that can be refused is refused before the domain is made.

    Args:
        parameters: Of the scenario.
        make_domain: Makes the mesh; its errors are given the names of the parameters.
    """
    p = parameters
    physics, initial = p.model, initial_lithium(p)
    check(p)
    with fields_named(MESH_FIELDS):
        domain = make_domain()
    frames = np.arange(p.output_interval, p.end_time, p.output_interval)
    return Simulation(
        model=Electrodeposition(domain, physics, initial, p.numerics),
        control=StepControl(initial_step=1e-3, max_step=p.noise_period, min_step=1e-7, gain=0.5),
        end_time=p.end_time,
        output_times=tuple(sorted({*frames.tolist(), *p.output_times})),
        health=health(p),
        conservation={"lithium": "lithium_defect [1]", "charge": "charge_defect [1]"},
    )


def probes(parameters: GrowthParameters) -> list[Callable[[], Electrodeposition]]:
    """Return makers of the model on a handful of cells, one for each set of solvers."""
    p = parameters
    solvers: tuple[Solver, ...] = ("direct", "iterative", "multigrid")

    cells = (4, 8) if p.is_flat else (2, 2, 4)

    def make(solver: Solver) -> Electrodeposition:
        return Electrodeposition(
            structured(MPI.COMM_SELF, p.lengths, cells, region="fine"),
            replace(p.model, backstop=None),
            initial_lithium(p),
            replace(p.numerics, solver=solver),
        )

    return [partial(make, s) for s in (solvers if p.solver == "auto" else (p.solver,))]
