"""The spectrum of a run and its relaxation times, as tables."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.tang2026.impedance.parameters import Parameters
from lithode.cases.tang2026.impedance.readings import can_be_analysed, distribution, spectrum
from lithode.engine.rundir import RunDirectory
from lithode.output.history import read_history


def write(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write the spectrum in ohm cm, its distribution and the peaks of that."""
    directory = RunDirectory(run_directory)
    history = read_history(directory.history)
    found = spectrum(history, parameters)
    written = [found.write(directory.tables / "spectrum.csv")]
    if can_be_analysed(history):
        written += distribution(history, parameters).write(directory.tables, found.unit)
    return written
