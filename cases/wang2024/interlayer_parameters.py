"""What the transport scenarios of Wang et al. (2024) fill the mixed conductor's inputs with."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Literal

from lithode.cases.wang2024.layer import LayerParameters
from lithode.cases.wang2024.measured import PAPER
from lithode.core.parameters import choice, fill, quantity
from lithode.solvers.mixed_conductor.inputs import TransportInputs
from lithode.solvers.mixed_conductor.parameters import Conductor
from lithode.theory.nucleation import Nucleation

PRESETS: Mapping[str, Mapping[str, object]] = {
    "quick": {},
    "paper": {"element_size": 0.5, "element_size_far": 1.5},
}


class InterlayerParameters(LayerParameters, TransportInputs):
    """An interlayer by its composition, and the lithium that protrudes into it."""

    mesh_fields: ClassVar[Mapping[str, str]] = {
        **TransportInputs.mesh_fields,
        "vertices": "protrusion_corners",
    }

    end_time: float = fill(
        TransportInputs, "end_time", 2.0, source=f"{PAPER}, Methods", provenance="paper"
    )
    output_times: tuple[float, ...] = fill(
        TransportInputs,
        "output_times",
        (0.1, 0.5, 1.0),
        source="docs/wang2024-transport.md",
        provenance="numerical",
    )
    mode: Literal["potentiostatic", "galvanostatic"] = fill(
        TransportInputs, "mode", "potentiostatic", source=f"{PAPER}, Methods", provenance="paper"
    )
    applied_overpotential: float = fill(
        TransportInputs,
        "applied_overpotential",
        0.1,
        source="of the order of Fig. 2a-c",
        provenance="assumed",
    )
    current: float = fill(
        TransportInputs, "current", 1.0, source=f"{PAPER}, Fig. 3", provenance="assumed"
    )
    cation_concentration: float = fill(
        TransportInputs,
        "cation_concentration",
        1000.0,
        source=f"{PAPER}, Methods",
        provenance="paper",
    )
    lithium_electrons: float = fill(
        TransportInputs,
        "lithium_electrons",
        10.0,
        source="by Figs. 2e, 2f, S16, nucleation at a tenth of its largest rate",
        provenance="calibrated",
    )
    overpotential: Literal["applied", "local"] = choice(
        "applied",
        "eta of eq 10: electric potential left of the applied one (the paper's reading), or the "
        "local supersaturation of lithium, (RT/F) ln a",
        source=f"{PAPER}, Methods",
        provenance="paper",
    )
    width: float = quantity(
        60.0, "um", "width of the interlayer", source="Lithode", provenance="assumed", gt=0
    )
    protrusion: Literal["triangle", "polygon", "none"] = choice(
        "triangle", "lithium that stands out", source=f"{PAPER}, Fig. S14", provenance="paper"
    )
    protrusion_width: float = quantity(
        20.0, "um", "foot of the triangle", source="Lithode", provenance="assumed", gt=0
    )
    protrusion_height: float = quantity(
        15.0, "um", "height of the triangle", source="Lithode", provenance="assumed", gt=0
    )
    protrusion_corners: tuple[float, ...] = quantity(
        (),
        "um",
        "x, y of each corner of the polygon, which stands on y = 0",
        source="-",
        provenance="assumed",
    )

    @property
    def conductor(self) -> Conductor:
        """That next to lithium."""
        return self.conductors[0]

    @property
    def conductors(self) -> tuple[Conductor, ...]:
        """Of the layers, from lithium upwards."""
        return tuple(self.conductor_of(each.ionic, each.electronic) for each in self.layers)

    @property
    @abstractmethod
    def nucleation(self) -> Mapping[str, Nucleation]:
        """Nucleation on the interlayer by label; the label ends names of fields and columns."""

    @property
    def height(self) -> float | None:
        """Height of the protrusion in um, None if there is none."""
        if self.protrusion == "none":
            return None
        corners = self.protrusion_corners[1::2]
        return max(corners) if self.protrusion == "polygon" else self.protrusion_height
