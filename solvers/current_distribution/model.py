"""The steady current distribution."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, Function

from lithode.core.domain import Domain
from lithode.core.errors import StepFailed
from lithode.solvers.current_distribution.equations import Equations
from lithode.solvers.current_distribution.parameters import (
    PREFIX,
    Numerics,
    Observation,
    Parameters,
)
from lithode.solvers.numerics.adjoint import Adjoint
from lithode.solvers.numerics.blocks import JIT_OPTIONS, NonlinearBlock, compiled
from lithode.solvers.numerics.gauges import (
    BoundaryResidual,
    NodalWeights,
    boundary_dofs,
    boundary_size,
    integral,
)
from lithode.solvers.numerics.levels import unknowns_of
from lithode.solvers.numerics.properties import nodal_fields
from lithode.solvers.numerics.quadrature import VERTEX

Array = npt.NDArray[np.float64]

# A band may end inside of a cell.
_BAND = {"quadrature_degree": 8}


class CurrentDistribution:
    """Potentials at a load; satisfies ``lithode.solvers.numerics.sweep.SteadyModel``.

    Args:
        domain: Mesh with the boundaries electrode (lithium, all of it or strips) and
            counter_electrode (where only Li+ comes in); no current elsewhere.
        parameters: Physics, in coherent units.
        numerics: How it is solved.
        observation: What is read off besides the balances.

    Raises:
        InputError: A region without a conductor, a conductivity that is not positive, or a
            missing boundary.
    """

    name = "current distribution"

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        numerics: Numerics | None = None,
        observation: Observation | None = None,
    ) -> None:
        numerics = Numerics() if numerics is None else numerics
        self.observation = Observation() if observation is None else observation
        self.domain, self.parameters = domain, parameters
        self.equations = Equations.on(domain, parameters)
        mesh, count = domain.mesh, self.equations.layout.count
        self._scalar = fem.functionspace(mesh, ("P", 1))
        space = self._scalar if count == 1 else fem.functionspace(mesh, ("P", 1, (count,)))
        self._state = Function(space, name="potentials")
        self._block = NonlinearBlock(
            self.equations.residual(self._state),
            self._state,
            self.equations.conditions(space),
            PREFIX,
            self.equations.layout.options(numerics.solver),
            keeps_jacobian=False,
            assembly=numerics.assembly,
        )
        self.load = 0.0
        self._build_gauges()

    def _build_gauges(self) -> None:
        eq = self.equations
        parts = eq.parts(self._state)

        def through(boundary: str, residual: Any) -> BoundaryResidual:
            dofs = boundary_dofs(self.domain, self._scalar, boundary)
            return BoundaryResidual(residual, self._scalar, dofs, eq.measure)

        one = Constant(self.domain.mesh, 1.0)
        plated = eq.plating_current(parts)
        self._weights = NodalWeights(self.domain, self._scalar)
        self._supply = through("counter_electrode", lambda test, dx: eq.cation(parts, test, dx))
        self._plated = compiled(eq.on_boundary(plated * one, "electrode"))
        self._plated_square = compiled(eq.on_boundary(plated**2 * one, "electrode"))
        self._sizes = {
            name: boundary_size(self.domain, name) for name in ("electrode", "counter_electrode")
        }
        self._lithium_nodes = boundary_dofs(self.domain, self._scalar, "electrode")
        self._reacted = self._electrons = None
        self._deposit = self._moment = None
        self._bands = {}
        if eq.reactions:
            inside, dx = eq.reaction_current(parts), eq.measure(metadata=VERTEX)
            self._reacted = compiled(inside * dx)
            self._deposit = compiled(inside * ufl.TestFunction(self._scalar) * dx)
            self._moment = compiled(inside * self._height * dx)
            for name, ends in self.observation.bands.items():
                self._bands[name] = compiled(inside * self._band(*ends) * dx(metadata=_BAND))
        if eq.layout.electronic is not None:
            self._electrons = through("electrode", lambda test, dx: eq.electron(parts, test, dx))
        self._nodal = {
            name: fem.Expression(
                ufl.as_ufl(quantity),
                self._scalar.element.interpolation_points,
                jit_options=JIT_OPTIONS,
            )
            for name, quantity in self._quantities(parts).items()
        }

    def _band(self, low: float, high: float) -> Any:
        """Return 1 between two heights, else 0."""
        start, end = (Constant(self.domain.mesh, place) for place in (low, high))
        within = ufl.And(ufl.ge(self._height, start), ufl.le(self._height, end))
        return ufl.conditional(within, 1.0, 0.0)

    @property
    def _height(self) -> Any:
        mesh = self.domain.mesh
        return ufl.SpatialCoordinate(mesh)[mesh.geometry.dim - 1]

    def _quantities(self, parts: tuple[Any, ...]) -> dict[str, Any]:
        """What is known at the nodes, by name of its field."""
        eq = self.equations
        found = {"ionic_potential": parts[0], "plating_current": eq.plating_current(parts)}
        if eq.layout.electronic is not None:
            found["electronic_potential"] = parts[eq.layout.electronic]
            found["overpotential"] = eq.overpotential(parts)
        return found

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""
        return unknowns_of(self._state)

    @property
    def load(self) -> float:
        """Current density at the counter electrode in A/m^2, or its potential in V."""
        return float(self.equations.load.value)

    @load.setter
    def load(self, load: float) -> None:
        self.equations.load.value = np.asarray(load)

    def solve(self) -> tuple[int, int]:
        """Solve for the load; see ``SteadyModel.solve``."""
        iterations = self._block.solve()
        if not math.isfinite(integral(self._plated)):
            raise StepFailed("the potentials are not finite")
        return iterations

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return the potentials."""
        return (self._state,)

    def nodal(self, name: str) -> Array:
        """Return a field at all local nodes, ghosts included."""
        function = Function(self._scalar)
        function.interpolate(self._nodal[name])
        return np.asarray(function.x.array, dtype=np.float64)

    def measure(self) -> Mapping[str, float]:
        """Return currents, their spread over the lithium and the defects of their balances.

        All current densities are per area of the counter electrode but those on the lithium.
        """
        lithium, counter = self._sizes["electrode"], self._sizes["counter_electrode"]
        supplied = self._supplied()
        plated = integral(self._plated)
        mean = plated / lithium
        spread = max(integral(self._plated_square) / lithium - mean**2, 0.0)
        potential = self.nodal("ionic_potential")
        on_lithium = self.nodal("plating_current")[self._lithium_nodes]
        largest, least, highest = self._weights.maxima(on_lithium, -on_lithium, potential)
        row = {
            "counter_electrode_current [A/m^2]": supplied / counter,
            "potential [V]": float(highest),
            "lithium_current_mean [A/m^2]": mean,
            "lithium_current_max [A/m^2]": float(largest),
            "lithium_current_min [A/m^2]": -float(least),
            "lithium_current_variation [1]": math.sqrt(spread) / abs(mean) if mean else 0.0,
        }
        scale = abs(supplied) or 1.0
        reacted = integral(self._reacted) if self._reacted is not None else 0.0
        row["cation_defect [1]"] = abs(supplied - plated - reacted) / scale
        if self._electrons is not None:
            row["reaction_current [A/m^2]"] = reacted / counter
            row["lithium_share [1]"] = plated / scale
            row["electron_defect [1]"] = abs(self._electrons() + reacted) / scale
        for name, form in self._bands.items():
            row[f"reaction_current_{name} [A/m^2]"] = integral(form) / counter
        if self._moment is not None:
            moment = integral(self._moment)
            row["reaction_height [um]"] = moment / reacted if reacted else 0.0
        return {**row, **self.observation.further(self.load)}

    def _supplied(self) -> float:
        if self.parameters.drive == "potentiostatic":
            return self._supply()
        return self.load * self._sizes["counter_electrode"]

    def adjoint(self, functional: Callable[[tuple[Any, ...]], Any]) -> Adjoint:
        """Return what gives the derivatives of a number by the conductivities of the equations.

        Args:
            functional: Takes the components of the potentials and gives an integral.
        """
        space = self._state.function_space
        return Adjoint(
            self.equations.residual(self._state),
            self._state,
            self.equations.conditions(space),
            functional(self.equations.parts(self._state)),
        )

    def fields(self) -> Sequence[Function[Any]]:
        """Return potentials (V), plating current (A/m^2) and what reacts inside (A/cm^3)."""
        values = {name: self.nodal(name) for name in self._nodal}
        if self._deposit is not None:
            # The coherent unit, A/m^2 per um, is A/cm^3.
            values["reaction_current"] = self._weights.moments(self._deposit) / self._weights.whole
        return nodal_fields(self._scalar, values)
