"""Static stress of a solid of several phases that want to expand, along an extent of reaction.

Unknown: displacement u with div sigma = 0, sigma = sum_i psi_i C_i : (eps(u) - eps_0 I) and
eps_0 = sum_i eps_i, in the coherent units of ``lithode.core.units``. The phase fields psi_i and the
expansions eps_i are given; those of a reaction are proportional to its extent, the load.
Graded-Li3N paper, Methods, Eq. 7 and the text on Fig. S17.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, Function, FunctionSpace

from lithode.core.domain import Domain
from lithode.solvers.multiphase_solid.parameters import PREFIX, Numerics, Phase
from lithode.solvers.numerics.blocks import (
    MUMPS,
    LinearBlock,
    Options,
    compiled,
)
from lithode.solvers.numerics.conditions import between_plates
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import unknowns_of
from lithode.solvers.numerics.nullspace import rigid_body_modes
from lithode.solvers.physics import elasticity
from lithode.theory.elasticity import Stiffness

Array = npt.NDArray[np.float64]

_OPTIONS: Mapping[str, Options] = {
    "direct": MUMPS,
    "iterative": {
        "ksp_type": "cg",
        "ksp_rtol": 1e-10,
        "ksp_max_it": 400,
        "pc_type": "gamg",
        "pc_gamg_threshold": 0.02,
    },
}


class MultiphaseSolid:
    """The model; satisfies ``lithode.solvers.numerics.sweep.SteadyModel``.

    Args:
        domain: Mesh; with the boundaries electrode, counter_electrode and sides unless ``held``.
        phases: The phases, by name.
        extent: Extent of reaction in the phases' expressions, from 0 to 1: the load.
        shown: Further fields for the field file.
        places: Names of places to report on, each with a DG0 function that is 1 there, 0 elsewhere.
        numerics: Choice of elements and solver.
        held: Dirichlet conditions of a vector space; u = 0 at both electrodes, rollers at the sides
            by default.
    """

    name = "multiphase_solid"

    def __init__(
        self,
        domain: Domain,
        phases: Mapping[str, Phase],
        extent: Constant[Any],
        *,
        shown: Sequence[Function[Any]] = (),
        places: Mapping[str, Function[Any]] | None = None,
        numerics: Numerics | None = None,
        held: Callable[[FunctionSpace[Any]], list[DirichletBC[Any]]] | None = None,
    ) -> None:
        self.domain, self.phases = domain, phases
        self.numerics = n = Numerics() if numerics is None else numerics
        self._extent, self._shown, self._places = extent, shown, dict(places or {})
        mesh = domain.mesh
        dim, degree = mesh.geometry.dim, n.degree
        vectors = fem.functionspace(mesh, ("P", degree, (dim,)))
        self.displacement = Function(vectors, name="displacement_of_solve")
        # A linear displacement has constant strain per cell, which the midpoint rule matches.
        dx = ufl.Measure("dx", domain=mesh)(degree=1 if degree == 1 else n.quadrature_degree)
        u, v = ufl.TrialFunction(vectors), ufl.TestFunction(vectors)
        self._block = LinearBlock(
            ufl.inner(self.stress(u), elasticity.strain(v)) * dx,
            self.displacement,
            between_plates(domain, vectors) if held is None else held(vectors),
            PREFIX,
            _OPTIONS[n.solver],
            near_nullspace=rigid_body_modes(vectors),
            assembly=n.assembly,
        )
        pressure = -elasticity.hydrostatic_stress(self.displacement, *self._mixture, n.kinematics)
        self._cells, self._nodes = (
            NodalWeights(domain, fem.functionspace(mesh, element))
            for element in (("DG", 0), ("P", 1))
        )
        self._in_cells, self._at_nodes = (
            compiled(pressure * ufl.TestFunction(w.space) * dx) for w in (self._cells, self._nodes)
        )
        self._stress = Function(self._nodes.space, name="hydrostatic_stress")
        self._linear = Function(fem.functionspace(mesh, ("P", 1, (dim,))), name="displacement")

    @property
    def _mixture(self) -> tuple[Any, Stiffness]:
        phases = self.phases.values()
        expansion = sum(phase.expansion for phase in phases)
        return expansion, elasticity.mixed_stiffness((p.share, p.stiffness) for p in phases)

    def stress(self, displacement: Any) -> Any:
        """Return the in-plane stress of a displacement, in MPa."""
        return elasticity.stress(displacement, *self._mixture, self.numerics.kinematics)

    @property
    def load(self) -> float:
        """Extent of reaction."""
        return float(self._extent.value)

    @load.setter
    def load(self, extent: float) -> None:
        self._extent.value = np.asarray(extent)

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""
        return unknowns_of(self.displacement)

    def solve(self) -> tuple[int, int]:
        """Solve for the load; see ``SteadyModel.solve``."""
        return 1, self._block.solve()

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return the displacement."""
        return [self.displacement]

    @property
    def pressure(self) -> Array:
        """Mean of -P over each local cell, in MPa; collective."""
        return np.asarray(self._cells.moments(self._in_cells) / self._cells.whole)

    def measure(self) -> Mapping[str, float]:
        """Return mean, 90th percentile and largest of -P in each place, by cells."""
        weights, pressure = self._cells, self.pressure
        row = {"pressure_max [MPa]": float(weights.maxima(pressure)[0])}
        for name, place in self._places.items():
            here = weights.whole * place.x.array
            row |= {
                f"pressure_mean_{name} [MPa]": weights.mean(pressure, here),
                f"pressure_p90_{name} [MPa]": weights.quantile(pressure, here, 0.9),
                f"pressure_max_{name} [MPa]": weights.largest(pressure, here),
            }
        return row

    def fields(self) -> Sequence[Function[Any]]:
        """Return the nodal averages of the hydrostatic stress (MPa), u (um) and what is shown."""
        self._stress.x.array[:] = -self._nodes.moments(self._at_nodes) / self._nodes.whole
        self._linear.interpolate(self.displacement)
        return [self._stress, self._linear, *self._shown]
