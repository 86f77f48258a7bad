"""Lithium and charge closed at round-off, however loosely a step was solved.

The balance of the whole layer is the sum of the residual over all nodes that are not prescribed. A
small share of c everywhere, and a small constant of the potential, make that sum zero: the change
is of the size of the solver's error, and what flows through the electrodes is what they report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from dolfinx.fem import DirichletBC

from lithode.solvers.electrodeposition.coupling import Unknowns
from lithode.solvers.electrodeposition.currents import Currents
from lithode.solvers.electrodeposition.equations import Conditions
from lithode.solvers.electrodeposition.parameters import Charge, Parameters, Transport
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.transient import Transient

# Volt; any will do, as currents are linear in the potential.
_PROBE = 1e-9
# Only free sites make the balance other than linear.
_MOST_CHORDS = 6


class Balance:
    """Corrects a trial.

    Args:
        currents: Knows what is out of balance.
        unknowns: The model's unknowns.
        conditions: What is prescribed.
        parameters: The model's parameters.
        transient: Knows the rates.
    """

    def __init__(
        self,
        currents: Currents,
        unknowns: Unknowns,
        conditions: Conditions,
        parameters: Parameters,
        transient: Transient,
    ) -> None:
        self._currents, self._parameters, self._transient = currents, parameters, transient
        self._phase, self._potential = unknowns.phase.trial, unknowns.potential.trial
        self._free = _free(len(self._phase.x.array), conditions.phase)[1::2]
        self._follows = _free(len(self._potential.x.array), conditions.potential)

    def close(self) -> None:
        """Close the balances of the trial; collective."""
        rate = self._transient.trial_rate()
        # Of one potential, or of electrons and Li+; with two the supply of Li+ feels them.
        slices = [slice(None)]
        if self._parameters.charge is Charge.TWO_POTENTIAL:
            slices = [slice(1, None, 2), slice(0, None, 2)]
        for k, part in enumerate(slices):
            excess = partial(self._lost_current, rate, k)
            _close(self._potential.x.array[part], self._follows[part], _PROBE, excess)
        self.close_lithium()

    def _lost_current(self, rate: Array, carrier: int) -> float:
        return self._currents.charge_excess(rate)[carrier]

    def _excess_lithium(self) -> float:
        return self._currents.lithium_excess(self._transient.trial_rate())

    def close_lithium(self) -> None:
        """Close the balance of lithium alone; collective."""
        phase, p = self._phase.x.array, self._parameters
        c = phase[1::2]
        if p.transport is Transport.SINGLE_ION:
            # Node by node: c takes what xi leaves.
            rate = self._transient.trial_rate()
            c -= self._free * (rate[0::2] + rate[1::2]) * float(self._transient.step_scale.value)
            return
        along = self._free * c
        if p.transport is Transport.STERIC:
            along *= 1 - c / p.concentration_limit
        _close(c, along, 1e-6, self._excess_lithium)


def _free(size: int, conditions: Sequence[DirichletBC[Any]]) -> Array:
    """Return ones where nothing is prescribed."""
    free = np.ones(size)
    for condition in conditions:
        free[condition.dof_indices()[0]] = 0.0
    return free


def _close(values: Array, along: Array, probe: float, excess: Callable[[], float]) -> None:
    """Change values in place along a direction, by chords, until the excess is at round-off."""
    first = excess()
    values += probe * along
    left = excess()
    slope = (left - first) / probe
    for _ in range(_MOST_CHORDS if slope else 0):
        values -= left / slope * along
        before, left = left, excess()
        if abs(left) > 0.1 * abs(before):
            return
