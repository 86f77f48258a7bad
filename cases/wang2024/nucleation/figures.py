"""Pictures of nucleation at several contact angles."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from lithode.cases.wang2024.nucleation.parameters import Parameters, label
from lithode.output.lines import LITHIUM_SURFACE
from lithode.plots import figures, profiles
from lithode.plots.panels import FieldPanel


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the nucleation rates of all angles on one scale, and along the lithium surface."""
    p, fields, out = parameters, run_directory / "fields.vtkhdf", run_directory / "figures"
    # Rates differ by orders of magnitude: a common linear scale would show one angle only.
    panels = [
        FieldPanel(
            f"nucleation_{p.overpotential}_{label(angle)}",
            "lg J/J$_c$",
            colormap="inferno",
            limits=(0.0, math.log10(p.rate_ratio)),
            factor=p.rate_ratio,
            logarithmic=True,
            title=f"{angle:g}\N{DEGREE SIGN}",
        )
        for angle in p.contact_angles
    ]
    surface = replace(panels[0], field=f"nucleation_{p.overpotential}", label="lg J/J$_c$")
    return [
        *figures.draw_fields(fields, out, panels, [p.end_time], front=None),
        profiles.draw_variants(
            fields,
            out / "lithium_surface.png",
            [surface],
            {label(angle): f"{angle:g}\N{DEGREE SIGN}" for angle in p.contact_angles},
            p.end_time,
            LITHIUM_SURFACE,
        ),
    ]
