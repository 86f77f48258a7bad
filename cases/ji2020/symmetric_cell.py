"""The symmetric cell under any protocol: activation, Ohm's law, what the pores do (Figs. 3, 4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.cases.ji2020.parameters import (
    CANDIDATES,
    COMPOSITE,
    JUNCTION_RESISTANCE,
    LAYER_THICKNESS,
    LITHIUM_RESISTANCE,
    LPS_THICKNESS,
    PAPER,
    PoreParameters,
)
from lithode.core import protocol as protocols
from lithode.core.constants import inverse_thermal_voltage
from lithode.core.domain import Domain
from lithode.core.errors import InputError, fields_named
from lithode.core.parameters import choice, count, quantity
from lithode.core.protocol import Protocol
from lithode.core.units import from_model, to_model
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import HealthLine, Target
from lithode.meshes import stack
from lithode.output.fields import FieldReader
from lithode.output.history import History
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel, HistoryPanel
from lithode.solvers.layered_cell.model import LayeredCell
from lithode.solvers.layered_cell.parameters import PREFIX, Numerics
from lithode.solvers.layered_cell.parameters import Parameters as Physics
from lithode.solvers.numerics.march import StepControl

Array = npt.NDArray[np.float64]

VOLTAGE, CURRENT = "voltage [mV]", "current [mA/cm^2]"
RESISTANCE, CYCLE = "area_resistance [ohm*cm^2]", "cycle [1]"
_SHIPPED = Path(__file__).with_name("protocols")
_OWN = CANDIDATES[COMPOSITE].ionic_conductivity


class Parameters(PoreParameters):
    """Parameters of the symmetric cell."""

    resumable: ClassVar[frozenset[str]] = frozenset()

    protocol: str = choice(
        "activation",
        "activation, capacity, time, long, short, or a file of your own (.yaml)",
        source=f"{PAPER}, Figs. 3a, 3b, 4a, 4b",
        provenance="paper",
    )
    thicknesses: tuple[float, ...] = quantity(
        (LAYER_THICKNESS.value, LPS_THICKNESS.value, LAYER_THICKNESS.value),
        "um",
        "of the layers from foil to foil; the outer ones are porous",
        source=f"{PAPER}, Fig. 5a",
        provenance="paper",
    )
    conductivities: tuple[float, ...] = quantity(
        (_OWN.value, _OWN.value, _OWN.value),
        "S/cm",
        "ionic, of the layers",
        source=f"{_OWN.source}: the split cannot be told",
        provenance="paper",
    )
    junction_resistances: tuple[float, ...] | None = quantity(
        (JUNCTION_RESISTANCE.value / 2, JUNCTION_RESISTANCE.value / 2),
        "ohm cm^2",
        "between neighbouring layers, one fewer than layers; unset for none",
        source=f"{JUNCTION_RESISTANCE.source}: 12.9 if it counts both",
        provenance="paper",
    )
    dimension: int = count(
        1,
        "1, or 2 with a contact that varies laterally",
        source="Lithode",
        provenance="numerical",
        ge=1,
        le=2,
    )
    contact_share: float = quantity(
        1.0,
        "",
        "share of the width that lithium touches; the mean contact_area stays",
        source="even contact",
        provenance="assumed",
        gt=0,
        le=1,
    )
    width: float = quantity(
        400.0,
        "um",
        "half a period of the contact, in 2D",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    columns: int = count(
        20, "cells across the width, in 2D", source="Lithode", provenance="numerical", ge=1, le=2000
    )
    element_size: float = quantity(
        0.5, "um", "at the foils", source="Lithode", provenance="numerical", gt=0
    )
    fine_depth: float = quantity(
        20.0,
        "um",
        "from the foils, of elements of that size",
        source="Lithode",
        provenance="numerical",
        gt=0,
    )
    tolerance: float = quantity(
        1e-3,
        "",
        "relative, of the filled depth in a step",
        source="Lithode",
        provenance="numerical",
        gt=0,
        le=0.1,
    )

    curve_points: int = count(
        8,
        "least number of rows of the history in the longest step of the protocol",
        source="Lithode",
        provenance="numerical",
        ge=1,
        le=1000,
    )

    @property
    def junctions(self) -> tuple[float, ...]:
        """Resistances between neighbouring layers in ohm cm^2."""
        if self.junction_resistances is None:
            return (0.0,) * (len(self.thicknesses) - 1)
        return self.junction_resistances

    @property
    def ohmic(self) -> float:
        """Resistance of layers and junctions in ohm cm^2."""
        lengths, sigmas = np.array(self.thicknesses), np.array(self.conductivities)
        return float(np.sum(1e-4 * lengths / sigmas) + np.sum(self.junctions))


def protocol_of(p: Parameters) -> Protocol:
    """Return the protocol of a run, a shipped one or the user's.

    Raises:
        InputError: There is no such protocol, or it is wrong.
    """
    return protocols.choose(p.protocol, _SHIPPED)


def stack_of(p: Parameters) -> stack.Stack:
    """Return the geometry.

    Raises:
        InputError: The lists do not fit each other, or a number is not positive.
    """
    layers = len(p.thicknesses)
    for name, values, wanted, lowest in (
        ("thicknesses", p.thicknesses, max(layers, 1), False),
        ("conductivities", p.conductivities, layers, False),
        ("junction_resistances", p.junctions, layers - 1, True),
    ):
        if len(values) != wanted:
            raise InputError(name, f"{len(values)} numbers", f"{layers} layers need {wanted}")
        for value in values:
            if not np.isfinite(value) or value < 0 or (value == 0 and not lowest):
                allowed = "must be at least 0" if lowest else "must be greater than 0"
                raise InputError(name, value, allowed)
    with fields_named({"size": "element_size", "reach": "fine_depth"}):
        return stack.Stack(
            p.thicknesses,
            p.element_size,
            p.fine_depth,
            p.width if p.dimension == 2 else None,
            p.columns,
        )


def physics_of(p: Parameters, geometry: stack.Stack) -> Physics:
    """Return the model's parameters."""
    sigmas = [to_model(value, "S/cm") for value in p.conductivities]
    conductivities = {geometry.layer(k): sigma for k, sigma in enumerate(sigmas)}
    for k, resistance in enumerate(p.junctions):
        # No resistance: as good as a layer, in a cell too thin to count.
        across = to_model(resistance, "ohm cm^2")
        conductivities[geometry.junction(k)] = (
            min(stack.JUNCTION / across, max(sigmas)) if across else max(sigmas)
        )
    layers = p.thicknesses
    porous = (layers[0], layers[-1]) if len(layers) > 1 else (layers[0] / 2, layers[0] / 2)
    return Physics(
        conductivities,
        p.model_value("exchange_current_density"),
        inverse_thermal_voltage(p.temperature),
        _contact(p),
        p.pores,
        porous,
    )


