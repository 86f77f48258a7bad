"""What the scenarios of the design criterion share: models, sweeps, verdicts, answers."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Literal

import numpy as np

from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.cases.wang2024.heatmaps import Heatmaps, Scale
from lithode.cases.wang2024.measured import CRITICAL_CURRENTS, CriticalCurrent, at_content
from lithode.core.axis import Axis
from lithode.core.domain import Domain
from lithode.core.units import from_model, to_model
from lithode.engine.case import Simulation
from lithode.engine.rundir import RunDirectory
from lithode.engine.verdict import HealthLine, Target, Value
from lithode.output.history import History
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.current_distribution.parameters import (
    Conductor,
    Numerics,
    Observation,
    Parameters,
)
from lithode.solvers.numerics.properties import Property
from lithode.solvers.numerics.sweep import SteadyModel, Sweep
from lithode.theory.interlayer_design import InterlayerDesign, Verdict

AXIS = Axis("current", "i", "mA/cm^2")

# Lithium that plates within this many um counts as next to lithium, or to the electrolyte; in an
# interlayer not twice as thick each half does.
EDGE = 10.0


def two_potential_model(
    domain: Domain,
    parameters: DesignParameters,
    conductivities: Mapping[str, tuple[Property, Property]],
    design: InterlayerDesign,
) -> CurrentDistribution:
    """Make the model of one interlayer, with the columns of the closed form beside its own.

    Args:
        domain: The mesh.
        parameters: The parameters.
        conductivities: Region to ionic and electronic conductivity in uS/m.
        design: The same interlayer for the closed form.
    """
    p, thickness = parameters, design.thickness
    regions = {
        name: Conductor(ionic, electronic, p.reaction)
        for name, (ionic, electronic) in conductivities.items()
    }

    def lengths(load: float) -> Mapping[str, float]:
        spike = float(design.spike_voltage(load))
        return {
            "nucleation_length [um]": float(design.nucleation_length(load)),
            "growth_length [um]": float(design.growth_length(load)),
            "spike_voltage [V]": spike,
            "spike_over_current [ohm*cm^2]": from_model(spike / load, "ohm*cm^2"),
        }

    edge = min(EDGE, thickness / 2)
    bands = {"lithium": (0.0, edge), "electrolyte": (thickness - edge, thickness)}
    return CurrentDistribution(
        domain,
        Parameters(regions, p.surface, p.temperature),
        Numerics(p.solver),
        Observation(bands, lengths),
    )


def simulation(
    parameters: DesignParameters,
    steady: SteadyModel,
    designs: Mapping[str, InterlayerDesign],
) -> Simulation:
    """Make the sweep over the current density.

    Args:
        parameters: The parameters.
        steady: What is solved at each.
        designs: Suffix of the columns to the closed form.
    """
    p, currents = parameters, parameters.currents
    sweep = Sweep(steady, AXIS, currents[0])
    health = [
        HealthLine("eta_c", 1e3 * p.eta_c, "critical overpotential of nucleation", "mV"),
        HealthLine(
            "i_c",
            from_model(next(iter(designs.values())).onset_current, AXIS.unit),
            "eta_c / R: nothing nucleates below, closed form",
            AXIS.unit,
        ),
    ]
    for suffix, design in designs.items():
        meaning = "C R / (4 s_g i_c): up to 1 growth covers nucleation at every current"
        name = f"tangent{suffix}"
        health.append(HealthLine(name, design.tangent_ratio, meaning, high=1.0))
    return Simulation(
        model=sweep,
        control=sweep.control(currents[-1]),
        end_time=currents[-1],
        output_times=currents,
        health=health,
        conservation={
            f"{name}{suffix}": f"{column}_defect{suffix} [1]"
            for suffix in designs
            for name, column in (("lithium", "cation"), ("electrons", "electron"))
        },
    )


@dataclass(frozen=True)
class Bearable:
    """Up to which current density an interlayer is safe by the two-potential model.

    Attributes:
        current: In mA/cm^2.
        limit: ``electrolyte``: more than is tolerated plates next to it; ``pores``: they are
            full; ``sweep``: the largest current of the sweep is safe.
    """

    current: float
    limit: Literal["electrolyte", "pores", "sweep"]

    @classmethod
    def of(
        cls, history: History, parameters: DesignParameters, filling: float, suffix: str = ""
    ) -> Bearable:
        """Read it off a sweep.

        Args:
            history: The sweep.
            parameters: Its parameters.
            filling: Current density that fills the pores, in A/m^2.
            suffix: Of the columns.
        """
        currents = history[AXIS.column]
        plated = from_model(1.0, AXIS.unit) * _of(history, "reaction_current_electrolyte", suffix)
        full = from_model(filling, AXIS.unit)
        above = np.flatnonzero(plated >= parameters.tolerated_current)
        reached = float("inf")
        if len(above):
            k = max(int(above[0]), 1)
            ends = plated[k - 1 : k + 1], currents[k - 1 : k + 1]
            reached = float(np.interp(parameters.tolerated_current, *ends))
        if min(reached, full) > currents[-1]:
            return cls(float(currents[-1]), "sweep")
        return cls(reached, "electrolyte") if reached < full else cls(full, "pores")


# From this share of the current on nucleation counts as begun.
BEGUN = 0.05


def onset(history: History, suffix: str = "") -> float | None:
    """Return the current density in mA/cm^2 of which ``BEGUN`` plates inside; None if none does.

    By the two-potential model; the first of the sweep if nucleation has begun there.
    """
    currents, share = history[AXIS.column], 1 - _of(history, "lithium_share", suffix, "1")
    above = np.flatnonzero(share >= BEGUN)
    if not len(above):
        return None
    k = max(int(above[0]), 1)
    ends = share[k - 1 : k + 1], currents[k - 1 : k + 1]
    return float(np.interp(BEGUN, *ends))


def mostly(history: History, suffix: str = "") -> str:
    """Return where most plates inside in the end: ``lithium``, ``electrolyte`` or ``inside``."""
    ends = {
        name: float(_of(history, f"reaction_current_{name}", suffix)[-1])
        for name in ("lithium", "electrolyte")
    }
    inside = float(_of(history, "reaction_current", suffix)[-1]) - sum(ends.values())
    places = {**ends, "inside": inside}
    return max(places, key=lambda name: places[name])


def _of(history: History, name: str, suffix: str, unit: str = "A/m^2") -> Any:
    return history[f"{name}{suffix} [{unit}]"]


def closed_form_answer(verdict: Verdict, hours: float) -> str:
    """Say up to which current an interlayer is safe by the paper's criterion."""
    safe = from_model(verdict.current, AXIS.unit)
    if verdict.limit == "pores":
        reason = "the pores, which lithium then fills up to the electrolyte (l_g = l_i)"
    else:
        reason = "nucleation, which then reaches further than growth (l_n > l_g)"
        if verdict.returns is not None:
            again = from_model(verdict.returns, AXIS.unit)
            reason += f"; growth covers it again above {again:.3g} {AXIS.unit}"
    return f"dendrite-safe up to {safe:.3g} {AXIS.unit} for {hours:g} h; limited by {reason}"


