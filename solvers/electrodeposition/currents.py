"""Currents through the electrodes and at the front, and the lithium that they bring."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from lithode.core.constants import FARADAY
from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.coupling import Coupling, Unknowns
from lithode.solvers.electrodeposition.equations import Equations
from lithode.solvers.electrodeposition.parameters import Charge, Parameters, Transport
from lithode.solvers.numerics.gauges import BoundaryResidual, NodalWeights, boundary_dofs
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.transient import Ledger, Transient


@dataclass
class _Start(Ledger):
    lithium_start: float = 0.0


# A defect is over at least this, A/m^2 times um: where nothing plates it is round-off over nothing.
SMALLEST_CURRENT = 1e-12


class Flowing(ABC):
    """What flowed in the last accepted step, and what has come in since the start.

    Args:
        weights: Nodal weights of the scalar P1 space.
        parameters: The model's parameters.
        transient: Steps the model; totals and start are kept there.

    Attributes:
        faradaic: Current that plates, less what strips a foil, per depth in 2D: A/m^2 times um, or
            times um^2.
        electrode: Current into the electrode, in the same unit.
        counter_electrode: Current out of the counter electrode.
    """

    def __init__(self, weights: NodalWeights, parameters: Parameters, transient: Transient) -> None:
        self._weights, self._parameters = weights, parameters
        self.faradaic = self.electrode = self.counter_electrode = 0.0
        self._rate = np.zeros_like(weights.whole)
        self._start = _Start()
        transient.keep(self._start)
        self._inflow = transient.inflow("inflow", self._lithium_inflow)

    @abstractmethod
    def plating(self, where: Array | float = 1.0) -> float:
        """Return the current that plates at the local nodes, each with a weight; collective."""

    @abstractmethod
    def _lithium_inflow(self) -> float:
        """Return the inflow of Li+, in the unit of `_lithium` per s; collective."""

    @abstractmethod
    def _lithium(self) -> float:
        """Return all lithium of the accepted state; collective."""

    def _net(self) -> float:
        """Return the current that the ends bring to the front."""
        return self.faradaic

    def start(self) -> None:
        """Remember the initial lithium."""
        self._start.lithium_start = self._lithium()

    def lithium_defect(self) -> float:
        """Return the share of the lithium that has neither been there nor come in; collective."""
        lithium = self._lithium()
        return abs(lithium - self._start.lithium_start - self._inflow.total) / lithium

    def charge_defect(self) -> float:
        """Return by how much boundary currents differ from the Faradaic one, over that."""
        two = self._parameters.charge is Charge.TWO_POTENTIAL
        net = self._net()
        size, ends = abs(net), self.electrode + self.counter_electrode
        lost = abs(ends - net)
        if self._parameters.counter_electrode.is_metal:
            # What plates is stripped, so that the Faradaic currents all but cancel.
            size = max(abs(self.electrode), abs(self.counter_electrode))
            if two:
                lost = max(abs(ends), abs(net))
        elif two:
            lost = max(abs(self.electrode + net), abs(self.counter_electrode - net))
        return lost / max(size, SMALLEST_CURRENT)


class Currents(Flowing):
    """What flows with an order parameter that evolves.

    Args:
        domain: Mesh with the boundaries electrode and counter_electrode.
        weights: Nodal weights of the scalar P1 space.
        equations: The model's equations.
        unknowns: The model's unknowns.
        transient: Steps the unknowns; totals and start are kept there.
        coupling: Knows the potential that the transport of Li+ has felt.
    """

    def __init__(
        self,
        domain: Domain,
        weights: NodalWeights,
        equations: Equations,
        unknowns: Unknowns,
        transient: Transient,
        coupling: Coupling,
    ) -> None:
        super().__init__(weights, equations.parameters, transient)
        self._equations, self._phase = equations, unknowns.phase
        eq, rate, potential = equations, unknowns.rate, unknowns.potential.trial
        xi, c = unknowns.phase.trial[0], unknowns.phase.trial[1]

        def supply(test: Any, dx: Any) -> Any:
            return eq.concentration(xi, rate[0], c, rate[1], coupling.supply_potential, test, dx)

        def electrode(test: Any, dx: Any) -> Any:
            if eq.has_two_potentials:
                return eq.electrons(xi, rate[0], potential[1], test, dx)
            return eq.charge(xi, rate[0], potential, test, dx)

        def counter_electrode(test: Any, dx: Any) -> Any:
            if not eq.has_two_potentials:
                return eq.charge(xi, rate[0], potential, test, dx)
            carrier = self._parameters.counter_electrode.carrier
            balance = (eq.ions, eq.electrons)[carrier]
            return balance(xi, rate[0], potential[carrier], test, dx)

        def through(boundary: str, residual: Any) -> BoundaryResidual:
            dofs = boundary_dofs(domain, weights.space, boundary)
            return BoundaryResidual(residual, weights.space, dofs, eq.measure)

        self._into = through("electrode", electrode)
        self._out_of = through("counter_electrode", counter_electrode)
        self._supply = through("counter_electrode", supply)

    def take(self, rate: Array) -> None:
        """Read the currents of the trial, which is about to be accepted.

        Args:
            rate: Of (xi, c) at the local nodes, interleaved.
        """
        self._rate = rate[0::2].copy()
        self.faradaic = self.plating()
        self.electrode, self.counter_electrode = self._into(), self._out_of()

    def plating(self, where: Array | float = 1.0) -> float:
        """Return the current that plates at the local nodes, each with a weight; collective."""
        plated = float(self._weights.sums(self._weights.whole * self._rate * where)[0])
        return FARADAY * self._parameters.lithium.site_density * plated

    def _lithium_inflow(self) -> float:
        """Inflow of Li+ over c_0: through the counter electrode, or with the whole current."""
        if self._parameters.counter_electrode.is_metal:
            return 0.0
        if self._parameters.transport is not Transport.SINGLE_ION:
            return self._supply()
        current = self.counter_electrode
        if not self._equations.has_two_potentials:
            current = self.electrode + self.counter_electrode
        return current / (FARADAY * self._parameters.bulk_concentration)

    def lithium_excess(self, rate: Array) -> float:
        """Return how fast lithium, over c_0, grows beyond what comes in by the trial; collective.

        Args:
            rate: Of (xi, c) at the local nodes, interleaved.
        """
        inflow = 0.0 if self._parameters.counter_electrode.is_metal else self._supply()
        grown = rate[1::2] + self._parameters.site_ratio * rate[0::2]
        return float(self._weights.sums(self._weights.whole * grown)[0]) - inflow

    def charge_excess(self, rate: Array) -> tuple[float, float]:
        """Return the current that the trial loses, of electrons and of Li+; collective.

        With one potential there is one current, and the second number is zero.

        Args:
            rate: Of (xi, c) at the local nodes, interleaved.
        """
        plated = float(self._weights.sums(self._weights.whole * rate[0::2])[0])
        net = FARADAY * self._parameters.lithium_gain * plated
        if self._equations.has_two_potentials:
            return self._into() + net, self._out_of() - net
        return self._into() + self._out_of() - net, 0.0

    def _lithium(self) -> float:
        """Integral of c + (c_s / c_0) xi of the accepted state."""
        w, phase = self._weights, self._phase.now.x.array
        ratio = self._parameters.site_ratio
        return float(w.sums(w.whole * (phase[1::2] + ratio * phase[0::2]))[0])

    def _net(self) -> float:
        """Return the Faradaic current without the Li+ that were where lithium is now."""
        p = self._parameters
        return self.faradaic * p.lithium_gain / p.lithium.site_density
