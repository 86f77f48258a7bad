"""What a crack at an edge says of the current that it bears, from the history of a run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lithode.cases.fracture.edge_crack import EdgeCrackParameters
from lithode.core.units import from_model
from lithode.output.history import History

Array = npt.NDArray[np.float64]

CURRENT = "current_density [A/m^2]"
TIP = "crack_top [um]"


def critical_current(history: History, _: EdgeCrackParameters) -> float:
    """Return the largest current that stalls, in mA/cm^2."""
    return from_model(float(history[CURRENT].max()), "mA/cm^2")


def over_law(history: History, parameters: EdgeCrackParameters) -> float:
    """Return it over the closed form for the flaw."""
    law = parameters.critical_current_of(parameters.flaw_length)
    return float(history[CURRENT].max()) / law


def growth(history: History, parameters: EdgeCrackParameters) -> tuple[Array, Array]:
    """Return lengths of the crack in um and currents in A/m^2 while it grows."""
    tip, current = history[TIP], history[CURRENT]
    grows = tip > parameters.flaw_length + 2 * parameters.length
    return tip[grows], current[grows]


def growth_over_law(history: History, parameters: EdgeCrackParameters) -> float | None:
    """Return the mean of current over closed form while the crack grows, None if it does not."""
    tip, current = growth(history, parameters)
    law = [parameters.critical_current_of(float(length)) for length in tip]
    return float(np.mean(current / law)) if len(tip) else None


def exponent(history: History, parameters: EdgeCrackParameters) -> float | None:
    """Return the power of its length by which the current falls, None without enough growth."""
    tip, current = growth(history, parameters)
    if len(tip) < 3 or tip[-1] < 1.2 * tip[0]:
        return None
    return float(np.polyfit(np.log(tip), np.log(current), 1)[0])
