"""PETSc options of the blocks, by preset of linear solvers; measured in docs/numerics.md."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.solvers.electrodeposition.parameters import Solver
from lithode.solvers.numerics.blocks import MUMPS, NEWTON, Options

_GMRES: Options = {**NEWTON, "ksp_type": "gmres", "ksp_rtol": 1e-3, "ksp_max_it": 100}
PHASE: Mapping[Solver, Options] = {
    "direct": {**NEWTON, **MUMPS},
    "iterative": {**_GMRES, "pc_type": "asm", "sub_pc_factor_levels": 1},
    "multigrid": {
        **_GMRES,
        "pc_type": "fieldsplit",
        "pc_fieldsplit_type": "multiplicative",
        "fieldsplit_0_ksp_type": "preonly",
        "fieldsplit_0_pc_type": "sor",
        "fieldsplit_1_ksp_type": "preonly",
        "fieldsplit_1_pc_type": "hypre",
        "fieldsplit_1_pc_hypre_boomeramg_coarsen_type": "HMIS",
        "fieldsplit_1_pc_hypre_boomeramg_P_max": 4,
    },
}
# The sum of the residual is the charge that is lost: its norm bounds it, a preconditioned one not.
_CHARGE: Options = {
    "ksp_type": "cg",
    "ksp_norm_type": "unpreconditioned",
    "ksp_rtol": 1e-10,
    "ksp_max_it": 200,
    "pc_type": "hypre",
    "pc_hypre_boomeramg_coarsen_type": "HMIS",
    "pc_hypre_boomeramg_P_max": 4,
}
POTENTIAL: Mapping[Solver, Options] = {
    "direct": MUMPS,
    "iterative": _CHARGE,
    "multigrid": _CHARGE,
}
_MOMENTUM: Options = {
    "ksp_type": "cg",
    "ksp_rtol": 1e-9,
    "ksp_max_it": 200,
    "pc_type": "gamg",
    "pc_gamg_threshold": 0.02,
}
DISPLACEMENT: Mapping[Solver, Options] = {
    "direct": MUMPS,
    "iterative": _MOMENTUM,
    "multigrid": _MOMENTUM,
}

# Incomplete factors of (xi, c), and the potentials with the exchange that those leave.
_SCHUR: Options = {
    **NEWTON,
    "ksp_type": "fgmres",
    "ksp_rtol": 1e-4,
    "ksp_max_it": 200,
    "pc_type": "fieldsplit",
    "pc_fieldsplit_type": "schur",
    "pc_fieldsplit_schur_fact_type": "full",
    "pc_fieldsplit_schur_precondition": "selfp",
    "fieldsplit_0_ksp_type": "preonly",
    "fieldsplit_0_pc_type": "asm",
    "fieldsplit_0_sub_pc_factor_levels": 2,
    "fieldsplit_1_ksp_type": "preonly",
    "fieldsplit_1_pc_type": "hypre",
}
_HYPRE: Options = {**NEWTON, "ksp_type": "gmres", "ksp_rtol": 1e-4, "pc_type": "hypre"}
START: Mapping[Solver, Options] = {
    "direct": {**NEWTON, **MUMPS},
    "iterative": _HYPRE,
    "multigrid": _HYPRE,
}
EXCHANGE: Mapping[Solver, Options] = {
    "direct": {**NEWTON, **MUMPS},
    "iterative": _SCHUR,
    "multigrid": _SCHUR,
}

MONOLITHIC: Options = {**NEWTON, **MUMPS}
