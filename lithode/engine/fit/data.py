"""Data of a user's own as goals of a fit: spectra, curves along the axis of a run, results."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.input_files import cell, read_rows
from lithode.core.parameters import unknown
from lithode.core.results import Result
from lithode.engine.fit.goals import DataGoal, Goal, Judged, within
from lithode.output.history import History
from lithode.output.tables import Columns
from lithode.spectroscopy.formats import Table, read_table
from lithode.spectroscopy.spectrum import Spectrum, names_spectrum, read_spectrum

Array = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]
Results = Callable[[History, Any], Sequence[Result]]

_FREQUENCY = "frequency [Hz]"
_IMPEDANCE = "impedance_real [ohm cm^2]", "impedance_imag [ohm cm^2]"
_SPECTRUM, _RESULTS, _CURVE = "spectrum", "results", "curve"
TOLERANCES: Mapping[str, float] = {_SPECTRUM: 0.01}
"""Relative tolerance by the kind of data; 5 % for others."""
_TOLERANCE = 0.05
# Columns of the battery data format are those of histories by another name.
_SAME = {"test_time": "time"}
_JUMP = 0.5  # of the current, relative, from one row of a history to the next
# Its currents and charges are not per area, and counts are no measurement.
_LEFT_OUT = {"current": "A", "net_capacity": "Ah", "cycle_count": "1", "step_index": "1"}


@dataclass(frozen=True)
class SpectrumGoal:
    """A measured impedance spectrum; deviations are relative to the modulus."""

    name: str
    spectrum: Spectrum
    tolerance: float
    needs_run: bool = True

    @property
    def wanted(self) -> str:
        """Number of points."""
        return f"{len(self.spectrum.frequency)} points"

    @property
    def count(self) -> int:
        """Real and imaginary parts."""
        return 2 * len(self.spectrum.frequency)

    def compare(self, z: Complex) -> Judged:
        """Hold impedances at the measured frequencies against the measured ones."""
        s = self.spectrum
        columns = {
            _FREQUENCY: s.frequency,
            f"Re_data [{s.unit}]": s.impedance.real,
            f"Im_data [{s.unit}]": s.impedance.imag,
            f"Re_fit [{s.unit}]": z.real,
            f"Im_fit [{s.unit}]": z.imag,
        }
        return within(s.impedance, z, self.tolerance * np.abs(s.impedance), columns)

    def judge(self, history: History, parameters: Any) -> Judged:
        """Hold the spectrum of a run against the measured one, by splines over log frequency."""
        from scipy.interpolate import CubicSpline

        if any(name not in history for name in (_FREQUENCY, *_IMPEDANCE)):
            raise InputError("--data", self.name, "is a spectrum, which this case does not compute")
        if self.spectrum.unit != "ohm cm^2":
            allowed = f"is in {self.spectrum.unit}; give --area, so that it is in ohm cm^2"
            raise InputError("--data", self.name, allowed)
        order = np.argsort(history[_FREQUENCY])
        f = history[_FREQUENCY][order]
        if self.spectrum.frequency[0] < 0.999 * f[0] or self.spectrum.frequency[-1] > 1.001 * f[-1]:
            allowed = f"reaches beyond {f[0]:.4g} to {f[-1]:.4g} Hz, those of the run: --set them"
            raise InputError("--data", self.name, allowed)
        z = history[_IMPEDANCE[0]][order] + 1j * history[_IMPEDANCE[1]][order]
        spline = CubicSpline(np.log(f), z)
        return self.compare(np.asarray(spline(np.log(self.spectrum.frequency))))


def read_goal(
    text: str,
    *,
    tolerance: float | None,
    area: float | None,
    results: Results | None,
    readers: Mapping[str, Callable[[Path, float], Goal]],
) -> Goal:
    """Read data of a user's own.

    Args:
        text: A file, or ``kind=file`` with spectrum, curve, results or a kind that the case knows.
        tolerance: Relative; that of the kind if None.
        area: Of the electrode in cm^2, for spectra in ohm.
        results: Reads the results of a run of the case.
        readers: Further kinds of the case, each with what reads it.

    Raises:
        InputError: The file or the kind is wrong.
    """
    kind, separator, rest = text.partition("=")
    path = Path(rest if separator else text)
    known = [_SPECTRUM, _CURVE, _RESULTS, *readers]
    if not separator:
        kind = _kind_of(path)
    elif kind not in known:
        raise unknown("--data", kind, known)
    share = TOLERANCES.get(kind, _TOLERANCE) if tolerance is None else tolerance
    if kind in readers:
        return readers[kind](path, share)
    if kind == _SPECTRUM:
        spectrum = read_spectrum(path)
        return SpectrumGoal(path.name, spectrum.per_area(area) if area else spectrum, share)
    if kind == _CURVE:
        return _curve(path, share)
    if results is None:
        raise InputError("--data", path, "holds results, but the case has none")
    rows = read_rows(path, ("result", "value"), required=2, field="results")
    given = {cell(row, "result"): cell(row, "value") for _, row in rows}
    judge = partial(_judge_results, given, share, results)
    return DataGoal(path.name, f"{len(given)} results", len(given), judge)


def _judge_results(
    given: Mapping[str, str],
    tolerance: float,
    results: Results,
    history: History,
    parameters: Any,
) -> Judged:
    """Hold results of a run against the measured ones, given as texts with units."""
    found = {result.name: result for result in results(history, parameters)}
    measured, computed = [], []
    for name, text in given.items():
        if name not in found:
            raise unknown("result", name, found)
        result = found[name]
        measured.append(units.parse(name, text, result.unit))
        computed.append(result.value if isinstance(result.value, float) else np.nan)
    x, y = np.array(measured), np.array(computed)
    columns: Columns = {"result": list(given), "data": x, "fit": y}
    return within(x, y, tolerance * np.where(x == 0, 1.0, np.abs(x)), columns)


def _judge_curve(
    headings: Sequence[tuple[str, str]],
    values: Array,
    tolerance: float,
    history: History,
    _: Any,
) -> Judged:
    """Hold columns of a run, interpolated, against the measured ones.

    Args:
        headings: Name and unit of the axis and of each column.
        values: Shape (columns, points), the axis first.
        tolerance: Of the largest value of each column.
        history: Of the run.
    """
    axis = next(iter(history))
    stems = {name.split(" [")[0]: name for name in history}
    x = _in_unit_of(axis, headings[0], values[0])
    columns: dict[str, Array] = {axis: x}
    measured, computed, allowed = [], [], []
    for heading, column_values in zip(headings[1:], values[1:], strict=True):
        if heading[0] not in stems:
            raise unknown("column", heading[0], stems)
        column = stems[heading[0]]
        y = _in_unit_of(column, heading, column_values)
        places, found = _with_jumps(history, axis, column)
        fit = np.interp(x, places, found, left=np.nan, right=np.nan)
        measured.append(y)
        computed.append(fit)
        allowed.append(np.full(len(y), tolerance * np.max(np.abs(y)) or 1.0))
        columns[f"data_{column}"], columns[f"fit_{column}"] = y, fit
    return within(
        np.concatenate(measured), np.concatenate(computed), np.concatenate(allowed), columns
    )


def _in_unit_of(column: str, heading: tuple[str, str], values: Array) -> Array:
    """Return measured values in the unit of a column of the run."""
    name, unit = heading
    stem, _, wanted = column.rstrip("]").partition(" [")
    if name != stem:
        raise InputError("--data", name, f"the first column must be {column}, as in the run")
    factor = 1.0 if unit == wanted else units.parse_with_unit(name, f"1 {unit}", wanted)
    return np.asarray(values * factor)


def _with_jumps(history: History, axis: str, column: str) -> tuple[Array, Array]:
    """Return a column along the axis, with a row where a new current begins.

    Rows of a history are ends of time steps: after a jump of the current the first one lies a step
    later, and what is between is not on the line to the row before.
    """
    x, y = history[axis], history[column]
    current = next((history[name] for name in history if name.startswith("current [")), None)
    if current is None or len(x) < 2:
        return x, y
    # A voltage lets the current creep; only a jump or a reversal is a new step.
    scale = np.maximum(np.abs(current[:-1]), np.abs(current[1:]))
    jumps = np.flatnonzero(np.abs(np.diff(current)) > _JUMP * scale)
    starts = []
    for j in jumps:
        same = j + 2 < len(x) and j + 1 not in jumps and x[j + 2] > x[j + 1]
        slope = (y[j + 2] - y[j + 1]) / (x[j + 2] - x[j + 1]) if same else 0.0
        starts.append(y[j + 1] - slope * (x[j + 1] - x[j]))
    return np.insert(x, jumps + 1, np.nextafter(x[jumps], np.inf)), np.insert(y, jumps + 1, starts)


def _kind_of(path: Path) -> str:
    table = _table(path)
    if names_spectrum(table.headings):
        return _SPECTRUM
    names = [heading.strip().lower() for heading in table.headings]
    return _RESULTS if names[:2] == ["result", "value"] else _CURVE


def _table(path: Path) -> Table:
    def is_heading(cells: Sequence[str]) -> bool:
        names = [name.strip().lower() for name in cells]
        is_curve = len(cells) > 1 and all(_named(name)[1] for name in cells)
        return names_spectrum(cells) or names[:2] == ["result", "value"] or is_curve

    return read_table(path, is_heading, "time [s], voltage [mV], ...")


def _named(heading: str) -> tuple[str, str]:
    """Return the name of a column, as histories write it, and its unit, empty without one."""
    for pattern in (r"(.*?)\s*\[(.*)\]", r"(.*?)\s*/\s*(.*)", r"(.*?)\s*\((.*)\)"):
        if match := re.fullmatch(pattern, heading.strip()):
            name = re.sub(r"\s+", "_", match[1].strip().lower())
            return _SAME.get(name, name), match[2].strip()
    return heading.strip(), ""


def _curve(path: Path, tolerance: float) -> Goal:
    table = _table(path)
    headings = [_named(heading) for heading in table.headings]
    if bare := next((name for name, unit in headings if not unit), None):
        raise InputError("--data", path, f'column "{bare}" has no unit, as in time [s]')
    rows = []
    for number, cells in table.rows:
        try:
            rows.append([float(text) for text in cells])
        except ValueError:
            raise InputError("--data", path, f"line {number} is no row of numbers") from None
    kept = [k for k, (name, unit) in enumerate(headings) if k == 0 or _LEFT_OUT.get(name) != unit]
    headings = [headings[k] for k in kept]
    values = np.array(rows, dtype=float).reshape(len(rows), -1).T[kept]
    if len(rows) < 2 or not np.all(np.isfinite(values)):
        raise InputError("--data", path, f"needs two rows of finite numbers, has {len(rows)}")
    judge = partial(_judge_curve, headings, values, tolerance)
    return DataGoal(path.name, f"{len(rows)} points", values[1:].size, judge)
