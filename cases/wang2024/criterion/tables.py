"""The closed form beyond the interlayer of a run, as tables."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.wang2024.criterion.closed_form import critical_currents, design_map
from lithode.cases.wang2024.criterion.parameters import Parameters
from lithode.core.parameters import differences
from lithode.engine.rundir import RunDirectory
from lithode.output.tables import write_table


def write(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Write the design map, and the measured interlayers where all else is the paper's."""
    folder = RunDirectory(run_directory).tables
    found = {"design_map.csv": design_map(parameters).columns}
    if not differences(parameters, Parameters()):
        found["critical_currents.csv"] = critical_currents(parameters)
    return [write_table(folder / name, columns) for name, columns in found.items()]
