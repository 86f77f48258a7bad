"""Voids at stripped lithium against creep under stack pressure, with and without Li3N (Fig. 2)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.axis import Axis
from lithode.case import Case, HealthLine, Simulation, Target, Value
from lithode.cases.tang2026.parameters import (
    CREEP_EXPONENT,
    CREEP_RATE,
    HIGH_PRESSURE,
    INITIAL_CONTACT,
    LAYER_THICKNESS,
    LI3N_CONDUCTIVITY,
    LI3N_THICKNESS,
    OVERPOTENTIAL_RISE,
    PAPER,
    PELLET_THICKNESS,
    STACK_PRESSURE,
    TABLE_2,
    CellImpedance,
    Electrode,
)
from lithode.domain import Domain
from lithode.errors import InputError, SolverError
from lithode.meshes import disc_in_tube
from lithode.meshes.disc_in_tube import DiscInTube
from lithode.parameters import CaseParameters, choice, count, material, quantity
from lithode.rundir import RunDirectory
from lithode.solvers.materials import LITHIUM
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.output.curves import Curve, CurvePanel, draw_curves
from lithode.solvers.output.history import History, read_history
from lithode.solvers.output.unit_cell import UnitCell
from lithode.solvers.spectrum import write_table
from lithode.solvers.voids import PREFIXES, ContactBalance, VoidCell, stripping_speed
from lithode.solvers.voids import Parameters as Model
from lithode.units import to_model

AXIS = Axis("contact_fraction", "theta", "1")
CAPACITY = "capacity [mAh/cm^2]"
ELECTRODES: tuple[Electrode, ...] = ("Li", "Li3N")
# None: the bound that all that is stripped must creep in.
_KINDS: tuple[Electrode | None, ...] = (None, *ELECTRODES)
_OURS = "Lithode"
_HEIGHT = 2.0
_POINTS = 201
# A contact that has lost less shows no void.
_CLOSED = 0.9
# The polynomial of the tube holds to there with a margin, and the issue asks for no more.
_FORMULA = 0.5
_HALF = 0.5
# Where curves of pressures end, if the sweep does not go further.
_TOP = 0.99
_HALF_CYCLE_H = 0.5
_THETA = r"contact fraction $\theta$"
_STYLES = ("-", "--", ":")

Array = npt.NDArray[np.float64]


class Parameters(CaseParameters):
    """Parameters of the scenario."""

    resumable: ClassVar[frozenset[str]] = frozenset(
        {"contact_fractions", "current", "capacity", "stack_pressures", "void_height",
         "creep_rate", "initial_contact"}
    )  # fmt: skip

    contact_fractions: tuple[float, ...] = quantity(
        (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98),
        "",
        "touched part of the area, one solve each, rising",
        source=_OURS,
        provenance="numerical",
    )
    stack_pressures: tuple[float, ...] = quantity(
        (1.0, STACK_PRESSURE.value, HIGH_PRESSURE.value),
        "MPa",
        "held constant",
        source=f"{PAPER}, Methods and text on Fig. S8; 1 MPa for comparison",
        provenance="paper",
    )
    current: float = quantity(
        0.5, "mA/cm^2", "of stripping", source=f"{PAPER}, Fig. 2c", provenance="paper", gt=0
    )
    capacity: float = quantity(
        4.0, "mAh/cm^2", "stripped", source=f"{PAPER}, Fig. 2c", provenance="paper", gt=0
    )
    creep_exponent: float = quantity(
        CREEP_EXPONENT.value, "", "n of rate = A sigma^n", source=CREEP_EXPONENT.source,
        provenance="literature", ge=1, le=12,
    )  # fmt: skip
    creep_rate: float = material(CREEP_RATE, "A: equivalent creep rate at 1 MPa", gt=0)
    tube_radius: float = quantity(
        50.0, "um", "b, half of the distance between voids", source="not in the text",
        provenance="assumed", gt=0,
    )  # fmt: skip
    void_height: float = quantity(
        0.5, "um", "h of the voids", source="not in the text", provenance="assumed", gt=0
    )
    cycle: int = count(
        0,
        "row of Table 2 that gives the resistances",
        source=f"{PAPER}, Table 2",
        provenance="paper",
        ge=0,
    )
    nitridation: Literal["1 min", "3 min", "6 min"] = choice(
        "3 min", "of the Li3N layer: its thickness and first contact", source=f"{PAPER}, Fig. 1a",
        provenance="paper",
    )  # fmt: skip
    layer_thickness: float | None = quantity(
        None, "um", "of the Li3N layer, instead of that of its time", source="-",
        provenance="assumed", gt=0,
    )  # fmt: skip
    initial_contact: float | None = quantity(
        None, "", "contact fraction before stripping, instead of that of the layers", source="-",
        provenance="assumed", gt=0, lt=1,
    )  # fmt: skip
    thickness: float = material(PELLET_THICKNESS, "of the electrolyte", gt=0)
    element_size: float = quantity(
        0.002, "", "at the edge of the contact, in tube radii", source="docs/tang2026-voids.md",
        provenance="numerical", gt=0, le=0.02,
    )  # fmt: skip
    growth: float = quantity(
        1.6, "", "ratio of neighbouring element sizes", source="docs/tang2026-voids.md",
        provenance="numerical", ge=1.1, le=2,
    )  # fmt: skip

    def check(self) -> None:
        """Refuse what single numbers do not show: contact fractions, pressures, resistances.

        Raises:
            InputError: There are such.
        """
        fractions = self.contact_fractions
        if len(fractions) < 2 or np.any(np.diff([0.0, *fractions, 1.0]) <= 0):
            allowed = "give at least two that rise between 0 and 1, both excluded"
            raise InputError("contact_fractions", _text(fractions), allowed)
        starts = [self.first_contact(electrode) for electrode in ELECTRODES]
        if min(starts) < fractions[0]:
            allowed = f"must not begin above {min(starts):g}, the contact before stripping"
            raise InputError("contact_fractions", _text(fractions), allowed)
        pressures = self.stack_pressures
        if not pressures or min(pressures) <= 0 or len(set(pressures)) < len(pressures):
            allowed = "give at least one, each once and greater than 0"
            raise InputError("stack_pressures", _text(pressures), allowed, "MPa")
        if self.tube_radius > self.thickness / 2:
            allowed = f"must be at most half of the thickness, {self.thickness / 2:g} um"
            raise InputError("tube_radius", f"{self.tube_radius:g}", allowed, "um")
        for electrode in ELECTRODES:
            self.wagner(electrode)

    def row(self, electrode: Electrode) -> CellImpedance:
        """Return the row of Table 2 of an electrode.

        Raises:
            InputError: There is none for the cycle.
        """
        if (electrode, self.cycle) not in TABLE_2:
            both = sorted(n for name, n in TABLE_2 if ("Li", n) in TABLE_2 and name == "Li3N")
            known = ", ".join(map(str, both))
            raise InputError("cycle", self.cycle, f"Table 2 has {known} for both electrodes")
        return TABLE_2[electrode, self.cycle]

    def resistivity(self, electrode: Electrode) -> float:
        """Return R_b + R_gb in ohm cm."""
        row = self.row(electrode)
        return row.bulk.value + row.grain_boundary.value

    def interface(self, electrode: Electrode) -> float:
        """Return the resistance of one interface that touches everywhere, in ohm cm^2.

        Table 2 gives two of them, with 3 min of Li3N: another thickness adds or takes its ohmic
        part.

        Raises:
            InputError: Nothing is left of it.
        """
        half = self.row(electrode).interface.value * 1e-4 * self.thickness / 2
        if electrode == "Li":
            return half
        more = 1e-4 * (self.layer - LI3N_THICKNESS.value) / LI3N_CONDUCTIVITY.value
        if half + more <= 0:
            raise InputError("thickness", self.thickness, "leaves no resistance to the layer", "um")
        return half + more

    @property
    def layer(self) -> float:
        """Thickness of the Li3N layer in um."""
        return self.layer_thickness or LAYER_THICKNESS[_minutes(self.nitridation)].value

    def first_contact(self, electrode: Electrode) -> float:
        """Return the contact fraction before stripping."""
        minutes = 3 if electrode == "Li" else _minutes(self.nitridation)
        return self.initial_contact or INITIAL_CONTACT[minutes].value

    def area_resistance(self, electrode: Electrode) -> float:
        """Return rho b, what resistances of the unit cell are measured in, in ohm cm^2."""
        return self.resistivity(electrode) * 1e-4 * self.tube_radius

    def wagner(self, electrode: Electrode) -> float:
        """Return R / (rho b)."""
        return self.interface(electrode) / self.area_resistance(electrode)

    def cell_resistance(self, electrode: Electrode) -> float:
        """Return the resistance of a cell that touches everywhere, in ohm cm^2."""
        solid = self.resistivity(electrode) * 1e-4 * self.thickness
        return solid + 2 * self.interface(electrode)

    def closing_ratio(self, pressure: float, current: float) -> float:
        """Return q = A p^n b over the stripping speed, for MPa and mA/cm^2."""
        closing = self.creep_rate * pressure**self.creep_exponent * self.tube_radius
        return float(closing / self.speed(current))

    def speed(self, current: float) -> float:
        """Return the speed in um/s at which a current in mA/cm^2 strips."""
        return stripping_speed(to_model(current, "mA/cm^2"), LITHIUM.molar_volume.model)

    def stripped(self, capacity: Any) -> Any:
        """Return the thickness in um of a capacity in mAh/cm^2."""
        return stripping_speed(to_model(capacity, "mAh/cm^2"), LITHIUM.molar_volume.model)

    @property
    def tube(self) -> DiscInTube:
        """The mesh."""
        return DiscInTube(_HEIGHT, self.element_size, self.growth)

    @property
    def model(self) -> Model:
        """The parameters of the unit cell."""
        return Model(self.creep_exponent, {name: self.wagner(name) for name in ELECTRODES})


def _minutes(nitridation: str) -> int:
    return int(nitridation.split()[0])


def _text(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "unset"


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
                HealthLine(f"Wa({name})", wagner, "interface over bulk resistance; below 1 the "
                           "current crowds at the edge of the contact")
                for name, wagner in model.interfaces.items()
            ),
            *(
                HealthLine(f"q({pressure:g} MPa)", p.closing_ratio(pressure, p.current),
                           "creep A p^n b over stripping speed")
                for pressure in p.stack_pressures
            ),
        ],
        conservation={
            "lithium": "lithium_defect [1]",
            **{f"charge_{name}": f"current_defect_{name} [1]" for name in ELECTRODES},
        },
    )  # fmt: skip


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""

    def make() -> Sweep:
        domain = disc_in_tube.build(DiscInTube(1.0, 0.1, 2.0), MPI.COMM_SELF)
        return Sweep(VoidCell(domain, parameters.model), AXIS, 0.5)

    return [make]


def balances(history: History) -> dict[Electrode | None, ContactBalance]:
    """Return the balances of stripping and creep; of the bound f = 1 without an electrode.

    None at all from the history of a run that ended before its second contact fraction.
    """
    fraction = history[AXIS.column]
    if len(fraction) < 2:
        return {}
    uneven = {name: history[f"uneven_fraction_{name} [1]"] for name in ELECTRODES}
    return {
        name: ContactBalance(fraction, history["closure [1]"], name and uneven[name])
        for name in _KINDS
    }


def resistance(history: History, parameters: Parameters, electrode: Electrode) -> Array:
    """Return the resistance of an interface at each contact fraction of the sweep, in ohm cm^2."""
    p, fraction = parameters, history[AXIS.column]
    constriction = history[f"constriction_{electrode} [1]"]
    return np.asarray(
        (p.wagner(electrode) / fraction + constriction) * p.area_resistance(electrode)
    )


def resistance_at(
    history: History, parameters: Parameters, electrode: Electrode, fraction: Any
) -> Any:
    """Return it at any contact fractions of the sweep or above."""
    known = np.append(history[AXIS.column], 1.0)
    values = np.append(resistance(history, parameters, electrode), parameters.interface(electrode))
    return np.interp(fraction, known, values * known) / fraction


def steady(
    history: History, parameters: Parameters, electrode: Electrode | None, pressure: float,
    current: float,
) -> float | None:  # fmt: skip
    """Return the contact fraction that stripping tends to, None outside of the sweep."""
    found = balances(history).get(electrode)
    return None if found is None else found.steady(parameters.closing_ratio(pressure, current))


def histories(history: History, parameters: Parameters) -> dict[str, Array]:
    """Return contact fractions and resistances over the stripped capacity, as columns of a table.

    For each pressure the bound f = 1, and both electrodes with their own unevenness; nan outside
    of the sweep.
    """
    p, found = parameters, balances(history)
    capacity = np.linspace(0.0, p.capacity, _POINTS)
    columns = {CAPACITY: capacity}
    for pressure in p.stack_pressures:
        ratio = p.closing_ratio(pressure, p.current)
        for electrode, balance in found.items():
            contact = balance.along(
                ratio, p.void_height, p.first_contact(electrode or "Li"), p.stripped(capacity)
            )
            columns[_contact(electrode, pressure)] = contact
            if electrode is not None:
                columns[_resistance(electrode, pressure)] = resistance_at(
                    history, p, electrode, contact
                )
    return columns


def _contact(electrode: Electrode | None, pressure: float) -> str:
    return f"contact_{electrode or 'bound'}_{pressure:g}MPa [1]"


def _resistance(electrode: Electrode, pressure: float) -> str:
    return f"resistance_{electrode}_{pressure:g}MPa [ohm cm^2]"


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the unit cell, what a contact costs, and stripping against creep; write the tables."""
    p, directory = parameters, RunDirectory(run_directory)
    history = read_history(directory.history)
    fraction = history[AXIS.column]
    cell = UnitCell(directory.fields, "potential_Li")
    shown = [near for near in (0.2, 0.5, 0.9) if fraction[0] - 0.1 <= near <= fraction[-1] + 0.1]
    drawn = [cell.draw(directory.figures / "cell.png", shown or [float(fraction[-1])])]
    if not balances(history):
        return drawn
    over, held = histories(history, p), _held(history, p)
    sweep = {AXIS.column: fraction}
    sweep |= {f"resistance_{e} [ohm cm^2]": resistance(history, p, e) for e in ELECTRODES}
    for name, columns in (("contact", over), ("pressure", held), ("resistance", sweep)):
        write_table(directory.tables / f"{name}.csv", columns)
    panels = [*_of_contact(history, p, sweep), *_of_stripping(p, held, over)]
    return [draw_curves(directory.figures / "contact.png", panels, columns=4), *drawn]


