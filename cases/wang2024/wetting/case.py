"""Lithium that grows, or does not, into lithiophilic and lithiophobic pores (Fig. 2k, l)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.wang2024.wetting.parameters import PRESETS, WettingParameters
from lithode.cases.wang2024.wetting.targets import TARGETS, findings, results
from lithode.engine.case import Case, Simulation
from lithode.solvers.wetting.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.wetting.model import Wetting


def build(parameters: WettingParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    from lithode.cases.wang2024.wetting.simulation import build

    return build(parameters, comm, domain)


def probes(parameters: WettingParameters) -> list[Callable[[], Wetting]]:
    """Return makers of the model on a handful of cells."""
    from lithode.cases.wang2024.wetting.simulation import probes

    return probes(parameters)


def pictures(run_directory: Path, parameters: WettingParameters) -> list[Path]:
    """Draw lithium among the grains, its front over time, and the history."""
    from lithode.cases.wang2024.wetting.figures import pictures

    return pictures(run_directory, parameters)


CASE = Case(
    name="wang2024/wetting",
    title="Lithium that wets the pores of an interlayer, or is kept out (Fig. 2k, l)",
    parameters=WettingParameters,
    presets=PRESETS,
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
