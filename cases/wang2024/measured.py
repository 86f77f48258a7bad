"""What Wang et al. (2024) measured: conductivities and critical currents of interlayers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lithode.materials.library import Value
from lithode.theory.percolation import PowerLaw

PAPER = "Wang 2024"
TEXT = f"{PAPER}, text on Supplementary Figs. 11, 12"

Composition = Literal["LNI-0.5CNT", "LNI-5CNT", "LNI-50CNT"]


@dataclass(frozen=True)
class Measured:
    """Conductivities of a composite, by impedance and by direct current.

    Attributes:
        content: Weight per cent of carbon nanotubes.
        ionic: Conductivity for Li+.
        electronic: Conductivity for electrons.
    """

    content: float
    ionic: Value
    electronic: Value


def _measured(content: float, ionic: float, electronic: float) -> Measured:
    return Measured(
        content, Value(ionic, "S/cm", TEXT, "paper"), Value(electronic, "S/cm", TEXT, "paper")
    )


COMPOSITIONS: Mapping[Composition, Measured] = {
    "LNI-0.5CNT": _measured(0.5, 3.0e-4, 6.7e-8),
    "LNI-5CNT": _measured(5.0, 2.9e-4, 2.8e-5),
    "LNI-50CNT": _measured(50.0, 2.4e-5, 5.0e-2),
}


_KNOWN = sorted(COMPOSITIONS.values(), key=lambda measured: measured.content)
_CONTENTS = [measured.content for measured in _KNOWN]
MEASURED_CONTENTS = _CONTENTS[0], _CONTENTS[-1]
"""Least and largest weight per cent of carbon nanotubes that were measured."""
LEAST_CONTENT, MOST_CONTENT = 0.05, 90.0
"""Weight per cent of carbon nanotubes that conductivities are given for."""


def at_content(content: float) -> Measured:
    """Return conductivities at a content of carbon nanotubes that was not measured.

    Power laws of the content between the measured ones, and beyond them the law that is fitted to
    all, through the nearest one; `electronic_range` says how far off that may be.

    Args:
        content: Weight per cent of carbon nanotubes, LEAST_CONTENT to MOST_CONTENT.
    """
    logs = np.log(_CONTENTS)

    def interpolated(values: list[float]) -> Value:
        found = math.exp(float(np.interp(math.log(content), logs, np.log(values))))
        law = PowerLaw.fit(_CONTENTS, values)
        nearest = min(max(content, _CONTENTS[0]), _CONTENTS[-1])
        found *= (content / nearest) ** law.exponent
        return Value(found, "S/cm", f"power laws between {TEXT}", "assumed")

    return Measured(
        content,
        interpolated([measured.ionic.value for measured in _KNOWN]),
        interpolated([measured.electronic.value for measured in _KNOWN]),
    )


def electronic_range(content: float) -> tuple[float, float]:
    """Return between which values, in S/cm, the electronic conductivity at a content may be.

    Around `at_content` and around the one power law of all contents by its scatter; a single value
    where it was measured.
    """
    value = at_content(content).electronic.value
    if content in _CONTENTS:
        return value, value
    law = PowerLaw.fit(_CONTENTS, [measured.electronic.value for measured in _KNOWN])
    both = value, law.at(content)
    return min(both) / law.scatter, max(both) * law.scatter


@dataclass(frozen=True)
class CriticalCurrent:
    """A measured interlayer and the current density up to which its cells lived.

    Attributes:
        name: What it is.
        thickness: In um.
        contents: Weight per cent of carbon nanotubes of its layers of equal thickness, from
            lithium upwards; none if its conductivity is not known.
        value: The current density, in mA/cm^2, each half-cycle an hour.
        is_bound: Whether the cells were not driven beyond it.
    """

    name: str
    thickness: float
    contents: tuple[float, ...]
    value: Value
    is_bound: bool = False


def _critical(value: float, source: str) -> Value:
    return Value(value, "mA/cm^2", f"{PAPER}, {source}", "paper")


DUAL_LAYER = CriticalCurrent("54.5 um, 7/2 % CNT", 54.5, (7.0, 2.0), _critical(6.0, "Fig. 5d"))
"""The layer of 7 % CNT is next to lithium."""

CRITICAL_CURRENTS: tuple[CriticalCurrent, ...] = (
    CriticalCurrent("90 um, 0.5 % CNT", 90.0, (0.5,), _critical(0.16, "text on Fig. S24")),
    CriticalCurrent("90 um, 5 % CNT", 90.0, (5.0,), _critical(4.0, "text on Fig. 3"), True),
    CriticalCurrent("90 um, 50 % CNT", 90.0, (50.0,), _critical(0.62, "text on Fig. S24")),
    CriticalCurrent("14.8 um, 0.5 % CNT", 14.8, (0.5,), _critical(0.2, "text on Fig. S36")),
    CriticalCurrent("14.8 um, 5 % CNT", 14.8, (5.0,), _critical(1.4, "text on Fig. S36")),
    CriticalCurrent("14.8 um, 50 % CNT", 14.8, (50.0,), _critical(0.3, "text on Fig. S36")),
    DUAL_LAYER,
    CriticalCurrent("18.5 um, 25 % Mg", 18.5, (), _critical(4.0, "text on Fig. S38"), True),
)
"""Those of the symmetric cells in the text."""

PELLET_DIAMETER = Value(12.7, "mm", f"{PAPER}, Methods: mould of 0.5 inch", "paper")
ELECTROLYTE_THICKNESS = Value(400.0, "um", f"{PAPER}, text on Fig. 3b", "paper")
ELECTROLYTE_CONDUCTIVITY = Value(3.1e-4, "S/cm", f"{PAPER}, text", "paper")
ELECTROLYTE_RESISTANCE = Value(100.0, "ohm", f"{PAPER}, text on Fig. 3b", "paper")
ELECTROLYTE_MASS = Value(70.0, "mg", f"{PAPER}, Methods", "paper")
LARGEST_MASS = Value(15.0, "mg", f"{PAPER}, Methods: 3 to 15 mg a side", "paper")
SMALLEST_MASS = Value(3.0, "mg", f"{PAPER}, Methods: 3 to 15 mg a side", "paper")
SOLID_DENSITY = Value(2.38, "g/cm^3", f"{PAPER}, Methods, of LNI; of LNI-CNT too", "paper")
FRESH_RESISTANCE = Value(800.0, "ohm", f"{PAPER}, text on Fig. 3b, before plating", "paper")
CYCLED_RESISTANCE = Value(150.0, "ohm", f"{PAPER}, text on Fig. 3b, 4 mAh/cm^2 plated", "paper")
SIDE_RESISTANCE = Value(
    32.0,
    "ohm cm^2",
    f"{PAPER}, text on Fig. 3b: (150 - 100) ohm for 2 sides of 1.27 cm^2, 0.5 inch",
    "paper",
)
CELL_RESISTANCE: Mapping[Composition, Value] = {
    "LNI-0.5CNT": Value(2600.0, "ohm cm^2", f"{PAPER}, text on Fig. S24", "paper"),
    "LNI-50CNT": Value(500.0, "ohm cm^2", f"{PAPER}, text on Fig. S24", "paper"),
}
"""Of whole cells before they failed; that of LNI-5CNT is CYCLED_RESISTANCE."""

NUCLEATION_ONSET = Value(0.4, "mA/cm^2", f"{PAPER}, text on Fig. 4e", "paper")
"""Current density below which nothing nucleates in 90 um of LNI-5CNT."""
