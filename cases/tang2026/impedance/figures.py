"""Pictures of a sweep over the frequency."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.tang2026.impedance.parameters import Parameters
from lithode.cases.tang2026.impedance.readings import (
    BANDS,
    can_be_analysed,
    distribution,
    spectrum,
)
from lithode.engine.rundir import RunDirectory
from lithode.output.history import read_history
from lithode.output.lines import ACROSS
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel
from lithode.spectroscopy import pictures

_VOID = 3e4
_TALLEST = 4.0  # a map of what is taller shows nothing


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw spectrum and distribution, and where the current flows."""
    p, directory = parameters, RunDirectory(run_directory)
    history = read_history(directory.history)
    drawn: list[Path] = []
    if can_be_analysed(history):
        found = distribution(history, p)
        drawn += pictures.draw(directory.figures, spectrum(history, p), found, BANDS)
    times = [p.lowest_frequency, _VOID, p.highest_frequency]
    potential = FieldPanel("potential_real", "potential, real part", "V", "cividis")
    if p.is_layered:
        across = directory.figures / "potential.png"
        panels = [potential]
        drawn.append(profiles.draw_profile(directory.fields, across, panels, times, ACROSS))
    elif p.thickness < _TALLEST * p.width:
        current = FieldPanel("current_density", "current density at 1 V", "A/m^2", "inferno")
        panels = [current, potential]
        drawn += figures.draw_fields(directory.fields, directory.figures, panels, times, front=None)
    return drawn
