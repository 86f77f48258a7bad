"""Pictures of growth and nucleation around a protrusion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from lithode.cases.wang2024.transport.contours import front_heights
from lithode.cases.wang2024.transport.parameters import Parameters
from lithode.output.fields import FieldReader
from lithode.plots import figures, profiles
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import FieldPanel, HistoryPanel

_READING = {"applied": "$\\eta$ applied", "local": "$\\eta$ local"}
_GROWTH = FieldPanel("growth_rate", "growth rate (eq 9)", "A/m^2")
_HISTORY = (
    HistoryPanel("current density", ("plating_current [A/m^2]",)),
    HistoryPanel("growth rate", ("growth_rate_tip [A/m^2]", "growth_rate_base [A/m^2]")),
    HistoryPanel("overpotential", ("overpotential [V]", "overpotential_local_max [V]")),
    HistoryPanel("time step", ("step_size [s]",), logarithmic=True),
)


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw nucleation by both readings, potentials, growth on the surface, front and history.

    Growth is a rate of the lithium surface alone: it is drawn along that, not over the interior.
    """
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    readings = sorted(_READING, key=lambda reading: reading != p.overpotential)
    names = {f"nucleation_{name}": f"J/J$_{{max}}$, {_READING[name]}" for name in readings}
    rates = _normalised(fields, names, p.end_time, 1 / p.rate_ratio)
    panels = [
        *(_decades(panel) for panel in rates if panel.factor),
        FieldPanel("potential", "electric potential", "V", "cividis"),
        FieldPanel("overpotential_local", "(RT/F) ln a", "V", "cividis"),
        FieldPanel(
            "electron_concentration", "lg electrons (mol/m$^3$)", colormap="magma",
            limits=(-4.0, None), logarithmic=True,
        ),
    ]  # fmt: skip
    surface = [_GROWTH, rates[0]]
    return [
        *figures.draw_fields(fields, out, panels, [p.end_time], front=None),
        profiles.draw_profile(fields, out / "lithium_surface.png", surface, [p.end_time]),
        *figures.draw_history(run_directory / "history.csv", out, _HISTORY),
        draw_front(fields, out / "front_over_level.png", p),
    ]


def draw_front(fields: Path, picture: Path, parameters: Parameters) -> Path:
    """Draw the height of nucleation over tip and base by the contour taken for its edge."""
    found = front_heights(fields, parameters)
    level = found.pop("level [1]")
    labels = {"base [um]": "base", "tip [um]": "tip", "tip_minus_base [um]": "tip - base"}
    curves = [Curve(labels[name], level, heights) for name, heights in found.items()]
    height = parameters.height
    marks = () if height is None else ((height / 2, "flat below"),)
    axes = "contour level J/J$_{max}$", "height of the contour (\N{MICRO SIGN}m)"
    return draw_curves(picture, [CurvePanel(axes, curves, marks=marks)])


def _decades(panel: FieldPanel) -> FieldPanel:
    """Return a panel of a rate over its largest on four decades: thin seams stay visible."""
    return replace(panel, label=f"lg {panel.label}", limits=(-4.0, 0.0), logarithmic=True)


def _normalised(
    path: Path, fields: Mapping[str, str], time: float, least: float
) -> list[FieldPanel]:
    """Return panels of nucleation rates, each over its largest, on colours from 0 to 1.

    Args:
        path: A field file.
        fields: Field to label.
        time: Time in s at which the largest is 1.
        least: Where the largest rate is below this one nothing nucleates, and nothing is shown.
    """
    reader = FieldReader(path)
    step, panels = reader.step(time), []
    for name, label in fields.items():
        largest = float(np.max(reader.values(name, step)))
        factor = 1 / largest if largest >= least else 0.0
        text = label if factor else f"{label} (none)"
        panels.append(FieldPanel(name, text, colormap="inferno", limits=(0.0, 1.0), factor=factor))
    return panels
