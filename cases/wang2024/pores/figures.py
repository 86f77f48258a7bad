"""Pictures of the strips: potential, current along a strip, spread, and history."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.wang2024.pores import strips
from lithode.cases.wang2024.pores.parameters import Parameters, label
from lithode.output.history import read_history
from lithode.plots import figures
from lithode.plots.panels import HistoryPanel


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw potential with current lines, the current on the strips, and its spread."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    table = run_directory / "history.csv"
    shown = min(p.porosities, key=lambda porosity: abs(porosity - 0.5))
    scale = strips.Strips(label(shown), shown, p.model_value("current") / (1 - shown))
    return [
        strips.draw_potential(fields, out / "potential.png", scale, p.pore_sizes[-3:]),
        strips.draw_current(fields, out / "strip.png", scale),
        strips.draw_spread(
            read_history(table), out / "spread.png", {q: label(q) for q in p.porosities}
        ),
        *figures.draw_history(
            table,
            out,
            [
                HistoryPanel(
                    text,
                    tuple(f"{name}_{label(q)} [{unit}]" for q in p.porosities),
                    legend=[f"p = {q:g}" for q in p.porosities],
                )
                for text, name, unit in (
                    ("largest over mean current", "max_over_mean", "1"),
                    ("contact resistance", "contact_resistance", "ohm cm^2"),
                )
            ],
        ),
    ]
