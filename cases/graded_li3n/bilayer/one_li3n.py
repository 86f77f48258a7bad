"""A preset with the Li3N of Fig. 5: one material for both figures, in a bilayer drawn smaller."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.cases.graded_li3n.parameters import PAPER, PRESETS, GrowthParameters
from lithode.core.declared import Chosen, declared

NAME = "one-li3n"
_DRAWN = "drawn after Fig. 8, at 0.7 of the default's size"


def _of_figure_5(name: str) -> Chosen:
    field = GrowthParameters.model_fields[name]
    return Chosen(field.default, "as graded-li3n", declared(field)["provenance"])


ONE_LI3N: Mapping[str, Chosen] = {
    "exchange_current_density": _of_figure_5("exchange_current_density"),
    "diffusivity": _of_figure_5("diffusivity"),
    "transport": _of_figure_5("transport"),
    "layer_thickness": Chosen(50.0, f"{PAPER}: lithium reaches LZC at 1200 s", "calibrated"),
    "height": Chosen(83.0, "33 um of the second layer, as in the other presets", "assumed"),
    "particle_height": Chosen(20.0, _DRAWN, "assumed"),
    "particle_bevel": Chosen(5.5, _DRAWN, "assumed"),
}
"""What the preset sets, with sources."""

PRESET: Mapping[str, object] = {
    **PRESETS["quick"],
    **{name: chosen.value for name, chosen in ONE_LI3N.items()},
}
