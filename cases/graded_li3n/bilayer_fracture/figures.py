"""Pictures of the flaw, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.graded_li3n.bilayer_fracture.parameters import (
    AXIS,
    PLAIN,
    SWOLLEN,
    Parameters,
)
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw pressure and height of the tip over the volume, with and without swelling."""
    history = read_history(run_directory / "history.csv")
    volume = history[AXIS.column]
    panels = [
        CurvePanel(
            ("volume (µm²)", words),
            [
                Curve(text, volume[1:], history[f"{name}_{label} [{unit}]"][1:], style)
                for label, text, style in (
                    (SWOLLEN, "with a swollen rim", "-"),
                    (PLAIN, "without", "--"),
                )
            ],
            marks=marks,
        )
        for name, unit, words, marks in (
            (
                "pressure",
                "MPa",
                "pressure (MPa)",
                [(parameters.plain_pressure, "closed form, without")],
            ),
            ("crack_top", "um", "height of the tip (µm)", []),
        )
    ]
    return [draw_curves(run_directory / "figures" / "flaw.png", panels)]
