"""Measured CAC and CCD or life of a layer of one's own, as goals of a fit of Q0, i* and r."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.protocols.layers import OWN, Layer, protocol_of, recovered
from lithode.cases.tang2026.protocols.parameters import Parameters
from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.input_files import cell, read_rows
from lithode.core.protocol import Protocol
from lithode.core.units import from_model, to_model
from lithode.engine.fit.goals import DataGoal, Goal, Judged, within
from lithode.output.history import History
from lithode.solvers.contact_loss.model import Contact, follow

Array = npt.NDArray[np.float64]

_CURRENT, _CHARGE = "mA/cm^2", "mAh/cm^2"


def cac(path: Path, tolerance: float) -> Goal:
    """Read charges passed one way until failure: columns current and capacity, with units.

    Raises:
        InputError: The table is wrong.
    """
    rows = read_rows(path, ("current", "capacity", "layer", "source"), required=2, field="cac")
    values = [
        [
            units.parse_with_unit(f"{place} {key}", cell(row, key), unit)
            for key, unit in (("current", _CURRENT), ("capacity", _CHARGE))
        ]
        for place, row in rows
    ]
    currents, charges = np.array(values, dtype=float).T
    if np.any(currents <= 0) or np.any(charges <= 0):
        raise InputError("cac", path, "currents and capacities must be greater than 0")
    judge = partial(_judge_charges, currents, charges, tolerance)
    return DataGoal(path.name, f"{len(rows)} charges", len(rows), judge, needs_run=False)


def failures(path: Path, tolerance: float) -> Goal:
    """Read how far cells came: columns protocol, and ccd with its unit or cycles completed.

    A failure lies anywhere in the cycle after the last one.

    Raises:
        InputError: The table or a protocol is wrong, or a protocol does not reach so far.
    """
    rows = read_rows(path, ("protocol", "ccd", "cycles", "source"), required=1, field="ccd")
    protocols, between = [], []
    for place, row in rows:
        protocol = protocol_of(cell(row, "protocol"))
        current, cycles = cell(row, "ccd"), cell(row, "cycles")
        if bool(current) == bool(cycles):
            raise InputError(place, current or "neither", "give ccd or cycles")
        if current:
            last = to_model(units.parse_with_unit(f"{place} ccd", current, _CURRENT), _CURRENT)
            above = (s.cycle for s in protocol.steps if abs(float(s.current)) > last * (1 + 1e-6))
            cycle = min(above, default=protocol.cycles + 1) - 1
        else:
            cycle = int(units.parse(f"{place} cycles", cycles, ""))
        if not 0 <= cycle < protocol.cycles:
            allowed = f"the protocol has {protocol.cycles} cycles, and a failure comes after"
            raise InputError(place, current or cycles, allowed)
        protocols.append(protocol)
        between.append([_after(protocol, cycle), _after(protocol, cycle + 1)])
    judge = partial(_judge_failures, protocols, np.array(between), tolerance)
    return DataGoal(path.name, f"{len(rows)} failures", len(rows), judge, needs_run=False)


def _judge_charges(
    currents: Array, charges: Array, tolerance: float, _: History, parameters: Parameters
) -> Judged:
    """Hold Q0 (theta_0 - i/i*) against charges in mAh/cm^2, at currents in mA/cm^2."""
    contact = _contact(parameters)
    found = [contact.one_way_capacity(to_model(float(i), _CURRENT)) for i in currents]
    computed = np.array([from_model(float(charge), _CHARGE) for charge in found])
    columns = {
        f"current [{_CURRENT}]": currents,
        f"charge_data [{_CHARGE}]": charges,
        f"charge_fit [{_CHARGE}]": computed,
    }
    return within(charges, computed, tolerance * charges, columns)


def _judge_failures(
    protocols: Sequence[Protocol],
    between: Array,
    tolerance: float,
    _: History,
    parameters: Parameters,
) -> Judged:
    """Hold the charge at failure against the cycle it was in; within it there is no misfit.

    Args:
        protocols: What each cell went through.
        between: Charges in C/m^2 in both directions between which each failed, shape (n, 2).
        tolerance: Relative to the lower one.
        parameters: Of the user's own layer.
    """
    contact = _contact(parameters)
    found = np.array([_throughput(protocol, contact) for protocol in protocols])
    low, high = between.T
    nearest = np.clip(found, low, high)
    columns = {"failed_after [C/m^2]": low, "failed_before [C/m^2]": high, "fit [C/m^2]": found}
    return within(nearest, found, tolerance * np.maximum(low, high / 10), columns)


def _after(protocol: Protocol, cycle: int) -> float:
    return float(protocol.throughput(protocol.up_to(cycle).ends[-1])) if cycle else 0.0


def _throughput(protocol: Protocol, contact: Contact) -> float:
    course = follow(protocol, contact)
    step = int(course.step)
    start = 0.0 if step == 0 else protocol.ends[step - 1]
    return float(protocol.throughput(start + float(course.since)))


def _contact(p: Parameters) -> Contact:
    """Return the contact of the user's own layer.

    Raises:
        InputError: Q0 or i* is not set.
    """
    for name in ("capacity_scale", "limiting_current"):
        if getattr(p, name) is None:
            raise InputError(name, "unset", f"--vary {name}=low..high, or --set it")
    capacity, limit = p.model_value("capacity_scale"), p.model_value("limiting_current")
    if not math.isfinite(capacity * limit):
        raise InputError("capacity_scale", p.capacity_scale, "must be finite")
    return recovered(p, Layer(OWN, capacity, limit, None))
