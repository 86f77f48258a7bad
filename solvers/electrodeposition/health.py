"""Derived numbers that tell a sound run from a mushy or noisy one, before it starts."""

from __future__ import annotations

import math
from dataclasses import replace

from lithode.core.health import HealthLine
from lithode.solvers.electrodeposition.inputs import LayerInputs
from lithode.theory import elasticity, free_energy, kinetics
from lithode.theory.stability import FlatFront
from lithode.theory.wavy_interface import Sandwich

LEAST_RESOLUTION = 2.5


def health(inputs: LayerInputs) -> list[HealthLine]:
    """Return the derived numbers, each with the range in which runs are known to be sound."""
    return _quantitative(inputs) if inputs.interface == "quantitative" else _classic(inputs)


def _quantitative(inputs: LayerInputs) -> list[HealthLine]:
    p, width = inputs, inputs.interface_width
    flat, film = flat_front(p), initial_film(p)
    wave, rate = flat.fastest()
    length = 2 * math.pi / wave
    return [
        HealthLine("gamma", flat.surface_energy, "surface energy", "J/m^2"),
        HealthLine("w", width, "10-90 % width of the interface", "um"),
        HealthLine(
            "w/h",
            width / p.element_size,
            "elements per interface width; below, growth rates are off by some per cent",
            low=3.0,
        ),
        HealthLine("J", flat.current, "current density of a flat front", "A/m^2"),
        HealthLine("P", film.pressure, "pressure of the first film between the plates", "MPa"),
        HealthLine(
            "C B",
            flat.pressure_slope,
            "pressure that a crest adds, over k times its height; above 0 stress flattens",
            "MPa",
        ),
        HealthLine("lambda", length, "wave that grows fastest on it", "um"),
        HealthLine("1/s", 1 / rate, "time in which it grows by e", "s"),
        HealthLine(
            "lambda/w",
            length / width,
            "that wave over the width; below, its growth is off by some per cent",
            low=10.0,
        ),
    ]


def initial_film(inputs: LayerInputs) -> Sandwich:
    """Return the flat film that a run begins with, elastic between plates that do not move."""
    p, region = inputs, next(iter(inputs.regions.values()))
    share = p.initial_thickness / p.height
    return Sandwich.between_plates(p.lithium.stiffness, region.stiffness, region.eigenstrain, share)


def flat_front(inputs: LayerInputs) -> FlatFront:
    """Return the flat front of a run: at the held current, or behind the whole electrolyte."""
    p, region = inputs, next(iter(inputs.regions.values()))
    front = FlatFront(
        current=1.0,
        conductivity=region.conductivity,
        surface_energy=p.model_value("surface_energy"),
        molar_volume=p.lithium.molar_volume,
        exchange=p.thermal_value("exchange_current_density"),
        f=p.inverse_thermal_voltage,
        alpha=p.symmetry_factor,
        pressure_slope=p.mechanical_factor * initial_film(p).pressure_slope,
    )
    if p.held_current is not None:
        return replace(front, current=p.held_current)
    resistance = (p.height - p.initial_thickness) / region.conductivity
    low, high = 0.0, -p.overpotential / resistance
    for _ in range(100):
        middle = (low + high) / 2
        behind = replace(front, current=middle)
        enough = middle * resistance - behind.overpotential > -p.overpotential
        low, high = (low, middle) if enough else (middle, high)
    return replace(front, current=high)


def _classic(inputs: LayerInputs) -> list[HealthLine]:
    p, interface = inputs, inputs.diffuse_interface
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
            low=LEAST_RESOLUTION,
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
            "v/v_BV",
            kinetics.speed_share(min(max(drive, 1e-3), 2.0)),
            "speed of a flat front over that of its Butler-Volmer current, at this r (to 2)",
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
        ratio, p.reaction_rate * relief, width, p.thermal_value("diffusivity")
    )
