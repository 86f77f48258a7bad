"""Parameters of the unit cell; all numbers are dimensionless."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from lithode.core.errors import InputError

FLOW_PREFIX, CURRENT_PREFIX = "creep_", "contact_"
PREFIXES = (FLOW_PREFIX, CURRENT_PREFIX)
"""Of the PETSc options of the two problems."""


@dataclass(frozen=True)
class Parameters:
    """All that the model needs to know besides its mesh.

    Attributes:
        exponent: n of the creep law; lengths are in tube radii b, rates in A p^n.
        interfaces: Name to Wagner number R / (rho b), of the area-specific resistance R of the
            interface at the disc and the resistivity rho of the electrolyte.
        least_rate: Equivalent strain rate, in units of the inflow over b, far below which the
            viscosity is constant.

    Raises:
        InputError: A number out of range.
    """

    exponent: float
    interfaces: Mapping[str, float] = field(default_factory=dict)
    least_rate: float = 1e-3

    def __post_init__(self) -> None:
        if not (math.isfinite(self.exponent) and self.exponent >= 1):
            raise InputError("exponent", self.exponent, "must be at least 1")
        for name, wagner in (*self.interfaces.items(), ("least_rate", self.least_rate)):
            if not (math.isfinite(wagner) and wagner > 0):
                raise InputError(name, wagner, "must be finite and greater than 0")
