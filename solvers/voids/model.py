"""The steady model: creep and current at a contact fraction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem import Constant, Function
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError, StepFailed
from lithode.core.parallel import lasting
from lithode.solvers.numerics.blocks import JIT_OPTIONS, LinearBlock, NonlinearBlock, compiled
from lithode.solvers.numerics.gauges import boundary_dofs, integral
from lithode.solvers.numerics.levels import unknowns_of
from lithode.solvers.voids.equations import CURRENT_OPTIONS, FLOW_OPTIONS, Equations, flow_space
from lithode.solvers.voids.parameters import CURRENT_PREFIX, FLOW_PREFIX, Parameters
from lithode.theory.constriction import newtonian_closure, tube_constriction

IDEAL = "ideal"
# Newton goes to the exponent by factors up to this one, from the linear problem.
_LARGEST_FACTOR = 1.5


class _Current:
    """The current through one kind of interface."""

    def __init__(self, equations: Equations, name: str, wagner: float | None) -> None:
        mesh, domain = equations.domain.mesh, equations.domain
        space = fem.functionspace(mesh, ("P", 2))
        self.potential = Function(space, name=f"potential_{name}")
        self._wagner = wagner
        resistance = None if wagner is None else Constant(mesh, wagner)
        trial, test = ufl.TrialFunction(space), ufl.TestFunction(space)
        self.block = LinearBlock(
            equations.current(trial, test, resistance),
            self.potential,
            equations.current_conditions(space, wagner),
            CURRENT_PREFIX,
            CURRENT_OPTIONS,
        )
        self._far = compiled(equations.on("counter_electrode", self.potential))
        self._mean = Constant(mesh, 1.0)
        if resistance is not None:
            density = self.potential / resistance
            self._through = compiled(equations.on("electrode", density))
            above = ufl.max_value(density - self._mean, 0.0)
            self._excess = compiled(equations.on("electrode", above))
            self._nodes = boundary_dofs(domain, space, "electrode")
        self._comm = lasting(mesh.comm)

    def measure(self, name: str, fraction: float, height: float) -> dict[str, float]:
        """Return constriction, and how uneven the current is."""
        excess = integral(self._far) / math.pi - height
        if self._wagner is None:
            return {f"constriction_{name} [1]": excess}
        self._mean.value = np.array(1 / fraction)
        values = self.potential.x.array[self._nodes] / self._wagner
        largest = self._comm.allreduce(float(np.max(values, initial=-np.inf)), op=MPI.MAX)
        return {
            f"constriction_{name} [1]": excess - self._wagner / fraction,
            f"edge_over_mean_{name} [1]": largest * fraction,
            f"uneven_fraction_{name} [1]": integral(self._excess) / math.pi,
            f"current_defect_{name} [1]": abs(integral(self._through) / math.pi - 1),
        }


class VoidCell:
    """A disc contact and its void; satisfies ``lithode.solvers.numerics.sweep.SteadyModel``.

    The load is the contact fraction. The mesh stays, its radii are stretched on both sides of the
    edge of the disc.

    Args:
        domain: Tube of radius 1 in (s, z) with the boundaries electrode (the disc),
            electrode_gap (the void), counter_electrode and sides.
        parameters: Creep law and interfaces.
    """

    name = "voids"

    def __init__(self, domain: Domain, parameters: Parameters) -> None:
        self.domain, self.parameters = domain, parameters
        mesh = domain.mesh
        nodal = fem.functionspace(mesh, ("P", 1))
        self._radius = Function(nodal, name="radius")
        self._edge, self.height = self._extent("electrode", 0), self._extent("sides", 1)
        self.equations = Equations(
            domain, self._radius, Constant(mesh, 1.0), Constant(mesh, parameters.least_rate)
        )
        self._build_flow()
        wagners: dict[str, float | None] = {IDEAL: None, **parameters.interfaces}
        self._currents = {
            name: _Current(self.equations, name, wagner) for name, wagner in wagners.items()
        }
        self._build_fields()
        self.unknowns = unknowns_of(*self.unknown_functions()[1:])
        self.load = 0.5

    def _extent(self, boundary: str, axis: int) -> float:
        mesh = self.domain.mesh
        nodal = fem.functionspace(mesh, ("P", 1))
        places = nodal.tabulate_dof_coordinates()[boundary_dofs(self.domain, nodal, boundary)]
        largest = np.max(places[:, axis], initial=-np.inf)
        return float(lasting(mesh.comm).allreduce(float(largest), op=MPI.MAX))

    def _build_flow(self) -> None:
        mesh, eq = self.domain.mesh, self.equations
        space = flow_space(mesh)
        self._flow = Function(space, name="flow")
        self._newtonian = Function(space, name="flow_newtonian")
        self._flow_block = NonlinearBlock(
            eq.flow(self._flow, ufl.TestFunction(space)),
            self._flow,
            eq.flow_conditions(space),
            FLOW_PREFIX,
            FLOW_OPTIONS,
            keeps_jacobian=False,
        )
        exponents = ((self._newtonian, 1.0), (self._flow, self.parameters.exponent))
        self._dissipation = [
            compiled(eq.dissipation(flow, Constant(mesh, exponent))) for flow, exponent in exponents
        ]
        self._inflow = compiled(eq.on("counter_electrode", -self._flow[1]))
        self._closing = compiled(eq.on("electrode_gap", -self._flow[1]))

    def _build_fields(self) -> None:
        mesh, eq = self.domain.mesh, self.equations
        n = Constant(mesh, self.parameters.exponent)
        self._pressure = Constant(mesh, 1.0)
        nodal, per_cell = (fem.functionspace(mesh, kind) for kind in (("P", 1), ("DG", 0)))
        vector = fem.functionspace(mesh, ("P", 1, (2,)))
        rate = ufl.sqrt(2 / 3) * ufl.sqrt(
            ufl.inner(eq.cylinder.strain(self._flow), eq.cylinder.strain(self._flow))
        )
        shown = [
            (vector, "velocity", ufl.as_vector((self._flow[0], self._flow[1]))),
            (nodal, "pressure", self._flow[2] / self._pressure),
            (per_cell, "strain_rate", rate / self._pressure**n),
            *((nodal, c.potential.name, c.potential) for c in self._currents.values()),
        ]
        self._shown = [
            (
                Function(space, name=name),
                fem.Expression(value, space.element.interpolation_points, jit_options=JIT_OPTIONS),
            )
            for space, name, value in shown
        ]

    @property
    def load(self) -> float:
        """Contact fraction."""
        return self._fraction

    @load.setter
    def load(self, load: float) -> None:
        if not 0 < load < 1:
            raise InputError("contact_fraction", load, "must be between 0 and 1, both excluded")
        self._fraction = load
        share, edge = math.sqrt(load), self._edge

        def radius(x: Any) -> Any:
            return np.interp(x[0], [0.0, edge, 1.0], [0.0, share, 1.0])

        self._radius.interpolate(radius)

    def solve(self) -> tuple[int, int]:
        """Solve for the contact fraction; see ``SteadyModel.solve``.

        Creep starts from the linear problem whatever the state, so that nothing depends on the
        way to the contact fraction; from the state only if that fails.
        """
        state = self._flow.x.array.copy()
        try:
            nonlinear, linear = self._creep_from_linear()
        except StepFailed:
            self._flow.x.array[:] = state
            self.equations.exponent.value = np.array(self.parameters.exponent)
            nonlinear, linear = self._flow_block.solve()
        for current in self._currents.values():
            linear += current.block.solve()
        return nonlinear, linear

    def _creep_from_linear(self) -> tuple[int, int]:
        """Solve for creep by rising exponents."""
        n = self.parameters.exponent
        steps = math.ceil(math.log(n) / math.log(_LARGEST_FACTOR) - 1e-9)
        nonlinear = linear = 0
        self._flow.x.array[:] = 0.0
        for exponent in np.geomspace(1.0, n, steps + 1):
            self.equations.exponent.value = np.array(exponent)
            iterations = self._flow_block.solve()
            nonlinear, linear = nonlinear + iterations[0], linear + iterations[1]
            if exponent == 1.0:
                self._newtonian.x.array[:] = self._flow.x.array
        return nonlinear, linear

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return velocity and pressure, for n = 1 and for the exponent, and the potentials."""
        return [self._newtonian, self._flow, *(c.potential for c in self._currents.values())]

    def _pressures(self) -> list[float]:
        """Return the pressure from afar for n = 1 and for the exponent, at an inflow of 1."""
        return [integral(form) / math.pi for form in self._dissipation]

    def measure(self) -> Mapping[str, float]:
        """Return how fast the void closes, what the contact adds to the resistance, and balances.

        ``closure`` is v / (A p^n b) of the inflow v per area of the tube, ``constriction`` the
        resistance of the contact beyond R / theta, times area, over rho b. ``uneven_fraction`` is
        the part of the current above the mean of the disc.
        """
        newtonian, pressure = self._pressures()
        share = math.sqrt(self.load)
        row = {
            "closure [1]": pressure**-self.parameters.exponent,
            "closure_newtonian [1]": 1 / newtonian,
            "closure_closed_form [1]": newtonian_closure(share),
            "constriction_closed_form [1]": math.pi * tube_constriction(share) / (4 * share),
            "lithium_defect [1]": abs(integral(self._closing) / integral(self._inflow) - 1),
        }
        for name, current in self._currents.items():
            row |= current.measure(name, self.load, self.height)
        return row

    def fields(self) -> Sequence[Function[Any]]:
        """Return r over b, and fields over the places of the mesh.

        Velocity over inflow, pressure over that from afar, strain rate over A p^n, potentials
        over rho b times the mean current density.
        """
        self._pressure.value = np.array(self._pressures()[1])
        for function, value in self._shown:
            function.interpolate(value)
        return [self._radius, *(function for function, _ in self._shown)]
