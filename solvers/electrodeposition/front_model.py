"""What the two models of a lithium front have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dolfinx import fem
from dolfinx.fem import Function, FunctionSpace

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.solvers.electrodeposition.coupling import Unknowns
from lithode.solvers.electrodeposition.creep import CreepGauges, CreepingLithium, RateWeights
from lithode.solvers.electrodeposition.observables import Observables
from lithode.solvers.electrodeposition.parameters import Lithium, Numerics, Parameters
from lithode.solvers.numerics.levels import Array, TimeLevels, unknowns_of
from lithode.solvers.numerics.model import Event
from lithode.solvers.numerics.transient import Stepped, Transient
from lithode.solvers.physics import creeping_solid
from lithode.theory.creep import PowerLaw
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
        self._gauges: CreepGauges | None = None

    def _creep_strain(self, name: str) -> tuple[Lithium, PowerLaw, TimeLevels, RateWeights]:
        """Follow a creep strain; returns the arguments of `CreepStrain`."""
        lithium, mesh, weights = self.parameters.lithium, self.domain.mesh, RateWeights()
        if lithium.creep is None:
            raise RuntimeError("elastic lithium has no creep strain")
        tensors = fem.functionspace(mesh, ("DG", 0, (creeping_solid.SIZE[mesh.geometry.dim],)))
        levels = self.transient.follow(TimeLevels.in_space(tensors, name, 2), weights)
        return lithium, lithium.creep, levels, weights

    def _creeping(self, displacement: TimeLevels) -> CreepingLithium | None:
        """Follow the creep strain, if lithium creeps.

        Raises:
            InputError: In plane stress, or with a coupling that does not know creep.
        """
        numerics = self.numerics
        if self.parameters.lithium.creep is None or not numerics.mechanics:
            return None
        if numerics.kinematics is Kinematics.PLANE_STRESS:
            allowed = "needs plane strain or 3D: lithium would flow out of the plane"
            raise InputError("lithium_mechanics", "creep", allowed)
        if numerics.coupling == "monolithic":
            raise InputError("coupling", numerics.coupling, "is for elastic lithium only")
        creep = CreepingLithium(*self._creep_strain("creep_strain"), displacement)
        self._gauges = CreepGauges(creep, self._space)
        return creep

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
        row = self.observables.measure()
        if self._gauges is None:
            return row
        return {**row, **self._gauges(self._unknowns.phase.now.x.array[0::2])}

    def fields(self) -> Sequence[Function[Any]]:
        """Return the accepted fields; see ``Observables.fields``."""
        return self.observables.fields()

    def events(self) -> Sequence[Event]:
        """Return what the accepted state meets; see ``Observables.events``."""
        return self.observables.events()
