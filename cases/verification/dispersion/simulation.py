"""The strip under one wave, and the front that carries it."""

from __future__ import annotations

from collections.abc import Callable

from mpi4py import MPI

from lithode.cases.verification.dispersion.parameters import DispersionParameters
from lithode.cases.verification.waves import WaveFront, wavy
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes.front_strip import front_strip
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation


def build(
    parameters: DispersionParameters, comm: MPI.Intracomm, domain: Domain | None
) -> Simulation:
    """Make the simulation of half a wave between mirrors."""
    p = parameters
    d, travel = p.profile_length, p.flat_front.speed * p.duration
    base = p.base_height
    domain = domain or front_strip(
        comm,
        p.wavelength / 2,
        base + p.electrolyte_height,
        (base - 8 * d, min(base + 8 * d + 1.2 * travel, base + 0.9 * p.electrolyte_height)),
        p.interface_width / p.elements_per_width,
    )
    return Simulation(
        model=_model(p, domain, base),
        control=StepControl(
            initial_step=p.duration / 500, max_step=p.duration / 20, min_step=1e-7 * p.duration
        ),
        end_time=p.duration,
        health=health(p),
        conservation={"lithium": "lithium_defect [1]", "charge": "charge_defect [1]"},
    )


def _model(p: DispersionParameters, domain: Domain, base: float) -> WaveFront:
    start = wavy(base, p.amplitude * p.wavelength, p.wave_number, p.profile_length)
    return WaveFront(domain, p.model, start, p.numerics, p.wave_number)


def health(parameters: DispersionParameters) -> list[HealthLine]:
    """Return the derived numbers behind a wave."""
    p = parameters
    return [
        HealthLine(
            "k/k_c", p.wave_number / p.flat_front.critical_wave_number, "above 1 it shrinks"
        ),
        HealthLine(
            "lambda/w",
            p.wavelength / p.interface_width,
            "wavelength over width; below, the front is too thick for the wave",
            low=5.5,
        ),
        HealthLine(
            "G/(sigma k)",
            p.flat_front.conductance / p.model_value("conductivity") / p.wave_number,
            "kinetics over conduction; small where the reaction limits",
        ),
    ]


def probes(parameters: DispersionParameters) -> list[Callable[[], WaveFront]]:
    """Return makers of the model on a handful of cells, one for each set of solvers."""
    p = parameters

    def make() -> WaveFront:
        height = p.electrolyte_height
        domain = front_strip(
            MPI.COMM_SELF, p.wavelength / 2, height, (0.3 * height, 0.7 * height), height / 10
        )
        return _model(p, domain, height / 2)

    return [make]
