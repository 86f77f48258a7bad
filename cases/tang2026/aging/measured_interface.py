"""The interface over the cycles as impedance measures it: rows of Table 2, or a user's own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.input_files import cell, read_rows

Array = npt.NDArray[np.float64]

UNIT = "ohm cm"
_FIELD = "interface_table"


@dataclass(frozen=True)
class MeasuredInterface:
    """Resistances of an ageing interface.

    Attributes:
        cycles: Rising, from 1 on.
        interface: Of both interfaces at each, times area over thickness, in ohm cm.
    """

    cycles: Array
    interface: Array

    @property
    def contact(self) -> Array:
        """Theta over that of the first row, if all that the interface gains is lost contact."""
        return np.asarray(np.minimum(1.0, self.interface[0] / self.interface))


def read_interface(path: Path) -> tuple[float, MeasuredInterface]:
    """Read columns cycle and interface; the row of cycle 0 is the new cell.

    Returns:
        The interface of the new cell in ohm cm, and the ages.

    Raises:
        InputError: The file or a number is wrong, cycles do not rise from 0, or are fewer than 3.
    """
    cycles, values = [], []
    for place, row in read_rows(path, ("cycle", "interface"), required=2, field=_FIELD):
        cycles.append(units.parse(f"{place} cycle", cell(row, "cycle"), ""))
        text = cell(row, "interface")
        values.append(units.parse_with_unit(f"{place} interface", text, UNIT))
    if len(cycles) < 3 or cycles[0] != 0 or np.any(np.diff(cycles) <= 0) or cycles[1] < 1:
        allowed = "needs cycle 0 and two later ones at least, rising"
        raise InputError(_FIELD, path, allowed)
    if min(values) <= 0:
        raise InputError(_FIELD, path, "must have interfaces above 0", UNIT)
    return values[0], MeasuredInterface(np.array(cycles[1:]), np.array(values[1:]))
