"""Mesh, model and health of lithium among grains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mpi4py import MPI

from lithode.cases.wang2024.wetting.geometry import Layout
from lithode.cases.wang2024.wetting.parameters import OPEN, WettingParameters
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes import grains
from lithode.meshes.refined import followed
from lithode.meshes.structured import structured
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.wetting import health as model_health
from lithode.solvers.wetting import setup
from lithode.solvers.wetting.model import Wetting


def health(parameters: WettingParameters, layout: Layout) -> list[HealthLine]:
    """Return the derived numbers behind wetting."""
    p = parameters
    entry = "pressure that lithium needs to enter; negative: it is drawn in"
    lines = [
        HealthLine("porosity", layout.porosity, "pores over all of the interlayer"),
        HealthLine("P_entry", p.entry_pressure, entry, "MPa"),
        *model_health.health(p, p.pore_width),
    ]
    if p.passage_pressure is not None:
        meaning = f"pressure that passes the throats of {p.throat:.2g} um between rows"
        lines.append(HealthLine("P_through", p.passage_pressure, meaning, "MPa"))
    if p.formulation == "grain_field" and p.pores == "rows":
        meaning = "narrowest throat over full width; below, lithium condenses in throats"
        lines.append(HealthLine("throat/width", p.throat / p.interface_width, meaning, low=OPEN))
    return lines


def build(parameters: WettingParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation; everything is checked before it is meshed."""
    p, layout = parameters, Layout(parameters)

    def base(one: MPI.Intracomm, size: float) -> Domain:
        return grains.build(replace(layout.interlayer, size=size, to_bisect=True), one)

    return setup.simulation(
        p,
        layout.model(),
        layout.lithium,
        layout.observation,
        health(p, layout),
        lambda: domain or grains.build(layout.interlayer, comm),
        # Round grains stay the polygons of the base mesh.
        lambda band, largest, initial: followed(
            comm, domain, base, band, min(largest, 2 * band.size), initial
        ),
    )


def probes(parameters: WettingParameters) -> list[Callable[[], Wetting]]:
    """Return makers of the model on a handful of cells, one for each set of solvers."""
    p, layout = parameters, Layout(parameters)

    def domain() -> Domain:
        cells = (*(2,) * (p.dim - 1), 4)
        return structured(MPI.COMM_SELF, layout.interlayer.lengths, cells, region=grains.PORES)

    return setup.probes(p, layout.model("sides"), layout.lithium, domain)
