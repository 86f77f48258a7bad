"""What a run of the model came to: named numbers for any inputs, read off its history."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lithode.core.constants import FARADAY
from lithode.core.results import Result
from lithode.core.units import from_model
from lithode.solvers.electrodeposition.health import flat_front
from lithode.solvers.electrodeposition.inputs import LayerInputs

Columns = Mapping[str, npt.NDArray[np.float64]]

_TRANSMITTED, _BACKGROUND = "pressure_transmitted_mean [MPa]", "pressure_background [MPa]"
_AT_THE_END = {
    "tip height": ("tip_height [um]", "um"),
    "mean height of lithium": ("mean_height [um]", "um"),
    "largest pressure in lithium": ("pressure_max [MPa]", "MPa"),
    "pressure exceeded in 1 % of lithium": ("pressure_p99 [MPa]", "MPa"),
    "largest Li+ concentration over c_0": ("concentration_max [1]", ""),
    "covered share of the second layer": ("covered_fraction [1]", ""),
    "mean pressure at the second layer": ("pressure_tip_mean [MPa]", "MPa"),
    "pressure transmitted to the second layer": (_TRANSMITTED, "MPa"),
    "mean von Mises stress in lithium": ("mises_lithium_mean [MPa]", "MPa"),
    "largest von Mises stress in lithium": ("mises_lithium_max [MPa]", "MPa"),
}


def results(history: Columns, inputs: LayerInputs) -> list[Result]:
    """Return named numbers at the end of a run, and the times of what happened before.

    Args:
        history: Columns of ``history.csv``.
        inputs: Of the run.
    """
    found = [
        Result(name, value, unit)
        for name, (column, unit) in _AT_THE_END.items()
        if (value := last(history, column)) is not None
    ]
    tip, mean = history["tip_height [um]"], history["mean_height [um]"]
    found.insert(2, Result("tip above the mean height", float(tip[-1] - mean[-1]), "um"))
    current = last(history, "plating_current [A/m^2]")
    if current is not None:
        density = from_model(current, "mA/cm^2")
        found.append(Result("plating current density", density, "mA/cm^2"))
    charge = FARADAY * inputs.lithium.site_density * float(mean[-1] - mean[0])
    found.append(Result("plated capacity", from_model(charge, "mAh/cm^2"), "mAh/cm^2"))
    found += _below_the_second_layer(history)
    voltage = last(history, "cell_voltage [V]")
    found.append(Result("cell voltage", inputs.overpotential if voltage is None else voltage, "V"))
    for region in inputs.regions:
        found += _of(region, history, grows=region == next(iter(inputs.regions)))
    if "elements_per_width [1]" in history:
        least = float(np.nanmin(history["elements_per_width [1]"]))
        found.append(Result("least elements per interface width", least))
    found += _sharpest_wave(history, inputs)
    return [*found, Result("end of the run", float(history["time [s]"][-1]), "s")]


def _sharpest_wave(history: Columns, inputs: LayerInputs) -> list[Result]:
    """Return how many widths long the fastest wave is where the current was largest."""
    peak = float(np.nanmax(history.get("largest_current [A/m^2]", np.zeros(1))))
    if not peak > 0:
        return []
    wave, _ = replace(flat_front(inputs), current=peak).fastest()
    length = 2 * math.pi / wave
    return [
        Result("largest current density on the front", from_model(peak, "mA/cm^2"), "mA/cm^2"),
        Result("fastest wave there over the interface width", length / inputs.interface_width),
    ]


def _below_the_second_layer(history: Columns) -> list[Result]:
    """Return the pressure at its seat in full and less the initial one, and the background."""
    if _TRANSMITTED not in history:
        return []
    seat, background = history[_TRANSMITTED] + history[_BACKGROUND], history[_BACKGROUND]
    named = {
        "pressure below the second layer, absolute": seat[-1],
        "pressure below the second layer, less the initial one": seat[-1] - seat[0],
        "pressure beyond the second layer, background": background[-1],
    }
    return [Result(name, float(v), "MPa") for name, v in named.items() if np.isfinite(v)]


def _of(region: str, history: Columns, *, grows: bool) -> list[Result]:
    """Return what lithium met in a region, unless it is the one it grows in or is not there."""
    found = []
    if (pressure := last(history, f"pressure_mean_{region} [MPa]")) is not None:
        found.append(Result(f"mean pressure at the front in {region}", pressure, "MPa"))
    if grows:
        return found
    if (reached := first_time(history, f"contact_{region} [1]", 0.5)) is not None:
        found.append(Result(f"contact with {region}", reached, "s"))
    share = last(history, f"lithium_fraction_{region} [1]")
    if share is not None:
        found.append(Result(f"Li share of {region} below the tip", share))
    return found


def last(history: Columns, column: str) -> float | None:
    """Return the last value of a column, None if there is no such column or no value at the end."""
    if column not in history or not np.isfinite(history[column][-1]):
        return None
    return float(history[column][-1])


def first_time(history: Columns, column: str, level: float) -> float | None:
    """Return when a column first exceeds a level, in s; None if it never does."""
    above = np.flatnonzero(history.get(column, np.zeros(0)) > level)
    return float(history["time [s]"][above[0]]) if len(above) else None
