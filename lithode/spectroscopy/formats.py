"""Tables in the files of instruments: where the headings are, what parts the cells, the decimals.

Known are Gamry's .DTA, BioLogic's .mpt, ZView's .z and PalmSens's CSV; any other text is read from
the first line that names the columns. Columns are parted by tabs, semicolons, commas or blanks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lithode.core.errors import InputError
from lithode.core.files import read_text

Line = tuple[int, str]
"""Number of a line, from 1, and its text."""

_MOST_ROWS = 100_000
_MOST_OF_A_LINE = 2000  # the headings of a run's history are long
_SEPARATORS = ("\t", ";", ",", " ")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_ZVIEW = ("Freq [Hz]", "Ampl", "Bias", "Time [s]", "Z' [ohm]", "Z'' [ohm]", "GD", "Err", "Range")
_ECLAB_HEADER = re.compile(r"Nb header lines\s*:\s*(\d+)")


@dataclass(frozen=True)
class Table:
    """A table as texts.

    Attributes:
        headings: Of its columns, each with its unit.
        rows: Number of the line and its cells, as many as there are headings.
    """

    headings: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]


def read_table(path: Path, is_heading: Callable[[Sequence[str]], bool], wanted: str) -> Table:
    """Read the table of a file.

    Args:
        path: The file.
        is_heading: Whether cells name all the columns that are looked for.
        wanted: Headings to suggest in messages.

    Raises:
        InputError: The file cannot be read, is empty or too long, or rows differ in length.
    """
    lines: Sequence[Line] = _lines(path, wanted)
    first = lines[0][1].strip()
    if first.startswith("EXPLAIN"):
        return _gamry(path, lines)
    if re.match(r"(EC|BT)-Lab ASCII FILE", first):
        lines = _after_preamble(path, lines)
    end = next((k for k, (_, text) in enumerate(lines) if text.strip() == "End Comments"), None)
    if end is not None and first.upper().startswith(("ZPLOT", "ZVIEW")):
        return _rows(path, _ZVIEW, lines[end + 1 :], _separator(lines[end + 1 :]))
    return _any(path, lines, is_heading)


def _lines(path: Path, wanted: str) -> list[Line]:
    text = read_text(path, "spectrum", of_instrument=True)
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip(" ").startswith("#")
    ]
    if not lines:
        raise InputError("spectrum", path, f"is empty; give {wanted}")
    if len(lines) > _MOST_ROWS:
        raise InputError("spectrum", path, f"has more than {_MOST_ROWS} lines")
    if long := next((number for number, line in lines if len(line) > _MOST_OF_A_LINE), None):
        raise InputError(
            "spectrum", path, f"line {long} is longer than {_MOST_OF_A_LINE} characters"
        )
    return lines


def _gamry(path: Path, lines: Sequence[Line]) -> Table:
    """Read ZCURVE of an EXPLAIN file: names, units, and rows that begin with a tab."""
    starts = [k for k, (_, text) in enumerate(lines) if re.match(r"ZCURVE\d*\tTABLE", text)]
    if len(starts) != 1:
        raise InputError("spectrum", path, f"has {len(starts)} tables ZCURVE; one is read")
    if len(lines) < starts[0] + 3:
        raise InputError("spectrum", path, "ends before its table ZCURVE begins")
    names, units = (lines[starts[0] + k][1].split("\t") for k in (1, 2))
    headings = [f"{n.strip()} [{u.strip()}]" for n, u in zip(names, units, strict=False)]
    rows = []
    for line in lines[starts[0] + 3 :]:
        if not line[1].startswith("\t"):
            break
        rows.append(line)
    return _rows(path, headings, rows, "\t")


def _after_preamble(path: Path, lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines from the headings on, which the second line counts to."""
    found = _ECLAB_HEADER.match(lines[1][1].strip()) if len(lines) > 1 else None
    count = int(found[1]) if found and len(found[1]) < 7 else 0
    kept = [line for line in lines if line[0] >= count]
    if not kept:
        raise InputError("spectrum", path, f"ends before its header of {count} lines does")
    return kept


def _any(path: Path, lines: Sequence[Line], is_heading: Callable[[Sequence[str]], bool]) -> Table:
    """Read from the first line that names the columns; from the first line if none does."""
    for k, (_, text) in enumerate(lines):
        for separator in _SEPARATORS:
            headings = _cells(text, separator)
            if is_heading(headings):
                return _rows(path, headings, lines[k + 1 :], separator)
    return _rows(path, _cells(lines[0][1], ","), lines[1:2], ",", is_checked=False)


def _separator(lines: Sequence[Line]) -> str:
    text = lines[0][1] if lines else ""
    return next((each for each in _SEPARATORS if each in text.strip()), ",")


def _cells(text: str, separator: str) -> list[str]:
    if separator == " ":
        return text.split()
    return next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])


def _rows(
    path: Path,
    headings: Sequence[str],
    lines: Sequence[Line],
    separator: str,
    *,
    is_checked: bool = True,
) -> Table:
    rows, width = [], len(headings)
    for number, text in lines if is_checked else ():
        cells = [_with_point(cell.strip()) for cell in _cells(text, separator)]
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if len(cells) != width:
            raise InputError("spectrum", path, f"line {number} has {len(cells)} of {width} columns")
        rows.append((number, cells))
    return Table(headings, rows)


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell
