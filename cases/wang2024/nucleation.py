"""Nucleation of lithium on hosts of rising contact angle, in one transient (Fig. 2g-j)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from mpi4py import MPI

from lithode.cases.wang2024 import interlayer
from lithode.cases.wang2024.measured import PAPER
from lithode.cases.wang2024.parameters import InterlayerParameters
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parameters import quantity
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import HealthLine, Target, Value
from lithode.output.history import History
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel
from lithode.solvers.mixed_conductor.model import MixedConductor
from lithode.solvers.mixed_conductor.parameters import PREFIX
from lithode.theory.nucleation import Nucleation, heterogeneous_factor


class Parameters(InterlayerParameters):
    """Parameters of the sweep."""

    contact_angles: tuple[float, ...] = quantity(
        (30.0, 60.0, 90.0, 150.0),
        "deg",
        "of lithium on the interlayer, one panel each",
        source="not in the text; Fig. 2g-j has four",
        provenance="assumed",
    )


def _label(angle: float) -> str:
    return f"{angle:g}deg"


def _nucleations(parameters: Parameters) -> Mapping[str, Nucleation]:
    angles = parameters.contact_angles
    if not angles:
        raise InputError("contact_angles", "unset", "give at least one", "deg")
    for angle in angles:
        if not 0 <= angle <= 180:
            raise InputError("contact_angles", angle, "must be between 0 and 180", "deg")
    if len(set(angles)) < len(angles):
        raise InputError("contact_angles", angles, "must differ", "deg")
    return {_label(angle): parameters.nucleation_at(angle) for angle in angles}


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    p, nucleations = parameters, _nucleations(parameters)
    made = interlayer.simulation(p, nucleations, comm, domain)
    lines = [
        HealthLine(
            f"eta_c({angle:g} deg)",
            nucleations[_label(angle)].critical_overpotential,
            f"critical overpotential; kappa_het = {heterogeneous_factor(angle):.3g}, closed form "
            f"of the nucleation length {closed_form(p, angle):.3g} um",
            "V",
        )
        for angle in p.contact_angles
    ]
    return Simulation(
        model=made.model,
        control=made.control,
        end_time=made.end_time,
        output_times=made.output_times,
        health=[*made.health, *lines],
        conservation=made.conservation,
    )


def closed_form(parameters: Parameters, angle: float) -> float:
    """Return l_i (1 - eta_c / eta) in um, the nucleation length under a linear potential."""
    p = parameters
    return p.nucleation_at(angle).length(p.thickness, p.applied_overpotential)


def probes(parameters: Parameters) -> list[Callable[[], MixedConductor]]:
    """Return a maker of the model on a few cells."""
    return interlayer.probes(parameters, _nucleations(parameters))


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the nucleation rates of all angles on one scale, and along the lithium surface."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    # Rates differ by orders of magnitude: a common linear scale would show one angle only.
    panels = [
        FieldPanel(
            f"nucleation_{p.overpotential}_{_label(angle)}",
            f"lg J/J$_c$ at {angle:g}\N{DEGREE SIGN}",
            colormap="inferno",
            limits=(0.0, math.log10(p.rate_ratio)),
            factor=p.rate_ratio,
            logarithmic=True,
        )
        for angle in p.contact_angles
    ]
    interlayer.write_surface(run_directory, panels, p.end_time)
    surface = replace(panels[0], field=f"nucleation_{p.overpotential}", label="lg J/J$_c$")
    return [
        *figures.draw_fields(fields, out, panels, [p.end_time], front=None),
        profiles.draw_variants(
            fields,
            out / "lithium_surface.png",
            [surface],
            {_label(angle): f"{angle:g}\N{DEGREE SIGN}" for angle in p.contact_angles},
            p.end_time,
            profiles.LITHIUM_SURFACE,
        ),
    ]


def lengths(history: History, parameters: Parameters) -> list[float] | None:
    """Return the nucleation length above the base of each angle, in um, at the end."""
    p = parameters
    found = [
        interlayer.last(history, p, f"nucleation_length_base_{p.overpotential}_{_label(a)} [um]")
        for a in p.contact_angles
    ]
    return None if None in found else [length for length in found if length is not None]


def _trend(history: History, parameters: Parameters) -> Value:
    """Return whether the region shrinks towards lithium as the angle rises."""
    found = lengths(history, parameters)
    if found is None or len(found) < 2:
        return None
    shown = np.array(found)[np.argsort(parameters.contact_angles)]
    shrinks = bool(np.all(np.diff(shown[shown > 0]) < 0)) and shown[0] > shown[-1]
    return "confined to Li" if shrinks and bool(np.all(np.diff(shown) <= 0)) else "not confined"


def _suppressed(history: History, parameters: Parameters) -> Value:
    found = lengths(history, parameters)
    if found is None:
        return None
    largest = found[int(np.argmax(parameters.contact_angles))]
    return "none" if largest == 0 else "nucleation"


def _against_closed_form(history: History, parameters: Parameters) -> Value:
    """Return the largest difference of the lengths from the closed form, over the thickness."""
    p, found = parameters, lengths(history, parameters)
    if found is None:
        return None
    differences = [
        abs(length - closed_form(p, a)) for length, a in zip(found, p.contact_angles, strict=True)
    ]
    return max(differences) / p.thickness


def _is_paper(parameters: InterlayerParameters) -> bool:
    mixed = parameters.composition == "LNI-5CNT" and parameters.mode == "potentiostatic"
    return mixed and interlayer.is_at_two_seconds(parameters)


TARGETS: tuple[Target[Parameters], ...] = (
    *interlayer.INPUTS,
    Target(
        name="nucleation with rising contact angle",
        paper="confined to Li",
        kind="predicted",
        read=_trend,
        source=f"{PAPER}, text on Fig. 2g-i",
        applies=_is_paper,
    ),
    Target(
        name="nucleation at the largest angle",
        paper="none",
        kind="calibrated",
        read=_suppressed,
        source=f"{PAPER}, text on Fig. 2j",
        applies=_is_paper,
    ),
    Target(
        name="lengths against l_i (1 - eta_c / eta), over l_i",
        paper=0.0,
        kind="predicted",
        tolerance=0.05,
        read=_against_closed_form,
        source="closed form, docs/wang2024-nucleation.md",
        applies=_is_paper,
    ),
)

CASE = Case(
    name="wang2024/nucleation",
    title="Nucleation in an LNI-CNT interlayer of rising contact angle (Fig. 2g-j)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"element_size": 0.5, "element_size_far": 1.5}},
    build=build,
    targets=TARGETS,
    pictures=pictures,
    petsc_prefixes=(PREFIX,),
    probes=probes,
)
