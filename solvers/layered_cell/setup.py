"""From inputs to a simulation: the model under its protocol, and how it steps."""

from __future__ import annotations

from collections.abc import Callable

from lithode.core.domain import Domain
from lithode.core.protocol import Protocol
from lithode.solvers.layered_cell.inputs import LayeredCellInputs
from lithode.solvers.layered_cell.model import LayeredCell
from lithode.solvers.layered_cell.parameters import Parameters
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation


def simulation(
    inputs: LayeredCellInputs,
    physics: Parameters,
    protocol: Protocol,
    make_domain: Callable[[], Domain],
) -> Simulation:
    """Make the simulation.

    Args:
        inputs: Of the case, checked.
        physics: What ``inputs.model`` gave for the regions of the mesh.
        protocol: The currents.
        make_domain: Makes the mesh, collectively.
    """
    p, ends = inputs, protocol.ends
    longest = max(float(step.duration) for step in protocol.steps)
    columns = p.columns if p.dimension == 2 else 1
    return Simulation(
        model=LayeredCell(make_domain(), physics, protocol, p.numerics, columns),
        control=StepControl(
            initial_step=1e-3 * longest,
            # Steps as long as those of the protocol would do, but make coarse curves.
            max_step=longest / p.curve_points,
            min_step=1e-9 * longest,
            order=1,
            max_growth=2.5,
            refresh=1,  # nothing is kept, so that any state can be gone on from
        ),
        end_time=ends[-1],
        output_times=() if protocol.is_conditional else ends,
        health=p.health(),
        conservation={"charge": "charge_defect [1]"},
    )
