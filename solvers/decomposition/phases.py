"""Thermodynamic data of phases, read from a table that names unit, uncertainty and source."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import yaml

from lithode import units
from lithode.errors import InputError
from lithode.solvers.materials import Value

Array = npt.NDArray[np.float64]
Quantity = Literal["enthalpy", "entropy", "volume"]
Provenance = Literal["paper", "literature", "calibrated", "assumed"]

COLUMNS = ("phase", "quantity", "value", "unit", "uncertainty", "provenance", "source")
UNITS: Mapping[Quantity, str] = {
    "enthalpy": "kJ/mol",
    "entropy": "J/(mol K)",
    "volume": "cm^3/mol",
}
LITHIUM = "Li"
_TERM = re.compile(r"([A-Z][a-z]?)(\d+(?:\.\d+)?)?")
# A normal draw with a larger share would make volumes negative.
_MOST_VOLUME_UNCERTAINTY = 0.2


@dataclass(frozen=True)
class Measurement(Value):
    """A number with its standard uncertainty, in the same unit."""

    uncertainty: float = 0.0


@dataclass(frozen=True)
class Phase:
    """A solid phase; amounts are per mole of its formula.

    Attributes:
        name: Formula, with an optional remark after a blank ("ZrCl2 3R").
        enthalpy: Standard enthalpy of formation.
        entropy: Standard entropy, absolute.
        volume: Molar volume.
    """

    name: str
    enthalpy: Measurement
    entropy: Measurement
    volume: Measurement

    @property
    def composition(self) -> dict[str, float]:
        """Amount of every element."""
        return composition(self.name)


def composition(name: str) -> dict[str, float]:
    """Return the amounts of the elements in a formula without brackets.

    Raises:
        InputError: It is none.
    """
    formula = name.split()[0] if name.split() else ""
    terms = _TERM.findall(formula)
    if not terms or "".join(element + count for element, count in terms) != formula:
        raise InputError("phase", name, "must be a formula without brackets, like Li2ZrCl6")
    amounts: dict[str, float] = {}
    for element, count in terms:
        amounts[element] = amounts.get(element, 0.0) + float(count or 1)
    return amounts


@dataclass(frozen=True)
class PhaseTable:
    """Phases by name, lithium metal among them."""

    phases: Mapping[str, Phase]

    @classmethod
    def read(cls, path: Path) -> PhaseTable:
        """Read a table from CSV, or from YAML with a list of mappings: one number a row.

        The columns are `COLUMNS`; uncertainty, provenance and source may be empty or missing.

        Raises:
            InputError: The file, a column, a row or a number is wrong, or a number is missing.
        """
        numbers: dict[str, dict[Quantity, Measurement]] = {}
        for place, row in _rows(path):
            name, quantity, number = _number(place, row)
            known = numbers.setdefault(name, {})
            if quantity in known:
                raise InputError(place, f"{name} {quantity}", "is there twice")
            known[quantity] = number
        for name, known in numbers.items():
            if missing := [quantity for quantity in UNITS if quantity not in known]:
                raise InputError("table", path, f"has no {missing[0]} of {name}")
        if LITHIUM not in numbers:
            raise InputError("table", path, f"has no {LITHIUM}: the potential is measured from it")
        return cls({name: Phase(name, **known) for name, known in numbers.items()})

    def without(self, names: Iterable[str]) -> PhaseTable:
        """Leave phases out.

        Raises:
            InputError: A name is not in the table.
        """
        gone = [self[name].name for name in names]
        return PhaseTable({name: p for name, p in self.phases.items() if name not in gone})

    def with_value(self, name: str, quantity: Quantity, value: float, source: str) -> PhaseTable:
        """Replace one number, given in the table's unit of it; its uncertainty stays.

        Raises:
            InputError: The phase is not in the table.
        """
        old: Measurement = getattr(self[name], quantity)
        new = replace(old, value=value, source=source, provenance="assumed")
        changed: dict[str, Any] = {quantity: new}
        return PhaseTable({**self.phases, name: replace(self[name], **changed)})

    def __getitem__(self, name: str) -> Phase:
        if name not in self.phases:
            known = ", ".join(self.phases)
            raise InputError("phase", name, f"is not in the table, which has {known}")
        return self.phases[name]

    def values(self, quantity: Quantity) -> Array:
        """Return one quantity of all phases in the coherent model units."""
        return np.array([getattr(phase, quantity).model for phase in self.phases.values()])

    def draw(self, quantity: Quantity, count: int, rng: np.random.Generator) -> Array:
        """Return ``count`` rows of normal draws of one quantity, in the coherent model units."""
        numbers = [getattr(phase, quantity) for phase in self.phases.values()]
        widths = [units.to_model(number.uncertainty, number.unit) for number in numbers]
        return rng.normal(self.values(quantity), widths, (count, len(numbers)))

    def columns(self) -> dict[str, list[object]]:
        """Return the table as columns, as `read` takes them."""
        rows: list[tuple[object, ...]] = []
        for phase in self.phases.values():
            for quantity in UNITS:
                n: Measurement = getattr(phase, quantity)
                rows.append(
                    (phase.name, quantity, n.value, n.unit, n.uncertainty, n.provenance, n.source)
                )
        return {name: [row[k] for row in rows] for k, name in enumerate(COLUMNS)}


def _rows(path: Path) -> list[tuple[str, Mapping[str, object]]]:
    """Return the rows with what to call each in a message."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("table", path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError("table", path, "is no text in UTF-8") from error
    rows: list[Mapping[str, object]]
    if path.suffix.lower() in (".yaml", ".yml"):
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise InputError("table", path, "is not YAML") from error
        if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
            raise InputError("table", path, "must be a list with one mapping per number")
        rows = content
        heads = [set(row) for row in rows]
        what = "entry"
    elif path.suffix.lower() == ".csv":
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        reader = csv.DictReader(lines, skipinitialspace=True)
        rows = list(reader)
        heads = [set(reader.fieldnames or ())] if rows else []
        what = "row"
        if any(None in row or None in row.values() for row in rows):
            at = next(k for k, row in enumerate(rows, 1) if None in row or None in row.values())
            raise InputError("table", path, f"row {at} has more or fewer cells than the header")
    else:
        raise InputError("table", path, "must end in .csv, .yaml or .yml")
    if not rows:
        raise InputError("table", path, "is empty")
    for head in heads:
        if missing := [name for name in COLUMNS[:4] if name not in head]:
            raise InputError("table", path, f"has no column {missing[0]}")
        if extra := sorted(str(name) for name in head if name not in COLUMNS):
            allowed = f"has a column {extra[0]}; allowed are {', '.join(COLUMNS)}"
            raise InputError("table", path, allowed)
    return [(f"table {what} {k}", row) for k, row in enumerate(rows, 1)]


