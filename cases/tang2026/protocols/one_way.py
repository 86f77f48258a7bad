"""Charges passed one way until failure, which the layers are calibrated on, with their spread."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from lithode.cases.tang2026.protocols.layers import Draws, Layer, one_way
from lithode.cases.tang2026.protocols.parameters import Parameters
from lithode.core.units import from_model
from lithode.output.tables import Columns
from lithode.solvers.contact_loss.model import Contact, follow

PERCENTILES = (5, 95)
COLUMNS = (
    "layer",
    "current [mA/cm^2]",
    "capacity [mAh/cm^2]",
    "p05 [mAh/cm^2]",
    "p95 [mAh/cm^2]",
    "measured [mAh/cm^2]",
)


def charge_until_failure(p: Parameters, layer: Layer, current: float) -> float:
    """Return the charge until failure at one current in mAh/cm^2, by the protocol."""
    protocol = one_way(current, layer.capacity)
    course = follow(protocol, layer.contact(p))
    cut = protocol.cut(int(course.step), float(course.since))
    return from_model(float(cut.charge(cut.ends[-1])), "mAh/cm^2")


def charges_at_measured(p: Parameters, layer: Layer) -> dict[str, float]:
    """Return the charges until failure at the currents measured, as columns of the history."""
    return {
        f"charge_{from_model(current, 'mA/cm^2'):g}_{layer.name} [mAh/cm^2]": (
            charge_until_failure(p, layer, float(current))
        )
        for current in (layer.one_way.currents if layer.one_way else ())
    }


def over_current(p: Parameters, layers: Sequence[Layer], drawn: Draws) -> Columns:
    """Return charges until failure over the current, with their spread."""
    rows = []
    for layer in layers:
        measured = _measured(layer)
        top = 1.3 * max(measured, default=layer.limiting_current / 2)
        spread = Contact(*drawn[layer.name], initial=p.initial_contact)
        for current in sorted({*map(float, np.linspace(0, top, 27)[1:]), *measured}):
            seen = from_model(float(np.mean(measured.get(current, math.nan))), "mAh/cm^2")
            ends: Sequence[float] = (math.nan, math.nan)
            if p.draws:
                ends = np.percentile(spread.one_way_capacity(current), PERCENTILES)
            low, high = (from_model(float(end), "mAh/cm^2") for end in ends)
            charge = charge_until_failure(p, layer, current)
            rows.append((layer.name, from_model(current, "mA/cm^2"), charge, low, high, seen))
    return {head: [row[k] for row in rows] for k, head in enumerate(COLUMNS)}


def _measured(layer: Layer) -> Mapping[float, list[float]]:
    found: dict[float, list[float]] = {}
    points = layer.one_way
    for i, q in zip(points.currents, points.capacities, strict=True) if points else ():
        found.setdefault(float(i), []).append(float(q))
    return found
