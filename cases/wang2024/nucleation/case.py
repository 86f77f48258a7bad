"""Nucleation of lithium on hosts of rising contact angle, in one transient (Fig. 2g-j)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.wang2024.interlayer_parameters import PRESETS
from lithode.cases.wang2024.nucleation.parameters import Parameters, label
from lithode.cases.wang2024.nucleation.targets import TARGETS, results
from lithode.engine.case import Case, Simulation
from lithode.solvers.mixed_conductor.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.mixed_conductor.model import MixedConductor


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    from lithode.cases.wang2024.nucleation import simulation

    return simulation.build(parameters, comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], MixedConductor]]:
    """Return a maker of the model on a few cells."""
    from lithode.cases.wang2024 import interlayer

    return interlayer.probes(parameters, parameters.nucleation)


def tables(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write the nucleation rates along the lithium."""
    from lithode.engine.rundir import RunDirectory
    from lithode.output.lines import write_profile

    p, directory = parameters, RunDirectory(run_directory)
    names = [f"nucleation_{p.overpotential}_{label(angle)}" for angle in p.contact_angles]
    table = directory.tables / "lithium_surface.csv"
    return [write_profile(directory.fields, table, names, p.end_time)]


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pictures."""
    from lithode.cases.wang2024.nucleation import figures

    return figures.pictures(run_directory, parameters)


CASE = Case(
    name="wang2024/nucleation",
    title="Nucleation in an LNI-CNT interlayer of rising contact angle (Fig. 2g-j)",
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
