"""Pictures of a flaw full of lithium, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.fracture.critical_current.parameters import CriticalCurrentParameters
from lithode.cases.fracture.pictures import draw_growth


def draw(run_directory: Path, parameters: CriticalCurrentParameters) -> list[Path]:
    """Draw the pressure over the volume, and the current over the length beside its law."""
    return [draw_growth(run_directory, parameters)]
