"""Voids at stripped lithium against creep under stack pressure, with and without Li3N (Fig. 2)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from mpi4py import MPI

from lithode.cases.tang2026.measured import (
    HIGH_PRESSURE,
    INITIAL_CONTACT,
    OVERPOTENTIAL_RISE,
    PAPER,
    STACK_PRESSURE,
    TABLE_2,
    Electrode,
)
from lithode.cases.tang2026.voids_cell import ELECTRODES, Parameters
from lithode.cases.tang2026.voids_figures import draw
from lithode.cases.tang2026.voids_readings import AXIS, FORMULA, balances, resistance_at, steady
from lithode.core.domain import Domain
from lithode.core.errors import SolverError
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import HealthLine, Target, Value
from lithode.meshes import disc_in_tube
from lithode.meshes.disc_in_tube import DiscInTube
from lithode.output.history import History
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.voids.balance import ContactBalance
from lithode.solvers.voids.model import VoidCell
from lithode.solvers.voids.parameters import PREFIXES

# A contact that has lost less shows no void.
_CLOSED = 0.9
_HALF = 0.5
_HALF_CYCLE_H = 0.5


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the contact fraction; everything is checked before it is meshed."""
    p = parameters
    p.check()
    model, fractions = p.model, p.contact_fractions
    domain = domain or disc_in_tube.build(p.tube, comm)
    sweep = Sweep(VoidCell(domain, model), AXIS, fractions[0])
    return Simulation(
        model=sweep,
        control=sweep.control(fractions[-1]),
        end_time=fractions[-1],
        output_times=fractions,
        health=[
            *(
                HealthLine(
                    f"Wa({name})",
                    wagner,
                    "interface over bulk resistance; below 1 the "
                    "current crowds at the edge of the contact",
                )
                for name, wagner in model.interfaces.items()
            ),
            *(
                HealthLine(
                    f"q({pressure:g} MPa)",
                    p.closing_ratio(pressure, p.current),
                    "creep A p^n b over stripping speed",
                )
                for pressure in p.stack_pressures
            ),
        ],
        conservation={
            "lithium": "lithium_defect [1]",
            **{f"charge_{name}": f"current_defect_{name} [1]" for name in ELECTRODES},
        },
    )


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""

    def make() -> Sweep:
        domain = disc_in_tube.build(DiscInTube(1.0, 0.1, 2.0), MPI.COMM_SELF)
        return Sweep(VoidCell(domain, parameters.model), AXIS, 0.5)

    return [make]


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say where the contact ends, and at which pressure it would be lost."""
    p = parameters
    found = balances(history)
    if not found:
        return []
    bound, bare = found[None], found["Li"]
    lines = []
    for pressure in p.stack_pressures:
        ratio = p.closing_ratio(pressure, p.current)
        low, high = (_tends(balance, ratio) for balance in (bound, bare))
        lines.append(
            f"{p.current:g} mA/cm^2 at {pressure:g} MPa: the contact tends to {low} if all "
            f"stripped lithium must creep in, to {high} with the current of bare lithium"
        )
    if bound.covers(_HALF):
        closing = p.creep_rate * p.tube_radius
        half = float(bound.pressure(_HALF, p.creep_exponent, p.speed(p.current), closing))
        lines.append(f"half of the contact is lost only below {half:.2g} MPa, in the first way")
    return [*lines, *_verification(history)]


def _verification(history: History) -> list[str]:
    """Say how far the numbers are from closed forms, where there are any."""
    small = history[AXIS.column] <= FORMULA
    if not np.any(small):
        return []
    constriction, creep = (
        100 * np.max(np.abs(history[f"{ours} [1]"] / history[f"{form}_closed_form [1]"] - 1)[small])
        for ours, form in (("constriction_ideal", "constriction"), ("closure_newtonian", "closure"))
    )
    return [
        f"up to theta = {FORMULA:g} the constriction of an ideal contact is within "
        f"{constriction:.2g} % of its closed form, creep at n = 1 within {creep:.2g} %"
    ]


def _tends(balance: ContactBalance, ratio: float) -> str:
    """Return the contact fraction that stripping tends to, or on which side of the sweep it is."""
    fraction, low = balance.steady(ratio), float(balance.fractions[0])
    if fraction is not None:
        return f"{fraction:.3f}"
    lost = balance.growth(low, ratio) < 0
    return f"less than {low:g}" if lost else f"more than {balance.reach:g}"


def _voids(current: float, pressure: float) -> Callable[[History, Parameters], Value]:
    def read(history: History, parameters: Parameters) -> Value:
        fraction = steady(history, parameters, None, pressure, current)
        if fraction is None:
            return None
        return "no voids" if fraction >= _CLOSED else "voids"

    return read


def _rise(electrode: Electrode, current: float) -> Callable[[History, Parameters], Value]:
    """Return a reader of the rise of the overpotential in % in a long step, at most."""

    def read(history: History, parameters: Parameters) -> Value:
        p = parameters
        fraction = steady(history, p, None, STACK_PRESSURE.value, current)
        if fraction is None:
            return None
        more = resistance_at(history, p, electrode, fraction) - p.interface(electrode)
        return float(100 * more / p.cell_resistance(electrode))

    return read


def _void_resistivity(history: History, parameters: Parameters) -> Value:
    """Return what voids at both electrodes add, beyond R_Interface / theta, in ohm cm."""
    p = parameters
    fraction = steady(history, p, None, STACK_PRESSURE.value, 0.3)
    if fraction is None:
        return None
    added = resistance_at(history, p, "Li", fraction) - p.interface("Li") / fraction
    return float(2 * added / (1e-4 * p.thickness))


def _order(history: History, parameters: Parameters) -> Value:
    bare, coated = (
        steady(history, parameters, name, STACK_PRESSURE.value, 0.8) for name in ELECTRODES
    )
    if bare is None or coated is None:
        return None
    if abs(bare - coated) < 0.01:
        return "alike"
    return "Li3N keeps more" if coated > bare else "Li keeps more"


def _gap(history: History, parameters: Parameters) -> Value:
    """Return whether the gap of 6 min outlasts half a cycle at 1.0 mA/cm^2."""
    p, current = parameters, 1.0
    ratio = p.closing_ratio(STACK_PRESSURE.value, current)
    depth = np.array([0.0, p.stripped(current * _HALF_CYCLE_H)])
    bound, starts = balances(history).get(None), [INITIAL_CONTACT[time].value for time in (3, 6)]
    if bound is None or not all(map(bound.covers, starts)):
        return None
    try:
        ends = [bound.along(ratio, p.void_height, start, depth)[-1] for start in starts]
    except SolverError:
        return None
    return "less contact" if ends[1] < ends[0] - 0.01 else "alike"


_BARE, _COATED = OVERPOTENTIAL_RISE["Li"], OVERPOTENTIAL_RISE["Li3N"]
_VOID = TABLE_2["Li", 150].void
# What the targets depend on; loads and mesh are not among them.
_CELL = (
    "creep_exponent",
    "creep_rate",
    "tube_radius",
    "void_height",
    "cycle",
    "nitridation",
    "layer_thickness",
    "thickness",
)


def _is_papers(p: Parameters) -> bool:
    default = Parameters()
    return all(getattr(p, name) == getattr(default, name) for name in _CELL)


def _target(
    name: str, paper: Value, unit: str, tolerance: float,
    read: Callable[[History, Parameters], Value], source: str,
    bound: Literal["below"] | None = None,
) -> Target[Parameters]:  # fmt: skip
    return Target(
        name=name,
        paper=paper,
        unit=unit,
        kind="predicted",
        tolerance=tolerance,
        read=read,
        source=source,
        applies=_is_papers,
        bound=bound,
    )


TARGETS: tuple[Target[Parameters], ...] = (
    _target(
        "20 MPa, 0.5 mA/cm^2, bare Li",
        "no voids",
        "",
        0,
        _voids(0.5, HIGH_PRESSURE.value),
        f"{PAPER}, text on Fig. S8: stable for 400 cycles",
    ),
    _target(
        "5 MPa, 0.3 mA/cm^2, bare Li, after 150 cycles",
        "voids",
        "",
        0,
        _voids(0.3, STACK_PRESSURE.value),
        f"{PAPER}, text on Fig. 3",
    ),
    _target(
        "5 MPa, 0.3 mA/cm^2, Li3N, after 5000 cycles",
        "no voids",
        "",
        0,
        _voids(0.3, STACK_PRESSURE.value),
        f"{PAPER}, text on Fig. 3",
    ),
    _target(
        "5 MPa, 0.8 mA/cm^2, contact of Li3N and bare Li",
        "Li3N keeps more",
        "",
        0,
        _order,
        f"{PAPER}, text on Fig. S5",
    ),
    _target(
        "5 MPa, 0.8 mA/cm^2, rise of the overpotential, bare Li",
        _BARE.value,
        "%",
        0.2,
        _rise("Li", 0.8),
        _BARE.source,
    ),
    _target(
        "5 MPa, 1.1 mA/cm^2, rise of the overpotential, Li3N",
        _COATED.value,
        "%",
        0,
        _rise("Li3N", 1.1),
        _COATED.source,
        "below",
    ),
    _target(
        "R_void after 150 cycles, bare Li",
        _VOID.value if _VOID else math.nan,
        "ohm cm",
        0.2,
        _void_resistivity,
        f"{PAPER}, Table 2",
    ),
    _target(
        "gap of 6 min Li3N after half a cycle at 1 mA/cm^2, 5 MPa",
        "less contact",
        "",
        0,
        _gap,
        f"{PAPER}, text on Fig. S4: CCD 1.0 instead of 1.1 mA/cm^2",
    ),
)

CASE = Case(
    name="tang2026/voids",
    title="Voids at stripped Li against creep under stack pressure, with and without Li3N",
    parameters=Parameters,
    presets={
        "quick": {},
        "paper": {
            "element_size": 0.0005,
            "growth": 1.4,
            "contact_fractions": (
                0.02,
                0.05,
                0.1,
                0.15,
                0.2,
                0.25,
                0.3,
                0.35,
                0.4,
                0.45,
                0.5,
                0.55,
                0.6,
                0.65,
                0.7,
                0.75,
                0.8,
                0.85,
                0.9,
                0.93,
                0.95,
                0.97,
                0.98,
                0.99,
            ),
        },
    },
    build=build,
    targets=TARGETS,
    pictures=draw,
    findings=findings,
    petsc_prefixes=PREFIXES,
    probes=probes,
)
