"""The time-dependent interphase model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import Constant, Function

from lithode.core.domain import Domain
from lithode.core.errors import StepFailed
from lithode.core.units import model_factor
from lithode.solvers.interphase.equations import CONTENTS, OPTIONS, Contents, Equations
from lithode.solvers.interphase.parameters import ELECTROLYTE, METAL, PREFIX, Numerics, Parameters
from lithode.solvers.numerics import bdf
from lithode.solvers.numerics.blocks import JIT_OPTIONS, NonlinearBlock
from lithode.solvers.numerics.clock import Clock, Clocked, Inflow
from lithode.solvers.numerics.gauges import (
    BoundaryResidual,
    LineGauge,
    NodalWeights,
    boundary_dofs,
)
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.model import Event, State, Trial
from lithode.solvers.numerics.properties import nodal_fields
from lithode.theory.interphase import lithium_of_salts

Array = npt.NDArray[np.float64]

_LINE_POINTS = 2001
_NANOMETRE = model_factor("nm")
# Above this many unknowns factors of a 2D matrix take longer than iterations.
_MANY_UNKNOWNS = 40_000


@dataclass(frozen=True)
class Layers:
    """Where what is seen along the line, in um from its start in the metal.

    Attributes:
        oxide: Deepest Li2O in the metal.
        nitride: Deepest Li3N in the metal.
        phosphate: Deepest Li3PO4.
        metal: End of the metal.
        front: As far as Li2O, Li3N and Li3PO4 are all seen.
        nitrogen: Deepest N, bound how ever.
        phosphorus: Deepest P.
    """

    oxide: float
    nitride: float
    phosphate: float
    metal: float
    front: float
    nitrogen: float
    phosphorus: float

    @property
    def thicknesses(self) -> tuple[float, float, float]:
        """Li + Li2O; Li + Li2O + Li3N; Li2O + Li3N + Li3PO4 without Li."""
        both = max(self.oxide, self.nitride)
        return (
            max(min(self.nitride, self.metal) - self.oxide, 0.0),
            max(self.metal - both, 0.0),
            max(self.front - max(self.metal, both, self.phosphate), 0.0),
        )


class Interphase(Clocked):
    """Lithium metal on an oxynitride; satisfies ``lithode.solvers.numerics.model.Model``.

    Args:
        domain: Mesh with the regions metal and electrolyte, and the boundary electrode in the
            metal, where lithium is at activity 1; no flux elsewhere.
        parameters: Physics, in coherent units.
        numerics: Solver and tolerance.

    Raises:
        InputError: A region or boundary is missing, or the line leaves the mesh.
    """

    name = "interphase"

    def __init__(
        self, domain: Domain, parameters: Parameters, numerics: Numerics | None = None
    ) -> None:
        self.numerics = Numerics() if numerics is None else numerics
        self.domain, self.parameters = domain, parameters
        self.clock = Clock()
        mesh = domain.mesh
        for region in (METAL, ELECTROLYTE):
            domain.cells(region)
        self._scalar = fem.functionspace(mesh, ("P", 1))
        self._weights = NodalWeights(domain, self._scalar)
        shares = [self._share(region) for region in (METAL, ELECTROLYTE)]
        self.equations = Equations.on(domain, parameters, *shares)
        self._unknowns = TimeLevels.in_space(
            fem.functionspace(mesh, ("P", 1, (4,))), "interphase", 1
        )
        contents = fem.functionspace(mesh, ("P", 1, (CONTENTS,)))
        self._contents = TimeLevels.in_space(contents, "contents", 3)
        self._rate_weight, self._step_scale = Constant(mesh, 1.0), Constant(mesh, 1.0)
        self._rate_offset = Function(contents)
        self._build_block()
        self._build_gauges()
        self._start()

    def _share(self, region: str) -> Function[Any]:
        share = Function(self._scalar, name=region)
        share.x.array[:] = self._weights.regions[region] / self._weights.whole
        return share

    @property
    def solver(self) -> str:
        """The preset of PETSc options in use."""
        if self.numerics.solver != "auto":
            return self.numerics.solver
        is_large = self.domain.mesh.topology.dim > 1 and self.unknowns > _MANY_UNKNOWNS
        return "iterative" if is_large else "direct"

    def _build_block(self) -> None:
        eq, trial = self.equations, self._unknowns.trial
        weight, offset = self._rate_weight, self._rate_offset
        self._found = eq.contents(trial, weight, offset)
        self._contents_of_unknowns = fem.Expression(
            self._found.vector(),
            offset.function_space.element.interpolation_points,
            jit_options=JIT_OPTIONS,
        )
        volume = float(self._weights.sums(self._weights.whole)[0])
        tolerance = 1e-13 * volume / math.sqrt(self.unknowns / 4)
        self._block = NonlinearBlock(
            eq.residual(trial, weight, offset, self._step_scale),
            trial,
            eq.conditions(trial.function_space),
            PREFIX,
            {**OPTIONS[self.solver], "snes_atol": tolerance},
            keeps_jacobian=False,
        )

    def _build_gauges(self) -> None:
        eq, trial = self.equations, self._unknowns.trial
        rate = eq.rates(self._found, self._rate_weight, self._rate_offset)
        self._outflow = BoundaryResidual(
            lambda test, dx: eq.lithium(trial, self._found, rate, test, dx),
            self._scalar,
            boundary_dofs(self.domain, self._scalar, "electrode"),
            eq.measure,
        )
        start, end = self.parameters.detection.line
        self._forth = LineGauge(self._scalar, start, end, _LINE_POINTS)
        self._back = LineGauge(self._scalar, end, start, _LINE_POINTS)
        self._inflow = Inflow("lithium_inflow")

    def _start(self) -> None:
        contents = Contents.of(self._contents.trial.x.array.reshape(-1, CONTENTS).T)
        contents.intact[:] = self.equations.electrolyte.x.array
        contents.metal[:] = self.equations.metal.x.array
        self._contents.start()
        self._amounts_start = self._amounts()
        metal = self.equations.metal.x.array
        self._interface = self._forth.last_above(metal, 0.5)

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of one step."""
        return 4 * int(self._scalar.dofmap.index_map.size_global)

    def contents(self) -> Contents:
        """Return the accepted contents at the local nodes, ghosts included."""
        return Contents.of(self._contents.now.x.array.reshape(-1, CONTENTS).T)

    def advance(self, dt: float) -> Trial:
        """Try one step; see ``Model.advance``."""
        past = self.clock.past
        weights = bdf.rate_weights(dt, past)
        self._rate_weight.value = np.asarray(weights[0])
        self._step_scale.value = np.asarray(1 / weights[0])
        self._contents.combine(weights[1:], self._rate_offset)
        self._contents.extrapolate(bdf.predictor_weights(dt, past))
        predicted = self._contents.trial.x.array.copy()
        self._unknowns.extrapolate((1.0,))
        nonlinear, linear = self._block.solve()
        self._contents.trial.interpolate(self._contents_of_unknowns)
        error = bdf.error_factor(dt, past) * self._change(predicted)
        self._trial_step = dt
        return Trial(max(error, self._deficit()) / self.numerics.tolerance, nonlinear, linear)

    def _change(self, predicted: Array) -> float:
        """Largest difference of any species from what was predicted, over its largest amount."""
        found, guess = (
            Contents.of(values.reshape(-1, CONTENTS).T)
            for values in (self._contents.trial.x.array, predicted)
        )
        electrolyte = self.parameters.electrolyte
        pairs = [
            (found.intact, guess.intact, 1.0),
            (found.denitrided, guess.denitrided, 1.0),
            (found.metal, guess.metal, 1.0),
        ]
        released = electrolyte.nitrogen, electrolyte.free_oxygen, electrolyte.free_phosphorus
        for k, amount in enumerate(released):
            totals = [c.mobile[k] + c.salts[k] for c in (found, guess)]
            pairs.append((totals[0], totals[1], 1e-2 * amount))
        largest = self._weights.maxima(*(np.abs(values) for values, _, _ in pairs))
        changes = self._weights.maxima(*(np.abs(a - b) for a, b, _ in pairs))
        if not np.all(np.isfinite(changes)):
            raise StepFailed("the solution is not finite")
        floors = np.array([floor for _, _, floor in pairs])
        return float(np.max(changes / np.maximum(np.maximum(largest, floors), 1e-300)))

    def _deficit(self) -> float:
        """By how much the trial's worst amount is negative; differences of 2nd order may be."""
        worst = self._weights.maxima(-self._contents.trial.x.array)[0]
        return max(float(worst), 0.0)

    def accept(self) -> None:
        """Make the last trial the accepted state."""
        dt = self._trial_step
        self._inflow.accept(-self._outflow(), dt, self.clock.past)
        self._unknowns.accept()
        self._contents.accept()
        self.clock.accept(dt)

    def _densities(self) -> tuple[Array, Array, Array, Array]:
        """Return N, P, O, Li at the nodes, per phosphorus of the electrolyte."""
        p, c = self.parameters, self.contents()
        solid, parts = p.electrolyte, c.intact + c.denitrided
        done = c.decomposed(self.equations.electrolyte.x.array)
        free = [mobile + salt for mobile, salt in zip(c.mobile, c.salts, strict=True)]
        lithium = solid.lithium * parts + 3 * solid.phosphate * done + p.capacity * c.metal
        for n, atoms in zip(lithium_of_salts(p.electrolyte), free, strict=True):
            lithium = lithium + n * atoms
        return (
            solid.nitrogen * c.intact + free[0],
            parts + solid.phosphate * done + free[2],
            solid.oxygen * parts + 4 * solid.phosphate * done + free[1],
            lithium,
        )

    def _amounts(self) -> Array:
        """Return the whole N, P, O, Li."""
        return self._weights.sums(*(self._weights.whole * d for d in self._densities()))

    def nodal(self) -> Mapping[str, Array]:
        """Return the nodal values of all fields by name, ghosts included."""
        p, c = self.parameters, self.contents()
        seen, solid = p.detection, p.electrolyte
        done = c.decomposed(self.equations.electrolyte.x.array)
        nitrogen, phosphorus, _, _ = self._densities()
        return {
            "lithium_activity": 1 - self._unknowns.now.x.array[0::4],
            "metal": c.metal,
            "oxide": p.phosphorus * seen.oxide_volume * c.salts[1],
            "nitride": p.phosphorus * seen.nitride_volume * c.salts[0],
            "phosphate": p.phosphorus * seen.phosphate_volume * solid.phosphate * done,
            "intact": c.intact,
            "denitrided": c.denitrided,
            "interstitial_N": c.mobile[0],
            "interstitial_O": c.mobile[1],
            "interstitial_P": c.mobile[2],
            "salt_P": c.salts[2],
            "nitrogen": nitrogen / solid.nitrogen,
            "phosphorus": phosphorus,
        }

    def layers(self) -> Layers:
        """Return what is seen where along the line; collective."""
        fields, seen = self.nodal(), self.parameters.detection
        whole = float(self._forth.distances[-1])

        def deepest(name: str, level: float) -> float:
            return whole - self._back.last_above(fields[name], level)

        phases = "oxide", "nitride", "phosphate"
        return Layers(
            oxide=deepest("oxide", seen.level),
            nitride=deepest("nitride", seen.level),
            phosphate=deepest("phosphate", seen.level),
            metal=self._forth.last_above(fields["metal"], seen.level),
            front=min(self._forth.last_above(fields[phase], seen.level) for phase in phases),
            nitrogen=deepest("nitrogen", seen.element_level),
            phosphorus=deepest("phosphorus", seen.element_level),
        )

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars; see docs/cheng2020-interphase.md for each."""
        w, layers = self._weights, self.layers()
        amounts = self._amounts()
        gained = np.array([0.0, 0.0, 0.0, self._inflow.total])
        defects = np.abs(amounts - self._amounts_start - gained) / amounts
        first, second, third = (length / _NANOMETRE for length in layers.thicknesses)
        c = self.contents()
        species = c.intact, c.denitrided, *c.mobile, *c.salts, c.metal
        return {
            "layer_1 [nm]": first,
            "layer_2 [nm]": second,
            "layer_3 [nm]": third,
            "thickness [nm]": first + second + third,
            "reach_N [nm]": (self._interface - layers.nitrogen) / _NANOMETRE,
            "reach_P [nm]": (self._interface - layers.phosphorus) / _NANOMETRE,
            "metal_end [nm]": (layers.metal - self._interface) / _NANOMETRE,
            "front [nm]": (layers.front - self._interface) / _NANOMETRE,
            "lithium_taken [um]": self._taken(),
            "smallest [1]": -float(np.max(w.maxima(*(-values for values in species)))),
            **{
                f"{name}_defect [1]": float(defect)
                for name, defect in zip(_SPECIES, defects, strict=True)
            },
        }

    def _taken(self) -> float:
        """Thickness of metal whose lithium has been taken up."""
        base = float(self._weights.sums(self._weights.whole)[0]) / float(self._forth.distances[-1])
        return self._inflow.total / base / self.parameters.capacity

    def fields(self) -> Sequence[Function[Any]]:
        """Return activity, shares, volume fractions of salts, and amounts per phosphorus."""
        return nodal_fields(self._scalar, self.nodal())

    def events(self) -> Sequence[Event]:
        """Return that the electrolyte is used up, as soon as its far end decomposes."""
        line = self._forth(self.contents().intact)
        if line[-1] > 0.98:
            return ()
        return (Event("electrolyte used up", "the front has reached the far end", final=True),)

    def state(self) -> State:
        """Return what a checkpoint must hold."""
        functions = {f.name: f for levels in (self._unknowns, self._contents) for f in levels.past}
        return State(functions, self.clock.scalars() | self._inflow.scalars())

    def restore(self, scalars: Mapping[str, float]) -> None:
        """Go on from restored functions and these scalars."""
        self.clock.restore(scalars)
        self._inflow.restore(scalars)
        for levels in (self._unknowns, self._contents):
            levels.extrapolate((1.0,))


_SPECIES = "nitrogen", "phosphorus", "oxygen", "lithium"
