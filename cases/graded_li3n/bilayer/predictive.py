"""A preset with no calibrated constant: those of Fig. 5, in half of the bilayer as drawn.

docs/predictions.md listed what is asked of it before a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lithode.cases.graded_li3n.predictive import PREDICTIVE as LI3N
from lithode.core.declared import Chosen

NAME = "predictive"
_HALF = "one half of the drawing, which is its own mirror image"

PREDICTIVE: Mapping[str, Chosen] = {
    **LI3N,
    "eigenstrain_second": replace(LI3N["eigenstrain_fine"], source="as in fine particles"),
    "layer_thickness": Chosen(
        72.0, "drawn; the text gives none. As of the default, tuned with another front", "assumed"
    ),
    "width": Chosen(40.0, _HALF, "assumed"),
    "particle_positions": Chosen((14.0,), _HALF, "assumed"),
    "nuclei": Chosen(3, "about as many in a um as in Fig. 5", "assumed"),
    "end_time": Chosen(68400.0, "lithium as in 1300 s of Fig. 8 as calibrated", "assumed"),
    "output_times": Chosen(
        (65600.0, 68400.0), "lithium as in 1200 and 1300 s of Fig. 8 as calibrated", "numerical"
    ),
    "output_interval": Chosen(4000.0, "docs/electrodeposition.md", "numerical"),
}
"""What the preset sets, with sources."""

PRESET: Mapping[str, object] = {name: chosen.value for name, chosen in PREDICTIVE.items()}
