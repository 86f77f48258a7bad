"""Is an interlayer dendrite-safe, and up to which current? The design criterion (Fig. 4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
from mpi4py import MPI

from lithode.cases.wang2024 import design
from lithode.cases.wang2024.design import AXIS, Bearable
from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.cases.wang2024.measured import (
    COMPOSITIONS,
    CRITICAL_CURRENTS,
    NUCLEATION_ONSET,
    PAPER,
    CriticalCurrent,
    at_content,
)
from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.core.units import from_model, to_model
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import Target, Value
from lithode.meshes import interlayer
from lithode.meshes.structured import layered_interval, structured
from lithode.output.history import History
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel, HistoryPanel
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.current_distribution.parameters import PREFIX
from lithode.solvers.numerics.sweep import Sweep
from lithode.theory.interlayer_design import InterlayerDesign


class Parameters(DesignParameters):
    """Parameters of the criterion."""


def closed_form(parameters: Parameters) -> InterlayerDesign:
    """Return the interlayer of a run for the closed form."""
    return parameters.design((parameters.thickness,), (parameters.electronic,))


def _mesh(parameters: Parameters, comm: MPI.Intracomm) -> Domain:
    p = parameters
    if p.dimension == 1:
        return layered_interval(comm, {interlayer.REGION: p.thickness}, p.element_size)
    with fields_named({"size": "element_size"}):
        shape = interlayer.Interlayer(p.width, p.thickness, p.element_size, 4 * p.element_size)
    return interlayer.build(shape, comm)


def _model(parameters: Parameters, domain: Domain) -> CurrentDistribution:
    p = parameters
    conductivities = to_model(p.ionic, "S/cm"), to_model(p.electronic, "S/cm")
    regions = {interlayer.REGION: conductivities}
    return design.two_potential_model(domain, p, regions, closed_form(p))


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    p.check_currents()
    _ = p.surface
    steady = _model(p, domain or _mesh(p, comm))
    return design.simulation(p, steady, {"": closed_form(p)})


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""

    def make() -> Sweep:
        p = parameters
        lengths, cells = (
            ((p.thickness,), (4,)) if p.dimension == 1 else ((p.width, p.thickness), (2, 4))
        )
        domain = structured(MPI.COMM_SELF, lengths, cells, region=interlayer.REGION)
        return Sweep(_model(p, domain), AXIS, p.currents[0])

    return [make]


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say what the run means for whoever designs the interlayer."""
    p, form = parameters, closed_form(parameters)
    bearable = Bearable.of(history, p, form.filling_current)
    poor = [measured.electronic.value for measured in COMPOSITIONS.values()][:2]
    caution = (
        "caution: LNI-0.5CNT, as poor a conductor of electrons, failed at 0.16 mA/cm^2 by loss of "
        "contact on stripping, of which neither model knows"
    )
    assumed = (
        f"taken from LNI-CNT: resistance {p.resistance:g} ohm*cm^2 and eta_c = {1e3 * p.eta_c:.3g} "
        "mV; give resistance and critical_overpotential if you have measured your own"
    )
    own = p.ionic_conductivity is not None or p.electronic_conductivity is not None
    return [
        *([caution] if p.electronic < float(np.sqrt(np.prod(poor))) else []),
        *([assumed] if own and design.is_calibrated(p) else []),
        f"two-potential model: {design.model_answer(bearable, history)}",
        f"closed form of the criterion: {design.closed_form_answer(form.verdict, p.duration)}",
    ]


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw lengths and currents over the current, profiles, and the design map."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    currents = [p.currents[0], p.currents[len(p.currents) // 2], p.currents[-1]]
    drawn = [
        *figures.draw_history(run_directory / "history.csv", out, _HISTORY),
        profiles.draw_profile(
            fields, out / "profiles.png", _PANELS, currents, line=profiles.ACROSS
        ),
        design.draw_design_map(p, run_directory),
    ]
    if p.dimension == 2:
        drawn += figures.draw_fields(fields, out, _PANELS, [p.currents[-1]], front=None)
    if design.is_reference(p):
        design.write_critical_currents(p, run_directory)
    return drawn


_PANELS = (
    FieldPanel("overpotential", "overpotential", "V", "viridis"),
    FieldPanel("reaction_current", "Li plated inside", "A/cm^3", "magma"),
    FieldPanel("ionic_potential", "potential of Li$^+$", "V", "cividis"),
)
_HISTORY = (
    HistoryPanel(
        "length, closed form",
        ("nucleation_length [um]", "growth_length [um]"),
        legend=("nucleation, l$_n$", "growth, l$_g$"),
    ),
    HistoryPanel("V$_{sp}$/i", ("spike_over_current [ohm*cm^2]",)),
    HistoryPanel(
        "plated",
        (
            "lithium_current_mean [A/m^2]",
            "reaction_current_lithium [A/m^2]",
            "reaction_current_electrolyte [A/m^2]",
        ),
        legend=("at Li", "inside, next to Li", "inside, next to SSE"),
        unit=AXIS.unit,
    ),
    HistoryPanel("mean height, Li inside", ("reaction_height [um]",)),
)


