"""Species across the layers at the age, as a table."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.cheng2020.interphase.parameters import Parameters
from lithode.output.history import History, read_history
from lithode.output.lines import ACROSS, write_profile

FIELDS = (
    "metal",
    "oxide",
    "nitride",
    "phosphate",
    "intact",
    "nitrogen",
    "phosphorus",
    "lithium_activity",
    "interstitial_O",
)


def shown_time(history: History, parameters: Parameters) -> float:
    """Return the age in s, or the end of a run that ended before."""
    return min(parameters.age, float(history["time [s]"][-1]))


def write(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write what is across the layers; a run that ended before the age has its end instead."""
    time = shown_time(read_history(run_directory / "history.csv"), parameters)
    table = run_directory / "tables" / "profile.csv"
    return [write_profile(run_directory / "fields.vtkhdf", table, FIELDS, time, ACROSS)]
