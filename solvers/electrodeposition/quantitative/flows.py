"""What flows through the electrodes and at the front, and the lithium that it brings."""

from __future__ import annotations

from typing import Any

import numpy as np
import ufl
from dolfinx.fem import Function

from lithode.core.constants import FARADAY
from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.currents import Flowing
from lithode.solvers.electrodeposition.quantitative.equations import QuantitativeEquations
from lithode.solvers.numerics.blocks import compiled
from lithode.solvers.numerics.gauges import NodalWeights, boundary_dofs
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.transient import Transient
from lithode.theory.free_energy import order_parameter


class Flows(Flowing):
    """What flows with a front that moves by its kinetics.

    Args:
        domain: Mesh with the boundaries electrode and counter_electrode.
        weights: Nodal weights of the scalar P1 space.
        equations: The model's equations.
        state: What they are solved for, at the trial.
        distance: Accepted signed distance.
        salt: Accepted salt per volume, over c_0.
        transient: Steps the model; totals and start are kept there.
    """

    def __init__(
        self,
        domain: Domain,
        weights: NodalWeights,
        equations: QuantitativeEquations,
        state: Function[Any],
        distance: Function[Any],
        salt: Function[Any],
        transient: Transient,
    ) -> None:
        super().__init__(weights, equations.parameters, transient)
        self._distance, self._salt, self._is_binary = distance, salt, equations.is_binary
        owned, test = weights.space.dofmap.index_map.size_local, ufl.TestFunction(weights.space)
        ends = {}
        for name in ("electrode", "counter_electrode"):
            dofs = boundary_dofs(domain, weights.space, name)
            ends[name] = np.zeros_like(weights.whole)
            ends[name][dofs[dofs < owned]] = 1.0
        self._ends = ends
        self._plated = compiled(equations.plated(state, test))
        self._electrons = compiled(equations.electrons(state, test))
        self._ions = compiled(equations.ions(state, test))
        self._anions = compiled(equations.salt(state, test)) if self._is_binary else None

    def start(self) -> None:
        """Remember the initial lithium, and what flows at the start."""
        super().start()
        self.take()

    def take(self) -> None:
        """Read the currents of the trial, which is about to be accepted; collective."""
        self._rate = self._weights.moments(self._plated)
        self.faradaic = self.plating()
        self.electrode = self._through("electrode", self._electrons)
        is_metal = self._parameters.counter_electrode.is_metal
        out_of = self._electrons if is_metal else self._ions
        self.counter_electrode = self._through("counter_electrode", out_of)

    def _through(self, boundary: str, residual: Any) -> float:
        """Return what the equations exchange through a boundary: their residual there."""
        return float(self._weights.sums(self._weights.moments(residual) * self._ends[boundary])[0])

    def plating(self, where: Array | float = 1.0) -> float:
        """Return the current that plates at the local nodes, each with a weight; collective."""
        return float(self._weights.sums(self._rate * where)[0])

    def _lithium_inflow(self) -> float:
        """Return the inflow of Li+ in amol/s per depth in 2D, with anions those of their salt."""
        if self._parameters.counter_electrode.is_metal:
            return 0.0
        inflow = self.counter_electrode / FARADAY
        if self._anions is not None:
            bulk = self._parameters.bulk_concentration
            inflow += bulk * self._through("counter_electrode", self._anions)
        return inflow

    def _lithium(self) -> float:
        """Return all lithium of the accepted state, in amol per depth in 2D."""
        w, p = self._weights, self._parameters
        metal = order_parameter(self._distance.x.array, p.interface.profile_length)
        content = metal / p.lithium.molar_volume
        if self._is_binary:
            content = content + p.bulk_concentration * self._salt.x.array
        return float(w.sums(w.whole * content)[0])
