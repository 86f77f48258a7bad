"""Cracks on meshes that follow them; docs/fracture.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function, FunctionSpace

from lithode.core.axis import Axis
from lithode.core.domain import Domain
from lithode.core.sizes import Band
from lithode.solvers.numerics.adapt import Adaptable, Adaptive, Follow, Following, Initial
from lithode.solvers.numerics.front_gauges import FrontCells
from lithode.solvers.numerics.sweep import SteadyModel, Sweep

Array = npt.NDArray[np.float64]

# In l, from where the damage is one half, which is 0.6 l beside a crack and about 1 l before it.
_REACH, _NEAREST = 3.5, 2.5
# Damage ends 1.4 l from there (AT1).
_LEAST = 1.5
# Size of the base mesh.
_LARGEST = 4.0
# Of the size per distance: the elastic field of a crack wants finer cells than that of a front.
_GROWTH = 0.2


class OnCrack:
    """What lets a mesh follow the crack of a model: the part of ``Adaptable`` that all share.

    A crack does not heal, so the cells around it only get finer. There no function changes in a
    transfer: neither the energy of the crack nor its volume, and what is broken stays broken.

    Attributes:
        damage: d, P1.
    """

    damage: Function[Any]
    conserved: Sequence[str] = ()
    held: Sequence[str] = ()

    def front(self) -> tuple[FunctionSpace[Any], Array]:
        """Return the damage of the accepted state, for ``Adaptive``."""
        return self.damage.function_space, np.asarray(self.damage.x.array)

    def front_size(self) -> float:
        """Return the mean size in um of the cells along the crack; collective."""
        space, values = self.front()
        return FrontCells(space).size(values)


class Cracking(SteadyModel, Protocol):
    """A steady model with a crack, such as ``Fracture`` or ``StalledCrack``."""

    @property
    def damage(self) -> Function[Any]:
        """d, P1."""


class CrackSweep(OnCrack, Sweep):
    """A crack along a rising load, on a mesh that may follow it; satisfies ``Adaptable``.

    Args:
        make: Makes the steady model on a mesh.
        domain: The mesh; solved on for the first load here.
        axis: The load, in the unit of history and field file.
        start: First load, in the unit of the axis; None leaves the state to be put in.

    Raises:
        StepFailed: The first load cannot be solved for.
    """

    def __init__(
        self, make: Callable[[Domain], Cracking], domain: Domain, axis: Axis, start: float | None
    ) -> None:
        steady = make(domain)
        self._make, self.damage = make, steady.damage
        super().__init__(steady, axis, start)

    def rebuilt(self, domain: Domain) -> CrackSweep:
        """Return the same model on another mesh, with a state that is yet to be put in."""
        return CrackSweep(self._make, domain, self.axis, None)

    def reached(self) -> Array:
        """Return a copy of the present damage."""
        return np.array(self.damage.x.array)


def following_crack(
    follow: Follow,
    size: float,
    length: float,
    flaw: Initial,
    make: Callable[[Domain], Adaptable],
) -> Adaptive:
    """Return a model on a mesh that follows its crack; collective.

    Args:
        follow: Makes the meshes.
        size: Element size in um along the crack.
        length: l of the phase field in um.
        flaw: Where it is broken at the start: 1 there, and 0 elsewhere.
        make: Makes the model on a mesh.
    """
    band = Band(size, _REACH * length, _GROWTH)
    domain, remesher = follow(band, _LARGEST * length, flaw)
    return Adaptive(
        make(domain), Following(remesher, band, _NEAREST * length, least=_LEAST * length)
    )
