"""From inputs to a simulation: checks, the mesh, the model at its start, and how it steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import numpy as np

from lithode.core.domain import Domain
from lithode.core.errors import InputError, fields_named
from lithode.solvers.electrodeposition.health import flat_front, health
from lithode.solvers.electrodeposition.initial import initial_lithium
from lithode.solvers.electrodeposition.inputs import LayerInputs
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.electrodeposition.parameters import Solver
from lithode.solvers.electrodeposition.quantitative.model import QuantitativeFront, refuse
from lithode.solvers.numerics.adapt import (
    INTERFACE,
    INTERFACE_3D,
    Adaptive,
    Follow,
    following,
    resolution,
)
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation
from lithode.theory import free_energy

MOST_OUTPUTS = 10_000
# How far a flat front goes in a step on meshes that follow it, in widths.
_STRIDE = 0.2
AnyModel: TypeAlias = Electrodeposition | QuantitativeFront
MODELS: Mapping[str, type[Electrodeposition] | type[QuantitativeFront]] = {
    "classic": Electrodeposition,
    "quantitative": QuantitativeFront,
}
"""By the parameter ``interface``."""


def simulation(
    inputs: LayerInputs, make_domain: Callable[[], Domain], follow: Follow | None = None
) -> Simulation:
    """Make the simulation; all that can be refused is refused before the domain is made.

    Args:
        inputs: Of the case.
        make_domain: Makes the mesh, collectively; its errors get the names of the parameters.
        follow: Does so for ``mesh=adaptive``; None if the case does not offer that.

    Raises:
        InputError: Something about the input is wrong.
    """
    p, interface = inputs, inputs.diffuse_interface
    physics, initial = p.model, initial_lithium(p)
    width = free_energy.interface_width_10_90(interface.barrier, interface.gradient_coefficient)
    check(p)
    if p.mesh == "adaptive" and follow is None:
        raise InputError("mesh", p.mesh, "is not offered by this case")
    with fields_named(p.mesh_fields):
        model: AnyModel | Adaptive
        if p.mesh == "fixed" or follow is None:
            model = MODELS[p.interface](make_domain(), physics, initial, p.numerics)
        else:
            model = following(
                follow,
                p.element_size,
                width,
                initial,
                lambda domain: MODELS[p.interface](domain, physics, initial, p.numerics),
                INTERFACE_3D if p.dimension == 3 else INTERFACE,
            )
    frames = np.arange(p.output_interval, p.end_time, p.output_interval)
    return Simulation(
        model=model,
        control=control(p),
        end_time=p.end_time,
        output_times=tuple(sorted({*frames.tolist(), *p.output_times})),
        health=[*health(p), *resolution(width, model)],
        conservation={"lithium": "lithium_defect [1]", "charge": "charge_defect [1]"},
    )


def control(inputs: LayerInputs) -> StepControl:
    """Return how the steps are chosen: noise has a time of its own, a quantitative front none."""
    if inputs.interface == "classic":
        return StepControl(initial_step=1e-3, max_step=inputs.noise_period, min_step=1e-7, gain=0.5)
    longest = min(inputs.output_interval, inputs.end_time / 20)
    if inputs.mesh == "adaptive":
        # Flat fronts are exact for any step, but must not leave the fine elements.
        longest = min(longest, _STRIDE * inputs.interface_width / flat_front(inputs).speed)
    return StepControl(initial_step=1e-3 * longest, max_step=longest, min_step=1e-9 * longest)


def check(inputs: LayerInputs) -> None:
    """Check what no mesh builder will.

    Raises:
        InputError: Plane stress in 3D, output times that are negative or too many, lithium that
            fills the height, or what is of the classic interface or a fixed mesh with another one.
    """
    p = inputs
    if p.interface == "quantitative":
        for name in ("barrier_height", "interface_mobility", "reaction_constant"):
            if (value := getattr(p, name)) is not None:
                raise InputError(name, value, "is for interface=classic only")
        refuse(p.model)
    if not p.is_flat and p.kinematics == "plane_stress":
        raise InputError("kinematics", p.kinematics, "is for dimension=2 only")
    for time in p.output_times:
        if time < 0:
            raise InputError("output_times", time, "must not be negative", "s")
    opposite = p.foil_thickness if p.counter_electrode == "lithium" else 0.0
    if p.initial_thickness + p.nucleus_height + 2 * p.interface_width > p.height - opposite:
        allowed = (
            f"with nucleus_height and twice interface_width must fit into height, {p.height:g} um"
        )
        raise InputError("initial_thickness", p.initial_thickness, allowed, "um")
    if p.end_time / p.output_interval > MOST_OUTPUTS:
        allowed = f"must be at least end_time / {MOST_OUTPUTS}"
        raise InputError("output_interval", p.output_interval, allowed, "s")


def probes(inputs: LayerInputs, make_domain: Callable[[], Domain]) -> list[Callable[[], AnyModel]]:
    """Return makers of the model on a handful of cells, one for each set of solvers.

    Args:
        inputs: Of the case.
        make_domain: Makes a mesh of a few cells on one process, of regions that the inputs know.
    """
    p = inputs
    solvers: tuple[Solver, ...] = ("direct", "iterative", "multigrid")

    def make(solver: Solver) -> AnyModel:
        physics, numerics = replace(p.model, backstop=None), replace(p.numerics, solver=solver)
        return MODELS[p.interface](make_domain(), physics, initial_lithium(p), numerics)

    return [partial(make, s) for s in (solvers if p.solver == "auto" else (p.solver,))]
