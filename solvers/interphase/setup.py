"""From inputs to a simulation: checks, the mesh, the model, and how it steps."""

from __future__ import annotations

from collections.abc import Callable

from lithode.core.domain import Domain
from lithode.core.errors import fields_named
from lithode.solvers.interphase.inputs import InterphaseInputs
from lithode.solvers.interphase.model import Interphase
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation


def simulation(inputs: InterphaseInputs, make_domain: Callable[[], Domain]) -> Simulation:
    """Make the simulation; all that can be refused is refused before the domain is made.

    Args:
        inputs: Of the case.
        make_domain: Makes the mesh, collectively; its errors get the names of the parameters.

    Raises:
        InputError: Something about the input is wrong.
    """
    p, physics = inputs, inputs.model()
    with fields_named(p.mesh_fields):
        domain = make_domain()
    return Simulation(
        model=Interphase(domain, physics, p.numerics),
        # The step doubles; backward differences of second order are stable up to 2.4.
        control=StepControl(
            initial_step=min(1e-3 / max(p.first_rate, p.second_rate), 0.1 * p.end_time),
            max_step=1e7,
            min_step=1e-9,
            max_growth=2.0,
            many_iterations=12,
        ),
        end_time=p.end_time,
        output_times=p.output_times,
        health=p.health(),
        conservation={
            name: f"{name}_defect [1]" for name in ("nitrogen", "phosphorus", "oxygen", "lithium")
        },
    )
