"""Results of the strips, what the paper says of small pores, and how large pores may be."""

from __future__ import annotations

from typing import Any

import numpy as np

from lithode.cases.wang2024.measured import PAPER
from lithode.cases.wang2024.pores.parameters import AXIS, Parameters, label
from lithode.core.units import from_model
from lithode.engine.verdict import Result, Target, Value
from lithode.output.history import History

# A current counts as even if nowhere on the contact it is more than this above its mean.
EVEN = 1.05
# Pores in um that stand for the small ones of the text, which gives no size.
_SMALL = 0.5


def largest_even(history: History, porosity: float) -> float:
    """Return the pore size in um up to which the current is even; 0 if it never is."""
    sizes, ratio = history[AXIS.column], history[f"max_over_mean_{label(porosity)} [1]"]
    above = np.flatnonzero(ratio > EVEN)
    if not len(above):
        return float(sizes[-1])
    k = int(above[0])
    if k == 0:
        return 0.0
    return float(np.interp(EVEN, ratio[k - 1 : k + 1], sizes[k - 1 : k + 1]))


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return for each porosity the largest pores of an even current, and what its ends have."""
    found = []
    sizes = history[AXIS.column]
    for porosity in parameters.porosities:
        end, column = f"(p = {porosity:g})", label(porosity)
        mean = history[f"lithium_current_mean_{column} [A/m^2]"][-1]
        found += [
            Result(f"current even in pores up to {end}", largest_even(history, porosity), "um"),
            Result(
                f"mean current density on the strips {end}",
                from_model(float(mean), "mA/cm^2"),
                "mA/cm^2",
            ),
        ]
        for k in dict.fromkeys((0, len(sizes) - 1)):
            at = f"in {sizes[k]:g} um pores {end}"
            resistance = history[f"contact_resistance_{column} [ohm cm^2]"][k]
            largest = history[f"max_over_mean_{column} [1]"][k]
            spread = history[f"variation_{column} [1]"][k]
            found += [
                Result(f"contact resistance {at}", float(resistance), "ohm cm^2"),
                Result(f"largest over mean current {at}", float(largest)),
                Result(f"standard deviation over mean current {at}", float(spread)),
            ]
    return found


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say for each porosity how large its pores may be."""
    lines = []
    for porosity in parameters.porosities:
        size, last = largest_even(history, porosity), history[AXIS.column][-1]
        least = " at least, the end of the sweep" if size >= last else ""
        lines.append(
            f"porosity {porosity:g}: the current at {parameters.current:g} mA/cm^2 exceeds its "
            f"mean by less than {100 * (EVEN - 1):.0f} % "
            + (f"for pores up to {size:.3g} um{least}" if size else "in no pore of the sweep")
        )
    return lines


def _smaller_pores(history: History, parameters: Parameters) -> Value:
    spreads = [history[f"variation_{label(q)} [1]"] for q in parameters.porosities]
    falls = all(bool(np.all(np.diff(spread) > 0)) for spread in spreads)
    return "more even" if falls else "not more even"


def _small_pores(history: History, parameters: Parameters) -> Value:
    (k,) = np.flatnonzero(np.isclose(history[AXIS.column], _SMALL))
    ratios = [history[f"max_over_mean_{label(q)} [1]"][k] for q in parameters.porosities]
    return "homogeneous" if max(ratios) < EVEN else "uneven"


TARGETS: tuple[Target[Any], ...] = (
    Target(
        name="current at lithium, smaller pores",
        paper="more even",
        kind="verification",
        read=_smaller_pores,
        source=f"{PAPER}, text on Fig. S23",
        applies=lambda parameters: len(parameters.pore_sizes) > 1,
    ),
    Target(
        name="current at lithium, 0.5 um pores, 4 mA/cm^2",
        paper="homogeneous",
        kind="selected",
        read=_small_pores,
        source=f"{PAPER}, text on Fig. S23",
        applies=lambda parameters: _SMALL in parameters.pore_sizes,
    ),
)
