"""Impedance spectra as tables: frequency, real and imaginary part, each with its unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.core import units
from lithode.core.errors import InputError
from lithode.output.tables import write_table
from lithode.spectroscopy.formats import Table, read_table

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

_ROLES = {
    "frequency": {"frequency", "freq", "f"},
    "real": {"re", "re(z)", "rez", "z'", "zre", "zreal", "real", "impedancereal"},
    "imag": {"im", "im(z)", "imz", "z''", 'z"', "zim", "zimag", "imag", "impedanceimag"},
}
_HEADINGS = "frequency [Hz], Re [ohm cm^2], Im [ohm cm^2]"
_FREQUENCY_UNIT = re.compile(r"[mkMG]?Hz")
_SWEEPS = {"cyclenumber", "sweep"}
_IMPEDANCE_UNITS = ("ohm", "ohm cm", "ohm cm^2")


@dataclass(frozen=True)
class Spectrum:
    """An impedance spectrum.

    Attributes:
        frequency: Rising frequencies in Hz, shape (n,).
        impedance: Impedances, capacitive ones with negative imaginary part, shape (n,).
        unit: Unit of the impedances: ohm, ohm cm or ohm cm^2.
        notes: What had to be made of a file, one sentence each.
    """

    frequency: Array
    impedance: Complex
    unit: str
    notes: tuple[str, ...] = ()

    def thinned(self, most: int) -> Spectrum:
        """Return at most so many of its points, even on a logarithmic axis, and say so."""
        count = len(self.frequency)
        if count <= most:
            return self
        places = np.log(self.frequency)
        wanted = np.interp(np.linspace(places[0], places[-1], most), places, np.arange(count))
        kept = np.unique(np.round(wanted).astype(np.intp))
        note = f"{count} points: {len(kept)} of them are used, even on a logarithmic axis"
        return replace(
            self,
            frequency=self.frequency[kept],
            impedance=self.impedance[kept],
            notes=(*self.notes, note),
        )

    def per_area(self, area: float) -> Spectrum:
        """Return the spectrum times the area of an electrode.

        Args:
            area: In cm^2.

        Raises:
            InputError: It is per area or length already.
        """
        if self.unit != "ohm":
            raise InputError("--area", f"{area:g}", f"the spectrum is in {self.unit} already")
        note = f"ohm are taken times {area:g} cm^2"
        notes = (*self.notes, note)
        return replace(self, impedance=self.impedance * area, unit="ohm cm^2", notes=notes)

    def write(self, path: Path) -> Path:
        """Write a table that `read_spectrum` and ``lithode drt`` read."""
        heads = "frequency [Hz]", f"Re [{self.unit}]", f"Im [{self.unit}]"
        columns = self.frequency, self.impedance.real, self.impedance.imag
        return write_table(path, dict(zip(heads, columns, strict=True)))


def read_spectrum(path: Path, *, negate: bool = False, sweep: int | None = None) -> Spectrum:
    """Read a spectrum from a text file, that of an instrument among them (`formats`).

    The headings say what the columns are: ``frequency [Hz], Re [ohm cm^2], Im [ohm cm^2]``. Other
    common names, ``-Im``, and units after a slash are read too, and further columns are left
    alone. Frequencies rise or fall. Signs are those of the headings, whatever the values are; a
    note says where they look wrong.

    Args:
        path: The file.
        negate: Whether the imaginary parts have the other sign than their heading says.
        sweep: Which one is read of a file with a column of cycle numbers.

    Raises:
        InputError: The file cannot be read, is too long, a column or unit is missing or of another
            kind, a value is no finite number, or frequencies are out of order or repeated.
    """
    table = read_table(path, names_spectrum, _HEADINGS)
    headings = table.headings
    places, sign, found_units = _columns(path, headings)
    rows = _of_sweep(path, table, sweep)
    numbers = [number for number, _ in rows]
    if len(rows) < 2:
        raise InputError("spectrum", path, f"holds {len(rows)} points")
    values = np.array([_numbers(path, number, cells, places) for number, cells in rows])
    unit = next(kind for kind in _IMPEDANCE_UNITS if _compatible(found_units[1], kind))
    wanted = "Hz", unit, unit
    frequency, real, imag = (
        column * units.parse("unit", f"1 {given}", kept)
        for column, given, kept in zip(values.T, found_units, wanted, strict=True)
    )
    imag *= -sign if negate else sign
    impedance = real + 1j * imag
    _check_frequencies(path, frequency, numbers)
    if np.mean(real > 0) < 0.5:
        raise InputError("spectrum", path, "Re must be positive")
    notes = []
    if np.mean(imag > 0) > 0.5:
        heading = headings[places[2]].strip()
        taken = "the negative of what its heading says" if negate else "as its heading says"
        notes.append(
            f"{heading} is taken {taken}: the spectrum is mostly inductive"
            + ("" if negate else "; --negate reads it with the other sign")
        )
    order = slice(None) if frequency[0] < frequency[-1] else slice(None, None, -1)
    return Spectrum(frequency[order].copy(), impedance[order].copy(), unit, tuple(notes))


def names_spectrum(headings: Sequence[str]) -> bool:
    """Whether headings name a frequency and both parts of an impedance."""
    names = {_parted(heading)[0].lstrip("-") for heading in headings}
    return all(names & known for known in _ROLES.values())


def _of_sweep(path: Path, table: Table, sweep: int | None) -> Sequence[tuple[int, Sequence[str]]]:
    """Return the rows of one sweep, all where the file does not number them."""
    place = next((k for k, h in enumerate(table.headings) if _parted(h)[0] in _SWEEPS), None)
    if place is None:
        return table.rows
    cycles = [_numbers(path, number, cells, [place])[0] for number, cells in table.rows]
    known = sorted(set(cycles))
    if sweep is None and len(known) > 1:
        allowed = f"holds {len(known)} sweeps, {known[0]:g} to {known[-1]:g}: choose by --sweep"
        raise InputError("spectrum", path, allowed)
    wanted = known[0] if sweep is None and known else sweep
    if sweep is not None and sweep not in known:
        raise InputError("--sweep", sweep, f"is none of {', '.join(f'{k:g}' for k in known)}")
    return [row for row, cycle in zip(table.rows, cycles, strict=True) if cycle == wanted]


def _columns(path: Path, headings: Sequence[str]) -> tuple[list[int], float, list[str]]:
    """Return where the three columns are, the sign of the last, and their units."""
    places: dict[str, int] = {}
    found: dict[str, str] = {}
    sign = 1.0
    for place, heading in enumerate(headings):
        name, unit = _parted(heading)
        negative, plain = name.startswith("-"), name.lstrip("-")
        for role, names in _ROLES.items():
            if plain in names and not (negative and role != "imag"):
                if role in places:
                    raise InputError("spectrum", path, f"has two columns of {role} values")
                places[role], found[role] = place, unit
                sign = -1.0 if negative else sign
    for role in _ROLES:
        if role not in places:
            raise InputError("spectrum", path, f"has no column of {role} values; give {_HEADINGS}")
        if not found[role]:
            heading = headings[places[role]].strip()
            raise InputError("spectrum", path, f'column "{heading}" has no unit; give {_HEADINGS}')
    if not _FREQUENCY_UNIT.fullmatch(found["frequency"]):
        raise InputError("frequency", found["frequency"], "must be in Hz, kHz or MHz")
    for role in ("real", "imag"):
        if not any(_compatible(found[role], kind) for kind in _IMPEDANCE_UNITS):
            allowed = f"must be in {', '.join(_IMPEDANCE_UNITS)} or a multiple"
            raise InputError("impedance", found[role], allowed)
    if not _compatible(found["imag"], found["real"]):
        raise InputError("impedance", found["imag"], f"Re is in {found['real']}, another kind")
    return [places[role] for role in _ROLES], sign, [found[role] for role in _ROLES]


def _parted(heading: str) -> tuple[str, str]:
    """Return the name of a column, in lower case without blanks, and its unit as pint reads it."""
    text = heading.strip()
    name, unit = text, ""
    if not any(_plain(text).lstrip("-") in names for names in _ROLES.values()):
        for pattern in (r"(.*?)\s*\[(.*)\]", r"(.*?)\s*/\s*(.*)", r"(.*?)\s*\((.*)\)"):
            if match := re.fullmatch(pattern, text):
                name, unit = match.groups()
                break
    unit = re.sub(r"ohms?", "ohm", unit, flags=re.IGNORECASE)
    unit = unit.replace("\N{MIDDLE DOT}", " ").replace("\N{SUPERSCRIPT TWO}", "^2")
    return _plain(name), re.sub(r"(?<=[cm]m)2\b", "^2", unit.strip())


def _plain(name: str) -> str:
    return re.sub(r"[\s_]", "", name.replace("\N{MINUS SIGN}", "-")).lower()


def _compatible(unit: str, kind: str) -> bool:
    try:
        units.parse_with_unit("unit", f"1 {unit}", kind)
    except InputError:
        return False
    return True


def _numbers(path: Path, number: int, cells: Sequence[str], places: Sequence[int]) -> list[float]:
    values = []
    for place in places:
        try:
            values.append(float(cells[place]))
        except ValueError:
            values.append(np.nan)
        if not np.isfinite(values[-1]):
            raise InputError("spectrum", path, f'line {number}: "{cells[place]}" is no number')
    return values


def _check_frequencies(path: Path, frequency: Array, numbers: Sequence[int]) -> None:
    if np.any(frequency <= 0):
        number = numbers[int(np.argmax(frequency <= 0))]
        raise InputError("spectrum", path, f"line {number}: frequencies must be greater than 0")
    seen: dict[float, int] = {}
    for number, value in zip(numbers, frequency.tolist(), strict=True):
        if value in seen:
            lines = f"lines {seen[value]} and {number}"
            raise InputError("spectrum", path, f"{value:g} Hz is there twice ({lines})")
        seen[value] = number
    falls = frequency[0] > frequency[-1]
    wrong = np.flatnonzero((np.diff(frequency) < 0) != falls)
    if len(wrong):
        number = numbers[int(wrong[0]) + 1]
        allowed = f"frequencies must rise or fall throughout; line {number} turns back"
        raise InputError("spectrum", path, allowed)
