"""What a run of the wetting model starts with: health lines, time steps, outputs and probes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Literal

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.core.units import to_model
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.wetting.inputs import WettingInputs
from lithode.solvers.wetting.model import Wetting
from lithode.solvers.wetting.parameters import Array, Parameters
from lithode.theory import capillarity, free_energy


def health(inputs: WettingInputs, pore_width: float) -> list[HealthLine]:
    """Return the derived numbers behind wetting.

    Args:
        inputs: Of the model.
        pore_width: Of a typical pore, in um.
    """
    p, interface, gamma = inputs, inputs.interface, inputs.model_value("surface_energy")
    width = free_energy.interface_width_10_90(interface.barrier, interface.gradient_coefficient)
    slit = abs(capillarity.pore_pressure(gamma, p.contact_angle, pore_width))
    capillary = capillarity.pressure_overpotential(slit, p.model_value("molar_volume"))
    speed = 6 * interface.profile_length * interface.mobility * gamma / pore_width
    lines = [
        HealthLine(
            "w/h",
            width / p.element_size,
            "elements per 10-90 % width; below, the surface pins to the mesh",
            low=2.5,
        ),
        HealthLine("P", p.pressure, "pressure that drives it, with the overpotential's", "MPa"),
        HealthLine(
            "eta_cap",
            1e3 * capillary,
            "capillary overpotential 2 gamma |cos theta| v_m / (w F) of a pore",
            "mV",
        ),
        HealthLine(
            "P/A",
            abs(p.pressure) / interface.barrier,
            "drive over phase stiffness; above, lithium appears in the pores by itself",
            high=0.3,
        ),
        HealthLine("t_cap", pore_width / speed / 3600, "time for a pore width by capillarity", "h"),
    ]
    if p.formulation == "grain_field":
        meaning = "cross-gradient coefficient over that of lithium"
        lines.append(HealthLine("k_Lg/k", p.coupling_ratio, meaning))
    return lines


def control(inputs: WettingInputs) -> StepControl:
    """Return the choice of the time steps."""
    interface, end = inputs.interface, to_model(inputs.end_time, "h")
    relaxation = 1 / (interface.mobility * interface.barrier)
    return StepControl(initial_step=0.02 * relaxation, max_step=end / 10, min_step=1e-9)


def output_times(inputs: WettingInputs) -> tuple[float, ...]:
    """Return the further stored times in s.

    Raises:
        InputError: One of them is negative.
    """
    for time in inputs.output_times:
        if time < 0:
            raise InputError("output_times", time, "must not be negative", "h")
    return tuple(to_model(time, "h") for time in inputs.output_times)


def probes(
    inputs: WettingInputs,
    physics: Parameters,
    initial: Callable[[Array], Array],
    domain: Callable[[], Domain],
) -> list[Callable[[], Wetting]]:
    """Return makers of the model, one for each set of solvers that a run may choose.

    Args:
        inputs: Of the model.
        physics: What the boundaries of the domain are wetted with.
        initial: Initial order parameter.
        domain: Makes a handful of cells with the region "pores".
    """

    def make(solver: Literal["direct", "iterative"]) -> Wetting:
        return Wetting(domain(), physics, initial, replace(inputs.numerics, solver=solver))

    solvers: tuple[Literal["direct", "iterative"], ...] = ("direct", "iterative")
    return [partial(make, s) for s in (solvers if inputs.solver == "auto" else (inputs.solver,))]
