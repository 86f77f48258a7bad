"""What fills the cracks of a solid: their volumes, and the pressures that these want."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from dolfinx.fem import DirichletBC, Function
from mpi4py import MPI

from lithode.core.parallel import lasting
from lithode.solvers.fracture.cracks import Cracks
from lithode.solvers.numerics.blocks import LinearBlock, compiled
from lithode.solvers.numerics.gauges import integrals_of_parts

Array = npt.NDArray[np.float64]


class Filled:
    """Finds the pressures of given volumes, and reads both from the displacement.

    In equilibrium the nodal forces of the solid are those of unit pressures, each times its p:
    the best such factors over the free nodes. So no state but the fields is needed.

    Args:
        cracks: Where they are.
        pressure: p(x), P1, in MPa.
        elastic: Elastic energy, a form.
        work: Volume times pressure, a form.
        displacement: Of the solid.
        conditions: Dirichlet conditions of the displacement.

    Attributes:
        profile: The pressure over its multiplier, P1.
        rule: Takes the volumes of n cracks without pressure, shape (n,), and what pressures of 1
            add to them, shape (n, n) by crack and pressure, and gives the pressures. None fills in
            the load, evenly shared by the cracks of the start.
    """

    def __init__(
        self,
        cracks: Cracks,
        pressure: Function[Any],
        elastic: Any,
        work: Any,
        displacement: Function[Any],
        conditions: Sequence[DirichletBC[Any]],
    ) -> None:
        space = displacement.function_space
        self._cracks, self._displacement = cracks, displacement
        self._pressure, self._part = pressure, Function(pressure.function_space)
        self.profile = Function(pressure.function_space)
        self.profile.x.array[:] = 1.0
        self.rule: Callable[[Array, Array], Array] | None = None
        opening, test = ufl.replace(work, {pressure: self._part}), ufl.TestFunction(space)
        self._opening = compiled(opening)
        self._forms = [
            compiled(ufl.derivative(energy, displacement, test)) for energy in (elastic, opening)
        ]
        self._comm = lasting(space.mesh.comm)
        self._layout = space.dofmap.index_map, space.dofmap.index_map_bs
        free = np.ones(self._layout[0].size_local * self._layout[1], dtype=bool)
        for condition in conditions:
            dofs, owned = condition.dof_indices()
            free[dofs[:owned]] = False
        self._free = free
        self.renew()

    def renew(self) -> None:
        """Look where the cracks are, and begin with no displacement."""
        self._cracks.follow()
        u = self._displacement.x.array
        self._parts = [np.zeros_like(u) for _ in (0, *self._cracks.shares)]

    def solve(self, solid: LinearBlock, load: float, *, is_strained: bool) -> int:
        """Find the displacement and the pressures; returns linear iterations.

        u = u_0 + sum p_k (u_k - u_0), with u_0 without pressure, u_k at a pressure of 1 in one.

        Args:
            solid: Finds the displacement at the pressures.
            load: Volume of all cracks.
            is_strained: Whether there is a displacement without pressure.
        """
        u, shares, parts = self._displacement.x.array, self._cracks.shares, self._parts
        modes = [np.zeros_like(u, shape=shares[0].shape)]
        modes += [share * self.profile.x.array for share in shares]
        volumes, iterations = np.zeros((len(modes), len(shares))), 0
        for k in range(0 if is_strained else 1, len(modes)):
            self._pressure.x.array[:] = modes[k]
            u[:] = parts[k]
            iterations += solid.solve(same_matrix=k > (0 if is_strained else 1))
            parts[k][:] = u
            volumes[k] = self._volumes(shares)
        rest, opened = volumes[0], (volumes[1:] - volumes[0]).T
        if self.rule:
            pressures = self.rule(rest, opened)
        else:
            even = np.full(len(self._cracks.seeds), load / len(self._cracks.seeds))
            pressures = np.linalg.solve(opened, self._cracks.sums(even) - rest)
        weights = np.array([1 - pressures.sum(), *pressures])
        u[:] = sum(weight * part for weight, part in zip(weights, parts, strict=True))
        self._pressure.x.array[:] = sum(p * mode for p, mode in zip(weights, modes, strict=True))
        return iterations

    def regroup(self) -> tuple[bool, bool]:
        """Look where the cracks are now.

        Returns:
            Whether the pressures are to be found again, and whether cracks have grown together.
        """
        number = len(self._cracks.shares)
        if not self._cracks.follow():
            return False, False
        grown = len(self._cracks.shares) < number
        if grown:
            self.renew()
        return True, grown

    def multipliers(self) -> Array:
        """Return the pressures over their profile in MPa, 0 without a crack; collective."""
        self._cracks.follow()
        forces = [self._forces(self._forms[0])]
        for share in self._cracks.shares:
            self._part.x.array[:] = share * self.profile.x.array
            forces.append(self._forces(self._forms[1]))
        units = np.array(forces[1:])
        products = units @ np.array(forces).T
        self._comm.Allreduce(MPI.IN_PLACE, products, op=MPI.SUM)
        if not products[:, 1:].any():
            return np.zeros(len(units))
        return np.asarray(np.linalg.solve(products[:, 1:], products[:, 0]))

    def volumes(self) -> Array:
        """Return the volume of each crack in um^2 (2D, per thickness) or um^3; collective."""
        self._cracks.follow()
        return self._volumes(self._cracks.shares)

    def measure(self) -> dict[str, float]:
        """Return the largest pressure, and of several cracks of the start those of each.

        One that has grown together with an earlier one has its pressure, and its volume is in
        that one's.
        """
        pressures, cracks = self.multipliers(), self._cracks
        row = {"pressure [MPa]": float(max(pressures))}
        if len(cracks.seeds) < 2:
            return row
        unit = "um^3" if self.profile.function_space.mesh.geometry.dim == 3 else "um^2"
        row["cracks [1]"] = float(len(cracks.shares))
        for k, volume in enumerate(cracks.firsts(self.volumes())):
            row[f"pressure_{k + 1} [MPa]"] = float(pressures[cracks.of[k]])
            row[f"volume_{k + 1} [{unit}]"] = float(volume)
        return row

    def _volumes(self, shares: Sequence[Array]) -> Array:
        return integrals_of_parts(self._opening, self._part, shares)

    def _forces(self, form: Any) -> Array:
        vector = la.vector(*self._layout)
        fem.assemble_vector(vector.array, form)
        vector.scatter_reverse(la.InsertMode.add)
        return np.asarray(vector.array[: len(self._free)][self._free])
