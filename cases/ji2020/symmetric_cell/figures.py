"""Pictures of the symmetric cell, from the files of a run."""

from __future__ import annotations

from pathlib import Path

from lithode.cases.ji2020.symmetric_cell.parameters import Parameters
from lithode.cases.ji2020.symmetric_cell.targets import CURRENT, RESISTANCE, VOLTAGE
from lithode.output.fields import FieldReader
from lithode.output.lines import ACROSS
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel, HistoryPanel

_PANELS = (FieldPanel("potential", "potential of Li$^+$", "V", "cividis"),)
_MAPS = (*_PANELS, FieldPanel("filled", "filled pores", "", "Blues", limits=(0.0, 1.0)))
_HISTORY = (
    HistoryPanel("voltage", (VOLTAGE,)),
    HistoryPanel("current density", (CURRENT,)),
    HistoryPanel("V / i", (RESISTANCE,)),
    HistoryPanel("filled depth", ("depth_left [um]", "depth_right [um]")),
)


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw voltage, resistance and depth over time, and the potential across the stack."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    drawn = figures.draw_history(run_directory / "history.csv", out, _HISTORY)
    reader = FieldReader(fields)
    outputs = [float(reader.times[k]) for k in (0, len(reader.times) // 2, -1)]
    drawn.append(profiles.draw_profile(fields, out / "profiles.png", _PANELS, outputs, line=ACROSS))
    if p.dimension == 2:
        drawn += figures.draw_fields(fields, out, _MAPS, [outputs[-1]], front=None)
    return drawn
