"""Mesh, model and health of the sweep over contact angles."""

from __future__ import annotations

from dataclasses import replace

from mpi4py import MPI

from lithode.cases.wang2024 import interlayer
from lithode.cases.wang2024.nucleation.parameters import Parameters, label
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.solvers.numerics.simulation import Simulation
from lithode.theory.nucleation import heterogeneous_factor


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation."""
    p, nucleation = parameters, parameters.nucleation
    made = interlayer.build(p, comm, domain)
    lines = [
        HealthLine(
            f"eta_c({angle:g} deg)",
            nucleation[label(angle)].critical_overpotential,
            f"critical overpotential; kappa_het = {heterogeneous_factor(angle):.3g}, closed form "
            f"of the nucleation length {p.closed_form(angle):.3g} um",
            "V",
        )
        for angle in p.contact_angles
    ]
    return replace(made, health=[*made.health, *lines])
