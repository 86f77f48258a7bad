"""A model on meshes that follow its front, driven by the same march as on one mesh.

Before a step is tried, the mesh is made anew if the front has come too near to cells larger than
wanted. A step in which the front leaves the fine cells is tried again on a mesh for where it went.
When, and what mesh, follows from the present mesh and the accepted state alone, and an adaptation
is nothing but a restart from the transferred state. So a resumed run adapts as the uninterrupted
one does.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from dolfinx.fem import Function, FunctionSpace
from petsc4py import PETSc

from lithode.core.axis import Axis
from lithode.core.domain import Domain
from lithode.core.errors import InputError, SolverError
from lithode.core.health import HealthLine
from lithode.core.sizes import Band, Sizes
from lithode.solvers.numerics.front_gauges import FrontWatch
from lithode.solvers.numerics.levels import Array
from lithode.solvers.numerics.model import Event, Model, State, Trial
from lithode.solvers.numerics.transfer import (
    gathered,
    gathered_cells,
    is_of_cells,
    put,
    put_cells,
)

logger = logging.getLogger(__name__)


class Adaptable(Model, Protocol):
    """A model whose state can be put on another mesh."""

    def rebuilt(self, domain: Domain) -> Self:
        """Return the same model on another mesh, with a state that is yet to be put in."""

    def front(self) -> tuple[FunctionSpace[Any], Array]:
        """Return a scalar P1 space, and nodal values of the accepted state on it.

        The front is where they are one half.
        """

    def front_size(self) -> float:
        """Return the mean size in um of the cells along the front; collective."""

    @property
    def conserved(self) -> Sequence[str]:
        """Names of the functions of the state whose integrals a transfer keeps."""

    @property
    def held(self) -> Sequence[str]:
        """Names of the boundaries where conditions hold values of these functions."""


class Remesher(Protocol):
    """Makes meshes; `lithode.meshes.refined.Remesher` does."""

    def transferred(
        self,
        points: Array,
        values: Array,
        sizes: Sizes,
        conserved: npt.NDArray[np.bool_],
        held: Sequence[str] = (),
        of_cells: tuple[npt.NDArray[np.int64], Array] | None = None,
    ) -> tuple[Domain, Array, Array]:
        """Return another mesh, and on rank 0 values at its nodes and cells in its input order."""


@dataclass(frozen=True)
class Following:
    """How a mesh follows a front; lengths in um.

    Attributes:
        remesher: Makes the meshes.
        band: Sizes around the front when a mesh is made.
        nearest: How near the front may come to cells that are too large for it, before the mesh is
            made anew; less than the band reaches.
        least: How near it may come to them in a step; a trial that ends nearer is made again on a
            mesh for where its front is. 0 takes any.
    """

    remesher: Remesher
    band: Band
    nearest: float
    least: float = 0.0


Initial: TypeAlias = Callable[[Array], Array]
"""Values at points of shape (n, 3), of which the front is where they are one half."""

Follow: TypeAlias = Callable[[Band, float, Initial], tuple[Domain, Remesher]]
"""Makes a mesh for a front, and what makes the next; see `lithode.meshes.refined.followed`."""


@dataclass(frozen=True)
class Margins:
    """How far around a front its cells are fine; in widths of it.

    Attributes:
        nearest: As ``Following.nearest``.
        slack: How far the front moves between two meshes.
        largest: Size of the base mesh.
        least: As ``Following.least``.
        growth: Of the size per distance.
    """

    nearest: float
    slack: float
    largest: float
    least: float = 0.0
    growth: float = 0.3


# Fronts nearer to large cells than that have steps rejected.
INTERFACE = Margins(nearest=1.9, slack=0.4, largest=1.5)
# In 3D a mesh costs as much as seven steps, and a front takes few steps per width.
INTERFACE_3D = Margins(nearest=1.9, slack=1.0, largest=1.5)
# Nodes of former meshes that may wait to be freed: UFL leaves cycles behind that hold them.
_WAITING = 50_000
# Elements per width below which fronts pin to the mesh.
LEAST_RESOLUTION = 2.5


def following(
    follow: Follow,
    size: float,
    width: float,
    initial: Initial,
    make: Callable[[Domain], Adaptable],
    margins: Margins = INTERFACE,
) -> Adaptive:
    """Return a model on a mesh that follows its front; collective.

    Args:
        follow: Makes the meshes.
        size: Element size in um along the front.
        width: In um, of which the margins are; 10-90 % width of an interface.
        initial: Where the front is at the start.
        make: Makes the model on a mesh.
        margins: Around the front.
    """
    nearest, least = margins.nearest * width, margins.least * width
    band = Band(size, nearest + margins.slack * width, margins.growth)
    domain, remesher = follow(band, margins.largest * width, initial)
    return Adaptive(make(domain), Following(remesher, band, nearest, least))


def resolution(width: float, model: Adaptable | Adaptive) -> list[HealthLine]:
    """Return how many elements a mesh that was made has across the interface.

    Nothing of a checkpoint's mesh whose front has left the start, where the model is still.

    Args:
        width: 10-90 % width of the interface in um.
        model: At its start.
    """
    if isinstance(model, Adaptive) and not model.fits:
        return []
    meaning = "elements per interface width, of the first mesh as it was made"
    return [HealthLine("w/h made", width / model.front_size(), meaning, low=LEAST_RESOLUTION)]


class Adaptive:
    """Makes a model one whose mesh follows the front; satisfies ``Model``.

    Args:
        model: The model, on a mesh for its present front.
        following: How the mesh follows it.

    Attributes:
        adaptations: Number of meshes made so far, but for the first.
    """

    def __init__(self, model: Adaptable, following: Following) -> None:
        self._model, self._following = model, following
        self.adaptations, self._adapted_at = 0, -np.inf
        self._watch = _watch(model, following)
        self._waiting = 0

    @property
    def name(self) -> str:
        """Name of the model, which restores a checkpoint on any mesh."""
        return self._model.name

    @property
    def model(self) -> Adaptable:
        """The model on the present mesh."""
        return self._model

    @property
    def domain(self) -> Domain:
        """The present mesh."""
        return self._model.domain

    @property
    def axis(self) -> Axis:
        """What it is advanced along."""
        return self._model.axis

    @property
    def time(self) -> float:
        """Time of the accepted state, in s."""
        return self._model.time

    @property
    def unknowns(self) -> int:
        """Number of unknowns on the present mesh."""
        return self._model.unknowns

    @property
    def next_step(self) -> float:
        """Step that the march will try next, in s."""
        return self._model.next_step

    @next_step.setter
    def next_step(self, dt: float) -> None:
        self._model.next_step = dt

    def advance(self, dt: float) -> Trial:
        """Make the mesh anew where the front calls for it, and try one step.

        Returns:
            The trial on the last mesh, with the iterations of all.

        Raises:
            StepFailed: As ``Model.advance``.
            SolverError: The mesh would have too many cells.
        """
        if self.time != self._adapted_at and self.clearance() < self._following.nearest:
            self._follow(self._watch.front(self._model.front()[1]))
        trial, reached = self._model.advance(dt), []
        while self._overran(trial):
            # Of all trials, so that each mesh is finer than the last and this comes to an end.
            reached.append(self._watch.front(np.asarray(trial.front)))
            self._follow(np.concatenate(reached))
            again = self._model.advance(dt)
            trial = replace(
                again,
                nonlinear_iterations=trial.nonlinear_iterations + again.nonlinear_iterations,
                linear_iterations=trial.linear_iterations + again.linear_iterations,
            )
        return trial

    def _overran(self, trial: Trial) -> bool:
        """Return whether a trial that would do has its front in cells too large; collective."""
        if trial.front is None or trial.error > 1:
            return False
        return self._watch.clearance(trial.front) < self._following.least

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        self._model.accept()

    def refresh(self) -> None:
        """Forget what solvers keep from step to step."""
        self._model.refresh()

    def measure(self) -> Mapping[str, float]:
        """Return the scalars of the accepted state."""
        return self._model.measure()

    def fields(self) -> Sequence[Function[Any]]:
        """Return the fields of the accepted state, on the present mesh."""
        return self._model.fields()

    def events(self) -> Sequence[Event]:
        """Return the events that the accepted state meets for the first time."""
        return self._model.events()

    def state(self) -> State:
        """Return what a checkpoint must hold, on the present mesh."""
        return self._model.state()

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self._model.restore(scalars)

    def front_size(self) -> float:
        """Return the mean size in um of the cells along the front; collective."""
        return self._model.front_size()

    @property
    def fits(self) -> bool:
        """Whether the mesh is fine where the front is; collective."""
        return self.clearance() >= self._following.nearest

    def clearance(self) -> float:
        """Return the distance in um from the front to cells that are too large; collective."""
        return self._watch.clearance(self._model.front()[1])

    def _follow(self, front: Array) -> None:
        """Adapt, and free former meshes now and then, on all ranks at once."""
        self._adapt(front)
        self._waiting += self.domain.mesh.geometry.index_map().size_global
        if self._waiting > _WAITING:
            gc.collect()
            self._waiting = 0

    def _adapt(self, front: Array) -> None:
        """Go on from the accepted state on a mesh for a front, by its points on rank 0."""
        old, following = self._model, self._following
        mesh, state = old.domain.mesh, old.state()
        at_nodes, in_cells = _sorted(state)
        points, columns = gathered(mesh, tuple(at_nodes.values()))
        conserved = np.repeat(
            [name in old.conserved for name in at_nodes],
            [f.function_space.dofmap.index_map_bs for f in at_nodes.values()],
        )
        of_cells = gathered_cells(mesh, tuple(in_cells.values())) if in_cells else None
        try:
            domain, columns, rows = following.remesher.transferred(
                points, columns, following.band.sizes(front), conserved, old.held, of_cells
            )
        except InputError as error:
            # As the march ends where no step can be taken: with a checkpoint.
            raise SolverError(f"the mesh cannot follow the front: {error}") from error
        new = old.rebuilt(domain)
        at_nodes, in_cells = _sorted(new.state())
        put(domain.mesh, columns, tuple(at_nodes.values()))
        if in_cells:
            put_cells(domain.mesh, rows, tuple(in_cells.values()))
        new.restore(state.scalars)
        self._model, self._watch = new, _watch(new, following)
        del old, state
        # On several ranks PETSc keeps what Python lets go, by communicator.
        PETSc.garbage_cleanup(mesh.comm)
        self.adaptations, self._adapted_at = self.adaptations + 1, self.time
        nodes = domain.mesh.geometry.index_map().size_global
        logger.info("%s: mesh %d, %d nodes", self.axis.at(self.time), self.adaptations, nodes)
        if self.clearance() < following.nearest:
            logger.warning("the mesh cannot be made as fine along the front as is wanted")


def _watch(model: Adaptable, following: Following) -> FrontWatch:
    return FrontWatch(model.front()[0], following.band, following.nearest)


def _sorted(state: State) -> tuple[dict[str, Function[Any]], dict[str, Function[Any]]]:
    """Return the functions of a state that have values at nodes, and those that have in cells."""
    found: tuple[dict[str, Function[Any]], dict[str, Function[Any]]] = {}, {}
    for name, function in state.functions.items():
        found[is_of_cells(function)][name] = function
    return found
