"""Li+ and electrons in an interlayer with a lithium protrusion: where lithium grows (Fig. 2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.wang2024.interlayer_parameters import PRESETS
from lithode.cases.wang2024.transport.parameters import Parameters
from lithode.cases.wang2024.transport.targets import TARGETS, results
from lithode.engine.case import Case, Simulation
from lithode.solvers.mixed_conductor.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.mixed_conductor.model import MixedConductor


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    from lithode.cases.wang2024 import interlayer

    return interlayer.simulation(parameters, parameters.nucleation, comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], MixedConductor]]:
    """Return a maker of the model on a few cells."""
    from lithode.cases.wang2024 import interlayer

    return interlayer.probes(parameters, parameters.nucleation)


def tables(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write growth along the lithium, and the front of nucleation by contour level."""
    from lithode.cases.wang2024.transport.contours import front_heights
    from lithode.engine.rundir import RunDirectory
    from lithode.output.lines import write_profile
    from lithode.output.tables import write_table

    p, directory = parameters, RunDirectory(run_directory)
    surface = directory.tables / "lithium_surface.csv"
    fields = ["growth_rate", f"nucleation_{p.overpotential}"]
    return [
        write_profile(directory.fields, surface, fields, p.end_time),
        write_table(directory.tables / "front_over_level.csv", front_heights(directory.fields, p)),
    ]


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pictures."""
    from lithode.cases.wang2024.transport import figures

    return figures.pictures(run_directory, parameters)


CASE = Case(
    name="wang2024/transport",
    title="Li+ and electrons in an LNI-CNT interlayer with a lithium protrusion (Fig. 2e, f)",
    parameters=Parameters,
    presets=PRESETS,
    build=build,
    targets=TARGETS,
    results=results,
    tables=tables,
    pictures=pictures,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
