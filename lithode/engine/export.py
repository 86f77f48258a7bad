"""Stored runs in the formats of other programs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from lithode.core.errors import InputError
from lithode.core.files import read_text
from lithode.core.parameters import unknown
from lithode.engine.export_fields import WRITERS, export_fields
from lithode.engine.registry import installed
from lithode.engine.rundir import RunDirectory, read_input
from lithode.materials import registry
from lithode.output.bdf import write_bdf

BDF = "bdf"
_SUFFIX: Mapping[str, str] = {BDF: ".bdf.csv"}
_MOST_BYTES = 2**30


def export(
    path: Path,
    kind: str,
    *,
    out: Path | None = None,
    area: float | None = None,
    where: Mapping[str, str] | None = None,
) -> Path:
    """Write a stored run, or a table of one, in another format.

    Args:
        path: Directory of a run, or a CSV table with time, voltage and current.
        kind: ``bdf``; ``vtu``, ``pvd``, ``xdmf`` or ``csv`` of the fields; or a kind that the case
            of the run knows.
        out: File or folder to write; beside the run and with its name if None.
        area: Of the electrode in cm^2, for currents per area.
        where: Column to the text that rows of a table must have there.

    Raises:
        InputError: There is no run, table or kind, or the table lacks a column.
    """
    if kind == BDF:
        source = path if path.is_file() else RunDirectory(path).history
        return write_bdf(out or _beside(path, kind), _table(source, where or {}), area)
    if kind in WRITERS:
        return export_fields(path, kind, out)
    directory = RunDirectory(path)
    if not directory.input.is_file():
        raise InputError("directory", path, "holds no run (no case.yaml)")
    given = read_input(directory.input)
    if given.case_file:
        raise InputError("directory", path, f"is of the case file {given.case_file}: bdf only")
    case = installed(given.case)
    if kind not in case.exports:
        raise unknown("format", kind, [BDF, *WRITERS, *case.exports])
    with registry.using(given.materials):
        parameters = case.resolve(None, given.parameters)
    target = out or Path(f"{path.resolve().name}_{kind}.py")
    return case.exports[kind](path, parameters, target)


def _beside(path: Path, kind: str) -> Path:
    full = path.resolve()
    return full.with_name(full.name.removesuffix(".csv") + _SUFFIX[kind])


def _table(path: Path, where: Mapping[str, str]) -> dict[str, list[float]]:
    reader = csv.DictReader(read_text(path, "table", _MOST_BYTES).splitlines())
    names = [name for name in reader.fieldnames or () if name]
    if missing := [name for name in where if name not in names]:
        raise unknown("--where", missing[0], names)
    rows = [row for row in reader if all(row[name] == text for name, text in where.items())]
    if not rows:
        raise InputError("table", path, "has no such rows" if where else "is empty")
    found: dict[str, list[float]] = {}
    for name in names:
        try:
            found[name] = [float(row[name]) for row in rows]
        except (TypeError, ValueError):
            continue  # texts, which no format takes
    return found