def _held(history: History, parameters: Parameters) -> dict[str, Array]:
    """Return the pressure that holds a contact fraction, as columns of a table."""
    p = parameters
    found = balances(history)
    top = min(max(history[AXIS.column][-1], _TOP), found[None].reach)
    fraction = np.linspace(history[AXIS.column][0], top, _POINTS)
    speed, closing = p.speed(p.current), p.creep_rate * p.tube_radius
    columns = {AXIS.column: fraction}
    for electrode, balance in found.items():
        pressure = balance.pressure(fraction, p.creep_exponent, speed, closing)
        columns[f"pressure_{electrode or 'bound'} [MPa]"] = pressure
    return columns


def _of_contact(history: History, p: Parameters, sweep: dict[str, Array]) -> list[CurvePanel]:
    """Return the panels over the contact fraction."""
    fraction = history[AXIS.column]
    small = fraction <= _FORMULA

    def both(label: str, columns: Mapping[str, Array], name: str, scale: str = "") -> CurvePanel:
        curves = [
            Curve(electrode, fraction, columns[name.format(electrode)], style)
            for electrode, style in zip(ELECTRODES, _STYLES, strict=False)
        ]
        return CurvePanel((_THETA, label), curves, scale)

    closing = [
        Curve(f"n = {p.creep_exponent:g}", fraction, history["closure [1]"]),
        Curve("n = 1", fraction, history["closure_newtonian [1]"], "--"),
        Curve("closed form", fraction[small], history["closure_closed_form [1]"][small], "o"),
    ]
    return [
        CurvePanel((_THETA, r"closing speed over $A p^n b$"), closing, "y"),
        both("edge current over mean", history, "edge_over_mean_{} [1]"),
        both("uneven fraction f", history, "uneven_fraction_{} [1]"),
        both("interface (\N{OHM SIGN} cm$^2$)", sweep, "resistance_{} [ohm cm^2]", "y"),
    ]


