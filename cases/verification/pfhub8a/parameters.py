"""Parameters of PFHub benchmark 8a, dimensionless: all constants are 1."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from lithode.core.parameters import CaseParameters, quantity

PAPER = "PFHub benchmark 8a, https://pages.nist.gov/pfhub/benchmarks/benchmark8.ipynb"
CRITICAL, SIDE = 5.0, 100.0
WIDTH = 2 * math.log(9) / math.sqrt(2)
"""10-90 % width of the interface."""


class Pfhub8aParameters(CaseParameters):
    """Parameters of the nucleus; a unit of length is a um of the mesh, one of time a second."""

    reach: ClassVar[frozenset[str]] = frozenset({"end_time"})

    radius_ratio: float = quantity(
        1.01, "", "r_0 over the critical radius", source=PAPER, provenance="paper", gt=0.2, le=4
    )
    end_time: float = quantity(200.0, "s", "end of the run", source=PAPER, provenance="paper", gt=0)
    element_size: float = quantity(
        0.12,
        "um",
        "at the nucleus",
        source="docs/verification.md: second order",
        provenance="numerical",
        gt=0.02,
    )
    time_tolerance: float = quantity(
        5e-4,
        "",
        "local error of the order parameter",
        source="docs/verification.md",
        provenance="numerical",
        gt=0,
    )


PRESETS: Mapping[str, Mapping[str, object]] = {
    "standard": {},
    "coarse": {"element_size": 0.5, "time_tolerance": 1e-3},
}
