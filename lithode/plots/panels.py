"""What to show: descriptions of field and history panels, for the figures and the movie."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lithode.core.axis import Axis
from lithode.core.units import model_factor

# Times in s from which on hours are shown.
_LONG = 1e5
_FREQUENCIES = {"GHz": 1e9, "MHz": 1e6, "kHz": 1e3}
# From there on four digits would take a power of ten.
_FOUR_DIGITS = 9999.5
_RAISED = str.maketrans(
    "-0123456789",
    "\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT ZERO}\N{SUPERSCRIPT ONE}\N{SUPERSCRIPT TWO}"
    "\N{SUPERSCRIPT THREE}\N{SUPERSCRIPT FOUR}\N{SUPERSCRIPT FIVE}\N{SUPERSCRIPT SIX}"
    "\N{SUPERSCRIPT SEVEN}\N{SUPERSCRIPT EIGHT}\N{SUPERSCRIPT NINE}",
)


@dataclass(frozen=True)
class Front:
    """The moving boundary, drawn as a contour.

    Attributes:
        field: Name of the field that tells the two sides apart.
        level: Its value on the boundary.
    """

    field: str = "order_parameter"
    level: float = 0.5


@dataclass(frozen=True)
class FieldPanel:
    """How one field is shown.

    Attributes:
        field: Name of the field; of a vector the length is shown.
        label: What the colour bar says.
        unit: Unit of the shown values, as pint writes it ("MPa", "mol/m^3"); empty for none.
        colormap: A perceptually uniform colour map of matplotlib.
        limits: Ends of the colour bar in ``unit``; None takes it from all shown times, without
            the outermost 0.2 % of the values.
        factor: Multiplies the stored values, e.g. -1 to show a stress as a pressure.
        behind_front: Leave out what lies ahead of the front, where its field is below the level.
        logarithmic: Show the decimal logarithm of what is multiplied; what has none is far below.
        regions: Numbers of the regions to show, in 2D; all if empty.
        title: Above its map. Panels with titles and the same label share one colour bar.
    """

    field: str
    label: str
    unit: str = ""
    colormap: str = "viridis"
    limits: tuple[float | None, float | None] = (None, None)
    factor: float = 1.0
    behind_front: bool = False
    logarithmic: bool = False
    regions: tuple[int, ...] = ()
    title: str = ""

    def shown(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return stored values as they are shown."""
        if not self.logarithmic:
            return self.factor * values
        # What has no logarithm is a decade below the bar: far lower it would make edges ragged.
        low = self.limits[0]
        return np.maximum(self.logarithms(values), -300.0 if low is None else low - 1)

    def logarithms(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return decimal logarithms of what is multiplied, at least -300."""
        return np.log10(np.maximum(self.factor * values, 1e-300))

    @property
    def text(self) -> str:
        """Label with unit."""
        return with_unit(self.label, self.unit)


@dataclass(frozen=True)
class HistoryPanel:
    """Columns of the history in one diagram over time.

    Attributes:
        label: Label of the vertical axis, without unit.
        columns: Column names with unit; all of one unit. Those that are missing are left out.
        logarithmic: Whether the vertical axis is logarithmic.
        legend: Texts for the columns; their names if there are none.
        unit: Unit to show instead of that of the columns.
    """

    label: str
    columns: Sequence[str]
    logarithmic: bool = False
    legend: Sequence[str] = ()
    unit: str = ""

    def shown(self, column: str, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return values of a column as they are shown."""
        unit = split_column(column)[1]
        return values * (model_factor(unit) / model_factor(self.unit)) if self.unit else values

    def label_of(self, column: str) -> str:
        """Return the label of the vertical axis, with unit."""
        return with_unit(self.label, self.unit or split_column(column)[1])

    def text(self, column: str) -> str:
        """Return what the legend says of a column."""
        if self.legend:
            return self.legend[list(self.columns).index(column)]
        return split_column(column)[0]


# Fields and columns that go by the package's usual names; a case may choose others.
FIELD_PANELS = (
    FieldPanel("order_parameter", "order parameter", colormap="Blues", limits=(0.0, 1.0)),
    FieldPanel(
        "hydrostatic_stress",
        "hydrostatic pressure in Li",
        "MPa",
        colormap="inferno",
        factor=-1.0,
        behind_front=True,
    ),
    FieldPanel("concentration", "relative concentration", colormap="viridis"),
)
HISTORY_PANELS = (
    HistoryPanel("height", ("tip_height [um]", "mean_height [um]")),
    HistoryPanel("lithium", ("lithium [um^2]",)),
    HistoryPanel("lithium", ("lithium [um^3]",)),
    HistoryPanel(
        "current density",
        (
            "plating_current [A/m^2]",
            "electrode_current [A/m^2]",
            "counter_electrode_current [A/m^2]",
        ),
    ),
    HistoryPanel("largest pressure", ("pressure_max [MPa]",)),
    HistoryPanel("time step", ("step_size [s]",), logarithmic=True),
)


def unit_text(unit: str) -> str:
    """Return a unit as matplotlib sets it: "um", "ohm", products and exponents are beautified."""
    unit = re.sub(r"\bum\b", "\N{MICRO SIGN}m", "" if unit == "1" else unit)
    unit = re.sub(r"\bohm\b", "\N{OHM SIGN}", unit).replace("*", " ")
    return re.sub(r"\^(-?\d+)", r"$^{\1}$", unit)


def formula(name: str) -> str:
    """Return a name with the numbers of its formulas lowered, as matplotlib sets it.

    ``"Li3N-LiF"`` has one; what is no formula ("layer 2", "Li6 cell") stays as it is where a number
    does not follow an element's symbol or a bracket at once.
    """
    return re.sub(r"(?<=[A-Z])([a-z]?)(\d+(?:\.\d+)?)|(?<=\))(\d+)", _lowered, name)


def _lowered(found: re.Match[str]) -> str:
    return f"{found[1] or ''}$_{{{found[2] or found[3]}}}$"


def plain_unit(unit: str) -> str:
    """Return a unit as plain text has it, with a micro sign and raised powers."""
    unit = re.sub(r"\bum\b", "\N{MICRO SIGN}m", "" if unit == "1" else unit)
    unit = re.sub(r"\bohm\b", "\N{OHM SIGN}", unit).replace("*", " ")
    return re.sub(r"\^(-?\d+)", lambda power: power[1].translate(_RAISED), unit)


def with_unit(label: str, unit: str) -> str:
    """Return a label with its unit as matplotlib sets it."""
    text = unit_text(unit)
    return f"{label} ({text})" if text else label


def readable(unit: str, end: float) -> tuple[float, str]:
    """Return what divides places on an axis that ends there, and their unit: hours if long."""
    return (3600.0, "h") if unit == "s" and end >= _LONG else (1.0, unit)


def place(axis: Axis, value: float, end: float) -> str:
    """Return a place on an axis that ends there as text, ``"t = 10 h"``."""
    divisor, unit = readable(axis.unit, end)
    if unit == "Hz":
        divisor, unit = next(
            ((size, name) for name, size in _FREQUENCIES.items() if value >= size), (1.0, unit)
        )
    shown = value / divisor
    digits = 6 if shown >= _FOUR_DIGITS else 4
    return f"{axis.symbol} = {shown:.{digits}g} {unit_text(unit)}".rstrip()


def split_column(column: str) -> tuple[str, str]:
    """Return name and unit of a history column: ``"tip_height [um]"`` is ("tip height", "um")."""
    name, _, unit = column.partition(" [")
    return name.replace("_", " "), unit.rstrip("]")
