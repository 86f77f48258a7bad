"""Tables: as CSV files, for the terminal, and for Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from lithode.core.files import write_atomically

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Columns: TypeAlias = "Mapping[str, Sequence[object] | npt.NDArray[np.float64]]"
"""Column name, with its unit, to its values, all of one length."""


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of them headings, as left-aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, the first of them headings, as a Markdown table."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def write_table(path: Path, columns: Columns) -> Path:
    """Write columns, by heading, as CSV and return the path; a reader never meets half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    write_atomically(path, text.getvalue())
    return path
