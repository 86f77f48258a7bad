"""What layers do under protocols: all variants, over the recovery, over draws, and in detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.protocols import one_way, spread
from lithode.cases.tang2026.protocols.layers import Layer, layers_of, protocol_of, recovered
from lithode.cases.tang2026.protocols.parameters import Parameters
from lithode.cases.tang2026.protocols.trace import trace
from lithode.cases.tang2026.protocols.variants import Variants, critical, cycles_of
from lithode.core.health import HealthLine
from lithode.core.protocol import Protocol
from lithode.core.units import from_model
from lithode.engine.study import Progress, Study, Tables
from lithode.output.tables import Columns
from lithode.solvers.contact_loss.model import Contact

Array = npt.NDArray[np.float64]

RECOVERY = "recovery [1]"
"""Axis of the history."""

# Unity apart, evenly spread in the logarithm of what does not return.
_SHARES = 1 - np.logspace(0, -3, 61)


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    layers, chosen = layers_of(p), protocol_of(p.protocol)
    contacts = {layer.name: recovered(p, layer) for layer in layers}
    health = [
        HealthLine(f"{symbol} ({layer.name})", from_model(value, unit), meaning, unit)
        for layer in layers
        for symbol, value, unit, meaning in (
            ("Q0", layer.capacity, "mAh/cm^2", "what takes all contact, one way"),
            ("i*", layer.limiting_current, "mA/cm^2", "per contact, at which a cell fails"),
        )
    ]
    return Study(lambda progress: _compute(p, layers, contacts, chosen, progress), health)


def _compute(
    p: Parameters,
    layers: Sequence[Layer],
    contacts: Mapping[str, Contact],
    chosen: Protocol,
    progress: Progress,
) -> Tables:
    """Compare the variants, go along r, and follow the chosen protocol.

    Args:
        p: Parameters.
        layers: Layers to compare.
        contacts: Layer to its contact by the parameters, with its recovery.
        chosen: Protocol to follow in detail.
        progress: Told the part that is done.
    """
    rng = np.random.default_rng(p.seed)
    drawn = {layer.name: layer.draws(p, rng) for layer in layers}
    variants = Variants(p, layers, drawn, progress)
    constants, table = variants.compare()
    shares = np.unique([*_SHARES, *(float(each.recovery) for each in contacts.values())])
    columns: dict[str, Array] = {}
    for layer in layers:
        contact = contacts[layer.name]
        constants |= _calibrated(layer, contact) | one_way.charges_at_measured(p, layer)
        progress(0.6)
        columns |= _over_recovery(layer, replace(contact, recovery=shares), variants.tests)
    tables: dict[str, Columns] = {
        "models": table,
        "one_way": one_way.over_current(p, layers, drawn),
    }
    ccd = variants.tests["ccd"]
    if p.draws:
        columns |= spread.over_recovery(ccd, contacts, drawn, shares, progress)
        tables |= spread.draws_and_percentiles(ccd, contacts, drawn)
    followed = trace(p, layers, contacts, chosen, progress)
    constants |= followed.ends
    tables |= {
        "trace": followed.table,
        "initial_contact": spread.over_initial_contact(ccd, contacts),
    }
    spread_out = {key: np.full(len(shares), value) for key, value in constants.items()}
    return Tables({RECOVERY: shares, **spread_out, **columns}, tables, followed.defects)


def _calibrated(layer: Layer, contact: Contact) -> dict[str, float]:
    """Return Q0, i* and r as columns of the history name them."""
    return {
        f"capacity_scale_{layer.name} [mAh/cm^2]": from_model(layer.capacity, "mAh/cm^2"),
        f"limiting_current_{layer.name} [mA/cm^2]": from_model(layer.limiting_current, "mA/cm^2"),
        f"recovery_{layer.name} [1]": float(contact.recovery),
    }


def _over_recovery(
    layer: Layer, contact: Contact, tests: Mapping[str, Protocol]
) -> dict[str, Array]:
    """Return what the protocols of the paper give over r."""
    return {
        f"ccd_{layer.name} [mA/cm^2]": critical(tests["ccd"], contact),
        f"life_cycles_{layer.name} [1]": cycles_of(tests["life"], contact),
        f"pressure_cycles_{layer.name} [1]": cycles_of(tests["pressure"], contact),
    }
