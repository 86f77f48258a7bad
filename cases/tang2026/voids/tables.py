"""What a sweep over the contact fraction says, as tables."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.tang2026.voids.parameters import Parameters
from lithode.cases.tang2026.voids.readings import has_balance, histories, pressures, resistances
from lithode.engine.rundir import RunDirectory
from lithode.output.history import read_history
from lithode.output.tables import write_table


def write(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write contact over capacity, pressure over contact, and resistance over contact.

    None of a run that ended before its second contact fraction.
    """
    directory = RunDirectory(run_directory)
    history = read_history(directory.history)
    if not has_balance(history):
        return []
    tables = {"contact": histories, "pressure": pressures, "resistance": resistances}
    return [
        write_table(directory.tables / f"{name}.csv", columns(history, parameters))
        for name, columns in tables.items()
    ]
