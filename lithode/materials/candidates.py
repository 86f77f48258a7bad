"""Solids to be screened against lithium: a table with one line each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, get_args

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.input_files import cell, read_rows
from lithode.materials.library import SourceKind, Value

UNITS: Mapping[str, str] = {
    "interface_energy": "meV/angstrom^2",
    "ionic_conductivity": "S/cm",
    "electronic_conductivity": "S/cm",
}
"""The numbers of a candidate, each with the unit of a cell that has none."""

REQUIRED = ("material", *UNITS)
COLUMNS = (*REQUIRED, *(f"{name}_source" for name in UNITS))
_NAME = re.compile(r"[A-Za-z0-9+.()-]+")
_HOME = "the user's table"


@dataclass(frozen=True)
class Candidate:
    """A solid; every number with its source.

    Attributes:
        name: Formula or short name.
        interface_energy: gamma against lithium, of either sign.
        ionic_conductivity: Of Li+.
        electronic_conductivity: Of electrons.
    """

    name: str
    interface_energy: Value
    ionic_conductivity: Value
    electronic_conductivity: Value


Candidates: TypeAlias = dict[str, Candidate]


def read(path: Path, field: str = "table") -> Candidates:
    """Read candidates from CSV, or from YAML with a list of mappings: one line each.

    The columns are `COLUMNS`. A cell is a number, or a number with its unit; a source is a text,
    best with its kind before it ("literature: Tang 2026, Table 1").

    Raises:
        InputError: The file, a column, a line or a number is wrong, or a name is there twice.
    """
    found: Candidates = {}
    for place, row in read_rows(path, COLUMNS, required=len(REQUIRED), field=field):
        _add(found, place, {name: cell(row, name) for name in COLUMNS})
    return found


def parse(text: str, field: str) -> Candidates:
    """Read candidates from one line, ``"LiI, 20, 2.8e-8, 1e-12; ..."``, the cells as in `read`.

    Raises:
        InputError: As `read`.
    """
    found: Candidates = {}
    for line in (line.strip() for line in text.split(";")):
        if not line:
            continue
        cells = [part.strip() for part in line.split(",")]
        if len(cells) != len(REQUIRED):
            raise InputError(field, line, f"give {', '.join(REQUIRED)}; a ; before the next one")
        _add(found, field, dict(zip(REQUIRED, cells, strict=True)))
    return found


def columns(candidates: Candidates) -> dict[str, Sequence[object]]:
    """Return candidates as columns, as `read` takes them."""
    rows = list(candidates.values())
    found: dict[str, Sequence[object]] = {"material": [row.name for row in rows]}
    for name in UNITS:
        values: list[Value] = [getattr(row, name) for row in rows]
        found[name] = [f"{value.value!r} {value.unit}" for value in values]
        found[f"{name}_source"] = [f"{value.provenance}: {value.source}" for value in values]
    return {name: found[name] for name in COLUMNS}


def _add(found: Candidates, place: str, cells: Mapping[str, str]) -> None:
    name = cells["material"]
    if not _NAME.fullmatch(name):
        raise InputError(place, name or "no name", "a material is named like Li3N or Li3N-LiF")
    if name in found:
        raise InputError(place, name, "is there twice")
    numbers = {key: _number(name, key, cells) for key in UNITS}
    found[name] = Candidate(name, **numbers)


def _number(material: str, key: str, cells: Mapping[str, str]) -> Value:
    field, text, unit = f"{material} {key}", cells[key], UNITS[key]
    if not text:
        raise InputError(field, "unset", f"give a number in {unit}")
    value = units.parse(field, text, unit)
    if key != "interface_energy" and value <= 0:
        raise InputError(field, text, "must be greater than 0")
    kind, colon, source = cells.get(f"{key}_source", "").partition(":")
    kinds: Sequence[SourceKind] = get_args(SourceKind)
    provenance = next((known for known in kinds if known == kind.strip()), None)
    if provenance is None or not colon:
        return Value(value, unit, cells.get(f"{key}_source") or _HOME, "assumed")
    return Value(value, unit, source.strip() or _HOME, provenance)
