"""Parameters of the design criterion."""

from __future__ import annotations

from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.theory.interlayer_design import InterlayerDesign


class Parameters(DesignParameters):
    """Parameters of the criterion."""

    @property
    def has_own_conductivity(self) -> bool:
        """Whether a conductivity is not that of a measured composition."""
        own = self.ionic_conductivity, self.electronic_conductivity, self.cnt_content
        return any(value is not None for value in own) or self.has_own_stack


def closed_form(parameters: Parameters) -> InterlayerDesign:
    """Return the interlayer of a run for the closed form."""
    return parameters.design_of(parameters.layers)
