"""The case ``ji2020/symmetric-cell``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lithode.cases.ji2020.symmetric_cell.parameters import Parameters
from lithode.cases.ji2020.symmetric_cell.targets import TARGETS, findings, results
from lithode.engine.case import Case
from lithode.solvers.layered_cell.parameters import PREFIX

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.solvers.numerics.model import Model
    from lithode.solvers.numerics.simulation import Simulation


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    from lithode.cases.ji2020.symmetric_cell.simulation import build

    return build(parameters, comm, domain)


def probes(parameters: Parameters) -> Iterable[Callable[[], Model]]:
    """Return a maker of the model on a few cells."""
    from lithode.cases.ji2020.symmetric_cell.simulation import probes

    return probes(parameters)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw voltage, resistance and depth over time, and the potential across the stack."""
    from lithode.cases.ji2020.symmetric_cell.figures import draw

    return draw(run_directory, parameters)


CASE = Case(
    name="ji2020/symmetric-cell",
    title="Symmetric cell under a protocol: activation, Ohm's law and filling pores (Figs. 3, 4)",
    parameters=Parameters,
    presets={
        "activation": {},
        "capacity": {"protocol": "capacity"},
        "time": {"protocol": "time"},
        "long": {"protocol": "long"},
        "patches": {"dimension": 2, "contact_share": 0.5, "element_size": 1.0},
        "quick": {"protocol": "short", "element_size": 2.0, "tolerance": 5e-3, "curve_points": 2},
    },
    build=build,
    targets=TARGETS,
    results=results,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=[PREFIX],
    probes=probes,
)
