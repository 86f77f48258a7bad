"""Pictures of a crack full of lithium, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.fracture.pictures import draw_growth
from lithode.cases.verification.lithium_crack.parameters import LithiumCrackParameters


def draw(run_directory: Path, parameters: LithiumCrackParameters) -> list[Path]:
    """Draw pressure and current over the volume, and the current over the length."""
    return [draw_growth(run_directory, parameters)]
