"""Parameters of the layered cell, in the coherent units of ``lithode.core.units``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lithode.solvers.numerics.presets import Assembly
from lithode.theory.penetration import Pores

if TYPE_CHECKING:
    from lithode.solvers.numerics.properties import Property

PREFIX = "cell_"
"""Of the PETSc options."""

Side = Literal["left", "right"]
BOUNDARIES: Mapping[Side, str] = {"left": "electrode", "right": "counter_electrode"}


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh and its protocol.

    Attributes:
        conductivities: Of every region of the mesh for Li+, in uS/m.
        exchange_current_density: i_0 per true area of lithium in A/m^2.
        inverse_thermal_voltage: F / (R T) in 1/V.
        contact: True over projected area of the faces, a number or a function of the places.
        pores: Pores of the outermost layers.
        porous: Thickness of the outermost layers in um, left and right.
        symmetry_factor: alpha.
    """

    conductivities: Mapping[str, float]
    exchange_current_density: float
    inverse_thermal_voltage: float
    contact: Property
    pores: Pores
    porous: tuple[float, float]
    symmetry_factor: float = 0.5


@dataclass(frozen=True)
class Numerics:
    """How the equations are solved.

    Attributes:
        tolerance: Of the filled depth in a step, relative.
        smallest_depth: Depth in um below which the tolerance is of it.
        assembly: ``vectorised`` takes several cells at a time, ``dolfinx`` one by one; same forms.
    """

    tolerance: float = 1e-3
    smallest_depth: float = 0.1
    assembly: Assembly = "vectorised"
