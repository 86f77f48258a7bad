"""Pore size and porosity against the evenness of the current at lithium (Fig. S23)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.wang2024.pores.parameters import Parameters
from lithode.cases.wang2024.pores.targets import TARGETS, findings, results
from lithode.engine.case import Case, Simulation
from lithode.solvers.current_distribution.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.numerics.sweep import Sweep


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    from lithode.cases.wang2024.pores import simulation

    return simulation.build(parameters, comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the models on a few cells."""
    from lithode.cases.wang2024.pores import simulation

    return simulation.probes(parameters)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pictures."""
    from lithode.cases.wang2024.pores import figures

    return figures.pictures(run_directory, parameters)


CASE = Case(
    name="wang2024/pores",
    title="Pore size and porosity against an even current at lithium (Fig. S23)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.0002, "element_size_far": 0.02}},
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
