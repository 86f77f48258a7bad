"""Pictures of the graded and fine layers."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.graded_li3n.growth.parameters import Parameters
from lithode.plots import figures


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the paper's times, the fronts and the history."""
    fields, out = run_directory / "fields.vtkhdf", run_directory / "figures"
    return [
        *figures.draw_fields(fields, out, times=parameters.output_times),
        *figures.draw_fronts(fields, out),
        *figures.draw_history(run_directory / "history.csv", out),
    ]
