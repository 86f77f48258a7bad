"""Lithium whose content is kept by a pressure that is solved for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from dolfinx.fem import Constant

from lithode.core.errors import StepFailed
from lithode.solvers.numerics.blocks import NonlinearBlock
from lithode.solvers.numerics.gauges import integral

_TOLERANCE = 1e-11
_MOST_SECANTS = 12


class HeldContent:
    """Finds the pressure by secants over whole solves.

    Args:
        block: Solves for the order parameter.
        content: Form of its content.
        pressure: The pressure in the block's residual, in MPa.
        first_change: Of the pressure, before any secant is known.
    """

    def __init__(
        self, block: NonlinearBlock, content: Any, pressure: Constant[Any], first_change: float
    ) -> None:
        self._block, self._content, self._pressure = block, content, pressure
        self._first_change, self._compliance = first_change, 0.0

    def solve(self, wanted: float) -> tuple[int, int]:
        """Solve with the content that is wanted; returns nonlinear and linear iterations.

        Raises:
            StepFailed: No pressure was found; it is what it was.
        """
        before = float(self._pressure.value)
        nonlinear, linear = self._block.solve()
        excess = integral(self._content) - wanted
        try:
            for _ in range(_MOST_SECANTS):
                if abs(excess) <= _TOLERANCE * wanted:
                    return nonlinear, linear
                change = self._first_change
                if self._compliance > 0:
                    change = -excess / self._compliance
                self._pressure.value += change
                newton, krylov = self._block.solve()
                nonlinear, linear = nonlinear + newton, linear + krylov
                now = integral(self._content) - wanted
                self._compliance, excess = (now - excess) / change, now
            raise StepFailed("no pressure keeps the content of lithium")
        except StepFailed:
            self._pressure.value, self._compliance = np.asarray(before), 0.0
            raise

    def scalars(self) -> Mapping[str, float]:
        """Return what a checkpoint must hold."""
        return {"multiplier": float(self._pressure.value), "compliance": self._compliance}

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from the scalars of a checkpoint."""
        self._pressure.value = np.asarray(scalars["multiplier"])
        self._compliance = scalars["compliance"]
