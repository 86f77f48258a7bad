"""An unknown at the new time and at the accepted times before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function, FunctionSpace

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TimeLevels:
    """Trial value and accepted past values of one unknown.

    Attributes:
        trial: The value that is being solved for; a rejected step leaves ``past`` alone.
        past: Accepted values, newest first.
    """

    trial: Function[Any]
    past: tuple[Function[Any], ...]

    @classmethod
    def in_space(cls, space: FunctionSpace[Any], name: str, depth: int) -> TimeLevels:
        """Make ``depth`` past levels named ``name``, ``name_1``, ... in ``space``."""
        past = (Function(space, name=f"{name}_{i}" if i else name) for i in range(depth))
        return cls(Function(space, name=f"{name}_trial"), tuple(past))

    @property
    def now(self) -> Function[Any]:
        """The accepted value."""
        return self.past[0]

    def combine(self, weights: Sequence[float], out: Function[Any]) -> None:
        """Write sum_i weights[i] past[i] into ``out``."""
        out.x.array[:] = np.sum(
            [
                weight * level.x.array
                for weight, level in zip(weights, self.past, strict=False)
                if weight
            ],
            axis=0,
        )

    def extrapolate(self, weights: Sequence[float]) -> None:
        """Write sum_i weights[i] past[i] into the trial."""
        self.combine(weights, self.trial)

    def accept(self) -> None:
        """Move every level back by one and take the trial as the newest."""
        for older, newer in zip(self.past[:0:-1], self.past[-2::-1], strict=True):
            older.x.array[:] = newer.x.array
        self.now.x.array[:] = self.trial.x.array

    def start(self) -> None:
        """Take the trial as every past level (the state before the first step)."""
        for level in self.past:
            level.x.array[:] = self.trial.x.array


def unknowns_of(*functions: Function[Any]) -> int:
    """Return the global number of values of functions."""
    maps = [function.function_space.dofmap for function in functions]
    return sum(int(m.index_map.size_global * m.index_map_bs) for m in maps)
