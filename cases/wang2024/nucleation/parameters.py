"""Parameters of the sweep over contact angles."""

from __future__ import annotations

from collections.abc import Mapping

from lithode.cases.wang2024.interlayer_parameters import InterlayerParameters
from lithode.core.errors import InputError
from lithode.core.parameters import quantity
from lithode.theory.nucleation import Nucleation


class Parameters(InterlayerParameters):
    """An interlayer of several contact angles at once."""

    contact_angles: tuple[float, ...] = quantity(
        (30.0, 60.0, 90.0, 150.0),
        "deg",
        "of lithium on the interlayer, one panel each",
        source="not in the text; Fig. 2g-j has four",
        provenance="assumed",
    )

    @property
    def nucleation(self) -> Mapping[str, Nucleation]:
        """Nucleation by label of the contact angle.

        Raises:
            InputError: There are no angles, two are the same, or one is none.
        """
        angles = self.contact_angles
        if not angles:
            raise InputError("contact_angles", "unset", "give at least one", "deg")
        for angle in angles:
            if not 0 <= angle <= 180:
                raise InputError("contact_angles", angle, "must be between 0 and 180", "deg")
        if len(set(angles)) < len(angles):
            raise InputError("contact_angles", angles, "must differ", "deg")
        return {label(angle): self.nucleation_at(angle) for angle in angles}

    def closed_form(self, angle: float) -> float:
        """Return l_i (1 - eta_c / eta) in um, the nucleation length under a linear potential."""
        return self.nucleation_at(angle).length(self.thickness, self.applied_overpotential)


def label(angle: float) -> str:
    """Return what fields and columns of a contact angle in degrees end with."""
    return f"{angle:g}deg"