def model_answer(bearable: Bearable, history: History, suffix: str = "") -> str:
    """Say the same by the two-potential model."""
    where, start, currents = "nothing nucleates", onset(history, suffix), history[AXIS.column]
    if start is not None:
        begins = "at" if start > currents[0] else "at or below"
        near = _of(history, "reaction_current_electrolyte", suffix)[-1]
        share = from_model(float(near), AXIS.unit) / currents[-1]
        where = (
            f"nucleation begins {begins} {start:.2g} {AXIS.unit} and at {currents[-1]:g} "
            f"{AXIS.unit} is strongest {_PLACES[mostly(history, suffix)]}, with {100 * share:.2g} "
            "% of the current next to the electrolyte"
        )
    reasons = {
        "electrolyte": "lithium that plates next to the electrolyte",
        "pores": "the pores (l_g = l_i)",
    }
    safe = f"{bearable.current:.3g} {AXIS.unit}"
    if bearable.limit == "sweep":
        return f"safe up to {safe} at least, the end of the sweep; {where}"
    return f"safe up to {safe}, limited by {reasons[bearable.limit]}; {where}"


_PLACES = {
    "lithium": "next to lithium",
    "electrolyte": "next to the electrolyte",
    "inside": "between the two",
}
_TUNED = (
    "duration",
    "porosity",
    "resistance",
    "contact_angle",
    "surface_energy",
    "critical_overpotential",
    "rate_ratio",
    "temperature",
)


def is_reference(parameters: DesignParameters) -> bool:
    """Whether all that the closed form needs besides the interlayer is as the case gives it."""
    fields = type(parameters).model_fields
    return all(getattr(parameters, name) == fields[name].default for name in _TUNED)


def is_calibrated(parameters: DesignParameters) -> bool:
    """Whether resistance and critical overpotential are those that were tuned to LNI-CNT."""
    fields = type(parameters).model_fields
    names = "resistance", "surface_energy", "critical_overpotential"
    return all(getattr(parameters, name) == fields[name].default for name in names)


def design_of(measured: CriticalCurrent, parameters: DesignParameters) -> InterlayerDesign:
    """Return the closed form of a measured interlayer, of the chosen one's if none is known."""
    contents = measured.contents
    conductivities = tuple(at_content(content).electronic.value for content in contents)
    if not contents:
        conductivities = (parameters.electronic,)
    thickness = measured.thickness / len(conductivities)
    return parameters.design((thickness,) * len(conductivities), conductivities)


def shown(measured: CriticalCurrent) -> Value:
    """Return the measured value as tables show it."""
    return f"at least {measured.value.value:g}" if measured.is_bound else measured.value.value


def against(measured: CriticalCurrent, computed: float) -> Value:
    """Return a computed value as tables compare it with the measured one."""
    bound = measured.value.value
    return shown(measured) if measured.is_bound and computed >= bound else computed


def closed_form_kind(measured: CriticalCurrent) -> Literal["calibrated", "predicted"]:
    """Return whether the closed form was tuned to a measured interlayer."""
    return "calibrated" if measured.name == "14.8 um, 5 % CNT" else "predicted"


