"""The sweep over the frequency: its mesh, its contacts, and what to know before it."""

from __future__ import annotations

import math
from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.tang2026.impedance.parameters import FREQUENCY, Parameters
from lithode.cases.tang2026.measured import CYCLING_CURRENT, LI3N_CONDUCTIVITY, LI3N_THICKNESS
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.core.units import to_model
from lithode.engine.case import Simulation
from lithode.meshes import contact
from lithode.meshes.structured import structured
from lithode.solvers.impedance.model import Impedance
from lithode.solvers.impedance.parameters import Contact, Numerics
from lithode.solvers.impedance.parameters import Parameters as Model
from lithode.solvers.numerics.sweep import Sweep
from lithode.theory.circuit import Gap
from lithode.theory.constriction import tube_constriction


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p = parameters
    model, loads = model_of(p), p.frequencies
    body = None if p.is_layered else body_of(p)
    if domain is None:
        domain = _layer(p, comm) if body is None else contact.build(body, comm)
    sweep = Sweep(Impedance(domain, model, Numerics(p.solver)), FREQUENCY, loads[0])
    return sweep.simulation(
        loads,
        health=health(p),
        conservation={"charge": "charge_defect [1]"},
    )


def _layer(p: Parameters, comm: MPI.Intracomm) -> Domain:
    # The potential is linear: more cells would only make a finer picture.
    return structured(comm, (p.thickness,), (16,), region=contact.REGION)


def body_of(p: Parameters) -> contact.PartialContact:
    """Return the geometry with partial contact.

    Raises:
        InputError: The contact does not fit.
    """
    share = {
        "disc": math.sqrt(p.contact_fraction),
        "strip": p.contact_fraction,
        "box": math.sqrt(4 * p.contact_fraction / math.pi),
    }[p.geometry]
    if share > 1 and p.contact_fraction < 1:
        allowed = f"a disc covers at most {math.pi / 4:.3f} of its square period"
        raise InputError("contact_fraction", p.contact_fraction, allowed)
    touched = min(share, 1.0) * p.width
    largest = min(p.width, p.thickness) / 6
    return contact.PartialContact(
        width=p.width,
        thickness=p.thickness,
        contact=touched,
        counter_contact=touched if p.loss == "both" else p.width,
        size=min(min(touched, p.width - touched or touched) / p.refinement, largest),
        size_far=largest,
        dimension=3 if p.geometry == "box" else 2,
    )


def model_of(p: Parameters) -> Model:
    """Return the parameters of the impedance model."""
    touching = p.interface
    contacts = {
        "electrode": Contact("driven", touching),
        "counter_electrode": Contact("grounded", touching),
    }
    if not p.is_layered and p.contact_fraction < 1:
        void = Gap(to_model(p.gap, "nm"))
        contacts["electrode_gap"] = Contact("driven", void)
        if p.loss == "both":
            contacts["counter_gap"] = Contact("grounded", void)
    return Model({contact.REGION: p.solid}, contacts, p.geometry == "disc")


def health(parameters: Parameters) -> list[HealthLine]:
    """Return the derived numbers behind the spectrum."""
    p = parameters
    bulk, boundaries, *_ = p.resistivities
    total = 1e-4 * p.thickness * sum(p.resistivities)
    lines = [
        HealthLine("R", total, "of the cell if all of its area touches", "ohm cm^2"),
        HealthLine(
            "eta", CYCLING_CURRENT.value * total, "at 0.3 mA/cm^2; the new cells show 30 mV", "mV"
        ),
    ]
    if p.electrode == "Li3N":
        layers = 2 * LI3N_THICKNESS.value / LI3N_CONDUCTIVITY.value / p.thickness
        meaning = "of R_Interface, explained by the conductivity of the Li3N layers alone"
        lines.append(HealthLine("R_Li3N", layers, meaning, "ohm cm"))
    if p.geometry == "disc" and p.width <= p.thickness / 2:
        share = math.sqrt(p.contact_fraction)
        area_over_4a = math.pi * p.width / (4 * share * p.thickness)
        faces = 2 if p.loss == "both" else 1
        closed = faces * (bulk + boundaries) * tube_constriction(share) * area_over_4a
        lines.append(HealthLine("R_c", closed, "constriction of an ideal contact", "ohm cm"))
    return lines


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""
    p = parameters

    def make() -> Sweep:
        whole = model_of(p)
        contacts = {name: c for name, c in whole.contacts.items() if name not in contact.GAPS}
        model = Model(whole.regions, contacts)
        dimension = 3 if p.geometry == "box" else 2
        size = (p.thickness,) if p.is_layered else (p.thickness,) * dimension
        domain = structured(MPI.COMM_SELF, size, (2,) * len(size), region=contact.REGION)
        solver = Impedance(domain, model, Numerics(p.solver))
        return Sweep(solver, FREQUENCY, p.lowest_frequency)

    return [make]