def _of_stripping(
    p: Parameters, held: dict[str, Array], over: dict[str, Array]
) -> list[CurvePanel]:
    """Return the panel of pressures and those over the stripped capacity."""
    stripped, title = "stripped (mAh/cm$^2$)", f"{p.current:g} mA/cm$^2$"
    fraction, *pressures = held.values()
    names = "f = 1", *(f"f of {electrode}" for electrode in ELECTRODES)
    curves = [
        Curve(name, fraction, pressure, style)
        for name, pressure, style in zip(names, pressures, _STYLES, strict=True)
    ]
    marks = [(pressure, f"{pressure:g} MPa") for pressure in p.stack_pressures]

    def along(label: str, columns: dict[str, str], title: str) -> CurvePanel:
        capacity = over[CAPACITY]
        lines = [
            Curve(name, capacity, over[column], "--" if "Li3N" in name else "-")
            for name, column in columns.items()
        ]
        return CurvePanel((stripped, label), lines, title=title)

    bound = {f"{x:g} MPa": _contact(None, x) for x in p.stack_pressures}
    contact = {f"{e}, {x:g} MPa": _contact(e, x) for x in p.stack_pressures for e in ELECTRODES}
    ohmic = {f"{e}, {x:g} MPa": _resistance(e, x) for x in p.stack_pressures for e in ELECTRODES}
    return [
        CurvePanel((_THETA, "pressure that holds it (MPa)"), curves, "y", marks, title),
        along(_THETA, bound, f"{title}, f = 1"),
        along(_THETA, contact, f"{title}, computed f"),
        along("interface (\N{OHM SIGN} cm$^2$)", ohmic, f"{title}, computed f"),
    ]


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
    small = history[AXIS.column] <= _FORMULA
    if not np.any(small):
        return []
    constriction, creep = (
        100 * np.max(np.abs(history[f"{ours} [1]"] / history[f"{form}_closed_form [1]"] - 1)[small])
        for ours, form in (("constriction_ideal", "constriction"), ("closure_newtonian", "closure"))
    )
    return [
        f"up to theta = {_FORMULA:g} the constriction of an ideal contact is within "
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


def _below(limit: float, electrode: Electrode, current: float) -> Any:
    rise = _rise(electrode, current)

    def read(history: History, parameters: Parameters) -> Value:
        computed = rise(history, parameters)
        if not isinstance(computed, float):
            return None
        return _small(limit) if computed < limit else f"{computed:.3g} %"

    return read


def _small(limit: float) -> str:
    return f"below {limit:g} %"


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
    "creep_exponent", "creep_rate", "tube_radius", "void_height", "cycle", "nitridation",
    "layer_thickness", "thickness",
)  # fmt: skip


