"""Every form that a model solves with, by vectorised assembly and by DOLFINx."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import ufl
from dolfinx.fem import Function

from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.solvers.electrodeposition.parameters import Charge
from lithode.solvers.numerics.blocks import LinearBlock, NonlinearBlock
from tests.solvers.assembled import matrix_errors, scattered, vector_error

TOLERANCE = 1e-12


class Enough(BaseException):
    """All forms are known: there is no need to go on."""


class Recorder:
    """What blocks are made of, by prefix."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.blocks: dict[str, tuple[object, ...]] = {}
        self.wanted: set[str] = set()
        for kind, linear in ((NonlinearBlock, False), (LinearBlock, True)):
            self._watch(patch, kind, linear)

    def _watch(self, patch: pytest.MonkeyPatch, kind: type, linear: bool) -> None:
        make: Callable[..., None] = kind.__init__
        solve = kind.solve

        def record(block, form, unknown, bcs, prefix, *arguments, **named):
            self.blocks[prefix] = (linear, form, unknown, bcs, named.get("matrix"))
            make(block, form, unknown, bcs, prefix, *arguments, **named)

        def stop(block):
            if self.wanted and self.wanted <= set(self.blocks):
                raise Enough
            return solve(block)

        patch.setattr(kind, "__init__", record)
        patch.setattr(kind, "solve", stop)

    def errors(self, mildly: bool = False) -> dict[str, float]:
        """Largest difference of each form from DOLFINx, over its size."""
        found: dict[str, float] = {}
        self._mildly = mildly
        for prefix, (linear, form, unknown, bcs, matrix) in self.blocks.items():
            if linear:
                self._add(found, f"{prefix}matrix", ufl.lhs(form), bcs, matrix)
                self._add(found, f"{prefix}vector", ufl.rhs(form))
                continue
            alone = isinstance(unknown, Function)
            rows, columns = ([form], [unknown]) if alone else (form, unknown)
            for i, row in enumerate(rows):
                self._add(found, f"{prefix}{i}", row)
                for j, column in enumerate(columns):
                    trial = ufl.TrialFunction(column.function_space)
                    part = ufl.algorithms.expand_derivatives(ufl.derivative(row, column, trial))
                    if not part.empty():
                        self._add(found, f"{prefix}{i}{j}", part, bcs, matrix)
        return found

    def _add(self, found, name, form, bcs=(), matrix=None):
        if form.empty():
            return
        with scattered(form, self._mildly):
            if len(form.arguments()) == 1:
                found[name] = vector_error(form)
            else:
                found[name] = max(matrix_errors(form, bcs, matrix))


@pytest.fixture
def recorder(monkeypatch):
    return Recorder(monkeypatch)


def check(recorder, *prefixes, **how):
    errors = recorder.errors(**how)
    assert {name for name, error in errors.items() if not error < TOLERANCE} == set(), errors
    assert set(prefixes) <= set(recorder.blocks)


@pytest.mark.mpi
@pytest.mark.mpi3
@pytest.mark.parametrize("solver", ["direct", "iterative"])
def test_electrodeposition_by_blocks(comm, growth, recorder, solver):
    growth.model(comm, solver=solver)
    check(recorder, "phase_", "potential_", "displacement_")


@pytest.mark.mpi
@pytest.mark.mpi3
@pytest.mark.parametrize("charge", list(Charge))
def test_electrodeposition_in_one_solve(comm, growth, recorder, charge):
    growth.physics["charge"] = charge
    growth.model(comm, coupling="monolithic")
    check(recorder, "monolithic_", "phase_", "potential_", "displacement_")


# One- and three-dimensional models, and those of other equations.
SIMULATIONS = {
    "graded-li3n": (
        {"preset": "3d", "element_size": 4.5, "element_size_inside": 6.0, "interface_width": 8.0},
        ["phase_", "potential_", "displacement_"],
    ),
    "ji2020/symmetric-cell": ({"preset": "quick"}, ["cell_"]),
    "wang2024/nucleation": (
        {"thickness": "60um", "element_size": 4, "element_size_far": 8},
        ["carriers_"],
    ),
    "wang2024/wetting": (
        {"contact_angle": 60, "rows": 2, "columns": 1, "element_size": 0.35},
        ["wetting_"],
    ),
}


@pytest.mark.mpi
@pytest.mark.mpi3
@pytest.mark.parametrize("name", SIMULATIONS)
def test_models_of_simulations(comm, recorder, name):
    given, prefixes = SIMULATIONS[name]
    values = dict(given)
    case = find(name)
    case.build(case.resolve(values.pop("preset", None), values), comm, None)
    check(recorder, *prefixes)


@pytest.mark.mpi
@pytest.mark.mpi3
def test_interphase(comm, recorder):
    case = find("cheng2020/interphase")
    model = case.build(case.resolve("fit", {}), comm, None).model
    recorder.wanted = {"interphase_"}
    with pytest.raises(Enough):
        model.advance(1.0)
    check(recorder, "interphase_", mildly=True)


STUDIES = {
    "wang2024/criterion": (["porosity=0.4", "element_size=2", "currents=0.5,1,2"], ["currents_"]),
    "wang2024/pores": (["element_size=0.01", "porosities=0.5"], ["currents_"]),
    "tang2026/voids": (
        ["tube_radius=20", "contact_fractions=0.3,0.6,0.95", "element_size=0.01", "growth=2"],
        ["creep_", "contact_"],
    ),
    "tang2026/impedance": (["points_per_decade=3"], ["impedance_"]),
}


@pytest.mark.parametrize("name", STUDIES)
def test_models_of_studies(recorder, tmp_path, name):
    pairs, prefixes = STUDIES[name]
    recorder.wanted = set(prefixes)
    with pytest.raises(Enough):
        run_case(name, pairs=pairs, out=tmp_path / "a")
    check(recorder, *prefixes)
