"""Parameters of the wetting model, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from lithode.core.errors import InputError
from lithode.solvers.numerics.presets import Assembly, SolverChoice
from lithode.theory.free_energy import Interface

PREFIX = "wetting_"
"""Of the PETSc options."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Walls:
    """Grains as boundaries of the mesh.

    Attributes:
        contact_angles: Boundary name to contact angle in degrees; other boundaries have 90.

    Raises:
        InputError: An angle is not between 0 and 180.
    """

    contact_angles: Mapping[str, float]

    def __post_init__(self) -> None:
        for angle in self.contact_angles.values():
            if not 0 <= angle <= 180:
                raise InputError("contact_angle", angle, "must be between 0 and 180", "deg")


@dataclass(frozen=True)
class GrainFields:
    """Grains as frozen fields phi_g.

    Attributes:
        distances: Distance in um of points, shape (n, 3), from the surface of each grain,
            negative inside.
        barrier: B in MPa.
        coupling: k_Lg in MPa um^2 (``lithode.theory.capillarity.grain_coupling_ratio``).
        profile_length: Of phi_g, in um.
    """

    distances: Callable[[Array], Iterable[Array]]
    barrier: float
    coupling: float
    profile_length: float


@dataclass(frozen=True)
class Drive:
    """What pushes lithium into the pores besides wetting.

    Attributes:
        pressure: Of lithium over that in the pores, in MPa.
        overpotential: eta in V, negative where lithium plates.
        rate_constant: L_eta in 1/s.
        inverse_thermal_voltage: F / (R T) in 1/V.
        symmetry_factor: alpha.
        concentration: Li+ over its bulk value.
    """

    pressure: float = 0.0
    overpotential: float = 0.0
    rate_constant: float = 0.0
    inverse_thermal_voltage: float = 38.92
    symmetry_factor: float = 0.5
    concentration: float = 1.0


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh and initial state.

    Attributes:
        interface: The diffuse surface of lithium.
        solid: How the grains are wetted.
        molar_volume: Of lithium, in um^3/amol.
        drive: What pushes lithium.
        conserved: Whether int zeta^2 (3 - 2 zeta) is kept, by a pressure that is solved for.
    """

    interface: Interface
    solid: Walls | GrainFields
    molar_volume: float
    drive: Drive = Drive()
    conserved: bool = False


@dataclass(frozen=True)
class Observation:
    """What is read off a run.

    Attributes:
        pores: Region of the pores.
        layer: Lower and upper end of the interlayer along the growth, in um; None for all.
        rows: The same of each row of grains, around its narrowest place.
    """

    pores: str = "pores"
    layer: tuple[float, float] | None = None
    rows: tuple[tuple[float, float], ...] = field(default=())


Solver = Literal["direct", "iterative"]

# Beyond, and in 3D, a factorisation costs more than Krylov solves.
choose_solver = SolverChoice[Solver]({"direct": {1: 30_000, 2: 30_000}}, "iterative")


@dataclass(frozen=True)
class Numerics:
    """How the equations are solved.

    Attributes:
        solver: ``direct`` (MUMPS), ``iterative`` (GMRES and algebraic multigrid), or ``auto``.
        tolerance: Local error of zeta allowed per step.
        lumping: Lean of the quadrature (``leaning_measure``).
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    solver: Literal["auto", Solver] = "auto"
    tolerance: float = 5e-3
    lumping: float = 1.0 / 3.0
    assembly: Assembly = "vectorised"
