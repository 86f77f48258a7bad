"""What a sweep over the contact fraction says: resistances, where the contact ends, tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.measured import Electrode
from lithode.cases.tang2026.voids.parameters import ELECTRODES, Parameters
from lithode.core.axis import Axis
from lithode.output.history import History
from lithode.solvers.voids.balance import ContactBalance

AXIS = Axis("contact_fraction", "theta", "1")
CAPACITY = "capacity [mAh/cm^2]"
# None: the bound that all that is stripped must creep in.
_KINDS: tuple[Electrode | None, ...] = (None, *ELECTRODES)
# The polynomial of the tube holds to there with a margin.
FORMULA = 0.5
_POINTS = 201
# Where curves of pressures end, if the sweep does not go further.
_TOP = 0.99

Array = npt.NDArray[np.float64]


def balances(history: History) -> dict[Electrode | None, ContactBalance]:
    """Return the balances of stripping and creep; of the bound f = 1 without an electrode.

    None at all from the history of a run that ended before its second contact fraction.
    """
    fraction = history[AXIS.column]
    if len(fraction) < 2:
        return {}
    uneven = {name: history[f"uneven_fraction_{name} [1]"] for name in ELECTRODES}
    return {
        name: ContactBalance(fraction, history["closure [1]"], name and uneven[name])
        for name in _KINDS
    }


def resistance(history: History, parameters: Parameters, electrode: Electrode) -> Array:
    """Return the resistance of an interface at each contact fraction of the sweep, in ohm cm^2."""
    p, fraction = parameters, history[AXIS.column]
    constriction = history[f"constriction_{electrode} [1]"]
    return np.asarray(
        (p.wagner(electrode) / fraction + constriction) * p.area_resistance(electrode)
    )


def resistance_at(
    history: History, parameters: Parameters, electrode: Electrode, fraction: Any
) -> Any:
    """Return it at any contact fractions of the sweep or above."""
    known = np.append(history[AXIS.column], 1.0)
    values = np.append(resistance(history, parameters, electrode), parameters.interface(electrode))
    return np.interp(fraction, known, values * known) / fraction


def steady(
    history: History,
    parameters: Parameters,
    electrode: Electrode | None,
    pressure: float,
    current: float,
) -> float | None:
    """Return the contact fraction that stripping tends to, None outside of the sweep."""
    found = balances(history).get(electrode)
    return None if found is None else found.steady(parameters.closing_ratio(pressure, current))


def histories(history: History, parameters: Parameters) -> dict[str, Array]:
    """Return contact fractions and resistances over the stripped capacity, as columns of a table.

    For each pressure the bound f = 1, and both electrodes with their own unevenness; nan outside
    of the sweep.
    """
    p, found = parameters, balances(history)
    capacity = np.linspace(0.0, p.capacity, _POINTS)
    columns = {CAPACITY: capacity}
    for pressure in p.stack_pressures:
        ratio = p.closing_ratio(pressure, p.current)
        for electrode, balance in found.items():
            contact = balance.along(
                ratio, p.void_height, p.first_contact(electrode or "Li"), p.stripped(capacity)
            )
            columns[contact_column(electrode, pressure)] = contact
            if electrode is not None:
                columns[resistance_column(electrode, pressure)] = resistance_at(
                    history, p, electrode, contact
                )
    return columns


def contact_column(electrode: Electrode | None, pressure: float) -> str:
    """Return the heading of a contact fraction; of the bound without an electrode."""
    return f"contact_{electrode or 'bound'}_{pressure:g}MPa [1]"


def resistance_column(electrode: Electrode, pressure: float) -> str:
    """Return the heading of a resistance."""
    return f"resistance_{electrode}_{pressure:g}MPa [ohm cm^2]"


def pressures(history: History, parameters: Parameters) -> dict[str, Array]:
    """Return the pressure that holds a contact fraction, as columns of a table."""
    p = parameters
    found = balances(history)
    top = min(max(history[AXIS.column][-1], _TOP), found[None].reach)
    fraction = np.linspace(history[AXIS.column][0], top, _POINTS)
    speed, closing = p.speed(p.current), p.creep_rate * p.tube_radius
    columns = {AXIS.column: fraction}
    for electrode, balance in found.items():
        pressure = balance.pressure(fraction, p.creep_exponent, speed, closing)
        columns[f"pressure_{electrode or 'bound'} [MPa]"] = pressure
    return columns


def resistances(history: History, parameters: Parameters) -> dict[str, Array]:
    """Return the resistances of the interfaces over the sweep, as columns of a table."""
    found = {f"resistance_{e} [ohm cm^2]": resistance(history, parameters, e) for e in ELECTRODES}
    return {AXIS.column: history[AXIS.column], **found}
