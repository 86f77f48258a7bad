"""What ``lithode drt`` does: from a measured spectrum to its distribution of relaxation times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lithode.core import units
from lithode.core.errors import InputError
from lithode.output.tables import aligned, write_table
from lithode.spectroscopy import bands, drt, kramers_kronig
from lithode.spectroscopy.bands import Bands
from lithode.spectroscopy.drt import Distribution
from lithode.spectroscopy.kramers_kronig import KramersKronig
from lithode.spectroscopy.peaks import Peak
from lithode.spectroscopy.spectrum import Spectrum, read_spectrum
from lithode.spectroscopy.warnings import warnings_of

_CAPACITANCE = {"ohm": "F", "ohm cm": "F/cm", "ohm cm^2": "F/cm^2"}
_INDUCTANCE = {"ohm": "H", "ohm cm": "H cm", "ohm cm^2": "H cm^2"}
_HEADINGS = ("frequency", "tau", "resistance", "5 to 95 %", "share", "capacitance", "")
_FILES = "drt.csv", "peaks.csv", "residuals.csv"
_MOST_FOR_BANDS = 150  # points; beyond, a hundred analyses take more than a few seconds
_NOISE = 0.2  # of its area, below which the lower end of a peak's band makes it noise
DRAWS = 100


@dataclass(frozen=True)
class Analysis:
    """A spectrum, its Kramers-Kronig test and distribution, and the files they were written to."""

    spectrum: Spectrum
    relations: KramersKronig
    distribution: Distribution
    bands: Bands | None
    files: tuple[Path, ...]

    def text(self) -> str:
        """Return the peaks as a table, with what was assumed and what cannot be resolved."""
        s, found = self.spectrum, self.distribution
        lines = [f"note: {note}" for note in s.notes]
        lines += [f"warning: {text}" for text in warnings_of(s, found, self.relations)]
        lines += [
            f"{len(s.frequency)} points, {s.frequency[0]:.4g} to {s.frequency[-1]:.4g} Hz; "
            f"lambda {found.regularisation:g}; misfit {100 * found.residual:.2g} % (rms); "
            f"Kramers-Kronig residuals {100 * self.relations.size:.2g} % (rms)",
            f"R_inf {found.series_resistance:.5g} {s.unit}, polarisation "
            f"{found.polarisation:.5g} {s.unit}, L {found.inductance:.3g} {_INDUCTANCE[s.unit]}",
        ]
        if found.tail is not None:
            tail = found.tail
            lines.append(f"tail 1/(Q (j w)^a): Q {tail.admittance:.4g}, a {tail.exponent:.3g}")
        lines += ["", aligned([_HEADINGS, *self._rows()]), ""]
        lines.append(
            f"Peaks closer than {found.resolution:.2g} decades come out as one; what is faster "
            "than the highest frequency is in R_inf."
        )
        if self.bands is not None:
            lines.append(
                f"5 to 95 %: of {self.bands.draws} draws of the noise, with the same penalty."
            )
        kinds = {self._kind(k, peak) for k, peak in enumerate(found.peaks())}
        lines += [text for kind, text in _KINDS.items() if kind in kinds]
        return "\n".join(lines)

    def _rows(self) -> list[tuple[str, ...]]:
        found, unit = self.distribution, self.spectrum.unit
        return [
            (
                f"{peak.frequency:.4g} Hz",
                f"{peak.time_constant:.4g} s",
                f"{peak.resistance:.5g} {unit}",
                "-" if self.bands is None else "{:.4g} to {:.4g}".format(*self.bands.peaks[k]),
                f"{100 * peak.resistance / (found.polarisation or 1.0):.1f} %",
                f"{peak.capacitance:.3g} {_CAPACITANCE[unit]}" if peak.resistance > 0 else "-",
                self._kind(k, peak),
            )
            for k, peak in enumerate(found.peaks())
        ]

    def _kind(self, k: int, peak: Peak) -> str:
        if peak.resistance < 0:
            return "loop"
        if self.bands is not None and self.bands.peaks[k][0] < _NOISE * peak.resistance:
            return "noise"
        if not peak.is_inside:
            return "edge"
        return "minor" if peak.is_minor else ""


_KINDS = {
    "edge": "edge: within half a decade of the ends, or beyond; only part is seen.",
    "minor": "minor: small beside its neighbour; the penalty makes such side lobes of one arc.",
    "noise": "noise: not told from it.",
    "loop": "loop: inductive; its resistance is missing at direct current.",
}


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


def analyse(
    spectrum: Spectrum, path: Path, out: Path, weight: float | None, draws: int | None = None
) -> Analysis:
    """Analyse a spectrum and write three tables and three pictures.

    Args:
        spectrum: The spectrum.
        path: Its file, which is not overwritten.
        out: Directory of the files; made if missing, files of these names are replaced.
        weight: Lambda, None for cross-validation.
        draws: Number of draws for the bands; 100 if None and the spectrum is not long, 0 for none.

    Raises:
        InputError: The spectrum cannot be used, or the directory not written.
    """
    spectrum = spectrum.thinned(drt.MOST_POINTS)
    if draws is None:
        draws = DRAWS if len(spectrum.frequency) <= _MOST_FOR_BANDS else 0
    if draws == 1 or draws < 0:
        raise InputError("--draws", draws, "must be 0 or at least 2")
    found = drt.analyse(spectrum.frequency, spectrum.impedance, weight)
    relations = kramers_kronig.hold(spectrum.frequency, spectrum.impedance)
    spread = bands.bootstrap(found, relations, draws) if draws else None
    if path.resolve() in {(out / name).resolve() for name in _FILES}:
        raise InputError("--out", out, f"would overwrite {path.name}; give another directory")
    # Drawing libraries take seconds to load.
    from lithode.spectroscopy import pictures

    try:
        files = (
            *found.write(out, spectrum.unit, spread),
            _write_residuals(out / _FILES[2], relations),
            *pictures.draw(out, spectrum, found, spread=spread),
            pictures.draw_residuals(out / "residuals.png", relations, found),
        )
    except OSError as error:
        raise InputError("--out", out, f"cannot be written ({error.strerror})") from error
    return Analysis(spectrum, relations, found, spread, files)


def _write_residuals(path: Path, relations: KramersKronig) -> Path:
    residuals = np.asarray(relations.residuals)
    columns = {
        "frequency [Hz]": relations.frequency,
        "kramers_kronig_real [1]": residuals.real,
        "kramers_kronig_imag [1]": residuals.imag,
    }
    return write_table(path, columns)
