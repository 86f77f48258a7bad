"""Quasi-static fracture along a rising load, by a phase field; docs/fracture.md.

Unknowns: displacement u in um and damage d, both P1, that minimise in turn

    int psi(eps(u), d) + G_c gamma(d, grad d) - p(x) (-u . grad d)

with d between its last accepted value and 1, and p even in each crack, or of a given profile. All
in the units of ``lithode.core.units``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, DirichletBC, Function, FunctionSpace
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError, StepFailed
from lithode.core.parallel import lasting
from lithode.solvers.fracture.cracks import Cracks, Tip
from lithode.solvers.fracture.filled import Filled
from lithode.solvers.fracture.parameters import (
    DAMAGE_PREFIX,
    SOLID_PREFIX,
    Numerics,
    Parameters,
)
from lithode.solvers.fracture.toughness import toughness_of
from lithode.solvers.numerics.adapt import Margins
from lithode.solvers.numerics.blocks import MUMPS, LinearBlock, NonlinearBlock, Options, compiled
from lithode.solvers.numerics.gauges import boundary_dofs, integral
from lithode.solvers.numerics.mixing import Mixing
from lithode.solvers.numerics.nullspace import rigid_body_modes
from lithode.solvers.numerics.properties import spread
from lithode.solvers.physics import elasticity, fracture
from lithode.theory.elasticity import Kinematics, Stiffness

logger = logging.getLogger(__name__)

Array = npt.NDArray[np.float64]
Held: TypeAlias = Callable[[FunctionSpace[Any], Constant[Any]], list[DirichletBC[Any]]]
"""Conditions of a vector space, linear in the load."""

MARGINS = Margins(nearest=2.5, slack=1.0, largest=4.0, least=1.5, growth=0.2)
"""Of meshes that follow a crack, in l from d = 1/2: its damage (AT1) ends 1.4 l from there."""

_LINEAR: Mapping[str, Options] = {
    # Damage changes few cells in an alternation: the factors of an earlier one precondition well.
    "direct": {
        "ksp_type": "cg",
        "ksp_rtol": 1e-7,
        "ksp_max_it": 20,
        "pc_type": "cholesky",
    },
    "iterative": {"ksp_type": "cg", "ksp_rtol": 1e-10, "ksp_max_it": 1000, "pc_type": "gamg"},
}
# CHOLMOD is the faster, and knows one rank.
_CHOLESKY = {True: "cholmod", False: "mumps"}
# Solves that share a preconditioner at most, and iterations that making one is worth.
_KEPT, _WORTH = 1000, 12
# The derivative of the split energy jumps only where cells begin to shrink.
_PIECEWISE_LINEAR: Options = {
    "snes_type": "newtonls",
    "snes_linesearch_type": "basic",
    "snes_rtol": 1e-10,
    "snes_stol": 1e-10,
    "snes_max_it": 60,
    "snes_divergence_tolerance": 1e30,
}
# The block's rows are scaled: a residual of 1 is that of one node of a mesh of size l.
_DAMAGE: Options = {
    "snes_type": "vinewtonrsls",
    "snes_linesearch_type": "basic",
    "snes_rtol": 1e-8,
    "snes_atol": 1e-8,
    "snes_stol": 0.0,
    "snes_max_it": 50,
    "ksp_type": "cg",
    "ksp_rtol": 1e-6,
    "ksp_max_it": 2000,
    "pc_type": "bjacobi",
    "sub_pc_type": "icc",
}


class Fracture:
    """The model; satisfies ``lithode.solvers.numerics.sweep.SteadyModel``.

    Damage never heals: a solve takes the present damage as its least value. ``Sweep`` gives it the
    last accepted one, also after a solve that failed.

    Args:
        domain: Mesh with named regions.
        parameters: Physics.
        held: Makes the conditions of the displacement; the load is in them, or it is not used.
        crack: Marks, of places of shape (3, n) in um, those that are broken at first: all nodes of
            at least one row of elements. None starts whole.
        numerics: How it is solved.

    Attributes:
        tip: The broken nodes.
        cracks: Which of them are connected.
        filled: What a volume does in the cracks.

    Raises:
        InputError: A region without a material, a value out of its range, or a volume to fill
            without a crack.
    """

    name = "fracture"

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        held: Held,
        crack: Callable[[Array], npt.NDArray[np.bool_]] | None = None,
        numerics: Numerics | None = None,
    ) -> None:
        self.numerics = Numerics() if numerics is None else numerics
        self.domain, self.parameters = domain, parameters
        _check(domain, parameters, self.numerics)
        mesh = domain.mesh
        self._comm = lasting(mesh.comm)
        self._load = Constant(mesh, 0.0)
        vectors = fem.functionspace(mesh, ("P", 1, (mesh.geometry.dim,)))
        scalars = fem.functionspace(mesh, ("P", 1))
        self.displacement = Function(vectors, name="displacement")
        self.damage = Function(scalars, name="damage")
        wall = boundary_dofs(domain, scalars, parameters.wall) if parameters.wall else None
        self.tip = Tip(self.damage, wall)
        self._least, self._most = Function(scalars), Function(scalars)
        self._most.x.array[:] = 1.0
        if crack is not None:
            broken = crack(scalars.tabulate_dof_coordinates().T)
            self.damage.x.array[: len(broken)][broken] = 1.0
            self.damage.x.scatter_forward()
        empty = not parameters.wall and self.largest(self.damage.x.array) < 1
        if parameters.load == "volume" and empty:
            raise InputError("crack", "no node of the mesh", "there must be one to fill")
        self.cracks = Cracks(self.damage, wall)
        if parameters.pressures == "one":
            self.cracks.unite()
        self._build(held(vectors, self._load))

    def _build(self, conditions: list[DirichletBC[Any]]) -> None:
        p, n, u, d = self.parameters, self.numerics, self.displacement, self.damage
        vectors, scalars = u.function_space, d.function_space
        mesh = self.domain.mesh
        # g is quadratic and strains are constant in a cell.
        dx = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 2})
        stiffness = Stiffness(
            spread(self.domain, p.regions, lambda region: float(region.stiffness.first_lame)),
            spread(self.domain, p.regions, lambda region: float(region.stiffness.shear)),
        )
        toughness = toughness_of(self.domain, p)
        swelling = spread(self.domain, p.regions, lambda region: region.eigenstrain)
        length = Constant(mesh, p.length)
        density = fracture.crack_density(d, length, p.regularisation)
        elastic = fracture.elastic_energy(
            elasticity.strain(u), d, stiffness, p.kinematics, split=p.split, eigenstrain=swelling
        )
        pressure = Function(scalars)
        work = self._opening(pressure, dx)
        energy = elastic * dx - work
        force = ufl.derivative(energy, u, ufl.TestFunction(vectors))
        self._solid = self._solid_block(force, conditions)
        largest = self.largest(toughness.x.array)
        scale = Constant(mesh, 1 / (largest * p.length ** (mesh.geometry.dim - 1)))
        total = energy + toughness * density * dx
        self._crack = NonlinearBlock(
            scale * ufl.derivative(total, d, ufl.TestFunction(scalars)),
            d,
            [],
            DAMAGE_PREFIX,
            _DAMAGE,
            keeps_jacobian=False,
            assembly=n.assembly,
            bounds=(self._least, self._most),
        )
        self._shares: dict[str, Any] = {}
        direction = self._unit_load(conditions)
        self.filled = Filled(self.cracks, pressure, elastic * dx, work, u, conditions)
        self._is_strained = self._strains(conditions)
        self._integrals = {
            "force": compiled(ufl.derivative(elastic * dx, u, direction)),
            "elastic": compiled(elastic * dx),
            "fracture": compiled(toughness * density * dx),
            "length": compiled(density * dx),
        }
        if len(self.domain.regions) > 1:
            parts = ufl.Measure("dx", domain=mesh, subdomain_data=self.domain.cell_tags)
            self._shares = {
                name: compiled(density * parts(number, metadata=dx.metadata()))
                for name, number in self.domain.regions.items()
            }

    def _opening(self, share: Any, dx: Any) -> Any:
        """Return the form of the volume of cracks and of a pore, each place times its share."""
        u, d = self.displacement, self.damage
        out = share * fracture.opening_density(u, d) * dx
        if not self.parameters.wall:
            return out
        mesh = self.domain.mesh
        ds = ufl.Measure("ds", domain=mesh, subdomain_data=self.domain.facet_tags)
        wall = ds(self.domain.boundaries[self.parameters.wall], metadata=dx.metadata())
        return out + share * fracture.wall_opening_density(u, d, ufl.FacetNormal(mesh)) * wall

    def _solid_block(
        self, force: Any, conditions: list[DirichletBC[Any]]
    ) -> LinearBlock | NonlinearBlock:
        p, n, u = self.parameters, self.numerics, self.displacement
        if p.split:
            options = MUMPS if n.solver == "direct" else _LINEAR[n.solver]
            return NonlinearBlock(
                force,
                u,
                conditions,
                SOLID_PREFIX,
                {**_PIECEWISE_LINEAR, **options},
                keeps_jacobian=False,
                assembly=n.assembly,
            )
        factors = {"pc_factor_mat_solver_type": _CHOLESKY[self._comm.size == 1]}
        return LinearBlock(
            ufl.replace(force, {u: ufl.TrialFunction(u.function_space)}),
            u,
            conditions,
            SOLID_PREFIX,
            {**factors, **_LINEAR[n.solver]},
            near_nullspace=rigid_body_modes(u.function_space),
            keep=_KEPT,
            worth=_WORTH,
            assembly=n.assembly,
        )

    def _strains(self, conditions: list[DirichletBC[Any]]) -> bool:
        """Return whether something but the pressure strains the solid; collective."""
        prescribed = Function(self.displacement.function_space)
        for condition in conditions:
            condition.set(prescribed.x.array)
        swells = any(region.eigenstrain != 0 for region in self.parameters.regions.values())
        return swells or self.largest(np.abs(prescribed.x.array)) > 0

    def _unit_load(self, conditions: list[DirichletBC[Any]]) -> Function[Any]:
        """Return what a load of 1 prescribes, and zero elsewhere."""
        out = Function(self.displacement.function_space)
        self._load.value = np.asarray(1.0)
        for condition in conditions:
            condition.set(out.x.array)
        self._load.value = np.asarray(0.0)
        out.x.scatter_forward()
        return out

    @property
    def load(self) -> float:
        """Displacement in um, or volume in um^2 (2D, per thickness) or um^3."""
        return float(self._load.value)

    @load.setter
    def load(self, load: float) -> None:
        self._load.value = np.asarray(load)

    @property
    def unknowns(self) -> int:
        """Global number of unknowns."""
        nodes = int(self.damage.function_space.dofmap.index_map.size_global)
        return nodes * (1 + int(self.domain.mesh.geometry.dim))

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return displacement and damage."""
        return [self.displacement, self.damage]

    def solve(self) -> tuple[int, int]:
        """Minimise in turn for the load, from the present damage on; see ``SteadyModel.solve``.

        Returns:
            Alternations, and linear iterations of both blocks.

        Raises:
            StepFailed: A block failed, or the damage did not come to rest.
        """
        damage: Array = np.asarray(self.damage.x.array)
        n, linear = self.numerics, 0
        self._least.x.array[:] = damage
        # What is kept between alternations must not matter to a run that is resumed here.
        if isinstance(self._solid, LinearBlock):
            self._solid.renew()
        self.filled.renew()
        owned = self.damage.function_space.dofmap.index_map.size_local
        mixing = Mixing(self._comm, owned, n.depth, n.relaxation)
        for alternation in range(1, n.alternations + 1):
            linear += self._solve_displacement()
            before = damage.copy()
            linear += self._crack.solve()[1]
            after = damage.copy()
            if self.largest(np.abs(after - before)) <= n.tolerance:
                linear += self._solve_displacement()
                again, grown = self.filled.regroup()
                if not again:
                    return alternation, linear
                if grown:
                    # What fills both may not close the bridge that broke between them.
                    self._least.x.array[:] = damage
            damage[:] = np.clip(mixing.next(before, after), self._least.x.array, 1.0)
        raise StepFailed(f"fracture: the damage still changes after {n.alternations} alternations")

    def _solve_displacement(self) -> int:
        """Solve for the displacement, and the pressures of volumes; returns linear iterations."""
        if isinstance(self._solid, NonlinearBlock):
            return self._solid.solve()[1]
        if self.parameters.load == "displacement":
            return self._solid.solve()
        return self.filled.solve(self._solid, self.load, is_strained=self._is_strained)

    def largest(self, values: npt.NDArray[np.floating[Any]]) -> float:
        """Return the largest value on any rank; collective."""
        return float(self._comm.allreduce(np.max(values, initial=-np.inf), op=MPI.MAX))

    def measure(self) -> Mapping[str, float]:
        """Return what the load does work on, the energies and the crack.

        ``force`` is the derivative of the elastic energy by the displacement. In 2D it is per
        thickness, and so are the energies and the volume. ``crack_length`` is the integral of the
        density of the crack, an area in 3D, of all and of each region. ``crack_top`` is how far
        nodes are broken along the last axis. ``pressure`` is as ``Filled.measure``.
        """
        solid = self.domain.mesh.geometry.dim == 3
        joule = "pJ" if solid else "uJ/m"
        of = {name: integral(form) for name, form in self._integrals.items()}
        row = {
            f"elastic_energy [{joule}]": of["elastic"],
            f"fracture_energy [{joule}]": of["fracture"],
            "crack_area [um^2]" if solid else "crack_length [um]": of["length"],
            "damage_max [1]": self.largest(self.damage.x.array),
            "crack_top [um]": self.tip.height(),
        }
        for name, form in self._shares.items():
            unit = "area_{} [um^2]" if solid else "length_{} [um]"
            row[f"crack_{unit.format(name)}"] = integral(form)
        if self.parameters.load == "volume":
            return {**self.filled.measure(), **row}
        return {"force [uN]" if solid else "force [N/m]": of["force"], **row}

    def front(self) -> tuple[FunctionSpace[Any], Array]:
        """Return the damage, for meshes that follow cracks."""
        return self.damage.function_space, np.asarray(self.damage.x.array)

    def fields(self) -> Sequence[Function[Any]]:
        """Return the damage and the displacement (um)."""
        return [self.damage, self.displacement]


def _check(domain: Domain, parameters: Parameters, numerics: Numerics) -> None:
    p, n = parameters, numerics
    numbers = {"length": p.length, "tolerance": n.tolerance}
    numbers |= {f"toughness of {name}": region.toughness for name, region in p.regions.items()}
    for seam in p.seams:
        numbers |= {"toughness of a seam": seam.toughness, "half_width": seam.half_width}
    for name, value in numbers.items():
        if not (np.isfinite(value) and value > 0):
            raise InputError(name, value, "must be finite and greater than 0")
    if not 1 <= n.relaxation < 2:
        raise InputError("relaxation", n.relaxation, "must be from 1 to below 2")
    if n.depth < 1:
        raise InputError("depth", n.depth, "must be at least 1")
    if (p.kinematics is Kinematics.SOLID) != (domain.mesh.geometry.dim == 3):
        raise InputError("kinematics", str(p.kinematics), "solid in 3D, and only there")
    if p.split and p.load == "volume":
        raise InputError("split", p.split, "false where a volume fills the crack, which is open")
