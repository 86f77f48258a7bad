"""A toy for the tests of the framework: heat that decays in a rectangle."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import ufl
from dolfinx import fem, mesh
from dolfinx.fem import Constant, Function, dirichletbc, functionspace, locate_dofs_topological
from mpi4py import MPI

from lithode.core.axis import TIME
from lithode.core.domain import Domain
from lithode.core.errors import StepFailed
from lithode.core.health import HealthLine
from lithode.core.parameters import CaseParameters, choice, count, quantity
from lithode.engine.case import Case, Simulation
from lithode.engine.verdict import Result, Target
from lithode.meshes import electrolyte, foreign
from lithode.meshes.shapes import Circle, Particle
from lithode.solvers.numerics.blocks import LinearBlock
from lithode.solvers.numerics.march import StepControl
from lithode.solvers.numerics.model import Event, State, Trial


class Parameters(CaseParameters):
    width: float = quantity(
        10.0, "um", "width of the plate", source="ours", provenance="assumed", gt=0
    )
    grains: Literal["none", "outside", "overlapping"] = choice(
        "none", "where the grains lie", source="tests", provenance="assumed"
    )
    mesh_file: Path | None = choice(None, "a mesh", source="tests", provenance="assumed")
    diffusivity: float = quantity(
        1e-12, "m^2/s", "thermal diffusivity", source="ours", provenance="assumed", ge=0
    )
    step: float = quantity(
        0.5, "s", "time step", source="ours", provenance="numerical", gt=0, le=10
    )
    end_time: float = quantity(4.0, "s", "when to end", source="ours", provenance="numerical", gt=0)
    cells: int = count(8, "cells across", source="ours", provenance="numerical", ge=1)
    seed: int = count(1, "noise seed", source="ours", provenance="numerical", ge=0)
    breaks_at: float | None = quantity(
        None, "s", "when the solver fails", source="tests", provenance="assumed"
    )
    bug_at: float | None = quantity(
        None, "s", "when the last rank has a bug", source="tests", provenance="assumed"
    )
    cold_at: float | None = quantity(
        None, "K", "mean value that ends the run", source="tests", provenance="assumed"
    )
    pause: float = quantity(
        0.0, "s", "wall-clock time per step", source="tests", provenance="numerical", ge=0
    )


class Heat:
    name = "heat"
    axis = TIME

    def __init__(self, domain: Domain, parameters: Parameters) -> None:
        self.domain, self._parameters = domain, parameters
        self.time, self.next_step = 0.0, 0.0
        space = functionspace(domain.mesh, ("Lagrange", 1))
        self._old, self._new = Function(space, name="temperature"), Function(space)
        rng = np.random.default_rng(parameters.seed)
        phase = rng.uniform()
        self._old.interpolate(lambda x: 1 + 0.1 * np.sin(x[0] + phase) * np.cos(x[1]))
        self._dt = Constant(domain.mesh, 1.0)
        u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
        k = Constant(domain.mesh, parameters.model_value("diffusivity"))
        a = u * v * ufl.dx + self._dt * ufl.inner(k * ufl.grad(u), ufl.grad(v)) * ufl.dx
        a += self._dt * 0.1 * u * v * ufl.dx
        dofs = locate_dofs_topological(space, 1, domain.facets("electrode"))
        bcs = [dirichletbc(0.5, dofs, space)]
        options = {"ksp_type": "cg", "pc_type": "jacobi", "ksp_rtol": 1e-13}
        self._block = LinearBlock(
            a - self._old * v * ufl.dx, self._new, bcs, prefix="heat_", options=options
        )
        self._mean = fem.form(self._old * ufl.dx)
        self.unknowns = space.dofmap.index_map.size_global
        self._trial_time = 0.0

    def advance(self, dt: float) -> Trial:
        parameters = self._parameters
        time.sleep(parameters.pause)
        after = self.time + dt
        if parameters.breaks_at is not None and after > parameters.breaks_at:
            raise StepFailed("the toy breaks here")
        comm = self.domain.mesh.comm
        has_bug = parameters.bug_at is not None and after > parameters.bug_at
        if has_bug and comm.rank == comm.size - 1:
            raise ZeroDivisionError("a bug on one rank")
        self._dt.value = dt
        self._new.x.array[:] = self._old.x.array
        iterations = self._block.solve()
        self._trial_time = after
        return Trial(0.5, 1, iterations)

    def accept(self) -> None:
        self._old.x.array[:] = self._new.x.array
        self.time = self._trial_time

    def refresh(self) -> None:
        self._block.refresh()

    def measure(self) -> Mapping[str, float]:
        mean = self.domain.mesh.comm.allreduce(fem.assemble_scalar(self._mean), MPI.SUM)
        return {"mean [K]": mean / self._parameters.width**2, "heat_defect [1]": 1e-15}

    def fields(self) -> Sequence[Function]:
        return [self._old]

    def events(self) -> Sequence[Event]:
        limit = self._parameters.cold_at
        if limit is not None and self.measure()["mean [K]"] < limit:
            return [Event("cold", "the plate is cold", final=True)]
        return []

    def state(self) -> State:
        return State({"temperature": self._old}, {"time": self.time, "next_step": self.next_step})

    def restore(self, scalars: Mapping[str, float]) -> None:
        self.time, self.next_step = scalars["time"], scalars["next_step"]


def plate(parameters: Parameters, comm: MPI.Intracomm) -> Domain:
    if parameters.mesh_file is not None:
        return foreign.read(parameters.mesh_file, comm, ["plate"], ["electrode"])
    if parameters.grains != "none":
        x = 2.0 if parameters.grains == "outside" else 7.0
        grains = (Particle(Circle((6.0, 5.0), 3.0)), Particle(Circle((x, 5.0), 2.5)))
        electrolyte.build(electrolyte.Electrolyte(10.0, 10.0, 1.0, particles=grains), comm)
    corners = [(0.0, 0.0), (parameters.width, parameters.width)]
    grid = mesh.create_rectangle(comm, corners, (parameters.cells, parameters.cells))
    grid.topology.create_connectivity(1, 2)
    facets = np.sort(mesh.locate_entities_boundary(grid, 1, lambda x: np.isclose(x[1], 0.0)))
    owned = np.arange(grid.topology.index_map(2).size_local, dtype=np.int32)
    return Domain(
        grid,
        mesh.meshtags(grid, 2, owned, np.ones_like(owned)),
        mesh.meshtags(grid, 1, facets.astype(np.int32), np.full(len(facets), 1, dtype=np.int32)),
        {"plate": 1},
        {"electrode": 1},
    )


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    model = Heat(domain or plate(parameters, comm), parameters)
    end = parameters.end_time
    return Simulation(
        model=model,
        control=StepControl(parameters.step, parameters.step, parameters.step / 100, refresh=1),
        end_time=end,
        output_times=tuple(np.arange(1.0, end)),
        health=[
            HealthLine("Fo", 2.0, "Fourier number", low=0.0, high=10.0),
            HealthLine("Bi", 5.0, "Biot number; the plate burns", high=1.0),
        ],
        conservation={"heat": "heat_defect [1]"},
    )


CASE = Case(
    name="toy",
    title="Heat that decays in a plate",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"cells": 16}},
    build=build,
    targets=[
        Target(
            name="mean at the end",
            paper=0.6,
            unit="K",
            kind="predicted",
            tolerance=0.2,
            read=lambda history, _: float(history["mean [K]"][-1]),
            source="ours",
        ),
        Target(
            name="width",
            paper=10.0,
            unit="um",
            kind="input",
            read=lambda _, given: given.width,
            source="ours",
        ),
        Target(
            name="never met", paper="bypass", kind="calibrated", read=lambda *_: None, source="ours"
        ),
    ],
    results=lambda history, given: [
        Result("mean at the end", float(history["mean [K]"][-1]), "K"),
        Result("steps", float(len(history["mean [K]"]) - 1)),
        Result("never met", None, "um"),
    ],
    findings=lambda history, _: [f"the plate keeps {history['mean [K]'][-1]:.2g} K"],
    petsc_prefixes=["heat_"],
)
