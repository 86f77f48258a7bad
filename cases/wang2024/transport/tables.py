"""Growth along the lithium, and the front of nucleation by contour level, as tables."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.wang2024.transport.contours import front_heights
from lithode.cases.wang2024.transport.parameters import Parameters
from lithode.engine.rundir import RunDirectory
from lithode.output.lines import write_profile
from lithode.output.tables import write_table


def write(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write growth along the lithium, and the front of nucleation by contour level."""
    p, directory = parameters, RunDirectory(run_directory)
    surface = directory.tables / "lithium_surface.csv"
    fields = ["growth_rate", f"nucleation_{p.overpotential}"]
    return [
        write_profile(directory.fields, surface, fields, p.end_time),
        write_table(directory.tables / "front_over_level.csv", front_heights(directory.fields, p)),
    ]
