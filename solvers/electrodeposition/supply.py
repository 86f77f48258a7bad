"""Li+ within their bounds: where they run out no more lithium plates than Li+ arrive.

The reaction gives way, not the balance of Li+: a rate p is withheld from plating, with

    c >= 0,  p >= 0,  p c = 0        (and p <= 0 where c has reached its upper limit).

A step takes p of the step before, and then, node by node, exchanges metal for Li+ and p for what
that withholds. This is the operator splitting of Ikonen and Toivanen (Appl. Math. Lett. 17 (2004)
809) for variational inequalities; c + (c_s / c_0) xi does not change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Constant, Function

from lithode.solvers.numerics.levels import Array, TimeLevels


class Supply:
    """Keeps c of a trial within its bounds.

    Args:
        phase: Trial (xi, c).
        held: Local nodes where xi is prescribed and nothing can be withheld.
        withheld: The rate p in 1/s.
        step_scale: One over the weight of a new value in its rate.
        site_ratio: c_s / c_0.
        limit: Largest c, infinite without any.
        most: Largest p. A deficit that was there before, as on a new mesh, is made good at once,
            and must not be expected again in each step that follows, however short.
    """

    def __init__(
        self,
        phase: Function[Any],
        held: npt.NDArray[np.bool_],
        withheld: TimeLevels,
        step_scale: Constant[Any],
        site_ratio: float,
        limit: float,
        most: float,
    ) -> None:
        self._phase, self._withheld, self._scale = phase, withheld.trial, step_scale
        self._held = held
        self._site_ratio, self._limit, self._most = site_ratio, limit, most

    def keep(self) -> None:
        """Exchange metal and Li+ of the trial, and renew what is withheld."""
        step = float(self._scale.value) * self._site_ratio
        withheld, c = self._withheld.x.array, self._phase.x.array[1::2]
        withheld += self._exchange(self._phase.x.array, step * withheld) / step
        np.clip(withheld, -self._most, self._most, out=withheld)
        withheld[self._held | ((c > 0.0) & (c < self._limit))] = 0.0

    def keep_past(self, phase: TimeLevels) -> None:
        """Exchange metal and Li+ of accepted states, which may come from another mesh."""
        for level in phase.past:
            self._exchange(level.x.array, 0.0)

    def _exchange(self, values: Array, demand: Array | float) -> Array:
        """Release Li+ until c less a demand is within its bounds; returns how many."""
        xi, c = values[0::2], values[1::2]
        released: Array = np.clip(c - demand, 0.0, self._limit) - c
        xi -= released / self._site_ratio
        c += released
        return released
