"""What the two models of a lithium front have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dolfinx.fem import Function, FunctionSpace

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.solvers.electrodeposition.coupling import Unknowns
from lithode.solvers.electrodeposition.observables import Observables
from lithode.solvers.electrodeposition.parameters import Numerics, Parameters
from lithode.solvers.numerics.levels import Array, TimeLevels, unknowns_of
from lithode.solvers.numerics.model import Event
from lithode.solvers.numerics.transient import Stepped, Transient
from lithode.theory.elasticity import Kinematics


class FrontModel(Stepped):
    """A model of a front of lithium, which `Observables` measures.

    Args:
        domain: Mesh with named regions and boundaries.
        parameters: Physics, in coherent units.
        numerics: Choice of solvers and tolerances.
        conserved: Three levels of the unknown whose rate enters the equations.

    Raises:
        InputError: The kinematics are of another dimension than the mesh.
    """

    observables: Observables
    _space: FunctionSpace[Any]
    _unknowns: Unknowns
    _solved: Sequence[TimeLevels]
    """What is solved for besides the displacement."""

    def __init__(
        self, domain: Domain, parameters: Parameters, numerics: Numerics, conserved: TimeLevels
    ) -> None:
        if (numerics.kinematics is Kinematics.SOLID) != (domain.mesh.topology.dim == 3):
            allowed = "must be solid on a 3D mesh, plane_strain or plane_stress on a 2D one"
            raise InputError("kinematics", numerics.kinematics, allowed)
        super().__init__(Transient(conserved))
        self.domain, self.parameters, self.numerics = domain, parameters, numerics

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        solved = [*self._solved]
        if self.numerics.mechanics:
            solved.append(self._unknowns.displacement)
        return unknowns_of(*(levels.trial for levels in solved))

    def front(self) -> tuple[FunctionSpace[Any], Array]:
        """Return the order parameter of the accepted state, for ``Adaptive``."""
        return self._space, self._unknowns.phase.now.x.array[0::2]

    def front_size(self) -> float:
        """Return the mean size in um of the cells along the front; collective."""
        return self.observables.front_size()

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/electrodeposition.md for each."""
        return self.observables.measure()

    def fields(self) -> Sequence[Function[Any]]:
        """Return the accepted fields; see ``Observables.fields``."""
        return self.observables.fields()

    def events(self) -> Sequence[Event]:
        """Return what the accepted state meets; see ``Observables.events``."""
        return self.observables.events()
