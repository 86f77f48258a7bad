"""Lithium up to a layer in which it does not plate, and its pressures (Fig. 8A-C)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.graded_li3n.bilayer.parameters import Parameters
from lithode.cases.graded_li3n.bilayer.targets import TARGETS
from lithode.cases.graded_li3n.parameters import PRESETS
from lithode.engine.case import Case, Simulation
from lithode.solvers.electrodeposition.parameters import PREFIXES
from lithode.solvers.electrodeposition.results import results

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.electrodeposition.model import Electrodeposition


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    from lithode.cases.graded_li3n.bilayer import simulation

    return simulation.build(parameters, comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], Electrodeposition]]:
    """Return makers of the model on a few cells."""
    from lithode.cases.graded_li3n import geometry

    return geometry.probes(parameters)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pictures."""
    from lithode.cases.graded_li3n.bilayer import figures

    return figures.pictures(run_directory, parameters)


CASE = Case(
    name="graded-li3n/bilayer",
    title="Lithium up to a layer in which it does not plate, and its pressures (Fig. 8A-C)",
    parameters=Parameters,
    presets=PRESETS,
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
    petsc_prefixes=PREFIXES,
    probes=probes,
)
