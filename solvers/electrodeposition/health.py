"""Derived numbers that tell a sound run from a mushy or noisy one, before it starts."""

from __future__ import annotations

import math

from lithode.core.health import HealthLine
from lithode.solvers.electrodeposition.inputs import LayerInputs
from lithode.theory import elasticity, free_energy, kinetics


def health(inputs: LayerInputs) -> list[HealthLine]:
    """Return the derived numbers, each with the range in which runs are known to be sound."""
    p, interface = inputs, inputs.interface
    profile = interface.barrier, interface.gradient_coefficient
    width = free_energy.interface_width_10_90(*profile)
    drive = kinetics.drive_ratio(p.reaction_rate, interface.mobility, interface.barrier)
    capillary = free_energy.profile_length(*profile) / (3 * drive)
    pressure = expected_pressure(p)
    lines = [
        HealthLine("gamma", free_energy.surface_energy(*profile), "surface energy", "J/m^2"),
        HealthLine("w", width, "10-90 % width of the interface", "um"),
        HealthLine(
            "w/h",
            width / p.element_size,
            "elements per interface width; below, fronts pin to the mesh",
            low=2.5,
        ),
        HealthLine("L_eta", p.rate_constant, "reaction constant", "1/s"),
        HealthLine("P", pressure, "expected pressure of lithium in the electrolyte", "MPa"),
        HealthLine(
            "Da",
            damkohler_number(p, pressure, width),
            "Li+ uptake over supply inside the interface, at that pressure; above, mushy lithium",
            high=0.6,
        ),
        HealthLine(
            "r", drive, "reaction over phase stiffness; above, noise nucleates lithium", high=1.5
        ),
        HealthLine(
            "xi*", kinetics.nucleation_threshold(drive), "order parameter that grows on its own"
        ),
        HealthLine(
            "lambda",
            2 * math.pi * math.sqrt(capillary * (p.height - p.initial_thickness)),
            "most unstable wavelength",
            "um",
        ),
    ]
    # Between fixed anions Li+ need not diffuse to the front.
    return [line for line in lines if line.name != "Da" or p.transport != "single_ion"]


def expected_pressure(inputs: LayerInputs) -> float:
    """Return -P in MPa of a sphere of lithium in the first region of the electrolyte."""
    matrix = next(iter(inputs.regions.values()))
    return -elasticity.inclusion_pressure(
        matrix.eigenstrain, inputs.lithium.stiffness, matrix.stiffness
    )


def damkohler_number(inputs: LayerInputs, pressure: float, width: float) -> float:
    """Return Li+ uptake over supply inside the interface.

    Args:
        inputs: Of the run.
        pressure: -P of lithium in MPa, which slows the reaction.
        width: 10-90 % width of the interface in um.
    """
    p = inputs
    eta_m = kinetics.mechanical_overpotential(
        -pressure, p.lithium.molar_volume, p.mechanical_factor
    )
    relief = math.exp(-p.symmetry_factor * p.inverse_thermal_voltage * eta_m)
    ratio = p.site_density / p.bulk_concentration
    return kinetics.damkohler_number(
        ratio, p.reaction_rate * relief, width, p.model_value("diffusivity")
    )
