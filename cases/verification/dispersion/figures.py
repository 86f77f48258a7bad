"""Pictures of a wave, from the files of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.verification.dispersion.parameters import DispersionParameters
from lithode.cases.verification.dispersion.targets import growth_rate
from lithode.output.history import read_history
from lithode.plots.curves import Curve, CurvePanel, draw_curves


def draw(run_directory: Path, parameters: DispersionParameters) -> list[Path]:
    """Draw the amplitude over time, and the growth rate on the curve of a sharp front."""
    p, history = parameters, read_history(run_directory / "history.csv")
    time, amplitude = history["time [s]"], history["wave_amplitude [um]"]
    rate, front = growth_rate(history, p), p.flat_front
    waves = np.linspace(0, 1.2 * max(front.critical_wave_number, p.wave_number), 200)
    sharp = amplitude[0] * np.exp(p.sharp_rate * time)
    panels = [
        CurvePanel(
            ("time (s)", "amplitude (µm)"),
            [Curve("this run", time, amplitude, "o"), Curve("sharp front", time, sharp)],
        ),
        CurvePanel(
            ("wave number (1/µm)", "growth rate (1/s)"),
            [
                Curve("this run", np.array([p.wave_number]), np.array([rate]), "o"),
                Curve("sharp front", waves, front.growth_rate(waves, p.electrolyte_height)),
            ],
        ),
    ]
    return [draw_curves(run_directory / "figures" / "dispersion.png", panels)]
