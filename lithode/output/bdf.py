"""Voltage and current over time in the columns of the battery data format (BDF).

Names and units are those of the Battery Data Alliance: time, voltage and current are required. The
format wants amperes, so that currents per area need an area. Signs are those of the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.core import units
from lithode.core.errors import InputError
from lithode.output.tables import Columns, write_table

Array = npt.NDArray[np.float64]

_REQUIRED = {"time": ("Test Time / s", "s"), "voltage": ("Voltage / V", "V")}
_OPTIONAL = {"cycle": ("Cycle Count / 1", "1")}
_PER_AREA = {
    "current": ("Current / A", "A", "A/cm^2"),
    "net_charge": ("Net Capacity / Ah", "A hour", "A hour/cm^2"),
    "charge": ("Net Capacity / Ah", "A hour", "A hour/cm^2"),
}


def write_bdf(path: Path, table: Mapping[str, Sequence[float] | Array], area: float | None) -> Path:
    """Write a table in the columns of the format; returns the path.

    Args:
        path: The file.
        table: Name with unit, as ``voltage [mV]``, to values.
        area: Of the electrode in cm^2, for currents per area.

    Raises:
        InputError: The table has no time, voltage or current, or needs an area.
    """
    return write_table(path, bdf_columns(table, area))


def bdf_columns(table: Mapping[str, Sequence[float] | Array], area: float | None) -> Columns:
    """Return the columns of the format; see `write_bdf`."""
    found = {name.split(" [")[0]: name for name in table}
    columns: dict[str, Array] = {}
    for stem in (*_REQUIRED, "current"):
        if stem not in found:
            raise InputError("export", stem, f"is no column; there is {', '.join(table)}")
    for stem, (heading, unit) in (_REQUIRED | _OPTIONAL).items():
        if stem in found:
            columns[heading] = _values(table, found[stem], unit)
    for stem, (heading, unit, per_area) in _PER_AREA.items():
        if stem not in found or heading in columns:
            continue
        name = found[stem]
        if _compatible(name, unit):
            columns[heading] = _values(table, name, unit)
        elif area is None:
            raise InputError("--area", "", f"give one, with its unit: {name} is per area")
        else:
            columns[heading] = area * _values(table, name, per_area)
    order = ("Test Time / s", "Voltage / V", "Current / A")
    return {**{name: columns[name] for name in order}, **columns}


def _unit(name: str) -> str:
    return name.rstrip("]").partition(" [")[2]


def _compatible(name: str, unit: str) -> bool:
    try:
        units.parse_with_unit("unit", f"1 {_unit(name)}", unit)
    except InputError:
        return False
    return True


def _values(table: Mapping[str, Sequence[float] | Array], name: str, unit: str) -> Array:
    given = _unit(name)
    factor = 1.0 if given == unit else units.parse_with_unit(name, f"1 {given}", unit)
    return np.asarray(table[name], dtype=float) * factor
