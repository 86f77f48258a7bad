"""What is read off a sweep over the current density: verdicts of both models, and their words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.core.axis import Axis
from lithode.core.units import from_model
from lithode.engine.verdict import Result
from lithode.output.history import History
from lithode.theory.interlayer_design import InterlayerDesign, Verdict

Array = npt.NDArray[np.float64]

AXIS = Axis("current", "i", "mA/cm^2")


@dataclass(frozen=True)
class Bearable:
    """Up to which current density an interlayer is safe by the two-potential model.

    Attributes:
        current: In mA/cm^2.
        limit: ``electrolyte``: more than is tolerated plates next to it; ``pores``: they are
            full of what plates inside, not on the lithium surface; ``sweep``: the largest current
            of the sweep is safe.
    """

    current: float
    limit: Literal["electrolyte", "pores", "sweep"]

    @classmethod
    def of(
        cls, history: History, parameters: DesignParameters, filling: float, suffix: str = ""
    ) -> Bearable:
        """Read it off a sweep.

        Args:
            history: The sweep.
            parameters: Its parameters.
            filling: Current density that fills the pores if all of it plates inside, in A/m^2.
            suffix: Of the columns.
        """
        currents = history[AXIS.column]
        plated = from_model(1.0, AXIS.unit) * column(
            history, "reaction_current_electrolyte", suffix
        )
        inside = currents * (1 - column(history, "lithium_share", suffix, "1"))
        reached = _first(currents, plated, parameters.tolerated_current)
        full = _first(currents, inside, from_model(filling, AXIS.unit))
        if min(reached, full) > currents[-1]:
            return cls(float(currents[-1]), "sweep")
        return cls(reached, "electrolyte") if reached < full else cls(full, "pores")

    @property
    def value(self) -> float | str:
        """The current, or that it is beyond the sweep."""
        return f"above {self.current:g}" if self.limit == "sweep" else self.current


def _first(currents: Array, values: Array, level: float) -> float:
    """Return the current at which rising values reach a level; infinite if none of them does."""
    above = np.flatnonzero(values >= level)
    if not len(above):
        return float("inf")
    k = int(above[0])
    if k == 0:
        return float(currents[0] * level / values[0])
    return float(np.interp(level, values[k - 1 : k + 1], currents[k - 1 : k + 1]))


# From this share of the current on nucleation counts as begun.
BEGUN = 0.05


def onset(history: History, suffix: str = "") -> float | None:
    """Return the current density in mA/cm^2 of which ``BEGUN`` plates inside; None if none does.

    By the two-potential model; the first of the sweep if nucleation has begun there.
    """
    currents, share = history[AXIS.column], 1 - column(history, "lithium_share", suffix, "1")
    above = np.flatnonzero(share >= BEGUN)
    if not len(above):
        return None
    k = max(int(above[0]), 1)
    ends = share[k - 1 : k + 1], currents[k - 1 : k + 1]
    return float(np.interp(BEGUN, *ends))


def mostly(history: History, suffix: str = "") -> str:
    """Return where most plates inside in the end: ``lithium``, ``electrolyte`` or ``inside``."""
    ends = {
        name: float(column(history, f"reaction_current_{name}", suffix)[-1])
        for name in ("lithium", "electrolyte")
    }
    inside = float(column(history, "reaction_current", suffix)[-1]) - sum(ends.values())
    places = {**ends, "inside": inside}
    return max(places, key=lambda name: places[name])


def column(history: History, name: str, suffix: str = "", unit: str = "A/m^2") -> Any:
    """Return a column of one of the interlayers of a run."""
    return history[f"{name}{suffix} [{unit}]"]


def design_results(
    history: History,
    parameters: DesignParameters,
    form: InterlayerDesign,
    suffix: str = "",
    label: str = "",
) -> list[Result]:
    """Return what a sweep says of one interlayer, by both models.

    Args:
        history: The sweep.
        parameters: Its parameters.
        form: The interlayer for the closed form.
        suffix: Of the columns.
        label: After the name of each result.
    """
    bearable, verdict = Bearable.of(history, parameters, form.filling_current, suffix), form.verdict
    last = {name: float(values[-1]) for name, values in history.items()}

    def at_last(name: str, unit: str) -> float:
        return last[f"{name}{suffix} [{unit}]"]

    near = from_model(at_last("reaction_current_electrolyte", "A/m^2"), AXIS.unit)
    at = f"at {last[AXIS.column]:g} {AXIS.unit}"
    resistance = at_last("potential", "V") / at_last("counter_electrode_current", "A/m^2")
    found = [
        Result("safe up to (CCD), two potentials", bearable.current, AXIS.unit),
        Result("what limits it, two potentials", LIMITS[bearable.limit]),
        Result("safe up to (CCD), closed form", from_model(verdict.current, AXIS.unit), AXIS.unit),
        Result("what limits it, closed form", LIMITS[verdict.limit]),
        Result("nucleation begins, two potentials", _shown_onset(history, suffix), AXIS.unit),
        Result(f"nucleation length {at}", at_last("nucleation_length", "um"), "um"),
        Result(f"share of the current at lithium {at}", at_last("lithium_share", "1")),
        Result(f"plated next to the electrolyte {at}", near, AXIS.unit),
        Result(f"mean height of lithium inside {at}", at_last("reaction_height", "um"), "um"),
        Result(f"voltage over the current {at}", from_model(resistance, "ohm cm^2"), "ohm cm^2"),
    ]
    return [replace(result, name=f"{result.name}{label}") for result in found]


def _shown_onset(history: History, suffix: str) -> float | str | None:
    """Return the onset, or that nucleation has begun at the first current of the sweep."""
    start, first = onset(history, suffix), float(history[AXIS.column][0])
    return start if start is None or start > first else f"at or below {first:g}"


def up_to(history: History, current: float) -> History:
    """Return the rows of a sweep up to a current density in mA/cm^2."""
    within = history[AXIS.column] <= current * (1 + 1e-9)
    return {name: values[within] for name, values in history.items()}


def closed_form_answer(verdict: Verdict, hours: float) -> str:
    """Say up to which current an interlayer is safe by the paper's criterion."""
    safe = from_model(verdict.current, AXIS.unit)
    if verdict.limit == "pores":
        reason = "the pores, which lithium then fills up to the electrolyte (l_g = l_i)"
    else:
        reason = "nucleation, which then reaches further than growth (l_n > l_g)"
        if verdict.returns is not None:
            again = from_model(verdict.returns, AXIS.unit)
            reason += f"; growth covers it again above {again:.3g} {AXIS.unit}"
    return f"dendrite-safe up to {safe:.3g} {AXIS.unit} for {hours:g} h; limited by {reason}"


