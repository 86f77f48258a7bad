"""What Wang et al. (2024) measured: conductivities and critical currents of interlayers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lithode.materials.library import Value

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


def at_content(content: float) -> Measured:
    """Return conductivities at a content of carbon nanotubes that was not measured.

    Power laws of the content between the measured ones; percolation may well be steeper.

    Args:
        content: Weight per cent of carbon nanotubes, 0.5 to 50.
    """
    known = sorted(COMPOSITIONS.values(), key=lambda measured: measured.content)
    logs = np.log([measured.content for measured in known])

    def interpolated(values: list[float]) -> Value:
        found = math.exp(float(np.interp(math.log(content), logs, np.log(values))))
        return Value(found, "S/cm", f"power laws between {TEXT}", "assumed")

    return Measured(
        content,
        interpolated([measured.ionic.value for measured in known]),
        interpolated([measured.electronic.value for measured in known]),
    )


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

NUCLEATION_ONSET = Value(0.4, "mA/cm^2", f"{PAPER}, text on Fig. 4e", "paper")
"""Current density below which nothing nucleates in 90 um of LNI-5CNT."""