def _is_papers(p: Parameters) -> bool:
    default = Parameters()
    return all(getattr(p, name) == getattr(default, name) for name in _CELL)


def _target(
    name: str, paper: Value, unit: str, tolerance: float,
    read: Callable[[History, Parameters], Value], source: str,
) -> Target[Parameters]:  # fmt: skip
    return Target(name, paper, unit, "predicted", tolerance, read, source, _is_papers)


TARGETS: tuple[Target[Parameters], ...] = (
    _target(
        "20 MPa, 0.5 mA/cm^2, bare Li", "no voids", "", 0, _voids(0.5, HIGH_PRESSURE.value),
        f"{PAPER}, text on Fig. S8: stable for 400 cycles",
    ),
    _target(
        "5 MPa, 0.3 mA/cm^2, bare Li, after 150 cycles", "voids", "", 0,
        _voids(0.3, STACK_PRESSURE.value), f"{PAPER}, text on Fig. 3",
    ),
    _target(
        "5 MPa, 0.3 mA/cm^2, Li3N, after 5000 cycles", "no voids", "", 0,
        _voids(0.3, STACK_PRESSURE.value), f"{PAPER}, text on Fig. 3",
    ),
    _target(
        "5 MPa, 0.8 mA/cm^2, contact of Li3N and bare Li", "Li3N keeps more", "", 0, _order,
        f"{PAPER}, text on Fig. S5",
    ),
    _target(
        "5 MPa, 0.8 mA/cm^2, rise of the overpotential, bare Li", _BARE.value, "%", 0.2,
        _rise("Li", 0.8), _BARE.source,
    ),
    _target(
        "5 MPa, 1.1 mA/cm^2, rise of the overpotential, Li3N", _small(_COATED.value), "", 0,
        _below(_COATED.value, "Li3N", 1.1), _COATED.source,
    ),
    _target(
        "R_void after 150 cycles, bare Li", _VOID.value if _VOID else math.nan, "ohm cm", 0.2,
        _void_resistivity, f"{PAPER}, Table 2",
    ),
    _target(
        "gap of 6 min Li3N after half a cycle at 1 mA/cm^2, 5 MPa", "less contact", "", 0, _gap,
        f"{PAPER}, text on Fig. S4: CCD 1.0 instead of 1.1 mA/cm^2",
    ),
)  # fmt: skip

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
                0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7,
                0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99,
            ),
        },
    },
    build=build,
    targets=TARGETS,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=PREFIXES,
    probes=probes,
)  # fmt: skip
