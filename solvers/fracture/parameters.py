"""Parameters of the model of fracture, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from lithode.solvers.numerics.presets import Assembly
from lithode.theory.elasticity import Kinematics, Stiffness
from lithode.theory.fracture import Regularisation

SOLID_PREFIX = "solid_"
DAMAGE_PREFIX = "damage_"
PREFIXES = (SOLID_PREFIX, DAMAGE_PREFIX)
"""Of the PETSc options."""


@dataclass(frozen=True)
class Region:
    """A material.

    Attributes:
        stiffness: Elastic constants.
        toughness: G_c in J/m^2.
        eigenstrain: Strain per axis of the free material; where it cannot swell it bears pressure.
        conductivity: Of Li+ in uS/m; used where lithium fills the crack.
    """

    stiffness: Stiffness
    toughness: float
    eigenstrain: float = 0.0
    conductivity: float = 0.0


@dataclass(frozen=True)
class Seam:
    """A boundary of another toughness, such as a neck or a boundary of grains.

    A crack is as wide as 4 l, so that it feels the toughness around the seam too:
    ``lithode.theory.fracture.seam_toughness``.

    Attributes:
        place: Name of tagged facets, or the names of the two regions that they are between.
        toughness: G_c in J/m^2 of the cells at the seam.
        half_width: Distance in um up to which cells belong to it.
    """

    place: str | tuple[str, str]
    toughness: float
    half_width: float


@dataclass(frozen=True)
class Parameters:
    """Physics.

    Attributes:
        regions: Materials by the name of their region.
        length: l, half the width of a crack (AT1) or its decay length (AT2), in um.
        regularisation: AT1 or AT2.
        kinematics: What the direction out of a 2D mesh does; solid in 3D.
        split: Whether a crack that closes bears pressure.
        load: ``displacement``: the load is in the conditions that hold the solid. ``volume``: it
            is the volume of what fills the cracks.
        pressures: ``each``: every connected crack has its own and, of the load, an even share
            until it grows together with another. ``one``: all have the same, as if they were
            connected out of sight.
        seams: Boundaries of another toughness; the last one counts where several meet.
        wall: Name of the boundary of a pore that is filled too; none if empty.
    """

    regions: Mapping[str, Region]
    length: float
    regularisation: Regularisation = Regularisation.AT1
    kinematics: Kinematics = Kinematics.PLANE_STRAIN
    split: bool = False
    load: Literal["displacement", "volume"] = "displacement"
    pressures: Literal["each", "one"] = "each"
    seams: tuple[Seam, ...] = ()
    wall: str = ""


@dataclass(frozen=True)
class Numerics:
    """How the model is solved.

    Attributes:
        tolerance: Largest change of the damage in the last alternation.
        alternations: Most alternations at a load.
        relaxation: Factor on the change of the damage in the first alternation of a load, from 1
            to 2. It and the depth leave the solution alone.
        depth: Earlier alternations that the next is extrapolated from.
        solver: Of the displacement: ``direct`` (MUMPS) or ``iterative`` (CG with aggregation
            multigrid).
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    tolerance: float = 1e-3
    alternations: int = 2000
    relaxation: float = 1.5
    depth: int = 3
    solver: Literal["direct", "iterative"] = "direct"
    assembly: Assembly = "vectorised"