def _contact(p: Parameters) -> float | Callable[[Array], Array]:
    if p.dimension == 1 or p.contact_share == 1:
        return p.contact_area
    end, local = p.contact_share * p.width, p.contact_area / p.contact_share
    return lambda x: np.where(x[0] < end, local, 0.0)


def _check_contact(p: Parameters) -> None:
    if p.dimension == 1 and p.contact_share < 1:
        raise InputError("contact_share", p.contact_share, "below 1 needs dimension=2")
    touched = p.contact_share * p.columns
    if p.dimension == 2 and abs(touched - round(touched)) > 1e-9:
        allowed = f"must be a whole number of the {p.columns} columns"
        raise InputError("contact_share", p.contact_share, allowed)


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    protocol, geometry = protocol_of(p), stack_of(p)
    _check_contact(p)
    physics = physics_of(p, geometry)
    model = LayeredCell(
        domain or stack.build(geometry, comm),
        physics,
        protocol,
        Numerics(tolerance=p.tolerance),
        p.columns if p.dimension == 2 else 1,
    )
    ends = protocol.ends
    longest = max(float(step.duration) for step in protocol.steps)
    kinetic = 1 / (
        p.contact_area * physics.exchange_current_density * physics.inverse_thermal_voltage
    )
    return Simulation(
        model=model,
        control=StepControl(
            initial_step=1e-3 * longest,
            # Steps as long as those of the protocol would do, but make coarse curves.
            max_step=longest / p.curve_points,
            min_step=1e-9 * longest,
            order=1,
            max_growth=2.5,
        ),
        end_time=ends[-1],
        output_times=ends,
        health=[
            HealthLine("R", p.ohmic, "layers and junctions", "ohm cm^2"),
            HealthLine(
                "2 R_ct",
                2 * from_model(kinetic, "ohm*cm^2"),
                "both faces at small current before any filling",
                "ohm cm^2",
            ),
            HealthLine("4 gamma / D", physics.pores.entry_pressure, "opens a pore", "MPa"),
        ],
        conservation={"charge": "charge_defect [1]"},
    )


