"""What is read off an accepted state of the interphase: amounts, fields and layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lithode.core.units import model_factor
from lithode.solvers.interphase.equations import CONTENTS, Contents, Equations
from lithode.solvers.interphase.parameters import Parameters
from lithode.solvers.numerics.gauges import LineGauge, NodalWeights
from lithode.solvers.numerics.levels import Array, TimeLevels
from lithode.theory.interphase import lithium_of_salts

LINE_POINTS = 2001
_NANOMETRE = model_factor("nm")
_SPECIES = "nitrogen", "phosphorus", "oxygen", "lithium"


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


class Observables:
    """Gauges of a model, made at its initial state.

    Args:
        parameters: Physics, in coherent units.
        weights: Nodal weights of the scalar P1 space.
        equations: The model's equations.
        unknowns: Levels of what is solved for.
        contents: Levels of the contents.

    Attributes:
        interface: Where the metal ends at the start, along the line, in um.
        line: Reads nodal values along the line.
    """

    def __init__(
        self,
        parameters: Parameters,
        weights: NodalWeights,
        equations: Equations,
        unknowns: TimeLevels,
        contents: TimeLevels,
    ) -> None:
        self._parameters, self._weights, self._equations = parameters, weights, equations
        self._unknowns, self._contents = unknowns, contents
        start, end = parameters.detection.line
        self.line = LineGauge(weights.space, start, end, LINE_POINTS)
        self._back = LineGauge(weights.space, end, start, LINE_POINTS)
        self._amounts_start = self._amounts()
        self.interface = self.line.last_above(equations.metal.x.array, 0.5)

    def contents(self) -> Contents:
        """Return the accepted contents at the local nodes, ghosts included."""
        return Contents.of(self._contents.now.x.array.reshape(-1, CONTENTS).T)

    def _densities(self) -> tuple[Array, Array, Array, Array]:
        """Return N, P, O, Li at the nodes, per phosphorus of the electrolyte."""
        p, c = self._parameters, self.contents()
        solid, parts = p.electrolyte, c.intact + c.denitrided
        done = c.decomposed(self._equations.electrolyte.x.array)
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
        p, c = self._parameters, self.contents()
        seen, solid = p.detection, p.electrolyte
        done = c.decomposed(self._equations.electrolyte.x.array)
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
        fields, seen = self.nodal(), self._parameters.detection
        whole = float(self.line.distances[-1])

        def deepest(name: str, level: float) -> float:
            return whole - self._back.last_above(fields[name], level)

        phases = "oxide", "nitride", "phosphate"
        return Layers(
            oxide=deepest("oxide", seen.level),
            nitride=deepest("nitride", seen.level),
            phosphate=deepest("phosphate", seen.level),
            metal=self.line.last_above(fields["metal"], seen.level),
            front=min(self.line.last_above(fields[phase], seen.level) for phase in phases),
            nitrogen=deepest("nitrogen", seen.element_level),
            phosphorus=deepest("phosphorus", seen.element_level),
        )

    def measure(self, inflow: float) -> Mapping[str, float]:
        """Return the history scalars; see docs/cheng2020-interphase.md for each.

        Args:
            inflow: Lithium that has come in through the electrode since the start.
        """
        w, layers = self._weights, self.layers()
        amounts = self._amounts()
        gained = np.array([0.0, 0.0, 0.0, inflow])
        defects = np.abs(amounts - self._amounts_start - gained) / amounts
        first, second, third = (length / _NANOMETRE for length in layers.thicknesses)
        c = self.contents()
        species = c.intact, c.denitrided, *c.mobile, *c.salts, c.metal
        # Thickness of metal whose lithium has been taken up.
        base = float(w.sums(w.whole)[0]) / float(self.line.distances[-1])
        return {
            "layer_1 [nm]": first,
            "layer_2 [nm]": second,
            "layer_3 [nm]": third,
            "thickness [nm]": first + second + third,
            "reach_N [nm]": (self.interface - layers.nitrogen) / _NANOMETRE,
            "reach_P [nm]": (self.interface - layers.phosphorus) / _NANOMETRE,
            "metal_end [nm]": (layers.metal - self.interface) / _NANOMETRE,
            "front [nm]": (layers.front - self.interface) / _NANOMETRE,
            "lithium_taken [um]": inflow / base / self._parameters.capacity,
            "smallest [1]": -float(np.max(w.maxima(*(-values for values in species)))),
            **{
                f"{name}_defect [1]": float(defect)
                for name, defect in zip(_SPECIES, defects, strict=True)
            },
        }

    def is_used_up(self) -> bool:
        """Return whether the far end of the electrolyte decomposes; collective."""
        return bool(self.line(self.contents().intact)[-1] <= 0.98)
