"""Parameters of the stress model, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from lithode.solvers.numerics.presets import Assembly
from lithode.theory.elasticity import Kinematics, Stiffness

PREFIX = "stress_"
"""Of the PETSc options."""


@dataclass(frozen=True)
class Phase:
    """One phase of the solid.

    Attributes:
        share: Its share psi of the volume, as UFL; the shares of all add up to 1.
        stiffness: Elastic constants.
        expansion: Strain per axis eps that it adds to what the solid would have without stress, as
            UFL: share and extent are in it.
    """

    share: Any
    stiffness: Stiffness
    expansion: Any


@dataclass(frozen=True)
class Numerics:
    """How the stress is solved for.

    Attributes:
        degree: Of the displacement; 1 with its midpoint rule is what the growth models use.
        quadrature_degree: Of the forms if the displacement is quadratic.
        solver: ``direct`` (MUMPS) or ``iterative`` (CG with aggregation multigrid).
        kinematics: Plane strain, plane stress or solid.
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    degree: Literal[1, 2] = 2
    quadrature_degree: int = 6
    solver: Literal["direct", "iterative"] = "direct"
    kinematics: Kinematics = Kinematics.PLANE_STRAIN
    assembly: Assembly = "vectorised"
