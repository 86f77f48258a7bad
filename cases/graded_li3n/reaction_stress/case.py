"""Stress of LZC that lithium has reacted with, after a bilayer run (Fig. 8D)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.graded_li3n.reaction_stress.parameters import Parameters
from lithode.cases.graded_li3n.reaction_stress.targets import TARGETS, results
from lithode.engine.case import Case, Simulation
from lithode.solvers.multiphase_solid.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep."""
    from lithode.cases.graded_li3n.reaction_stress import simulation

    return simulation.build(parameters, comm, domain)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pictures."""
    from lithode.cases.graded_li3n.reaction_stress import figures

    return figures.pictures(run_directory, parameters)


CASE = Case(
    name="graded-li3n/reaction-stress",
    title="Stress of LZC that lithium has reacted with, after a bilayer run (Fig. 8D)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {}},
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
    petsc_prefixes=(PREFIX,),
)
