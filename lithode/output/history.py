"""History of a run: one row of scalars per accepted step, as CSV; the first column is the axis."""

from __future__ import annotations

import csv
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO, TypeAlias

import numpy as np
import numpy.typing as npt

from lithode.core.axis import TIME, Axis
from lithode.core.errors import InputError
from lithode.core.files import read_text

logger = logging.getLogger(__name__)

_MOST_BYTES = 2**31

History: TypeAlias = Mapping[str, npt.NDArray[np.float64]]
"""Column name with unit, e.g. ``"tip_height [um]"``, to its values, one per row."""


class HistoryWriter:
    """Appends rows to a history file; for one process only.

    Args:
        path: The file.
        resume_time: Go on with the file that is there, without its rows later than this time in
            s. If not given, a new file is started.

        axis: What the run goes along.

    Raises:
        InputError: The file to go on with is no history.
    """

    def __init__(self, path: Path, resume_time: float | None = None, axis: Axis = TIME) -> None:
        self._path, self._axis = path, axis
        self._columns: list[str] = []
        if resume_time is not None and path.exists():
            self._columns, rows = _read_rows(path)
            kept = [row for row in rows if float(row[0]) <= resume_time]
            self._replace(kept)
            self._file: TextIO = path.open("a", newline="")
        else:
            if resume_time is not None:
                logger.warning("%s is gone; the history starts again here", path)
            self._file = path.open("w", newline="")

    def write(self, time: float, values: Mapping[str, float]) -> None:
        """Append a row.

        Args:
            time: Time in s.
            values: Column name with unit to value; the same names in every call.

        Raises:
            InputError: The names are not those of the rows before.
        """
        if not self._columns:
            self._columns = [self._axis.column, *values]
            csv.writer(self._file, lineterminator="\n").writerow(self._columns)
        if values.keys() != set(self._columns[1:]):
            odd = sorted(values.keys() ^ set(self._columns[1:]))
            raise InputError("history", self._path, f"has other columns ({', '.join(odd)})")
        row = (time, *(values[name] for name in self._columns[1:]))
        csv.writer(self._file, lineterminator="\n").writerow([repr(float(value)) for value in row])
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _replace(self, rows: list[list[str]]) -> None:
        partial = self._path.with_name(f"{self._path.name}.new")
        with partial.open("w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [self._columns, *rows] if self._columns else []
            )
        os.replace(partial, self._path)


def read_history(path: Path) -> dict[str, npt.NDArray[np.float64]]:
    """Read a history file, of a running run too.

    Returns:
        Column name with unit to its values, one per row.

    Raises:
        InputError: The file is missing or no history.
    """
    columns, rows = _read_rows(path)
    if not columns:
        return {}
    table = np.array([[float(text) for text in row] for row in rows]).reshape(-1, len(columns))
    return {name: table[:, k].copy() for k, name in enumerate(columns)}


def _read_rows(path: Path) -> tuple[list[str], list[list[str]]]:
    text = read_text(path, "history", _MOST_BYTES)
    try:
        # A kill while writing leaves a last line without its end.
        columns, *rows = list(csv.reader(text.split("\n")[:-1])) or [[]]
        if (columns or rows) and not re.fullmatch(r"\w+ \[.+\]", "".join(columns[:1])):
            raise ValueError
        for row in rows:
            if len(row) != len(columns):
                raise ValueError
            [float(value) for value in row]
    except (ValueError, csv.Error) as error:
        raise InputError(
            "history", path, f'is no history (first column like "{TIME.column}")'
        ) from error
    return columns, rows
