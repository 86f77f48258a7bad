"""Homogeneous, dual-layer and graded electronic conductivity at equal thickness (Fig. 5a-c)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.wang2024.gradient.parameters import Parameters
from lithode.cases.wang2024.gradient.targets import TARGETS, findings, results
from lithode.engine.case import Case, Simulation
from lithode.solvers.current_distribution.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.numerics.sweep import Sweep


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    from lithode.cases.wang2024.gradient import simulation

    return simulation.build(parameters, comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the models on a few cells."""
    from lithode.cases.wang2024.gradient import simulation

    return simulation.probes(parameters)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pictures."""
    from lithode.cases.wang2024.gradient import figures

    return figures.pictures(run_directory, parameters)


CASE = Case(
    name="wang2024/gradient",
    title="Homogeneous, dual-layer and graded electronic conductivity (Fig. 5a-c)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.1}},
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
