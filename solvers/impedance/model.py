"""The steady model: the impedance at a frequency."""

from __future__ import annotations

import cmath
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, Function

from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.units import to_model
from lithode.solvers.impedance.equations import OPTIONS, Coefficients, Equations
from lithode.solvers.impedance.parameters import (
    PREFIX,
    SIDES,
    Numerics,
    Parameters,
    Side,
    choose_solver,
)
from lithode.solvers.numerics.blocks import JIT_OPTIONS, LinearBlock, compiled
from lithode.solvers.numerics.gauges import BoundaryResidual, boundary_dofs, integral

_OHM_CM2 = to_model(1.0, "ohm cm^2")


class Impedance:
    """Impedance of a body; satisfies ``lithode.solvers.numerics.sweep.SteadyModel``.

    The load is the frequency in Hz. The impedance is per area: times the area of all that is
    driven, be the current through it uniform or not.

    Args:
        domain: Mesh; of (r, z) if axisymmetric.
        parameters: Elements of regions and contacts.
        numerics: Solver.

    Raises:
        InputError: A region without resistivity, a boundary that is not there, or nothing that is
            driven or grounded.
    """

    name = "impedance"

    def __init__(
        self, domain: Domain, parameters: Parameters, numerics: Numerics | None = None
    ) -> None:
        self.domain, self.parameters = domain, parameters
        mesh = domain.mesh
        self._coefficients = Coefficients.on(domain, parameters)
        self.equations = Equations(domain, parameters, self._coefficients)
        space = fem.functionspace(mesh, ("P", 1, (2,)))
        self._potential = Function(space, name="potential")
        vertices = int(space.dofmap.index_map.size_global)
        self.unknowns = 2 * vertices
        numerics = numerics or Numerics()
        self.solver = choose_solver(numerics.solver, mesh.topology.dim, vertices)
        self._build_gauges()
        self._block = LinearBlock(
            self.equations.residual(ufl.TrialFunction(space)),
            self._potential,
            self.equations.conditions(space),
            PREFIX,
            OPTIONS[self.solver],
            assembly=numerics.assembly,
        )
        self.load = 1.0

    def _build_gauges(self) -> None:
        mesh, eq = self.domain.mesh, self.equations
        scalar = fem.functionspace(mesh, ("P", 1))
        potential = self._potential[0], self._potential[1]
        self._power = [compiled(part) for part in eq.power(potential)]
        self._currents: dict[Side, list[BoundaryResidual]] = {}
        for side in SIDES:
            names = self.parameters.boundaries(side)
            if not names:
                raise InputError("contacts", side, "give a boundary that is")
            nodes = [boundary_dofs(self.domain, scalar, name) for name in names]
            dofs = np.unique(np.concatenate(nodes))
            self._currents[side] = [
                BoundaryResidual(
                    lambda test, dx, k=k: eq.current(potential, test, dx)[k],
                    scalar,
                    dofs,
                    eq.measure,
                )
                for k in (0, 1)
            ]
        one = Constant(mesh, 1.0)
        self.area = sum(
            integral(compiled(eq.on_boundary(one, name)))
            for name in self.parameters.boundaries("driven")
        )
        self._real = Function(scalar, name="potential_real")
        self._imag = Function(scalar, name="potential_imag")
        constant = fem.functionspace(mesh, ("DG", 0))
        self._density = Function(constant, name="current_density")
        self._density_of_potential = fem.Expression(
            eq.current_density(potential),
            constant.element.interpolation_points,
            jit_options=JIT_OPTIONS,
        )

    @property
    def load(self) -> float:
        """Frequency in Hz."""
        return self._frequency

    @load.setter
    def load(self, load: float) -> None:
        self._frequency = load
        self._angle = self._coefficients.set(load)

    def solve(self) -> tuple[int, int]:
        """Solve for the frequency; see ``SteadyModel.solve``."""
        return 1, self._block.solve()

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return the potential, real and imaginary part."""
        return [self._potential]

    def impedance(self) -> complex:
        """Return the impedance per area in ohm cm^2; collective."""
        power = complex(*(integral(part) for part in self._power))
        return complex(self.area * cmath.exp(1j * self._angle) / power / _OHM_CM2)

    def measure(self) -> Mapping[str, float]:
        """Return the impedance and by how much the currents at both electrodes differ."""
        z = self.impedance()
        driven, grounded = (complex(*(part() for part in self._currents[s])) for s in SIDES)
        return {
            "impedance_real [ohm cm^2]": z.real,
            "impedance_imag [ohm cm^2]": z.imag,
            "charge_defect [1]": abs(driven + grounded) / abs(driven),
        }

    def fields(self) -> Sequence[Function[Any]]:
        """Return the potential in V and the amplitude of the current density in A/m^2, at 1 V."""
        values = self._potential.x.array.reshape(-1, 2)
        self._real.x.array[:], self._imag.x.array[:] = values.T
        self._density.interpolate(self._density_of_potential)
        return [self._real, self._imag, self._density]
