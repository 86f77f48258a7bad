"""Several steady models under one load, side by side in one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dolfinx.fem import Function

from lithode.core.domain import Domain
from lithode.solvers.numerics.sweep import SteadyModel


class Variants:
    """Steady models on one mesh; satisfies ``SteadyModel``.

    Columns and fields carry the label of their model: ``"potential_dual [V]"``.

    Args:
        models: Label to model, at least one; all on the same mesh.
        domain: The mesh with the names that all models were made from, where each has given them
            others: it is what a checkpoint must hold. That of the models by default.
    """

    def __init__(self, models: Mapping[str, SteadyModel], domain: Domain | None = None) -> None:
        self._models = dict(models)
        self._domain = domain or next(iter(self._models.values())).domain
        self._load = 0.0
        for label, model in self._models.items():
            for function in model.unknown_functions():
                function.name = f"{function.name}_{label}"

    @property
    def name(self) -> str:
        """Names of the models."""
        return ", ".join(sorted({model.name for model in self._models.values()}))

    @property
    def domain(self) -> Domain:
        """The mesh of all."""
        return self._domain

    @property
    def unknowns(self) -> int:
        """Global number of unknowns of all."""
        return sum(model.unknowns for model in self._models.values())

    @property
    def load(self) -> float:
        """The load of all, in coherent units."""
        return self._load

    @load.setter
    def load(self, load: float) -> None:
        self._load = load
        for model in self._models.values():
            model.load = load

    def solve(self) -> tuple[int, int]:
        """Solve all; see ``SteadyModel.solve``."""
        iterations = [model.solve() for model in self._models.values()]
        return sum(n for n, _ in iterations), sum(n for _, n in iterations)

    def unknown_functions(self) -> Sequence[Function[Any]]:
        """Return those of all."""
        return [f for model in self._models.values() for f in model.unknown_functions()]

    def measure(self) -> Mapping[str, float]:
        """Return the columns of all."""
        return {
            _labelled(column, label): value
            for label, model in self._models.items()
            for column, value in model.measure().items()
        }

    def fields(self) -> Sequence[Function[Any]]:
        """Return the fields of all; those that are no unknowns are made anew by the models."""
        found = []
        for label, model in self._models.items():
            known = [id(function) for function in model.unknown_functions()]
            for function in model.fields():
                if id(function) not in known:
                    function.name = f"{function.name}_{label}"
                found.append(function)
        return found


def _labelled(column: str, label: str) -> str:
    name, _, unit = column.partition(" [")
    return f"{name}_{label} [{unit}"