def _number(place: str, row: Mapping[str, object]) -> tuple[str, Quantity, Measurement]:
    """Read one row."""

    def cell(name: str) -> str:
        content = row.get(name)
        return "" if content is None else str(content).strip()

    name, quantity, unit = cell("phase"), cell("quantity"), cell("unit")
    composition(name)
    kind = next((known for known in UNITS if known == quantity), None)
    if kind is None:
        raise InputError(place, quantity, f"quantity must be one of {', '.join(UNITS)}")
    field = f"{name} {kind}"
    if not unit:
        raise InputError(field, cell("value"), f"has no unit; give one like {UNITS[kind]}")

    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError as error:
            raise InputError(field, text, "must be a number; its unit has a column") from error
        if not math.isfinite(value):
            raise InputError(field, text, "must be finite")
        return units.parse(field, f"{value!r} {unit}", UNITS[kind])

    value, uncertainty = number(cell("value")), number(cell("uncertainty") or "0")
    if uncertainty < 0:
        raise InputError(field, cell("uncertainty"), "the uncertainty must not be negative", unit)
    if kind == "volume" and value <= 0:
        raise InputError(field, cell("value"), "must be greater than 0", unit)
    if kind == "volume" and uncertainty > _MOST_VOLUME_UNCERTAINTY * value:
        allowed = f"the uncertainty must be at most {_MOST_VOLUME_UNCERTAINTY:.0%} of the volume"
        raise InputError(field, cell("uncertainty"), allowed, unit)
    provenances: Sequence[Provenance] = get_args(Provenance)
    given = cell("provenance") or "assumed"
    provenance = next((known for known in provenances if known == given), None)
    if provenance is None:
        raise InputError(field, given, f"provenance must be one of {', '.join(provenances)}")
    source = cell("source") or "the user's table"
    return name, kind, Measurement(value, UNITS[kind], source, provenance, uncertainty)
