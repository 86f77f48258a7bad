"""Is an interlayer dendrite-safe, and up to which current? The design criterion (Fig. 4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.wang2024.criterion.parameters import Parameters
from lithode.cases.wang2024.criterion.targets import TARGETS, findings, results
from lithode.core.parameters import differences
from lithode.engine.case import Case, Simulation
from lithode.solvers.current_distribution.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.numerics.sweep import Sweep


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    from lithode.cases.wang2024.criterion import simulation

    return simulation.build(parameters, comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""
    from lithode.cases.wang2024.criterion import simulation

    return simulation.probes(parameters)


def tables(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write the design map, and the measured interlayers where all else is the paper's."""
    from lithode.cases.wang2024.criterion.closed_form import critical_currents, design_map
    from lithode.engine.rundir import RunDirectory
    from lithode.output.tables import write_table

    folder = RunDirectory(run_directory).tables
    found = {"design_map.csv": design_map(parameters).columns}
    if not differences(parameters, Parameters()):
        found["critical_currents.csv"] = critical_currents(parameters)
    return [write_table(folder / name, columns) for name, columns in found.items()]


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the pictures."""
    from lithode.cases.wang2024.criterion import figures

    return figures.pictures(run_directory, parameters)


CASE = Case(
    name="wang2024/criterion",
    title="Up to which current an interlayer is dendrite-safe, and what limits it (Fig. 4)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.1}},
    build=build,
    targets=TARGETS,
    results=results,
    tables=tables,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
