"""Parameters of the transport scenario."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.cases.wang2024.interlayer_parameters import InterlayerParameters
from lithode.cases.wang2024.stack import StackParameters
from lithode.core.parameters import quantity
from lithode.theory.nucleation import Nucleation


class Parameters(StackParameters, InterlayerParameters):
    """An interlayer of one contact angle."""

    contact_angle: float = quantity(
        55.0,
        "deg",
        "of lithium on the interlayer; with surface_energy only gamma^3 kappa_het counts",
        source="by Figs. 2e, 2f, S16, nucleation at a tenth of its largest rate",
        provenance="calibrated",
        ge=0,
        le=180,
    )

    @property
    def nucleation(self) -> Mapping[str, Nucleation]:
        """Nucleation on the interlayer, without a label."""
        return {"": self.nucleation_at(self.contact_angle)}
