"""From inputs to a simulation: checks, the mesh, the model at its start, and how it steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.solvers.mixed_conductor.inputs import TransportInputs
from lithode.solvers.mixed_conductor.model import MixedConductor
from lithode.solvers.mixed_conductor.parameters import Observation, Parameters
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation


def simulation(
    inputs: TransportInputs,
    physics: Parameters,
    observation: Observation,
    health: Sequence[HealthLine],
    make_domain: Callable[[], Domain],
) -> Simulation:
    """Make the simulation; all that can be refused is refused before the domain is made.

    Args:
        inputs: Of the case.
        physics: Made of them.
        observation: What is read off.
        health: Lines to show before the run.
        make_domain: Makes the mesh, collectively.

    Raises:
        InputError: An output time is negative.
    """
    p = inputs
    for time in p.output_times:
        if time < 0:
            raise InputError("output_times", time, "must not be negative", "s")
    return Simulation(
        model=MixedConductor(make_domain(), physics, p.numerics, observation),
        # The step doubles; backward differences of second order are stable up to 2.4.
        control=StepControl(
            initial_step=min(1e-6, p.end_time),
            max_step=0.5,
            min_step=1e-12,
            max_growth=2.0,
            many_iterations=12,
        ),
        end_time=p.end_time,
        output_times=p.output_times,
        health=health,
        conservation={"lithium": "cation_defect [1]", "electrons": "electron_defect [1]"},
    )


def probes(
    inputs: TransportInputs, physics: Parameters, make_domain: Callable[[], Domain]
) -> list[Callable[[], MixedConductor]]:
    """Return a maker of the model on a handful of cells.

    Args:
        inputs: Of the case.
        physics: Made of them.
        make_domain: Makes a mesh of a few cells on one process, of the same regions.
    """
    return [lambda: MixedConductor(make_domain(), physics, inputs.numerics)]