def model_answer(bearable: Bearable, history: History, suffix: str = "") -> str:
    """Say the same by the two-potential model."""
    where, start, currents = "nothing nucleates", onset(history, suffix), history[AXIS.column]
    if start is not None:
        begins = "at" if start > currents[0] else "at or below"
        near = column(history, "reaction_current_electrolyte", suffix)[-1]
        share = from_model(float(near), AXIS.unit) / currents[-1]
        where = (
            f"nucleation begins {begins} {start:.2g} {AXIS.unit} and at {currents[-1]:g} "
            f"{AXIS.unit} is strongest {_PLACES[mostly(history, suffix)]}, with {100 * share:.2g} "
            "% of the current next to the electrolyte"
        )
    safe = f"{bearable.current:.3g} {AXIS.unit}"
    if bearable.limit == "sweep":
        return f"safe up to {safe} at least, the end of the sweep; {where}"
    return f"safe up to {safe}, limited by {LIMITS[bearable.limit]}; {where}"


LIMITS = {
    "electrolyte": "lithium that plates next to the electrolyte",
    "nucleation": "nucleation (l_n > l_g)",
    "pores": "the pores (l_g = l_i)",
    "sweep": "nothing up to the end of the sweep",
}
_PLACES = {
    "lithium": "next to lithium",
    "electrolyte": "next to the electrolyte",
    "inside": "between the two",
}
