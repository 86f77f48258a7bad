"""Thermodynamic data of phases, read from a table that names unit, uncertainty and source."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.input_files import cell, read_rows
from lithode.materials.library import SourceKind, Value

Array = npt.NDArray[np.float64]
Quantity = Literal["enthalpy", "entropy", "volume"]

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
        for place, row in read_rows(path, COLUMNS, required=4):
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


def _number(place: str, row: Mapping[str, object]) -> tuple[str, Quantity, Measurement]:
    """Read one row."""
    name, quantity, unit = cell(row, "phase"), cell(row, "quantity"), cell(row, "unit")
    composition(name)
    kind = next((known for known in UNITS if known == quantity), None)
    if kind is None:
        raise InputError(place, quantity, f"quantity must be one of {', '.join(UNITS)}")
    field = f"{name} {kind}"
    if not unit:
        raise InputError(field, cell(row, "value"), f"has no unit; give one like {UNITS[kind]}")

    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError as error:
            raise InputError(field, text, "must be a number; its unit has a column") from error
        if not math.isfinite(value):
            raise InputError(field, text, "must be finite")
        return units.parse(field, f"{value!r} {unit}", UNITS[kind])

    value, uncertainty = number(cell(row, "value")), number(cell(row, "uncertainty") or "0")
    if uncertainty < 0:
        raise InputError(
            field, cell(row, "uncertainty"), "the uncertainty must not be negative", unit
        )
    if kind == "volume" and value <= 0:
        raise InputError(field, cell(row, "value"), "must be greater than 0", unit)
    if kind == "volume" and uncertainty > _MOST_VOLUME_UNCERTAINTY * value:
        allowed = f"the uncertainty must be at most {_MOST_VOLUME_UNCERTAINTY:.0%} of the volume"
        raise InputError(field, cell(row, "uncertainty"), allowed, unit)
    provenances: Sequence[SourceKind] = get_args(SourceKind)
    given = cell(row, "provenance") or "assumed"
    provenance = next((known for known in provenances if known == given), None)
    if provenance is None:
        raise InputError(field, given, f"provenance must be one of {', '.join(provenances)}")
    source = cell(row, "source") or "the user's table"
    return name, kind, Measurement(value, UNITS[kind], source, provenance, uncertainty)
