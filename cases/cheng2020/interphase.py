"""Growth of the interphase between lithium metal and LiPON, and its layers (Figs. 2, 6)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from mpi4py import MPI

from lithode.cases.cheng2020 import drawings
from lithode.cases.cheng2020.parameters import DAY, LAYERS, PAPER, InterphaseParameters
from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import HealthLine, Target
from lithode.meshes import layer_pair as bilayer
from lithode.meshes.layer_pair import Bilayer
from lithode.output.history import History
from lithode.solvers.interphase.model import Interphase
from lithode.solvers.interphase.parameters import ELECTROLYTE, METAL, PREFIX
from lithode.solvers.numerics.march import StepControl

# Where a mesh error names its own field: the parameter behind it.
_FIELDS = {
    "lower": "lithium_thickness",
    "upper": "electrolyte_thickness",
    "size": "element_size",
}


def geometry(parameters: InterphaseParameters) -> Bilayer:
    """Return the geometry; refuses what does not fit."""
    with fields_named(_FIELDS):
        return parameters.layers


def build(
    parameters: InterphaseParameters, comm: MPI.Intracomm, domain: Domain | None
) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    physics, shape = p.model(), geometry(p)
    domain = domain or bilayer.build(shape, (METAL, ELECTROLYTE), comm)
    return Simulation(
        model=Interphase(domain, physics, p.numerics),
        # The step doubles; backward differences of second order are stable up to 2.4.
        control=StepControl(
            initial_step=min(1e-3 / max(p.first_rate, p.second_rate), 0.1 * p.end_time),
            max_step=1e7,
            min_step=1e-9,
            max_growth=2.0,
            many_iterations=12,
        ),
        end_time=p.end_time,
        output_times=p.output_times,
        health=health(p),
        conservation={
            name: f"{name}_defect [1]" for name in ("nitrogen", "phosphorus", "oxygen", "lithium")
        },
    )


def health(parameters: InterphaseParameters) -> list[HealthLine]:
    """Return the derived numbers behind the layers."""
    p = parameters
    zone = (p.activity_diffusivity / max(p.first_rate, p.second_rate)) ** 0.5 * 1e3
    names = ("N", "O", "P")
    lines = [
        HealthLine(f"D_{name}", atom.diffusivity * 1e-12, f"of interstitial {name} in Li", "m^2/s")
        for name, atom in zip(names, p.interstitials, strict=True)
    ]
    return [
        *lines,
        HealthLine(
            "zone",
            zone,
            "width of the reaction zone; finer elements where it is narrower than they are",
            "nm",
            low=p.element_size,
        ),
    ]


def probes(parameters: InterphaseParameters) -> list[Callable[[], Interphase]]:
    """Return a maker of the model on a few cells."""
    p = parameters
    shape = geometry(p)

    def make() -> Interphase:
        coarse = Bilayer(shape.lower, shape.upper, min(shape.lower, shape.upper) / 5, (0.0, 0.0))
        small = p.model_copy(update={"width": None})
        domain = bilayer.build(coarse, (METAL, ELECTROLYTE), MPI.COMM_SELF)
        return Interphase(domain, small.model(), p.numerics)

    return [make]


def pictures(run_directory: Path, parameters: InterphaseParameters) -> list[Path]:
    """Draw profiles, thickness over time, and the potentials across the interphase."""
    return drawings.draw(run_directory, parameters)


def at_age(history: History, parameters: InterphaseParameters, column: str) -> float | None:
    """Return a column at the age of the sample, None if the run ended before."""
    time = history["time [s]"]
    if time[-1] < 0.999 * parameters.age:
        return None
    return float(np.interp(parameters.age, time, history[column]))


def _read(column: str) -> Callable[[History, InterphaseParameters], float | None]:
    return lambda history, parameters: at_age(history, parameters, column)


def _deeper(history: History, parameters: InterphaseParameters) -> str | None:
    nitrogen, phosphorus = (at_age(history, parameters, f"reach_{k} [nm]") for k in ("N", "P"))
    if nitrogen is None or phosphorus is None:
        return None
    return "N" if nitrogen > phosphorus else "P"


def exponent(history: History, column: str, decades: float = 1.0) -> float | None:
    """Return d ln(column) / d ln t over the last decades; None where nothing grows or it is 0."""
    time, values = history["time [s]"], history[column]
    late = (time >= time[-1] * 10**-decades) & (values > 0)
    if np.count_nonzero(late) < 3:
        return None
    return float(np.polyfit(np.log(time[late]), np.log(values[late]), 1)[0])


def _law(history: History, parameters: InterphaseParameters) -> str | None:
    if history["time [s]"][-1] < 5 * parameters.age:
        return None
    slope = exponent(history, "thickness [nm]", 0.7)
    if slope is None:
        return None
    return "stable" if slope < 0.1 else "grows on"


def _late(column: str) -> Callable[[History, InterphaseParameters], float | None]:
    def read(history: History, parameters: InterphaseParameters) -> float | None:
        if history["time [s]"][-1] < 5 * parameters.age:
            return None
        return exponent(history, column, 0.7)

    return read


def _cation_drop(_: History, parameters: InterphaseParameters) -> str:
    sigma = parameters.electronic_conductivity
    return "flat" if sigma / (sigma + parameters.ionic_conductivity) < 0.01 else "falls"


def findings(history: History, parameters: InterphaseParameters) -> list[str]:
    """Say what the numbers mean."""
    said = [
        "What is calibrated was fitted by nine parameters to three thicknesses; other sets fit as "
        "well (lithode fit cheng2020/interphase)."
    ]
    slope = _late("layer_3 [nm]")(history, parameters)
    if slope is not None:
        third = float(history["layer_3 [nm]"][-1])
        days = float(history["time [s]"][-1]) / DAY
        said.append(f"Layer 3 has {third:.3g} nm after {days:.3g} days and grows as t^{slope:.2f}.")
    nitrogen, phosphorus = (at_age(history, parameters, f"reach_{k} [nm]") for k in ("N", "P"))
    if nitrogen is not None and phosphorus is not None:
        said.append(f"N is seen {nitrogen:.3g} nm deep in lithium, P {phosphorus:.3g} nm.")
    return said


def _fitted(parameters: InterphaseParameters) -> bool:
    return parameters.parameter_set == "fitted"


def _barriers(parameters: InterphaseParameters) -> bool:
    return not _fitted(parameters)


def _barrier(atom: str, name: str, value: float) -> Target[InterphaseParameters]:
    return Target(
        name=f"barrier of {atom} in Li",
        paper=value,
        unit="eV",
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: float(getattr(p, name)),
        source=f"{PAPER}, Fig. 5B",
    )


_KINDS: tuple[Literal["predicted", "calibrated"], ...] = (
    "predicted",
    "calibrated",
    "calibrated",
    "predicted",
)
_DEPTH = f"{PAPER}, Figs. 1G, 4"
TARGETS: tuple[Target[InterphaseParameters], ...] = (
    _barrier("N", "nitrogen_barrier", 0.50),
    _barrier("O", "oxygen_barrier", 1.08),
    _barrier("P", "phosphorus_barrier", 0.42),
    *(
        Target(
            name=name,
            paper=paper,
            unit="nm",
            kind="calibrated",
            tolerance=0.1,
            read=_read(column),
            source=f"{PAPER}, Fig. 2K",
            applies=_fitted,
        )
        for name, paper, column in LAYERS
    ),
    # The reach of N and the conductivity are those that were fitted to layers 2 and 3.
    *(
        Target(
            name=name,
            paper=paper,
            unit="nm",
            kind=kind,
            tolerance=0.1,
            read=_read(column),
            source=f"{PAPER}, Fig. 2K",
            applies=_barriers,
        )
        for (name, paper, column), kind in zip(LAYERS, _KINDS, strict=True)
    ),
    Target(
        name="deeper in Li",
        paper="N",
        kind="calibrated",
        read=_deeper,
        source=_DEPTH,
        applies=_fitted,
    ),
    Target(
        name="deeper in Li",
        paper="N",
        kind="predicted",
        read=_deeper,
        source=_DEPTH,
        applies=_barriers,
    ),
    Target(
        name="late growth",
        paper="stable",
        kind="predicted",
        read=_law,
        source=f"{PAPER}, text on passivation",
    ),
    *(
        Target(
            name=f"late exponent of layer {k}",
            paper=None,
            kind="predicted",
            read=_late(f"layer_{k} [nm]"),
            source="t^0.5 if limited by the electrons that cross it",
        )
        for k in (1, 2, 3)
    ),
    Target(
        name="potential of Li+ across it",
        paper="flat",
        kind="input",
        read=_cation_drop,
        source=f"{PAPER}, Fig. 6",
    ),
)

CASE = Case(
    name="cheng2020/interphase",
    title="interphase of lithium and LiPON: its three layers, and how they grow (Figs. 2, 6)",
    parameters=InterphaseParameters,
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
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