def probes(parameters: Parameters) -> list[Callable[[], LayeredCell]]:
    """Return a maker of the model on a few cells."""

    def make() -> LayeredCell:
        p = parameters
        geometry = stack.Stack(p.thicknesses, min(p.thicknesses) / 4, 1.0)
        domain = stack.build(geometry, MPI.COMM_SELF)
        plain = p.model_copy(update={"dimension": 1})
        return LayeredCell(domain, physics_of(plain, geometry), protocol_of(p))

    return [make]


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw voltage, resistance and depth over time, and the potential across the stack."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    drawn = figures.draw_history(run_directory / "history.csv", out, _HISTORY)
    reader = FieldReader(fields)
    outputs = [float(reader.times[k]) for k in (0, len(reader.times) // 2, -1)]
    drawn.append(
        profiles.draw_profile(fields, out / "profiles.png", _PANELS, outputs, line=profiles.ACROSS)
    )
    if p.dimension == 2:
        drawn += figures.draw_fields(fields, out, _MAPS, [outputs[-1]], front=None)
    return drawn


_PANELS = (FieldPanel("potential", "potential of Li$^+$", "V", "cividis"),)
_MAPS = (*_PANELS, FieldPanel("filled", "filled pores", "", "Blues", limits=(0.0, 1.0)))
_HISTORY = (
    HistoryPanel("voltage", (VOLTAGE,)),
    HistoryPanel("current density", (CURRENT,)),
    HistoryPanel("V / i", (RESISTANCE,)),
    HistoryPanel("filled depth", ("depth_left [um]", "depth_right [um]")),
)


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say where the resistance of the cell sits at the end."""
    last = _flowing(history)[-1]
    total, ohmic = float(history[RESISTANCE][last]), parameters.ohmic
    deepest = max(float(history[f"depth_max_{side} [um]"][last]) for side in ("left", "right"))
    return [
        f"at the end V/i is {total:.4g} ohm cm^2: layers and junctions {ohmic:.4g}, "
        f"lithium {total - ohmic:.4g}",
        f"lithium stands {deepest:.3g} um deep in the pores",
    ]


def _flowing(history: History) -> npt.NDArray[np.intp]:
    return np.flatnonzero(history[CURRENT] != 0)


def _at_current(history: History, current: float) -> int | None:
    """Return the last row with a current density in mA/cm^2 of either sign."""
    rows = np.flatnonzero(np.isclose(np.abs(history[CURRENT]), current, rtol=1e-6))
    return int(rows[-1]) if len(rows) else None


def _first_voltage(history: History, _: Parameters) -> float:
    return abs(float(history[VOLTAGE][0]))


def _plateau(history: History, _: Parameters) -> float:
    return abs(float(history[VOLTAGE][_flowing(history)[-1]]))


def _last_resistance(history: History, _: Parameters) -> float:
    return float(history[RESISTANCE][_flowing(history)[-1]])


def _lithium_resistance(history: History, p: Parameters) -> float:
    return _last_resistance(history, p) - p.ohmic


def _voltage_after(cycle: int) -> Callable[[History, Parameters], float | None]:
    def read(history: History, _: Parameters) -> float | None:
        rows = np.flatnonzero((history[CYCLE] == cycle) & (history[CURRENT] != 0))
        return abs(float(history[VOLTAGE][rows[-1]])) if len(rows) else None

    return read


def _activation(history: History, p: Parameters) -> float | None:
    """Return the first cycle that ends within 10 mV of the plateau."""
    plateau = _plateau(history, p)
    for cycle in np.unique(history[CYCLE]):
        voltage = _voltage_after(int(cycle))(history, p)
        if voltage is not None and abs(voltage - plateau) <= 10:
            return float(cycle)
    return None


def _ratio(high: float, low: float) -> Callable[[History, Parameters], float | None]:
    def read(history: History, _: Parameters) -> float | None:
        rows = _at_current(history, high), _at_current(history, low)
        if rows[0] is None or rows[1] is None:
            return None
        return float(history[RESISTANCE][rows[0]] / history[RESISTANCE][rows[1]])

    return read


def _depth(history: History, _: Parameters) -> float:
    return float(history["depth_left [um]"][-1])


def _under(name: str) -> Callable[[Parameters], bool]:
    return lambda p: p.protocol == name and p.contact_share == 1


def _is_shipped(p: Parameters) -> bool:
    return Path(p.protocol).suffix == ""


def _stack_resistance(_: History, p: Parameters) -> float:
    return p.ohmic - float(np.sum(p.junctions))


def _sub_ohmic(history: History, p: Parameters) -> str | None:
    ratio = _ratio(6.0, 1.0)(history, p)
    return None if ratio is None else "less than Ohm" if ratio < 1 else "Ohm or more"


_ANY: tuple[Target[Any], ...] = (
    Target(
        name="resistance of the layers",
        paper=155.2,
        unit="ohm cm^2",
        kind="input",
        tolerance=5e-3,
        read=_stack_resistance,
        source=f"{PAPER}, Fig. 3d",
        applies=lambda p: p.contact_share == 1,
    ),
    Target(
        name="resistance of both junctions",
        paper=12.9,
        unit="ohm cm^2",
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: float(np.sum(p.junctions)),
        source=f"{PAPER}, Fig. 3d",
        applies=lambda p: p.contact_share == 1,
    ),
)

TARGETS: tuple[Target[Parameters], ...] = (
    *_ANY,
    Target(
        name="first voltage at 0.3 mA/cm^2",
        paper=300.0,
        unit="mV",
        kind="calibrated",
        tolerance=0.05,
        read=_first_voltage,
        source=f"{PAPER}, Fig. 3b; contact_area is tuned to it",
        applies=lambda p: p.protocol != "long" and _is_shipped(p) and p.contact_share == 1,
    ),
    Target(
        name="plateau at 0.3 mA/cm^2",
        paper=50.0,
        unit="mV",
        kind="calibrated",
        tolerance=0.15,
        read=_plateau,
        source=f"{PAPER}, Fig. 3b; pore_diameter was chosen with its lithium part in view",
        applies=_under("activation"),
    ),
    Target(
        name="V/i on the plateau",
        paper=180.0,
        unit="ohm cm^2",
        kind="calibrated",
        tolerance=0.15,
        read=_last_resistance,
        source=f"{PAPER}, text on Fig. 3d; as the plateau",
        applies=_under("activation"),
    ),
    Target(
        name="lithium's part of it",
        paper=LITHIUM_RESISTANCE.value,
        unit="ohm cm^2",
        kind="calibrated",
        tolerance=0.15,
        read=_lithium_resistance,
        source=LITHIUM_RESISTANCE.source,
        applies=_under("activation"),
    ),
    Target(
        name="cycle from which it is within 10 mV of the plateau",
        paper=20.0,
        kind="predicted",
        tolerance=0.25,
        read=_activation,
        source=f"{PAPER}, Fig. 3b",
        applies=_under("activation"),
    ),
    Target(
        name="voltage after 5 cycles",
        paper=None,
        unit="mV",
        kind="predicted",
        read=_voltage_after(5),
        source=f"{PAPER}, Fig. 3b: gradual over 20 cycles",
        applies=_under("activation"),
    ),
    Target(
        name="V/i at 3 over V/i at 0.3 mA/cm^2",
        paper=1.0,
        kind="predicted",
        tolerance=0.15,
        read=_ratio(3.0, 0.3),
        source=f"{PAPER}, Fig. 3a: follows Ohm's law",
        applies=_under("capacity"),
    ),
    Target(
        name="V/i from 1 to 6 mA/cm^2 at 1 h",
        paper="less than Ohm",
        kind="predicted",
        read=_sub_ohmic,
        source=f"{PAPER}, text on Fig. 4b",
        applies=_under("time"),
    ),
    Target(
        name="V/i at 6 over V/i at 0.3 mA/cm^2",
        paper=None,
        kind="predicted",
        read=_ratio(6.0, 0.3),
        source="not in the text",
        applies=_under("time"),
    ),
    Target(
        name="depth after 6 mA/cm^2",
        paper=None,
        unit="um",
        kind="predicted",
        read=_depth,
        source="-",
        applies=_under("time"),
    ),
    Target(
        name="V/i after 220 h",
        paper=112.0,
        unit="ohm cm^2",
        kind="predicted",
        tolerance=0.15,
        read=_last_resistance,
        source=f"{PAPER}, text on Fig. 4a, by EIS",
        applies=_under("long"),
    ),
    Target(
        name="depth after 110 cycles of 1 mAh/cm^2",
        paper=None,
        unit="um",
        kind="predicted",
        read=_depth,
        source=f"{PAPER}: 8 um after 50",
        applies=_under("long"),
    ),
)

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
    pictures=pictures,
    findings=findings,
    petsc_prefixes=[PREFIX],
    probes=probes,
)
