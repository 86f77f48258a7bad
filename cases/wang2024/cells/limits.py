"""Three limits of the current density of an interlayer: contact, nucleation, pores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from lithode.cases.wang2024.cells.parameters import Parameters
from lithode.cases.wang2024.layer import StackLayer
from lithode.cases.wang2024.measured import DUAL_LAYER, CriticalCurrent, at_content
from lithode.core.units import from_model, to_model

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


def limits_of(p: Parameters, layers: tuple[StackLayer, ...], side: float | None = None) -> Limits:
    """Return the limits of an interlayer.

    Args:
        p: Parameters.
        layers: Its layers, from lithium upwards.
        side: Resistance of one side in V per A/m^2; by the parameters if not given.
    """
    if side is None:
        side = _side_of(p, layers)
    theta = min(1.0, p.model_value("reference_resistance") / side)
    thicknesses, electronic = zip(
        *((each.thickness, each.electronic) for each in layers), strict=True
    )
    design = p.closed_form(thicknesses, electronic, side=side, porosity=p.pores)
    crossings = [current for current in design.crossings() if current < design.filling_current]
    return Limits(
        contact=p.contact_limit * theta,
        nucleation=from_model(crossings[0], CURRENT) if crossings else math.inf,
        pores=from_model(design.filling_current, CURRENT),
        theta=theta,
    )


def _side_of(p: Parameters, layers: tuple[StackLayer, ...]) -> float:
    """Return the resistance of one side, whose layers conduct both carriers and are in series."""
    whole = sum(each.thickness for each in layers)
    path = sum(each.thickness / to_model(each.ionic + each.electronic, "S/cm") for each in layers)
    return p.side_at(whole, whole / path)


def limits_of_run(p: Parameters) -> Limits:
    """Return the limits of the interlayer of a run, one layer or a stack."""
    return limits_of(p, p.layers)


def side_of_run(p: Parameters) -> float:
    """Return the resistance of one side of a run, in V per A/m^2."""
    return _side_of(p, p.layers)


def limits_of_measured(p: Parameters, measured: CriticalCurrent) -> Limits:
    """Return the limits of an interlayer of the text, with the resistance of its own cells.

    The dual layer has no resistance in the text: it is taken as touched everywhere.
    """
    thickness = measured.thickness / len(measured.contents)
    layers = tuple(StackLayer.of(thickness, at_content(each)) for each in measured.contents)
    if measured is DUAL_LAYER:
        return limits_of(p, layers, p.model_value("reference_resistance"))
    alone = {"cnt_content": measured.contents[0], "cell_resistance": None}
    return limits_of(p.model_copy(update=alone), layers)
