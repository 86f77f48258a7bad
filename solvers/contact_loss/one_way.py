"""Charges passed one way until failure (CAC): as files, and the fit of Q0 and i* to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.input_files import cell, read_rows

Array = npt.NDArray[np.float64]

_COLUMNS = {"current": "mA/cm^2", "capacity": "mAh/cm^2"}


@dataclass(frozen=True)
class OneWay:
    """Charges passed one way until failure, one per current (CAC).

    Attributes:
        currents: In A/m^2.
        capacities: In C/m^2.
    """

    currents: Array
    capacities: Array


Layers: TypeAlias = dict[str, OneWay]


def read_layers(path: Path, field: str = "table") -> Layers:
    """Read charges until failure, one line per cell: layer, current, capacity and maybe a source.

    Numbers need their unit.

    Raises:
        InputError: The file, a column, a line or a number is wrong, or a layer has one current.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for place, row in read_rows(path, ("layer", *_COLUMNS, "source"), required=3, field=field):
        name = cell(row, "layer")
        if not name.replace("-", "").isalnum() or not name.isascii():
            raise InputError(place, name or "no name", "a layer is named like Li3N or Li3N-LiF")
        current, capacity = (_number(f"{place} {key}", cell(row, key), key) for key in _COLUMNS)
        found.setdefault(name, []).append((current, capacity))
    for name, points in found.items():
        if len({current for current, _ in points}) < 2:
            raise InputError(field, name, "needs charges at two currents at least")
    return {name: OneWay(*np.array(points, dtype=float).T.copy()) for name, points in found.items()}


def _number(field: str, text: str, key: str) -> float:
    unit = _COLUMNS[key]
    value = units.parse_with_unit(field, text, unit)
    if value <= 0:
        raise InputError(field, text, "must be greater than 0")
    return units.to_model(value, unit)


def fit(currents: Array, capacities: Array) -> tuple[Array, Array]:
    """Return Q0 and i* of Q = Q0 (1 - i/i*), by least squares of relative deviations.

    Where the capacity does not fall with the current nothing limits it: i* is infinite then, and Q0
    the weighted mean.

    Args:
        currents: Shape (n,), two of them different.
        capacities: Shape (..., n).
    """
    weights = 1 / capacities**2
    total = weights.sum(-1)
    middle_i, middle_q = (np.sum(weights * x, -1) / total for x in (currents, capacities))
    apart = currents - middle_i[..., None]
    slope = np.sum(weights * apart * (capacities - middle_q[..., None]), -1)
    slope = slope / np.sum(weights * apart**2, -1)
    falls = slope < 0
    capacity = np.where(falls, middle_q - slope * middle_i, middle_q)
    limit = np.divide(capacity, -slope, out=np.full_like(capacity, np.inf), where=falls)
    return capacity, limit
