"""What a sweep over the contact fraction says: resistances, where the contact ends, tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.measured import Electrode
from lithode.cases.tang2026.voids.parameters import ELECTRODES, Parameters
from lithode.core.axis import Axis
from lithode.output.history import History
from lithode.solvers.voids.balance import ContactBalance
from lithode.theory.creep import holding_pressure

AXIS = Axis("contact_fraction", "theta", "1")
CAPACITY = "capacity [mAh/cm^2]"
# None: the bound that all that is stripped must creep in.
_KINDS: tuple[Electrode | None, ...] = (None, *ELECTRODES)
# The polynomial of the tube holds to there with a margin.
FORMULA = 0.5
_POINTS = 201
# Where curves of pressures end, if the sweep does not go further.
_TOP = 0.99
# Parts of what the last contact fraction leaves, at which a sweep is continued.
_BEYOND = np.geomspace(0.8, 1e-4, 40)

Array = npt.NDArray[np.float64]


def has_balance(history: History) -> bool:
    """Whether a sweep has come to its second contact fraction."""
    return len(history[AXIS.column]) > 1


def balances(
    history: History, parameters: Parameters, pressure: float, current: float
) -> dict[Electrode | None, ContactBalance]:
    """Return the balances of stripping and creep; of the bound f = 1 without an electrode.

    Dislocations and diffusion close at rates that add, which is the least that both together do.

    Args:
        history: Of a sweep; balances of one that ended before its second contact fraction are none.
        parameters: Of the case.
        pressure: In MPa.
        current: In mA/cm^2.
    """
    if not has_balance(history):
        return {}
    p, closing = parameters, _closing(history, parameters)
    closure = closing.power + closing.linear * pressure ** (1 - p.creep_exponent)
    return {
        name: ContactBalance(
            closing.fraction, closure, name and closing.uneven[name], p.carried(current),
            p.plating_back,
        )
        for name in _KINDS
    }  # fmt: skip


@dataclass(frozen=True)
class _Closing:
    """What a sweep gives for lithium of the size of the void, at contact fractions.

    Attributes:
        fraction: Contact fractions, those of the sweep first.
        power: What dislocations close over A p^n b.
        linear: What diffusion closes over A p b.
        uneven: f of each electrode.
    """

    fraction: Array
    power: Array
    linear: Array
    uneven: Mapping[Electrode, Array]


def _closing(history: History, parameters: Parameters) -> _Closing:
    """Return it, continued towards a whole contact, where sizes change other than G does."""
    p, known = parameters, history[AXIS.column]
    columns = history["closure [1]"], history["closure_newtonian [1]"]
    uneven = {name: history[f"uneven_fraction_{name} [1]"] for name in ELECTRODES}
    if p.strength == "bulk":
        return _Closing(known, columns[0], np.zeros_like(known), uneven)
    power, linear = (ContactBalance(known, column) for column in columns)
    beyond = 1 - (1 - known[-1]) * _BEYOND if power.reach == 1 else known[:0]
    fraction = np.append(known, beyond)
    return _Closing(
        fraction,
        power.closure_at(fraction) * p.softening(fraction),
        linear.closure_at(fraction) * p.diffusion_rate(fraction) / p.creep_rate,
        {e: ContactBalance(known, columns[0], f).uneven_at(fraction) for e, f in uneven.items()},
    )


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
    p = parameters
    found = balances(history, p, pressure, current).get(electrode)
    if found is None:
        return None
    return found.steady(p.closing_ratio(pressure, current), p.first_contact(electrode or "Li"))


def histories(history: History, parameters: Parameters) -> dict[str, Array]:
    """Return contact fractions and resistances over the stripped capacity, as columns of a table.

    For each pressure the bound f = 1, and both electrodes with their own unevenness; nan outside
    of the sweep.
    """
    p = parameters
    capacity = np.linspace(0.0, p.capacity, _POINTS)
    columns = {CAPACITY: capacity}
    for pressure in p.stack_pressures:
        ratio = p.closing_ratio(pressure, p.current)
        for electrode, balance in balances(history, p, pressure, p.current).items():
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


def holding(
    history: History, parameters: Parameters, electrode: Electrode | None, fraction: Any
) -> Any:
    """Return the pressure in MPa that holds contact fractions of the sweep at the current."""
    p, closing = parameters, _closing(history, parameters)
    lost = balances(history, p, 1.0, p.current)[electrode].lost_at(fraction)
    power = ContactBalance(closing.fraction, closing.power).closure_at(fraction)
    linear = 0.0
    if np.any(closing.linear):
        linear = ContactBalance(closing.fraction, closing.linear).closure_at(fraction)
    scale = p.creep_rate * p.tube_radius
    return holding_pressure(
        p.speed(p.current) * lost, scale * power, p.creep_exponent, scale * linear
    )


def pressures(history: History, parameters: Parameters) -> dict[str, Array]:
    """Return the pressure that holds a contact fraction, as columns of a table."""
    p, known = parameters, history[AXIS.column]
    top = min(max(known[-1], _TOP), balances(history, p, 1.0, p.current)[None].reach)
    fraction = np.linspace(known[0], top, _POINTS)
    columns = {AXIS.column: fraction}
    for electrode in _KINDS:
        name = f"pressure_{electrode or 'bound'} [MPa]"
        columns[name] = holding(history, p, electrode, fraction)
    return columns


def resistances(history: History, parameters: Parameters) -> dict[str, Array]:
    """Return the resistances of the interfaces over the sweep, as columns of a table."""
    found = {f"resistance_{e} [ohm cm^2]": resistance(history, parameters, e) for e in ELECTRODES}
    return {AXIS.column: history[AXIS.column], **found}
