"""The sweep over the contact fraction: its mesh, and what to know before it."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.tang2026.voids.parameters import ELECTRODES, Parameters
from lithode.cases.tang2026.voids.readings import AXIS
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.engine.case import Simulation
from lithode.meshes import disc_in_tube
from lithode.meshes.disc_in_tube import DiscInTube
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.voids.model import VoidCell

_HEIGHT = 2.0
_WAGNER = "interface over bulk resistance; below 1 the current crowds at the edge of the contact"


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the contact fraction; everything is checked before it is meshed."""
    p = parameters
    p.check()
    model, fractions = p.model, p.contact_fractions
    domain = domain or disc_in_tube.build(DiscInTube(_HEIGHT, p.element_size, p.growth), comm)
    sweep = Sweep(VoidCell(domain, model), AXIS, fractions[0])
    closing = {
        f"q({pressure:g} MPa)": p.closing_ratio(pressure, p.current)
        for pressure in p.stack_pressures
    }
    return sweep.simulation(
        fractions,
        health=[
            *(
                HealthLine(f"Wa({name})", wagner, _WAGNER)
                for name, wagner in model.interfaces.items()
            ),
            *(
                HealthLine(name, ratio, "creep A p^n b over stripping speed")
                for name, ratio in closing.items()
            ),
        ],
        conservation={
            "lithium": "lithium_defect [1]",
            **{f"charge_{name}": f"current_defect_{name} [1]" for name in ELECTRODES},
        },
    )


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the model on a few cells."""

    def make() -> Sweep:
        domain = disc_in_tube.build(DiscInTube(1.0, 0.1, 2.0), MPI.COMM_SELF)
        return Sweep(VoidCell(domain, parameters.model), AXIS, 0.5)

    return [make]
