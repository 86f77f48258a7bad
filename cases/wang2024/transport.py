"""Li+ and electrons in an interlayer with a lithium protrusion: where lithium grows (Fig. 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from mpi4py import MPI

from lithode.cases.wang2024 import interlayer
from lithode.cases.wang2024.measured import PAPER
from lithode.cases.wang2024.parameters import InterlayerParameters
from lithode.core.domain import Domain
from lithode.core.parameters import quantity
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import Target
from lithode.output.history import History
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel, HistoryPanel
from lithode.solvers.mixed_conductor.model import MixedConductor
from lithode.solvers.mixed_conductor.parameters import PREFIX
from lithode.theory.nucleation import Nucleation


class Parameters(InterlayerParameters):
    """Parameters of the transport scenario."""

    contact_angle: float = quantity(
        55.0,
        "deg",
        "of lithium on the interlayer; with surface_energy only gamma^3 kappa_het counts",
        source="so that Figs. 2e, 2f, S16 come out",
        provenance="calibrated",
        ge=0,
        le=180,
    )


def _nucleation(parameters: Parameters) -> Mapping[str, Nucleation]:
    return {"": parameters.nucleation_at(parameters.contact_angle)}


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    return interlayer.simulation(parameters, _nucleation(parameters), comm, domain)


def probes(parameters: Parameters) -> list[Callable[[], MixedConductor]]:
    """Return a maker of the model on a few cells."""
    return interlayer.probes(parameters, _nucleation(parameters))


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw growth and nucleation by both readings, the potentials and the lithium surface."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    chosen = f"nucleation_{p.overpotential}"
    other = "nucleation_local" if p.overpotential == "applied" else "nucleation_applied"
    rates = [
        panel
        for name in (chosen, other)
        for panel in interlayer.normalised(
            fields, {name: f"J/J$_{{max}}$, {_READING[name]}"}, p.end_time, 1 / p.rate_ratio
        )
    ]
    panels = [
        *rates,
        FieldPanel("growth_rate", "growth rate (eq 9)", "A/m^2", "viridis"),
        FieldPanel("potential", "electric potential", "V", "cividis"),
        FieldPanel("overpotential_local", "(RT/F) ln a", "V", "cividis"),
        FieldPanel("electron_concentration", "electrons", "mol/m^3", "magma"),
    ]
    surface = [FieldPanel("growth_rate", "growth rate (eq 9)", "A/m^2"), rates[0]]
    interlayer.write_surface(run_directory, surface, p.end_time)
    return [
        *figures.draw_fields(fields, out, panels, [p.end_time], front=None),
        profiles.draw_profile(fields, out / "lithium_surface.png", surface, [p.end_time]),
        *figures.draw_history(run_directory / "history.csv", out, _HISTORY),
    ]


_READING = {"nucleation_applied": "$\\eta$ applied", "nucleation_local": "$\\eta$ local"}
_HISTORY = (
    HistoryPanel("current density", ("plating_current [A/m^2]",)),
    HistoryPanel("growth rate", ("growth_rate_tip [A/m^2]", "growth_rate_base [A/m^2]")),
    HistoryPanel("overpotential", ("overpotential [V]", "overpotential_local_max [V]")),
    HistoryPanel("time step", ("step_size [s]",), logarithmic=True),
)


def pattern(history: History, parameters: Parameters) -> str | None:
    """Return where lithium nucleates at the end, from the contour of a tenth of the largest rate.

    "at the protrusion" if the contour follows it, "flat front" if tip and base differ by less than
    half its height, "everywhere" if it holds more than three quarters of the interlayer.
    """
    p = parameters
    reading = p.overpotential
    tip, base, share, peak = (
        interlayer.last(history, p, f"nucleation_{name}")
        for name in (
            f"height_tip_{reading} [um]",
            f"height_base_{reading} [um]",
            f"share_{reading} [1]",
            f"max_{reading} [1]",
        )
    )
    if tip is None or base is None or share is None or peak is None:
        return None
    if peak * p.rate_ratio < 1:
        return "nowhere"
    if share > 0.75:
        return "everywhere"
    if max(tip, base) > 0.95 * p.thickness:
        return "at the electrolyte"
    return "flat front" if abs(tip - base) < p.protrusion_height / 2 else "at the protrusion"


def _tip_leads(history: History, parameters: Parameters) -> str | None:
    tip = interlayer.last(history, parameters, "growth_rate_tip [A/m^2]")
    base = interlayer.last(history, parameters, "growth_rate_base [A/m^2]")
    if tip is None or base is None:
        return None
    return "tip" if tip > 1.5 * max(base, 0.0) and tip > 0 else "even"


def _of(composition: str) -> interlayer.Of:
    def applies(parameters: InterlayerParameters) -> bool:
        return (
            parameters.composition == composition
            and parameters.protrusion == "triangle"
            and parameters.mode == "potentiostatic"
            and interlayer.is_at_two_seconds(parameters)
        )

    return applies


TARGETS: tuple[Target[Parameters], ...] = (
    *interlayer.INPUTS,
    Target(
        name="nucleation, 2 s",
        paper="at the protrusion",
        kind="calibrated",
        read=pattern,
        source=f"{PAPER}, Fig. S16a",
        applies=_of("LNI-0.5CNT"),
    ),
    Target(
        name="growth, 2 s",
        paper="tip",
        kind="calibrated",
        read=_tip_leads,
        source=f"{PAPER}, Fig. S16a",
        applies=_of("LNI-0.5CNT"),
    ),
    Target(
        name="nucleation, 2 s",
        paper="flat front",
        kind="calibrated",
        read=pattern,
        source=f"{PAPER}, Figs. 2f, S16c",
        applies=_of("LNI-5CNT"),
    ),
    Target(
        name="nucleation, 2 s",
        paper="everywhere",
        kind="calibrated",
        read=pattern,
        source=f"{PAPER}, Figs. 2e, S16b",
        applies=_of("LNI-50CNT"),
    ),
)

CASE = Case(
    name="wang2024/transport",
    title="Li+ and electrons in an LNI-CNT interlayer with a lithium protrusion (Fig. 2e, f)",
    parameters=Parameters,
    presets={
        "quick": {},
        "paper": {"element_size": 0.5, "element_size_far": 1.5},
    },
    build=build,
    targets=TARGETS,
    pictures=pictures,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
