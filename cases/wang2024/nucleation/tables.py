"""The nucleation rates along the lithium, as a table."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.wang2024.nucleation.parameters import Parameters, label
from lithode.engine.rundir import RunDirectory
from lithode.output.lines import write_profile


def write(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write the nucleation rates along the lithium."""
    p, directory = parameters, RunDirectory(run_directory)
    names = [f"nucleation_{p.overpotential}_{label(angle)}" for angle in p.contact_angles]
    table = directory.tables / "lithium_surface.csv"
    return [write_profile(directory.fields, table, names, p.end_time)]
