"""How deep lithium goes into the pores of Li3N-LiF, and what stops it (Fig. 5g)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.integrate import solve_ivp
from scipy.sparse import eye_array

from lithode.cases.ji2020.parameters import (
    CANDIDATES,
    COMPOSITE,
    LAYER_THICKNESS,
    PAPER,
    PoreParameters,
)
from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import SolverError
from lithode.core.parameters import count, material, quantity
from lithode.core.units import from_model, to_model
from lithode.engine.case import StudyCase
from lithode.engine.study import Progress, Study, Tables
from lithode.engine.verdict import HealthLine, Target
from lithode.output.history import History, read_history
from lithode.output.tables import Columns
from lithode.plots import figures
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import HistoryPanel, with_unit
from lithode.theory.penetration import Face, Pores

Array = npt.NDArray[np.float64]

CYCLE = "cycle [1]"
DEPTH = "depth [um]"
_TOLERANCE = 1e-4


class Parameters(PoreParameters):
    """Parameters of the penetration."""

    layer_thickness: float = material(LAYER_THICKNESS, "thickness of the porous layer", gt=0)
    layer_conductivity: float = material(
        CANDIDATES[COMPOSITE].ionic_conductivity, "ionic conductivity of the porous layer", gt=0
    )
    current: float = quantity(
        1.0,
        "mA/cm^2",
        "current density of plating",
        source=f"{PAPER}, Fig. 5g",
        provenance="paper",
        gt=0,
        le=1e4,
    )
    capacity: float = quantity(
        1.0,
        "mAh/cm^2",
        "plated in each cycle",
        source=f"{PAPER}, Fig. 5g",
        provenance="paper",
        gt=0,
        le=1e4,
    )
    cycles: int = count(
        50,
        "cycles; lithium in pores stays there on stripping",
        source=f"{PAPER}, Fig. 5g",
        provenance="paper",
        ge=1,
        le=100_000,
    )
    assembly_pressure: float = quantity(
        120.0,
        "MPa",
        "pressure on the cell, of the static balance",
        source=f"{PAPER}, Methods",
        provenance="paper",
        ge=0,
    )
    map_points: int = count(
        13,
        "values of each parameter in the sensitivity",
        source="Lithode",
        provenance="numerical",
        ge=3,
        le=201,
    )

    @property
    def face(self) -> Face:
        """The face, in coherent units."""
        return Face(
            contact=self.contact_area,
            exchange_current_density=self.model_value("exchange_current_density"),
            conductivity=self.model_value("layer_conductivity"),
            inverse_thermal_voltage=inverse_thermal_voltage(self.temperature),
        )


def march(
    p: Parameters, face: Face, pores: Pores, charges: Array, progress: Progress, shape: int = 1
) -> Array:
    """Return depths in um after plated charges in C/m^2, shape (cases, charges).

    Raises:
        SolverError: The depth could not be integrated.
    """
    current = np.array(p.model_value("current"))

    def rate(charge: float, depth: Array) -> Any:
        progress(charge / charges[-1])
        overpotential = face.overpotential(current, pores.wall, depth)
        return pores.filling(overpotential, depth)

    # Explicit steps would overshoot the depth that is balanced, and nothing draws lithium back.
    found = solve_ivp(
        rate,
        (0.0, charges[-1]),
        np.zeros(shape),
        "BDF",
        charges,
        rtol=_TOLERANCE,
        atol=_TOLERANCE,
        jac_sparsity=eye_array(shape),
    )
    if not found.success:
        raise SolverError(f"the depth could not be integrated: {found.message}")
    return np.asarray(np.minimum(found.y, p.layer_thickness))


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    pores, pressure = p.pores, p.model_value("assembly_pressure")
    opened = 4 * p.model_value("interface_energy") / pressure if pressure else np.inf
    first = p.face.overpotential(np.array(p.model_value("current")), pores.wall, np.array(0.0))
    health = [
        HealthLine("4 gamma / D", pores.entry_pressure, "pressure that opens a pore", "MPa"),
        HealthLine("D_min", opened, "narrowest pore that the assembly pressure opens", "um"),
        HealthLine("eta_0", 1e3 * float(first), "overpotential before any filling", "mV"),
    ]
    return Study(lambda progress: _compute(p, progress), health)


def _compute(p: Parameters, progress: Progress) -> Tables:
    cycles = np.arange(p.cycles + 1.0)
    charges = cycles * p.model_value("capacity")
    variants = _variants(p)
    depths = march(p, *_together(p, variants), charges, progress, len(variants))
    pores, face, depth = p.pores, p.face, depths[0]
    overpotential = face.overpotential(np.array(p.model_value("current")), pores.wall, depth)
    pressure = pores.plating_pressure(overpotential)
    history = {
        CYCLE: cycles,
        DEPTH: depth,
        "largest_depth [um]": pores.largest_depth(pressure),
        "overpotential [mV]": 1e3 * overpotential,
        "plating_pressure [MPa]": pressure,
        "capillary_pressure [MPa]": np.full_like(depth, pores.entry_pressure),
        "friction [MPa]": pores.friction * depth,
        "true_area [1]": p.contact_area + pores.wall * depth,
        "lithium_in_pores [mAh/cm^2]": from_model(pores.held(depth), "mAh/cm^2"),
    }
    ends = dict(zip(variants, depths[:, -1], strict=True))
    for name in _ENERGIES:
        history[f"depth_in_{name} [um]"] = np.full_like(depth, ends["interface_energy", name])
    static = pores.largest_depth(p.model_value("assembly_pressure"))
    history["static_depth [um]"] = np.full_like(depth, static)
    tables: dict[str, Columns] = {
        name: {
            f"{name} [{unit or '1'}]": values,
            DEPTH: [ends[name, str(k)] for k in range(len(values))],
        }
        for name, (values, unit, _) in _ranges(p).items()
    }
    by_diameter = np.asarray(tables["pore_diameter"][DEPTH])
    history["depth_narrow_pores [um]"] = np.full_like(depth, by_diameter[0])
    history["depth_wide_pores [um]"] = np.full_like(depth, by_diameter[-1])
    return Tables(history, tables)


_ENERGIES = {
    name: material.interface_energy.model
    for name, material in CANDIDATES.items()
    if material.interface_energy.value > 0
}


def _variants(p: Parameters) -> dict[tuple[str, str], float]:
    """Return what is changed in each variant, with its value in coherent units; nothing first."""
    found = {("trapped_share", ""): p.trapped_share}
    found |= {("interface_energy", name): gamma for name, gamma in _ENERGIES.items()}
    for name, (values, unit, _) in _ranges(p).items():
        found |= {(name, str(k)): to_model(float(v), unit) for k, v in enumerate(values)}
    return found


def _together(p: Parameters, variants: Mapping[tuple[str, str], float]) -> tuple[Face, Pores]:
    """Return face and pores of all variants as arrays."""

    def of(name: str) -> Array:
        own = p.model_value(name)
        return np.array([value if key[0] == name else own for key, value in variants.items()])

    pores = replace(
        p.pores,
        diameter=of("pore_diameter"),
        porosity=of("porosity"),
        interface_energy=of("interface_energy"),
        yield_stress=of("yield_stress"),
        share=of("trapped_share"),
    )
    return replace(p.face, exchange_current_density=of("exchange_current_density")), pores


# What is varied, with the values of each: within the paper's range, published ones, or assumed.
def _ranges(p: Parameters) -> Mapping[str, tuple[Array, str, str]]:
    n = p.map_points
    return {
        "pore_diameter": (np.geomspace(0.1, 1.0, n), "um", "pore diameter"),
        "yield_stress": (np.geomspace(0.4, 5.0, n), "MPa", "yield stress of Li"),
        "interface_energy": (np.linspace(0.0, 1.5, n), "J/m^2", "interface energy"),
        "porosity": (np.linspace(0.1, 0.45, n), "", "porosity"),
        "exchange_current_density": (np.geomspace(0.5, 10.0, n), "A/m^2", "exchange current"),
        "trapped_share": (np.geomspace(0.01, 1.0, n), "", "trapped share"),
    }


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the march over cycles and the sensitivities."""
    p, out = parameters, run_directory / "figures"
    panels = []
    for name, (_, unit, label) in _ranges(p).items():
        table = read_history(run_directory / "tables" / f"{name}.csv")
        x, depth = table[f"{name} [{unit or '1'}]"], table[DEPTH]
        marks = ((8.0, "measured, 8 um"),) if _is_papers(p) else ()
        logarithmic = "" if name in ("interface_energy", "porosity") else "x"
        labels = with_unit(label, unit), with_unit("depth", "um")
        panels.append(CurvePanel(labels, [Curve("", x, depth)], logarithmic, marks))
    return [
        *figures.draw_history(run_directory / "history.csv", out, _HISTORY),
        draw_curves(out / "sensitivity.png", panels),
    ]


