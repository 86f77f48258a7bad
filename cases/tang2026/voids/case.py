"""Voids at stripped lithium against creep under stack pressure, with and without Li3N (Fig. 2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.tang2026.voids.parameters import PRESETS, Parameters
from lithode.cases.tang2026.voids.readings import write_tables
from lithode.cases.tang2026.voids.targets import TARGETS, findings, results
from lithode.engine.case import Case, Simulation
from lithode.solvers.voids.parameters import PREFIXES

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.numerics.sweep import Sweep


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the contact fraction; everything is checked before it is meshed."""
    from lithode.cases.tang2026.voids import simulation

    return simulation.build(parameters, comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""
    from lithode.cases.tang2026.voids import simulation

    return simulation.probes(parameters)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the unit cell, what a contact costs, and stripping against creep."""
    from lithode.cases.tang2026.voids.figures import draw

    return draw(run_directory, parameters)


CASE = Case(
    name="tang2026/voids",
    title="Voids at stripped Li against creep under stack pressure, with and without Li3N",
    parameters=Parameters,
    presets=PRESETS,
    build=build,
    targets=TARGETS,
    results=results,
    tables=write_tables,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=PREFIXES,
    probes=probes,
)
