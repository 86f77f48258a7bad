"""The critical current density over draws of the charges, and over the contact at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.protocols.layers import Draws
from lithode.cases.tang2026.protocols.one_way import PERCENTILES
from lithode.cases.tang2026.protocols.variants import critical
from lithode.core.protocol import Protocol
from lithode.core.units import to_model
from lithode.engine.study import Progress
from lithode.output.tables import Columns
from lithode.solvers.contact_loss.model import Contact

Array = npt.NDArray[np.float64]

_SHOWN = (5, 25, 50, 75, 95)


def over_recovery(
    ccd: Protocol,
    contacts: Mapping[str, Contact],
    drawn: Draws,
    shares: Array,
    progress: Progress,
) -> dict[str, Array]:
    """Return the CCD of the draws over r, as columns of the history."""
    columns: dict[str, Array] = {}
    currents: dict[str, Array] = {}
    for name, contact in contacts.items():
        progress(0.8)
        capacity, limit = drawn[name]
        every = replace(
            contact, capacity=capacity, limiting_current=limit, recovery=shares[:, None]
        )
        found = currents[name] = critical(ccd, every)
        columns[f"ccd_mean_{name} [mA/cm^2]"] = found.mean(1)
        for percent in PERCENTILES:
            key = f"ccd_p{percent:02d}_{name} [mA/cm^2]"
            columns[key] = np.percentile(found, percent, axis=1, method="inverted_cdf")
    columns["ordered [1]"] = np.mean(currents["Li"] < currents["Li3N"], axis=1)
    return columns


def draws_and_percentiles(
    ccd: Protocol, contacts: Mapping[str, Contact], drawn: Draws
) -> dict[str, Columns]:
    """Return the draws at the recovery of each layer, and their percentiles, as tables."""
    table: dict[str, Array] = {}
    for name, contact in contacts.items():
        capacity, limit = drawn[name]
        found = critical(ccd, replace(contact, capacity=capacity, limiting_current=limit))
        table |= {
            f"capacity_scale_{name} [mAh/cm^2]": capacity / to_model(1.0, "mAh/cm^2"),
            f"limiting_current_{name} [mA/cm^2]": limit / to_model(1.0, "mA/cm^2"),
            f"ccd_{name} [mA/cm^2]": found,
        }
    return {"draws": table, "percentiles": _percentiles(table)}


def over_initial_contact(ccd: Protocol, contacts: Mapping[str, Contact]) -> Columns:
    """Return the CCD over the contact at the start."""
    starts = np.round(np.arange(0.5, 1.001, 0.025), 3)
    return {
        "initial_contact [1]": starts,
        **{
            f"ccd_{name} [mA/cm^2]": critical(ccd, replace(contact, initial=starts))
            for name, contact in contacts.items()
        },
    }


def _percentiles(table: Mapping[str, Array]) -> Columns:
    """Return mean, standard deviation and percentiles of draws, one row per quantity."""
    with np.errstate(invalid="ignore"):
        columns: dict[str, Sequence[object]] = {
            "quantity": list(table),
            "mean": [float(np.mean(x)) for x in table.values()],
            "sd": [float(np.std(x)) for x in table.values()],
        }
    for percent in _SHOWN:
        columns[f"p{percent:02d}"] = [
            float(np.percentile(x, percent, method="inverted_cdf")) for x in table.values()
        ]
    return columns
