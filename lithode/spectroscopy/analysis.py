"""What ``lithode drt`` does: from a measured spectrum to its distribution of relaxation times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from lithode.core import units
from lithode.core.errors import InputError
from lithode.output.tables import aligned
from lithode.spectroscopy import drt
from lithode.spectroscopy.drt import Distribution
from lithode.spectroscopy.spectrum import Spectrum, read_spectrum

_CAPACITANCE = {"ohm": "F", "ohm cm": "F/cm", "ohm cm^2": "F/cm^2"}
_INDUCTANCE = {"ohm": "H", "ohm cm": "H cm", "ohm cm^2": "H cm^2"}
_HEADINGS = ("frequency", "tau", "resistance", "share", "capacitance", "")


@dataclass(frozen=True)
class Analysis:
    """A spectrum, its distribution, and the files they were written to."""

    spectrum: Spectrum
    distribution: Distribution
    files: tuple[Path, ...]

    def text(self) -> str:
        """Return the peaks as a table, with what was assumed and what cannot be resolved."""
        s, found = self.spectrum, self.distribution
        lines = [f"note: {note}" for note in s.notes]
        lines += [
            f"{len(s.frequency)} points, {s.frequency[0]:.4g} to {s.frequency[-1]:.4g} Hz; "
            f"lambda {found.regularisation:g}; misfit {100 * found.residual:.2g} % (rms)",
            f"R_inf {found.series_resistance:.5g} {s.unit}, polarisation "
            f"{found.polarisation:.5g} {s.unit}, L {found.inductance:.3g} {_INDUCTANCE[s.unit]}",
            "",
            aligned([_HEADINGS, *self._rows()]),
            "",
            f"Peaks closer than {found.resolution:.2g} decades come out as one; what is faster "
            "than the highest frequency is in R_inf.",
        ]
        if any(not peak.is_inside for peak in found.peaks()):
            lines.append("edge: within half a decade of the ends, or beyond; only part is seen.")
        return "\n".join(lines)

    def _rows(self) -> list[tuple[str, ...]]:
        found, unit = self.distribution, self.spectrum.unit
        return [
            (
                f"{peak.frequency:.4g} Hz",
                f"{peak.time_constant:.4g} s",
                f"{peak.resistance:.5g} {unit}",
                f"{100 * peak.resistance / found.polarisation:.1f} %",
                f"{peak.capacitance:.3g} {_CAPACITANCE[unit]}",
                "" if peak.is_inside else "edge",
            )
            for peak in found.peaks()
        ]


def regularisation(text: str) -> float | None:
    """Read the option ``--lambda``; None stands for cross-validation.

    Raises:
        InputError: It is neither a positive number nor "cv".
    """
    if text.strip().lower() == "cv":
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise InputError("--lambda", text, "give a number greater than 0, or cv")
    return value


def read(path: Path, *, area: str | None, negate: bool, sweep: int | None) -> Spectrum:
    """Read a spectrum, per area if one is given as a text with its unit.

    Raises:
        InputError: The file, the area or the number of the sweep is wrong.
    """
    given = None if area is None else units.parse("--area", area, "cm^2")
    if given is not None and not 0 < given < math.inf:
        raise InputError("--area", area, "must be greater than 0", "cm^2")
    spectrum = read_spectrum(path, negate=negate, sweep=sweep)
    return spectrum if given is None else spectrum.per_area(given)


def analyse(spectrum: Spectrum, path: Path, out: Path, weight: float | None) -> Analysis:
    """Analyse a spectrum and write ``drt.csv``, ``peaks.csv`` and two pictures.

    Args:
        spectrum: The spectrum.
        path: Its file, which is not overwritten.
        out: Directory of the files; made if missing, files of these names are replaced.
        weight: Lambda, None for cross-validation.

    Raises:
        InputError: The spectrum cannot be used, or the directory not written.
    """
    spectrum = spectrum.thinned(drt.MOST_POINTS)
    found = drt.analyse(spectrum.frequency, spectrum.impedance, weight)
    if path.resolve() in {(out / name).resolve() for name in ("drt.csv", "peaks.csv")}:
        raise InputError("--out", out, f"would overwrite {path.name}; give another directory")
    # Drawing libraries take seconds to load.
    from lithode.spectroscopy import pictures

    try:
        files = *found.write(out, spectrum.unit), *pictures.draw(out, spectrum, found)
    except OSError as error:
        raise InputError("--out", out, f"cannot be written ({error.strerror})") from error
    return Analysis(spectrum, found, files)