_HISTORY = (
    HistoryPanel("depth", (DEPTH, "largest_depth [um]")),
    HistoryPanel("overpotential", ("overpotential [mV]",), logarithmic=True),
    HistoryPanel(
        "pressure",
        ("plating_pressure [MPa]", "capillary_pressure [MPa]", "friction [MPa]"),
        logarithmic=True,
    ),
    HistoryPanel("Li in pores", ("lithium_in_pores [mAh/cm^2]",)),
)


def _is_papers(p: Parameters) -> bool:
    return (p.current, p.capacity, p.cycles) == (1.0, 1.0, 50)


def _last(column: str) -> Callable[[History, Parameters], float]:
    return lambda history, _: float(history[column][-1])


def _stopper(history: History, _: Parameters) -> str:
    """Return what takes more of the pressure at the end."""
    capillary, friction = (
        float(history[f"{name} [MPa]"][-1]) for name in ("capillary_pressure", "friction")
    )
    return "interface energy" if capillary > friction else "friction"


def _settled(history: History, _: Parameters) -> float | None:
    """Return the first cycle within 5 % of the last depth."""
    depth = history[DEPTH]
    return float(history[CYCLE][np.argmax(depth >= 0.95 * depth[-1])])


_DEPTH = f"{PAPER}, Fig. 5g, ToF-SIMS"

TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="depth after 50 cycles of 1 mAh/cm^2",
        paper=8.0,
        unit="um",
        kind="calibrated",
        tolerance=0.25,
        read=_last(DEPTH),
        source=f"{_DEPTH}; the pore diameter was chosen with it in view",
        applies=_is_papers,
    ),
    Target(
        name="depth if pores are 0.1 um wide",
        paper=None,
        unit="um",
        kind="predicted",
        read=_last("depth_narrow_pores [um]"),
        source=f"{PAPER}: voids are 1 um to nano",
        applies=_is_papers,
    ),
    Target(
        name="depth if pores are 1 um wide",
        paper=None,
        unit="um",
        kind="predicted",
        read=_last("depth_wide_pores [um]"),
        source=f"{PAPER}: upper end of the voids",
        applies=_is_papers,
    ),
    Target(
        name="depth of the static balance at 120 MPa",
        paper=8.0,
        unit="um",
        kind="predicted",
        tolerance=0.25,
        read=_last("static_depth [um]"),
        source=_DEPTH,
        applies=lambda p: _is_papers(p) and p.assembly_pressure == 120,
    ),
    Target(
        name="what stops lithium",
        paper="interface energy",
        kind="predicted",
        read=_stopper,
        source=f"{PAPER}, text on Fig. 5g",
        applies=_is_papers,
    ),
    Target(
        name="depth with the interface energy of Li2S",
        paper=None,
        unit="um",
        kind="predicted",
        read=_last("depth_in_Li2S [um]"),
        source="not in the paper",
        applies=_is_papers,
    ),
    Target(
        name="depth with the interface energy of LiF",
        paper=None,
        unit="um",
        kind="predicted",
        read=_last("depth_in_LiF [um]"),
        source="not in the paper",
        applies=_is_papers,
    ),
    Target(
        name="cycle from which the depth stays within 5 %",
        paper=None,
        kind="predicted",
        read=_settled,
        source="not in the paper",
        applies=_is_papers,
    ),
)

CASE = StudyCase(
    name="ji2020/penetration",
    title="How deep Li goes into the pores of Li3N-LiF, and what stops it (Fig. 5g)",
    parameters=Parameters,
    presets={"paper": {}, "quick": {"map_points": 5}},
    build=build,
    targets=TARGETS,
    pictures=pictures,
)
