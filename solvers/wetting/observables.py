"""What is read off the wetting model: lithium, energies, filling and events."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from dolfinx.fem import Constant

from lithode.core.constants import FARADAY
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.front_gauges import FrontCells, FrontGauge
from lithode.solvers.numerics.gauges import NodalWeights, boundary_size, integral
from lithode.solvers.numerics.model import Event
from lithode.solvers.numerics.transient import Ledger, Transient
from lithode.solvers.physics import wetting
from lithode.solvers.wetting.equations import Equations
from lithode.solvers.wetting.parameters import Observation
from lithode.theory import free_energy

# Nodes at the end of a band, in um: their places differ by rounding between numbers of ranks.
_ROUNDING = 1e-6


@dataclass
class Balance(Ledger):
    """Energies in pJ (2D: pJ/um), contents in um^3 (um^2), rates of them per s.

    Attributes:
        energy: Of the accepted state, less the work of what drives.
        energy_start: The same at the start.
        energy_rise: Sum of all steps in which it rose.
        friction: Power lost in the last step.
        dissipation: Energy lost since the start.
        content_start: Content at the start.
        lithium_start: Integral of the order parameter at the start.
        plating: Of lithium, by the reaction.
        relaxation: Of lithium, by all else.
    """

    energy: float = 0.0
    energy_start: float = 0.0
    energy_rise: float = 0.0
    friction: float = 0.0
    dissipation: float = 0.0
    content_start: float = 0.0
    lithium_start: float = 0.0
    plating: float = 0.0
    relaxation: float = 0.0


class Observables:
    """Gauges of a model; forms are of the trial.

    Args:
        domain: Mesh with the boundary electrode.
        weights: Nodal weights of the scalar P1 space.
        equations: The model's equations.
        transient: Steps the order parameter; the balance is kept there.
        pressure: Pressure that keeps the content, in MPa.
        observation: Layer and rows that are read off.

    Attributes:
        balance: What has come and gone.
        content: The content, as a form.

    Raises:
        InputError: The mesh has no region of that name.
    """

    def __init__(
        self,
        domain: Domain,
        weights: NodalWeights,
        equations: Equations,
        transient: Transient,
        pressure: Constant[Any],
        observation: Observation,
    ) -> None:
        self._equations, self._parameters = equations, equations.parameters
        self._weights, self._pressure = weights, pressure
        self._levels, self._solid = transient.conserved, domain.mesh.geometry.dim == 3
        eq, trial, one = equations, self._levels.trial, Constant(domain.mesh, 1.0)
        self._plating = compiled(eq.plating(trial, one))
        relaxation = eq.relaxation(trial, one)
        if self._parameters.conserved:
            relaxation += eq.holding(trial, pressure, one)
        self._relaxation = compiled(relaxation)
        self.content = compiled(wetting.content(trial) * eq.measure)
        self._energy, self._work = compiled(eq.energy(trial)), compiled(eq.work(trial))
        rate = transient.rate(trial)
        self._friction = compiled(rate**2 / self._parameters.interface.mobility * eq.measure)
        self._front, self._front_cells = FrontGauge(weights.space), FrontCells(weights.space)
        interface = self._parameters.interface
        self._width = free_energy.interface_width_10_90(
            interface.barrier, interface.gradient_coefficient
        )
        self._electrode_size = boundary_size(domain, "electrode")
        heights = weights.space.tabulate_dof_coordinates()[:, domain.mesh.geometry.dim - 1]
        self._top = float(weights.maxima(heights)[0])
        if observation.pores not in domain.regions:
            raise InputError("region", observation.pores, "is no region of the mesh")
        # What lithium finds free of the tails of grain fields.
        free = wetting.content(np.clip(1 - eq.grains.x.array, 0.0, 1.0))
        pores = weights.regions[observation.pores] * free
        layer = observation.layer or (-math.inf, math.inf)
        self._bands = [
            pores * ((heights >= low - _ROUNDING) & (heights <= high + _ROUNDING))
            for low, high in (layer, *observation.rows)
        ]
        self.balance = balance = Balance()
        transient.keep(balance)
        self._inflow = transient.inflow("reaction", lambda: balance.plating + balance.relaxation)

    def start(self) -> None:
        """Open the balance at the accepted state, which the trial is too."""
        balance = self.balance
        balance.energy = balance.energy_start = integral(self._energy) - integral(self._work)
        balance.content_start = integral(self.content)
        balance.lithium_start = self._lithium()

    def take(self, dt: float, *, first: bool) -> None:
        """Enter the trial, which is about to be accepted, into the balance.

        Args:
            dt: The step.
            first: Whether there was none before.
        """
        balance = self.balance
        balance.plating, balance.relaxation = integral(self._plating), integral(self._relaxation)
        friction = integral(self._friction)
        energy = integral(self._energy) - integral(self._work)
        before = friction if first else balance.friction
        balance.dissipation += dt * (friction + before) / 2
        balance.friction = friction
        balance.energy_rise += max(energy - balance.energy, 0.0)
        balance.energy = energy

    def front_size(self) -> float:
        """Return the mean size in um of the cells along the surface; collective."""
        return self._front_cells.size(self._levels.now.x.array)

    def _lithium(self) -> float:
        w = self._weights
        return float(w.sums(w.whole * self._levels.now.x.array)[0])

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/wang2024-wetting.md for each.

        The trial must be the accepted state.
        """
        w, balance, zeta = self._weights, self.balance, self._levels.now.x.array
        size, charge = self._electrode_size, FARADAY / self._parameters.molar_volume
        lithium, content = self._lithium(), integral(self.content)
        filled = wetting.content(np.clip(zeta, 0.0, 1.0))
        sums = w.sums(*self._bands, *(band * filled for band in self._bands))
        spaces, lithium_in = np.split(sums, 2)
        shares = lithium_in / np.maximum(spaces, 1e-300)
        driven = balance.energy_start - balance.energy
        unit = "pJ" if self._solid else "pJ/um"
        return {
            "tip_height [um]": max(float(w.maxima(self._front.heights(zeta))[0]), 0.0),
            f"lithium [{'um^3' if self._solid else 'um^2'}]": lithium,
            "filled_fraction [1]": float(shares[0]),
            "rows_filled [1]": float(np.sum(shares[1:] >= 0.5)),
            "plating_current [A/m^2]": charge * (balance.plating + balance.relaxation) / size,
            "driven_current [A/m^2]": charge * balance.plating / size,
            f"energy [{unit}]": integral(self._energy),
            f"energy_rise [{unit}]": balance.energy_rise,
            f"dissipation [{unit}]": balance.dissipation,
            "energy_defect [1]": abs(driven - balance.dissipation)
            / max(balance.dissipation, 1e-300),
            "pressure [MPa]": self._equations.pressure + float(self._pressure.value),
            "content_defect [1]": abs(content / balance.content_start - 1)
            if self._parameters.conserved
            else 0.0,
            "elements_per_width [1]": self._width / self.front_size(),
            "lithium_defect [1]": abs(lithium - balance.lithium_start - self._inflow.total)
            / max(lithium, balance.lithium_start),
        }

    def events(self) -> Sequence[Event]:
        """Return that lithium has reached the counter electrode, which ends the run."""
        margin = 4 * self._parameters.interface.profile_length
        height = float(self._weights.maxima(self._front.heights(self._levels.now.x.array))[0])
        if height < self._top - margin:
            return ()
        return (Event("through", "lithium reaches the counter electrode", True),)
