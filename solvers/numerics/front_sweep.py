"""Fronts along a rising load, on meshes that may follow them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from dolfinx.fem import FunctionSpace

from lithode.core.axis import Axis
from lithode.core.domain import Domain
from lithode.solvers.numerics.front_gauges import FrontCells
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.sweep import SteadyModel, Sweep


class Lasting:
    """The part of ``Adaptable`` that all models share whose front leaves its place fine behind it.

    Such a front, as that of a crack, which does not heal, only gains: around it cells only get
    finer, and no function changes in a transfer. So there is nothing to conserve or to hold.
    """

    conserved: Sequence[str] = ()
    held: Sequence[str] = ()

    @abstractmethod
    def front(self) -> tuple[FunctionSpace[Any], Array]:
        """Return a scalar P1 space and nodal values; see ``Adaptable.front``."""

    def front_size(self) -> float:
        """Return the mean size in um of the cells along the front; collective."""
        space, values = self.front()
        return FrontCells(space).size(values)


class Fronted(SteadyModel, Protocol):
    """A steady model with a front, such as that of a crack."""

    def front(self) -> tuple[FunctionSpace[Any], Array]:
        """Return a scalar P1 space and nodal values; see ``Adaptable.front``."""


class FrontSweep(Lasting, Sweep):
    """Makes a steady model one whose mesh may follow its front; satisfies ``Adaptable``.

    Args:
        make: Makes the steady model on a mesh.
        domain: The mesh; solved on for the first load here.
        axis: The load, in the unit of history and field file.
        start: First load, in the unit of the axis; None leaves the state to be put in.

    Raises:
        StepFailed: The first load cannot be solved for.
    """

    def __init__(
        self, make: Callable[[Domain], Fronted], domain: Domain, axis: Axis, start: float | None
    ) -> None:
        self._make = make
        self._fronted = make(domain)
        super().__init__(self._fronted, axis, start)

    def rebuilt(self, domain: Domain) -> FrontSweep:
        """Return the same model on another mesh, with a state that is yet to be put in."""
        return FrontSweep(self._make, domain, self.axis, None)

    def front(self) -> tuple[FunctionSpace[Any], Array]:
        """Return the front of the steady model."""
        return self._fronted.front()

    def reached(self) -> Array:
        """Return a copy of the present values of the front."""
        return np.array(self.front()[1])
