"""The front of lithium in a single-ion conductor that verification cases are about."""

from __future__ import annotations

from lithode.core.parameters import CaseParameters, material, quantity
from lithode.materials.library import LITHIUM
from lithode.theory.free_energy import profile_length_of

DOCS = "docs/quantitative-interface.md"


class FrontParameters(CaseParameters):
    """A front of lithium and how it is resolved."""

    surface_energy: float = quantity(
        0.5, "J/m^2", "gamma of the front", source="Lithode", provenance="assumed", gt=0, le=1e3
    )
    temperature: float = quantity(
        298.15,
        "K",
        "at which the constants hold",
        source="Lithode",
        provenance="assumed",
        ge=100,
        le=1000,
    )
    molar_volume: float = material(LITHIUM.molar_volume, "of lithium", gt=0)
    interface_width: float = quantity(
        1.2, "um", "10-90 % width of the front", source=DOCS, provenance="numerical", gt=0
    )
    elements_per_width: float = quantity(
        5.0, "", "vertices per width", source=DOCS, provenance="numerical", ge=2, le=40
    )
    time_tolerance: float = quantity(
        5e-3, "", "local error of psi / d per step", source=DOCS, provenance="numerical", gt=0
    )

    @property
    def profile_length(self) -> float:
        """D in um."""
        return profile_length_of(self.interface_width)
