"""Impedance spectra of Tang's symmetric cells: layered, and with lost contact (Fig. 3, Table 2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.tang2026.impedance.parameters import PRESETS, Parameters
from lithode.cases.tang2026.impedance.readings import write_tables
from lithode.cases.tang2026.impedance.targets import TARGETS, results
from lithode.engine.case import Case, Simulation
from lithode.solvers.impedance.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.numerics.sweep import Sweep


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    from lithode.cases.tang2026.impedance import simulation

    return simulation.build(parameters, comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""
    from lithode.cases.tang2026.impedance import simulation

    return simulation.probes(parameters)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw spectrum and distribution, and where the current flows."""
    from lithode.cases.tang2026.impedance.figures import draw

    return draw(run_directory, parameters)


CASE = Case(
    name="tang2026/impedance",
    title="Impedance of symmetric cells, layered or with lost contact, and its DRT (Table 2)",
    parameters=Parameters,
    presets=PRESETS,
    build=build,
    targets=TARGETS,
    results=results,
    tables=write_tables,
    pictures=pictures,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
