"""Three limits of the current density of an interlayer: contact, nucleation, pores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from lithode.cases.wang2024.cells.parameters import Parameters
from lithode.cases.wang2024.measured import DUAL_LAYER, CriticalCurrent, Measured, at_content
from lithode.core.units import from_model, to_model
from lithode.materials.library import Value

CURRENT = "mA/cm^2"
Limit = Literal["contact", "nucleation", "pores"]


@dataclass(frozen=True)
class Limits:
    """Up to which current density each lets a cell live, in mA/cm^2.

    Attributes:
        contact: i* theta: current per contact reaches what the best cell bore.
        nucleation: l_n > l_g from there on; infinite if never.
        pores: They are full.
        theta: Share of contact, R_0 / R.
    """

    contact: float
    nucleation: float
    pores: float
    theta: float

    @property
    def least(self) -> float:
        """The critical current density."""
        return min(self.contact, self.nucleation, self.pores)

    @property
    def limit(self) -> Limit:
        """What sets it."""
        found: dict[Limit, float] = {
            "contact": self.contact, "nucleation": self.nucleation, "pores": self.pores,
        }  # fmt: skip
        return min(found, key=lambda name: found[name])


def limits_of(
    p: Parameters,
    thicknesses: tuple[float, ...],
    layers: tuple[Measured, ...],
    side: float | None = None,
) -> Limits:
    """Return the limits of an interlayer.

    Args:
        p: Parameters.
        thicknesses: Of its layers, in um, from lithium upwards.
        layers: Their conductivities.
        side: Resistance of one side in V per A/m^2; by the parameters if not given.
    """
    if side is None:
        side = p.side_at(sum(thicknesses), _both(thicknesses, layers))
    theta = min(1.0, p.model_value("reference_resistance") / side)
    electronic = tuple(layer.electronic.value for layer in layers)
    design = p.design(thicknesses, electronic, side)
    crossings = [current for current in design.crossings() if current < design.filling_current]
    return Limits(
        contact=p.contact_limit * theta,
        nucleation=from_model(crossings[0], CURRENT) if crossings else math.inf,
        pores=from_model(design.filling_current, CURRENT),
        theta=theta,
    )


def _both(thicknesses: tuple[float, ...], layers: tuple[Measured, ...]) -> float:
    """Return the conductivity of ions and electrons together, in uS/m, of layers in series."""
    each = [to_model(layer.ionic.value + layer.electronic.value, "S/cm") for layer in layers]
    paths = (thickness / value for thickness, value in zip(thicknesses, each, strict=True))
    return sum(thicknesses) / sum(paths)


def limits_of_run(p: Parameters) -> Limits:
    """Return the limits of the interlayer of a run, one layer or a stack."""
    return limits_of(p, p.stack[0], _layers(p))


def side_of_run(p: Parameters) -> float:
    """Return the resistance of one side of a run, in V per A/m^2."""
    return p.side_at(sum(p.stack[0]), _both(p.stack[0], _layers(p)))


def _layers(p: Parameters) -> tuple[Measured, ...]:
    ionic = Value(p.ionic, "S/cm", "-", "assumed")
    return tuple(
        Measured(p.composite.content, ionic, Value(value, "S/cm", "-", "assumed"))
        for value in p.stack[1]
    )


def limits_of_measured(p: Parameters, measured: CriticalCurrent) -> Limits:
    """Return the limits of an interlayer of the text, with the resistance of its own cells.

    The dual layer has no resistance in the text: it is taken as touched everywhere.
    """
    if measured is DUAL_LAYER:
        layers = tuple(at_content(content) for content in measured.contents)
        side = p.model_value("reference_resistance")
        return limits_of(p, (measured.thickness / 2,) * 2, layers, side)
    (content,) = measured.contents
    alone = p.model_copy(update={"cnt_content": content, "cell_resistance": None})
    return limits_of(alone, (measured.thickness,), (at_content(content),))
