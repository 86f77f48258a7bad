"""Every form that a model solves with, by vectorised assembly and by DOLFINx."""

from __future__ import annotations

from typing import Any

import pytest
import ufl
from dolfinx import fem

from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.parameters import Charge
from lithode.solvers.multiphase_solid.model import MultiphaseSolid
from lithode.solvers.multiphase_solid.parameters import Numerics, Phase
from lithode.solvers.numerics import blocks, linear
from lithode.solvers.numerics.assembly import Assembler, System, Vectorised, assembler
from lithode.solvers.numerics.blocks import LinearBlock, NonlinearBlock
from lithode.solvers.numerics.presets import Assembly
from lithode.theory.elasticity import Kinematics, Stiffness
from tests.solvers.assembled import scattered, system_errors

TOLERANCE = 1e-12


class Enough(BaseException):
    """All forms are known: there is no need to go on."""


class Recorder:
    """What blocks assemble, by prefix."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.systems: dict[str, tuple[System, Any]] = {}
        self.wanted: set[str] = set()

        def record(assembly: Assembly, prefix: str, system: System, matrix: Any) -> Assembler:
            made = assembler(assembly, prefix, system, matrix)
            # A copy, since the block destroys its own.
            self.systems[prefix] = (system, matrix.duplicate())
            assert isinstance(made, Vectorised), prefix
            return made

        for module, kind in ((blocks, NonlinearBlock), (linear, LinearBlock)):
            patch.setattr(module, "assembler", record)
            self._watch(patch, kind)

    def _watch(self, patch: pytest.MonkeyPatch, kind: type) -> None:
        solve = kind.solve

        def stop(block):
            if self.wanted and self.wanted <= set(self.systems):
                raise Enough
            return solve(block)

        patch.setattr(kind, "solve", stop)

    def errors(self, mildly: bool = False) -> dict[str, float]:
        """Largest difference of each form from DOLFINx, over its size."""
        found: dict[str, float] = {}
        for prefix, (system, matrix) in self.systems.items():
            forms = [*system.linear, *(form for row in system.bilinear for form in row)]
            with scattered(*forms, mildly=mildly):
                for name, error in system_errors(system, matrix).items():
                    found[f"{prefix}{name}"] = error
        return found


@pytest.fixture
def recorder(monkeypatch):
    return Recorder(monkeypatch)


def check(recorder, *prefixes, **how):
    errors = recorder.errors(**how)
    assert {name for name, error in errors.items() if not error < TOLERANCE} == set(), errors
    assert set(prefixes) <= set(recorder.systems)


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


@pytest.mark.mpi
@pytest.mark.mpi3
@pytest.mark.parametrize(("cells", "degree"), [((5, 7), 1), ((5, 7), 2), ((3, 3, 4), 1)])
def test_a_solid_of_several_phases(comm, recorder, cells, degree):
    domain = structured(comm, (1.0, 0.8, 0.9)[: len(cells)], cells)
    share, load = 0.5 + 0.4 * ufl.SpatialCoordinate(domain.mesh)[0], fem.Constant(domain.mesh, 1.0)
    stiffness = Stiffness.from_engineering(7.8e3, 0.42)
    phases = {"one": Phase(share, stiffness, 1e-3 * load), "other": Phase(1 - share, stiffness, 0)}
    kinematics = Kinematics.PLANE_STRAIN if len(cells) == 2 else Kinematics.SOLID
    numerics = Numerics(degree, kinematics=kinematics)
    MultiphaseSolid(domain, phases, load, numerics=numerics)
    check(recorder, "stress_")


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
