"""A user's own stack of layers: the parameters that cells, criterion, gradient, transport share."""

from __future__ import annotations

from typing import Self

from lithode.cases.wang2024.layer import LayerParameters, StackLayer
from lithode.cases.wang2024.measured import (
    LEAST_CONTENT,
    MOST_CONTENT,
    PAPER,
    at_content,
    electronic_range,
)
from lithode.core.errors import InputError
from lithode.core.parameters import quantity
from lithode.core.units import to_model
from lithode.theory import interlayer_design
from lithode.theory.interlayer_design import InterlayerDesign

_LISTS = {
    "layer_contents": "",
    "layer_conductivities": "S/cm",
    "layer_ionic_conductivities": "S/cm",
}


class StackParameters(LayerParameters):
    """An interlayer of one composition, or a stack of layers, each of its own."""

    layer_thicknesses: tuple[float, ...] = quantity(
        (),
        "um",
        "of the layers of your own stack, from lithium upwards, instead of one of thickness",
        source="-",
        provenance="assumed",
    )
    layer_contents: tuple[float, ...] = quantity(
        (),
        "",
        "carbon nanotubes in these layers, in weight per cent",
        source="conductivities by power laws between the measured ones",
        provenance="assumed",
    )
    layer_conductivities: tuple[float, ...] = quantity(
        (),
        "S/cm",
        "for electrons, of these layers, instead of those of layer_contents",
        source="-",
        provenance="assumed",
    )
    layer_ionic_conductivities: tuple[float, ...] = quantity(
        (),
        "S/cm",
        "for Li+, of these layers, instead of those of layer_contents or of the composition",
        source="-",
        provenance="assumed",
    )

    @property
    def has_own_stack(self) -> bool:
        """Whether the layers are a user's."""
        return any(getattr(self, name) for name in ("layer_thicknesses", *_LISTS))

    @property
    def layers(self) -> tuple[StackLayer, ...]:
        """The layers from lithium upwards: the user's, or one of the composition.

        Raises:
            InputError: Lists of different lengths, values that are none of a layer, or contents
                beyond the law of the conductivities.
        """
        if not self.has_own_stack:
            return super().layers
        self._check_stack()
        count = len(self.layer_thicknesses)
        composites = [at_content(content) for content in self.layer_contents]
        electronic = self.layer_conductivities or [c.electronic.value for c in composites]
        ionic = self.layer_ionic_conductivities
        if not ionic and self.ionic_conductivity is None and composites:
            ionic = tuple(c.ionic.value for c in composites)
        columns = self.layer_thicknesses, ionic or (self.ionic,) * count, electronic
        return tuple(StackLayer(*values) for values in zip(*columns, strict=True))

    @property
    def at_ends(self) -> tuple[Self, Self] | None:
        """The same with the least and the largest conductivity that the contents may have.

        Of electrons, in all layers at once; None where no conductivity comes from a content.
        """
        if self.has_own_stack:
            if self.layer_conductivities:
                return None
            ends = zip(*map(electronic_range, self.layer_contents), strict=True)
            low, high = (self.model_copy(update={"layer_conductivities": end}) for end in ends)
            return low, high
        if self.cnt_content is None or self.electronic_conductivity is not None:
            return None
        least, most = electronic_range(self.cnt_content)
        low, high = (
            self.model_copy(update={"electronic_conductivity": end}) for end in (least, most)
        )
        return low, high

    def _check_stack(self) -> None:
        count = len(self.layer_thicknesses)
        lists = {name: getattr(self, name) for name in _LISTS}
        if not self.layer_contents and not self.layer_conductivities:
            allowed = f"give one for each of the {count} layer_thicknesses, or layer_contents"
            raise InputError("layer_conductivities", "unset", allowed, "S/cm")
        for name, values in lists.items():
            if values and len(values) != count:
                allowed = f"give one for each of the {count} layer_thicknesses"
                raise InputError(name, _shown(values), allowed, _LISTS[name])
        for name, values in {"layer_thicknesses": self.layer_thicknesses, **lists}.items():
            if any(value <= 0 for value in values):
                unit = _LISTS.get(name, "um")
                raise InputError(name, _shown(values), "must be above 0", unit)
        if any(not LEAST_CONTENT <= value <= MOST_CONTENT for value in self.layer_contents):
            allowed = (
                f"must be {LEAST_CONTENT:g} to {MOST_CONTENT:g}, which the law of the "
                "conductivities is for; give layer_conductivities beyond"
            )
            raise InputError("layer_contents", _shown(self.layer_contents), allowed)


class PlatingStack(StackParameters):
    """A stack that lithium grows into before each stripping, as the design criterion has it."""

    duration: float = quantity(
        1.0,
        "h",
        "plating before each stripping",
        source=f"{PAPER}, Fig. 3",
        provenance="paper",
        gt=0,
    )
    contact_angle: float = quantity(
        120.0,
        "deg",
        "of lithium on the interlayer",
        source="lithiophobic; the measured ones are not in the text",
        provenance="assumed",
        ge=0,
        le=180,
    )

    @property
    def eta_c(self) -> float:
        """Critical overpotential of nucleation in V."""
        return self.nucleation_at(self.contact_angle).critical_overpotential

    def closed_form(
        self,
        thicknesses: tuple[float, ...],
        conductivities: tuple[float, ...],
        *,
        side: float,
        porosity: float,
    ) -> InterlayerDesign:
        """Return the closed form of the criterion for a stack.

        Args:
            thicknesses: In um, from lithium upwards.
            conductivities: Electronic, in S/cm.
            side: Resistance of one side in V per A/m^2.
            porosity: Share of pores that lithium can fill.
        """
        slope = interlayer_design.growth_slope(
            self.model_value("duration"), self.model_value("molar_volume"), porosity
        )
        inside = tuple(to_model(value, "S/cm") for value in conductivities)
        return InterlayerDesign(thicknesses, inside, side, self.eta_c, slope)


def _shown(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)
