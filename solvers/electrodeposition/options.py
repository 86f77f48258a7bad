"""PETSc options of the blocks, by preset of linear solvers; measured in docs/numerics.md."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.solvers.electrodeposition.parameters import Accuracy, Solver
from lithode.solvers.numerics.blocks import MUMPS, NEWTON, Options

# Share of the error allowed per step that Newton may leave.
NEWTON_SHARE = 0.02
# Of ``accuracy=balanced``: most solves that a preconditioner serves, and iterations it is worth.
KEPT, WORTH_POTENTIAL, WORTH_DISPLACEMENT = 20, 8, 20

_GMRES: Options = {**NEWTON, "ksp_type": "gmres", "ksp_rtol": 1e-3, "ksp_max_it": 100}
_PHASE: Mapping[Solver, Options] = {
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


def _loosely(presets: Mapping[Solver, Options], **changes: str | float) -> Mapping[Solver, Options]:
    """Return presets with changes to those that iterate."""
    return {
        solver: preset if preset["ksp_type"] == "preonly" else {**preset, **changes}
        for solver, preset in presets.items()
    }


PHASE: Mapping[Accuracy, Mapping[Solver, Options]] = {
    "strict": _PHASE,
    "balanced": _loosely(_PHASE, ksp_rtol=1e-2),
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
# Its default smoother once found an indefinite matrix, symmetric sweeps did not.
_CHEAP_CHARGE: Options = {
    "ksp_type": "cg",
    "ksp_norm_type": "unpreconditioned",
    "ksp_rtol": 1e-6,
    "ksp_max_it": 60,
    "pc_type": "gamg",
    "mg_levels_ksp_type": "richardson",
    "mg_levels_pc_type": "sor",
}
POTENTIAL: Mapping[Accuracy, Mapping[Solver, Options]] = {
    "strict": {"direct": MUMPS, "iterative": _CHARGE, "multigrid": _CHARGE},
    "balanced": {"direct": MUMPS, "iterative": _CHEAP_CHARGE, "multigrid": _CHEAP_CHARGE},
}
_MOMENTUM: Options = {
    "ksp_type": "cg",
    "ksp_rtol": 1e-9,
    "ksp_max_it": 200,
    "pc_type": "gamg",
    "pc_gamg_threshold": 0.02,
}
# Relative tolerance of u, over the error allowed per step.
_MOMENTUM_SHARE = 4e-4


def displacement(accuracy: Accuracy, solver: Solver, dimension: int, allowed: float) -> Options:
    """Return the preset of u on meshes of a dimension.

    Args:
        accuracy: Whether to solve to round-off.
        solver: Kind of solver.
        dimension: Plain aggregation takes more iterations than a smoothed one. In 3D they cost
            less than the smoothing.
        allowed: Error per step.
    """
    if solver == "direct":
        return MUMPS
    if accuracy == "strict":
        return _MOMENTUM
    cheap = {**_MOMENTUM, "ksp_rtol": _MOMENTUM_SHARE * allowed, "mg_levels_ksp_max_it": 1}
    return {**cheap, "pc_gamg_agg_nsmooths": 0} if dimension == 3 else cheap


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
_EXCHANGE: Mapping[Solver, Options] = {
    "direct": {**NEWTON, **MUMPS},
    "iterative": _SCHUR,
    "multigrid": _SCHUR,
}
EXCHANGE: Mapping[Accuracy, Mapping[Solver, Options]] = {
    "strict": _EXCHANGE,
    "balanced": _loosely(_EXCHANGE, ksp_rtol=1e-2),
}

MONOLITHIC: Options = {**NEWTON, **MUMPS}
