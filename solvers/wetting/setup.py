"""From inputs to a simulation: checks, the mesh, the model at its start, and how it steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.core.units import to_model
from lithode.solvers.numerics.adapt import Adaptive, Follow, following, resolution
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.wetting.inputs import WettingInputs
from lithode.solvers.wetting.model import Wetting
from lithode.solvers.wetting.parameters import Array, Observation, Parameters
from lithode.theory import free_energy

Initial = Callable[[Array], Array]
"""Order parameter at points of shape (n, 3)."""


def simulation(
    inputs: WettingInputs,
    physics: Parameters,
    initial: Initial,
    observation: Observation,
    health: Sequence[HealthLine],
    make_domain: Callable[[], Domain],
    follow: Follow | None = None,
) -> Simulation:
    """Make the simulation; all that can be refused is refused before the domain is made.

    Args:
        inputs: Of the case.
        physics: Made of them.
        initial: Initial order parameter.
        observation: What is read off.
        health: Lines to show before the run.
        make_domain: Makes the mesh, collectively.
        follow: Does so for ``mesh=adaptive``; None if the case does not offer that.

    Raises:
        InputError: An output time is negative, or the mesh cannot be adaptive.
    """
    p, interface, end = inputs, physics.interface, to_model(inputs.end_time, "h")
    for time in p.output_times:
        if time < 0:
            raise InputError("output_times", time, "must not be negative", "h")
    if p.mesh == "adaptive" and follow is None:
        raise InputError("mesh", p.mesh, "is not offered by this case")

    def model(domain: Domain) -> Wetting:
        return Wetting(domain, physics, initial, p.numerics, observation)

    width = free_energy.interface_width_10_90(interface.barrier, interface.gradient_coefficient)
    made: Wetting | Adaptive
    if p.mesh == "fixed" or follow is None:
        made = model(make_domain())
    else:
        made = following(follow, p.element_size, width, initial, model)
    relaxation = 1 / (interface.mobility * interface.barrier)
    return Simulation(
        model=made,
        control=StepControl(initial_step=0.02 * relaxation, max_step=end / 10, min_step=1e-9),
        end_time=end,
        output_times=tuple(to_model(time, "h") for time in p.output_times),
        health=[*health, *resolution(width, made)],
        conservation={"lithium": "lithium_defect [1]"},
    )


def probes(
    inputs: WettingInputs, physics: Parameters, initial: Initial, make_domain: Callable[[], Domain]
) -> list[Callable[[], Wetting]]:
    """Return makers of the model on a handful of cells, one for each set of solvers.

    Args:
        inputs: Of the case.
        physics: With what the boundaries of the domain are wetted.
        initial: Initial order parameter.
        make_domain: Makes a mesh of a few cells on one process, with the region "pores".
    """

    def make(solver: Literal["direct", "iterative"]) -> Wetting:
        return Wetting(make_domain(), physics, initial, replace(inputs.numerics, solver=solver))

    solvers: tuple[Literal["direct", "iterative"], ...] = ("direct", "iterative")
    return [partial(make, s) for s in (solvers if inputs.solver == "auto" else (inputs.solver,))]
