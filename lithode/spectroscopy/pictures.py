"""Pictures of impedance spectra and of their distributions of relaxation times."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter

from lithode.plots.maps import COLOURS, STYLE
from lithode.plots.panels import with_unit
from lithode.spectroscopy.drt import Distribution, Spread
from lithode.spectroscopy.kramers_kronig import KramersKronig
from lithode.spectroscopy.spectrum import Spectrum

_FREQUENCY = "frequency (Hz)"

Bands = Mapping[str, tuple[float, float]]


def draw(
    directory: Path,
    spectrum: Spectrum,
    found: Distribution,
    bands: Bands | None = None,
    spread: Spread | None = None,
) -> tuple[Path, ...]:
    """Draw ``spectrum.png``, with the fit of the distribution, and ``drt.png``; returns the paths.

    Args:
        directory: Directory of the pictures.
        spectrum: The spectrum.
        found: Its distribution.
        bands: See `draw_distribution`.
        spread: See `draw_distribution`.
    """
    fitted = Spectrum(spectrum.frequency, found.fitted, spectrum.unit)
    return (
        draw_spectra(directory / "spectrum.png", {"data": spectrum, "DRT": fitted}),
        draw_distribution(directory / "drt.png", found, spectrum.unit, bands, spread),
    )


def draw_spectra(picture: Path, spectra: Mapping[str, Spectrum]) -> Path:
    """Draw Nyquist and Bode diagrams of spectra in one unit.

    Args:
        picture: The picture.
        spectra: Label to spectrum; the first is drawn by points, the others by lines.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.4, 4.2), layout="constrained")
        grid = figure.subplot_mosaic([["nyquist"] * 2, ["modulus", "phase"]])
        nyquist, modulus, phase = (grid[name] for name in ("nyquist", "modulus", "phase"))
        for k, (label, spectrum) in enumerate(spectra.items()):
            z, f = spectrum.impedance, spectrum.frequency
            points = {"marker": "o", "markersize": 2.5, "linestyle": ""} if k == 0 else {}
            style: dict[str, Any] = {"color": COLOURS[k % len(COLOURS)], "label": label, **points}
            nyquist.plot(z.real, -z.imag, **style)
            modulus.loglog(f, np.abs(z), **style)
            phase.semilogx(f, -np.degrees(np.angle(z)), **style)
        unit = next(iter(spectra.values())).unit
        nyquist.set_aspect("equal", adjustable="datalim")
        nyquist.set_xlabel(with_unit("Re Z", unit))
        nyquist.set_ylabel(with_unit("-Im Z", unit))
        modulus.set(xlabel=_FREQUENCY, ylabel=with_unit("|Z|", unit))
        modulus.yaxis.set_major_formatter(LogFormatter())
        modulus.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))
        phase.set(xlabel=_FREQUENCY, ylabel="-phase (degrees)")
        if len(spectra) > 1:
            modulus.legend()
        return _save(figure, picture)


def draw_distribution(
    picture: Path,
    found: Distribution,
    unit: str,
    bands: Bands | None = None,
    spread: Spread | None = None,
) -> Path:
    """Draw a distribution of relaxation times against frequency, its peaks with their areas.

    Args:
        picture: The picture.
        found: The distribution.
        unit: Unit of its impedances.
        bands: Label to the frequencies, in Hz, between which a process is looked for.
        spread: From the 5th to the 95th percentile of its noise, to be shaded.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.0, 2.8), layout="constrained")
        axes = figure.add_subplot()
        frequency = np.exp(-found.log_tau) / (2 * np.pi)
        axes.semilogx(frequency, found.gamma, color=COLOURS[0])
        axes.fill_between(frequency, found.gamma, color=COLOURS[0], alpha=0.15, linewidth=0)
        if spread is not None:
            axes.fill_between(frequency, *spread.gamma, color=COLOURS[1], alpha=0.5, linewidth=0)
        low, high = found.frequency.min(), found.frequency.max()
        axes.set(xlabel=_FREQUENCY, ylabel=with_unit("$\\gamma$(ln $\\tau$)", unit))
        axes.set_title(with_unit("areas of the peaks", unit))
        axes.set_xlim(low / 3, high * 3)
        axes.set_ylim(0, 1.2 * max(float(found.gamma.max()), 1e-300))
        _mark_bands(axes, bands or {}, low / 3, high * 3)
        for peak in found.peaks():
            if peak.is_minor or peak.resistance < 0:
                continue
            height = np.interp(-np.log(2 * np.pi * peak.frequency), found.log_tau, found.gamma)
            text = f"{peak.resistance:.4g}" + ("" if peak.is_inside else "?")
            top = peak.frequency, float(height)
            axes.annotate(text, top, (0, 3), textcoords="offset points", ha="center")
        for end in (low, high):
            axes.axvline(end, color="#999999", linewidth=0.6, linestyle=":")
        return _save(figure, picture)


def draw_residuals(picture: Path, relations: KramersKronig, found: Distribution) -> Path:
    """Draw what the Kramers-Kronig test and the distribution leave of a spectrum."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5.0, 2.4), layout="constrained")
        axes = figure.add_subplot()
        f, moduli = relations.frequency, np.abs(relations.impedance)
        missed = (relations.impedance - found.fitted) / moduli
        for k, (label, z) in enumerate(
            {"Kramers-Kronig": relations.residuals, "DRT": missed}.items()
        ):
            style: dict[str, Any] = {"color": COLOURS[k], "markersize": 3, "linewidth": 0.6}
            axes.semilogx(f, 100 * z.real, marker="o", label=f"{label}, Re", **style)
            axes.semilogx(f, 100 * z.imag, marker="s", mfc="none", label=f"{label}, Im", **style)
        axes.axhline(0, color="#999999", linewidth=0.6)
        axes.set(xlabel=_FREQUENCY, ylabel="residual (% of |Z|)")
        axes.legend(ncols=2)
        return _save(figure, picture)


def _mark_bands(axes: Axes, bands: Bands, low: float, high: float) -> None:
    for k, (label, (start, end)) in enumerate(bands.items()):
        start, end = max(start, low), min(end, high)
        if k % 2 == 0:
            axes.axvspan(start, end, color="#f2f2f2", linewidth=0, zorder=0)
        place: dict[str, Any] = {
            "transform": axes.get_xaxis_transform(),
            "ha": "center",
            "va": "top",
        }
        axes.text(float(np.sqrt(start * end)), 0.99, label, color="#666666", **place)


def _save(figure: Figure, picture: Path) -> Path:
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, bbox_inches="tight", pad_inches=0.05)
    return picture