def _is_fig_4(parameters: Parameters) -> bool:
    return _is(CRITICAL_CURRENTS[1], parameters) and parameters.currents[-1] >= 4


def _is(measured: CriticalCurrent, parameters: Parameters) -> bool:
    """Whether a run is of a measured interlayer."""
    p = parameters
    own = p.ionic_conductivity is not None or p.electronic_conductivity is not None
    if own or len(measured.contents) != 1 or not design.is_reference(p):
        return False
    conductivity = at_content(measured.contents[0]).electronic.value
    same = abs(conductivity - p.electronic) < 1e-6 * conductivity
    return same and abs(p.thickness - measured.thickness) < 1e-6


def _onset(_: History, parameters: Parameters) -> Value:
    return from_model(closed_form(parameters).onset_current, AXIS.unit)


def _linear(history: History, _: Parameters) -> Value:
    """Return whether l_n over 1/i, and l_g over i, are straight to rounding."""
    current, length = history[AXIS.column], history["nucleation_length [um]"]
    nucleates = length > 0
    if np.count_nonzero(nucleates) < 3:
        return None
    pairs = (1 / current[nucleates], length[nucleates]), (current, history["growth_length [um]"])
    rests = [np.polyfit(x, y, 1, full=True)[1] / np.sum(y**2) for x, y in pairs]
    return "linear" if all(np.all(rest < 1e-10) for rest in rests) else "not linear"


def _covered(history: History, _: Parameters) -> Value:
    covered = history["nucleation_length [um]"] <= history["growth_length [um]"]
    return "yes" if bool(np.all(covered)) else "no"


def _model_target(measured: CriticalCurrent) -> Target[Any]:
    def read(history: History, parameters: Parameters) -> Value:
        form = closed_form(parameters)
        found = Bearable.of(history, parameters, form.filling_current)
        if found.limit == "sweep" and not measured.is_bound:
            return f"above {found.current:g}"
        return design.against(measured, found.current)

    tuned = measured.name in ("90 um, 50 % CNT", "14.8 um, 5 % CNT")
    kind: Literal["calibrated", "predicted"] = "calibrated" if tuned else "predicted"
    return Target(
        name=f"CCD, {measured.name}, two potentials",
        paper=design.shown(measured),
        unit=AXIS.unit,
        kind=kind,
        tolerance=0.2,
        read=read,
        source=measured.value.source,
        applies=lambda p: _is(measured, p),
    )


TARGETS: tuple[Target[Any], ...] = (
    Target(
        name="nucleation begins, closed form",
        paper=NUCLEATION_ONSET.value,
        unit=NUCLEATION_ONSET.unit,
        kind="calibrated",
        tolerance=0.02,
        read=_onset,
        source=NUCLEATION_ONSET.source,
        applies=_is_fig_4,
    ),
    Target(
        name="l_n over 1/i, l_g over i",
        paper="linear",
        kind="input",
        read=_linear,
        source=f"{PAPER}, text on Fig. 4e",
        applies=_is_fig_4,
    ),
    Target(
        name="l_n <= l_g, 0.1 to 4 mA/cm^2",
        paper="yes",
        kind="predicted",
        read=_covered,
        source=f"{PAPER}, text on Fig. 4e",
        applies=_is_fig_4,
    ),
    Target(
        name="nucleation begins, two potentials",
        paper=NUCLEATION_ONSET.value,
        unit=NUCLEATION_ONSET.unit,
        kind="predicted",
        tolerance=0.2,
        read=lambda history, _: design.onset(history),
        source=NUCLEATION_ONSET.source,
        applies=_is_fig_4,
    ),
    Target(
        name="nucleation at 4 mA/cm^2, two potentials",
        paper="lithium",
        kind="predicted",
        read=lambda history, _: design.mostly(history),
        source=f"{PAPER}, Fig. 4a",
        applies=_is_fig_4,
    ),
    *(_model_target(measured) for measured in CRITICAL_CURRENTS if len(measured.contents) == 1),
    *design.CLOSED_FORM_TARGETS,
)

CASE = Case(
    name="wang2024/criterion",
    title="Up to which current an interlayer is dendrite-safe, and what limits it (Fig. 4)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.1}},
    build=build,
    targets=TARGETS,
    pictures=pictures,
    findings=findings,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
