"""The strip under one wave between an even source of Li+ and the front."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.cases.verification.khoo2019.parameters import GAP, LIMIT, KhooParameters
from lithode.cases.verification.waves import AMPLITUDE, WaveFront, wavy
from lithode.core.constants import FARADAY
from lithode.core.domain import Domain
from lithode.meshes.front_strip import front_strip
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.gauges import integral
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.physics import front


class KhooFront(WaveFront):
    """A front that reports its base state and how fast its wave grows, as the paper has them.

    Args:
        domain: The strip.
        parameters: Of the case.
        height: Of the flat front in um.
    """

    def __init__(self, domain: Domain, parameters: KhooParameters, height: float) -> None:
        p = parameters
        start = wavy(
            height, p.amplitude * 2 * math.pi / p.wave_number, p.wave_number, p.profile_length
        )
        super().__init__(domain, p.model, start, p.numerics, p.wave_number)
        space = self.distance.function_space
        self._shown = {name: fem.Function(space) for name in self.electrolyte_fields}
        length = fem.Constant(domain.mesh, p.profile_length)
        density = front.surface_density(self.distance, length)
        # On the side of the electrolyte: in lithium the salt that is left there has no gradient.
        density *= (1 - front.order_parameter(self.distance, length)) ** 4
        inwards = front.into_lithium(self.distance)
        dx = ufl.dx(domain=domain.mesh, degree=4)
        rises = {name: ufl.dot(inwards, ufl.grad(field)) for name, field in self._shown.items()}
        # The migration c grad phi is even across the layer, grad phi is not where c is small.
        rises["potential"] *= self._shown["concentration"]
        self._slopes = {name: compiled(rise * density * dx) for name, rise in rises.items()}
        self._front_size = compiled(density * dx)

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars, with base state and growth rate; dimensionless."""
        row = dict(super().measure())
        p, d = self.parameters, self.parameters.interface.profile_length
        for name, values in self.electrolyte_fields.items():
            self._shown[name].x.array[:] = values
        size = integral(self._front_size)
        slopes = {name: integral(form) / size for name, form in self._slopes.items()}
        density = (1 - np.tanh(self.distance.x.array / (2 * d)) ** 2) / (4 * d)
        fields, f = self.front_fields, p.kinetics.inverse_thermal_voltage
        whole = self.wave_of(density)[0]
        supply, drive = (
            self.wave_of(density * fields[name])[0] / whole for name in ("supply", "drive")
        )
        current, wave = (part / whole for part in self.wave_of(density * self.current()))
        row |= {
            "concentration [1]": supply,
            "concentration_gradient [1]": slopes["concentration"],
            "potential_gradient [1]": f * slopes["potential"] / supply,
            "overpotential [1]": f * drive - math.log(supply),
            "current [1]": current / LIMIT,
            "growth_rate [1]": p.lithium.molar_volume / FARADAY * wave / row[AMPLITUDE],
        }
        return row


def build(parameters: KhooParameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the simulation of half a wave between mirrors."""
    p = parameters
    d, end = p.profile_length, p.time * p.sand
    base = 12 * d
    domain = domain or front_strip(
        comm,
        math.pi / p.wave_number,
        base + GAP,
        (base - 8 * d, base + 8 * d),
        p.width / p.elements_per_width,
        GAP / 40,
    )
    return Simulation(
        model=KhooFront(domain, p, base),
        control=StepControl(initial_step=1e-6 * end, max_step=end / 30, min_step=1e-12 * end),
        end_time=end,
        conservation={"lithium": "lithium_defect [1]", "charge": "charge_defect [1]"},
    )


def probes(parameters: KhooParameters) -> list[Callable[[], KhooFront]]:
    """Return makers of the model on a handful of cells, one for each set of solvers."""

    def make() -> KhooFront:
        domain = front_strip(MPI.COMM_SELF, 0.2, GAP, (0.4, 0.6), 0.05)
        return KhooFront(domain, parameters, 0.5)

    return [make]