def _closed_form_targets(measured: CriticalCurrent) -> list[Target[Any]]:
    def stable(_: History, parameters: DesignParameters) -> Value:
        verdict = design_of(measured, parameters).verdict
        return against(measured, from_model(verdict.current, AXIS.unit))

    def filling(_: History, parameters: DesignParameters) -> Value:
        design = design_of(measured, parameters)
        return against(measured, from_model(design.filling_current, AXIS.unit))

    kind = closed_form_kind(measured)
    paper, unit, source = shown(measured), AXIS.unit, measured.value.source
    pores = Target(
        name=f"CCD, {measured.name}, pores only",
        paper=paper,
        unit=unit,
        kind=kind,
        tolerance=0.2,
        read=filling,
        source=source,
        applies=is_reference,
    )
    if not measured.contents:
        return [pores]
    target = Target(
        name=f"CCD, {measured.name}",
        paper=paper,
        unit=unit,
        kind=kind,
        tolerance=0.2,
        read=stable,
        source=source,
        applies=is_reference,
    )
    return [target, pores] if len(measured.contents) > 1 else [target]


CLOSED_FORM_TARGETS: tuple[Target[Any], ...] = tuple(
    target for measured in CRITICAL_CURRENTS for target in _closed_form_targets(measured)
)
"""The eight measured interlayers by the closed form; see docs/wang2024-criterion.md."""


def write_critical_currents(parameters: DesignParameters, run_directory: Path) -> Path:
    """Write the measured interlayers beside the closed form as a table."""
    out = RunDirectory(run_directory).tables / "critical_currents.csv"
    out.parent.mkdir(exist_ok=True)
    with out.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        unit = f"[{AXIS.unit}]"
        writer.writerow(
            [
                "interlayer",
                f"measured {unit}",
                "is_bound",
                f"stable_to {unit}",
                "limit",
                f"pores_full {unit}",
                "ratio",
                "kind",
            ]
        )
        for measured in CRITICAL_CURRENTS:
            design = design_of(measured, parameters)
            full = from_model(design.filling_current, AXIS.unit)
            stable, limit = full, "pores (conductivity not known)"
            if measured.contents:
                verdict = design.verdict
                stable, limit = from_model(verdict.current, AXIS.unit), str(verdict.limit)
            given = measured.value.value
            numbers = [f"{value:.4g}" for value in (stable, full, stable / given)]
            writer.writerow(
                [
                    measured.name,
                    given,
                    measured.is_bound,
                    numbers[0],
                    limit,
                    *numbers[1:],
                    closed_form_kind(measured),
                ]
            )
    return out


def draw_design_map(parameters: DesignParameters, run_directory: Path) -> Path:
    """Write and draw up to which current the closed form is stable, over four parameters.

    Thickness, porosity, electronic conductivity and contact angle; the rest is of the run.
    """
    p, resistance = parameters, parameters.model_value("resistance")
    angles = Scale("$\\theta$", "deg", [30.0, 60.0, 90.0, 120.0])
    conductivities = Scale("$\\sigma_e$", "S/cm", [1e-6, 1e-5, 3e-5, 1e-4])
    porosities = Scale("porosity", "", list(np.linspace(0.2, 0.8, 13)))
    thicknesses = Scale("thickness", "um", list(np.linspace(5, 100, 20)))
    scales = angles, conductivities, porosities, thicknesses
    shape = tuple(len(scale.values) for scale in scales)
    values, nucleation = np.zeros(shape), np.zeros(shape, dtype=bool)
    tables = RunDirectory(run_directory).tables
    tables.mkdir(exist_ok=True)
    with (tables / "design_map.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            [
                "contact_angle [deg]",
                "electronic_conductivity [S/cm]",
                "porosity",
                "thickness [um]",
                "critical_overpotential [V]",
                f"stable_to [{AXIS.unit}]",
                "limit",
            ]
        )
        for j, k in product(range(len(angles.values)), range(len(porosities.values))):
            own = p.model_copy(
                update={
                    "contact_angle": angles.values[j],
                    "porosity": porosities.values[k],
                    "critical_overpotential": None,
                }
            )
            eta_c, slope = own.eta_c, own.growth_slope
            for m, n in product(range(len(conductivities.values)), range(len(thicknesses.values))):
                thickness, conductivity = thicknesses.values[n], conductivities.values[m]
                layer = (thickness,), (to_model(conductivity, "S/cm"),)
                verdict = InterlayerDesign(*layer, resistance, eta_c, slope).verdict
                safe = from_model(verdict.current, AXIS.unit)
                values[j, m, k, n], nucleation[j, m, k, n] = safe, verdict.limit == "nucleation"
                given = own.contact_angle, conductivity, own.porosity, thickness, eta_c, safe
                writer.writerow([*(f"{value:.5g}" for value in given), verdict.limit])
    return Heatmaps(
        *scales,
        values,
        nucleation,
        "stable up to",
        AXIS.unit,
        "hatched: limited by nucleation (l$_n$ > l$_g$), elsewhere by full pores (l$_g$ = l$_i$)",
    ).draw(run_directory / "figures" / "design_map.png")
