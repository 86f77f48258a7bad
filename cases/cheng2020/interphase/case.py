"""The case ``cheng2020/interphase``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.cheng2020.interphase.parameters import DAY, Parameters
from lithode.cases.cheng2020.interphase.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.solvers.interphase.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.numerics.model import Model
    from lithode.solvers.numerics.simulation import Simulation


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    from lithode.cases.cheng2020.interphase.simulation import build

    return build(parameters, comm, domain)


def probes(parameters: Parameters) -> Iterable[Callable[[], Model]]:
    """Return a maker of the model on a few cells."""
    from lithode.cases.cheng2020.interphase.simulation import probes

    return probes(parameters)


def tables(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write all species across the layers at the age."""
    from lithode.cases.cheng2020.interphase.profile import write

    return [write(run_directory, parameters)]


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw profiles, thickness over time, and the potentials across the interphase."""
    from lithode.cases.cheng2020.interphase.figures import draw

    return draw(run_directory, parameters)


CASE = Case(
    name="cheng2020/interphase",
    title="interphase of lithium and LiPON: its three layers, and how they grow (Figs. 2, 6)",
    parameters=Parameters,
    presets={
        "quick": {},
        "paper": {
            "end_time": 1e8,
            "element_size": 0.75,
            "resolved_depth": 1000.0,
            "time_tolerance": 0.01,
        },
        "fit": {"end_time": DAY, "element_size": 2.0, "resolved_depth": 60.0},
    },
    build=build,
    targets=TARGETS,
    results=results,
    tables=tables,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
