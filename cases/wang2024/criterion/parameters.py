"""Parameters of the design criterion."""

from __future__ import annotations

from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.theory.interlayer_design import InterlayerDesign


class Parameters(DesignParameters):
    """Parameters of the criterion."""

    @property
    def has_own_conductivity(self) -> bool:
        """Whether a conductivity is not that of the composition."""
        return self.ionic_conductivity is not None or self.electronic_conductivity is not None


def closed_form(parameters: Parameters) -> InterlayerDesign:
    """Return the interlayer of a run for the closed form."""
    return parameters.design((parameters.thickness,), (parameters.electronic,))
