"""A toy sweep: the root u of u^3 + u = load on a square, for a rising load."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import ufl
from dolfinx.fem import Constant, Function, functionspace
from mpi4py import MPI

from lithode.core.axis import Axis
from lithode.core.domain import Domain
from lithode.core.errors import StepFailed
from lithode.core.parameters import CaseParameters, quantity
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import Target
from lithode.meshes.structured import structured
from lithode.solvers.numerics.blocks import NonlinearBlock
from lithode.solvers.numerics.sweep import Sweep

AXIS = Axis("current", "i", "mA/cm^2")


class Parameters(CaseParameters):
    currents: tuple[float, ...] = quantity(
        (0.1, 1.0, 4.0), "mA/cm^2", "loads", source="ours", provenance="numerical"
    )
    longest: float = quantity(
        1e9, "A/m^2", "largest step that can be solved", source="tests", provenance="assumed"
    )


class Root:
    name = "root"

    def __init__(self, domain: Domain, reach: float) -> None:
        self.domain, self._reach, self._solved = domain, reach, 0.0
        space = functionspace(domain.mesh, ("P", 1))
        self._u = Function(space, name="root")
        self._load = Constant(domain.mesh, 0.0)
        u, v = self._u, ufl.TestFunction(space)
        options = {"ksp_type": "preonly", "pc_type": "lu", "snes_rtol": 1e-12, "snes_max_it": 50}
        residual = (u**3 + u - self._load) * v * ufl.dx
        self._block = NonlinearBlock(residual, u, [], "root_", options)
        self.unknowns = space.dofmap.index_map.size_global

    @property
    def load(self) -> float:
        return float(self._load.value)

    @load.setter
    def load(self, load: float) -> None:
        self._load.value = load

    def solve(self) -> tuple[int, int]:
        before = float(self._u.x.array[0])
        jump = self.load - (before**3 + before)
        if self.domain.mesh.comm.allreduce(abs(jump), MPI.MAX) > self._reach:
            self._u.x.array[:] = np.nan
            raise StepFailed("too far")
        return self._block.solve()

    def unknown_functions(self) -> Sequence[Function]:
        return [self._u]

    def measure(self) -> Mapping[str, float]:
        largest = self.domain.mesh.comm.allreduce(float(np.max(self._u.x.array)), MPI.MAX)
        return {"root [1]": largest, "load [A/m^2]": self.load}

    def fields(self) -> Sequence[Function]:
        return [self._u]


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    domain = domain or structured(comm, (1.0, 1.0), (4, 4))
    sweep = Sweep(Root(domain, parameters.longest), AXIS, parameters.currents[0])
    end = parameters.currents[-1]
    return Simulation(sweep, sweep.control(end), end, parameters.currents)


CASE = Case(
    name="rod",
    title="The root of a cubic",
    parameters=Parameters,
    presets={"quick": {}},
    build=build,
    targets=[
        Target(
            name="root",
            paper=3.33,
            kind="predicted",
            tolerance=0.1,
            read=lambda h, _: float(h["root [1]"][-1]),
            source="ours",
        )
    ],
    petsc_prefixes=["root_"],
)
