"""PETSc options of the blocks, by preset of linear solvers."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.solvers.electrodeposition.parameters import Solver
from lithode.solvers.electrodeposition.quantitative.equations import (
    ELECTRONS,
    EXCESS,
    IONS,
    SALT,
    SUPPLY,
)
from lithode.solvers.numerics.blocks import EXPONENTIAL_NEWTON, MUMPS, Options
from lithode.solvers.numerics.presets import SolverChoice

choose_solver = SolverChoice[Solver]({"direct": {1: 150_000, 2: 60_000, 3: 3000}}, "iterative")

_AMG: Options = {"ksp_type": "preonly", "pc_type": "hypre"}


def _of_field(number: int, options: Options) -> Options:
    return {f"fieldsplit_{number}_{name}": value for name, value in options.items()}


# Not for what is carried along normals: in 3D it takes five times the iterations of multigrid.
_ILU: Options = {"ksp_type": "preonly", "pc_type": "asm", "sub_pc_factor_levels": 1}
_SPLIT: Options = {
    "ksp_type": "fgmres",
    "ksp_rtol": 1e-5,
    "ksp_max_it": 200,
    "pc_type": "fieldsplit",
    "pc_fieldsplit_type": "multiplicative",
    **_of_field(IONS, _AMG),
    **_of_field(ELECTRONS, _AMG),
    **_of_field(EXCESS, _AMG),
    **_of_field(SALT, _ILU),
    **_of_field(SUPPLY, _AMG),
}
FIELDS: Mapping[Solver, Options] = {
    "direct": {**EXPONENTIAL_NEWTON, **MUMPS},
    "iterative": {**EXPONENTIAL_NEWTON, **_SPLIT},
    "multigrid": {**EXPONENTIAL_NEWTON, **_SPLIT},
}
_MOTION: Options = {
    "ksp_type": "cg",
    "ksp_rtol": 1e-10,
    "ksp_max_it": 300,
    "pc_type": "bjacobi",
    "sub_pc_type": "icc",
}
MOTION: Mapping[Solver, Options] = {
    "direct": MUMPS,
    "iterative": _MOTION,
    "multigrid": _MOTION,
}
