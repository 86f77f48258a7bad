"""The critical current of a void, beside that of a sharp crack as deep."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lithode.cases.fracture.readings import CURRENT, TIP, critical_current
from lithode.cases.fracture.void.parameters import VoidParameters
from lithode.core.units import from_model
from lithode.engine.verdict import Result, Target
from lithode.output.history import History
from lithode.theory import lithium_crack

_PRESSURE, _LENGTH = "pressure [MPa]", "crack_length [um]"


def sharp(parameters: VoidParameters) -> float:
    """Return the closed form for a sharp crack as deep, without a void, in mA/cm^2."""
    p = parameters
    return from_model(p.critical_current_of(p.crack_size), "mA/cm^2")


def over_sharp(history: History, parameters: VoidParameters) -> float:
    """Return the critical current over that closed form."""
    return critical_current(history, parameters) / sharp(parameters)


def pressure_over_sharp(history: History, parameters: VoidParameters) -> float:
    """Return the largest pressure over that which extends a sharp crack as deep."""
    return float(history[_PRESSURE].max()) / parameters.critical_pressure


def beside_gap(parameters: VoidParameters) -> float:
    """Return the closed form at the rim of a gap, no flow and r = 0, in mA/cm^2."""
    p = parameters
    share = lithium_crack.critical_current_beside_gap(p.void_width / p.flaw_length)
    charge, conductivity = p.lithium.volume_per_charge, p.model_value("conductivity")
    one = lithium_crack.reference_current(p.intensity, conductivity, charge, p.flaw_length)
    return from_model(share * one, "mA/cm^2")


def over_gap(history: History, parameters: VoidParameters) -> float:
    """Return the critical current over the closed form at the rim of a gap."""
    return critical_current(history, parameters) / beside_gap(parameters)


def jump(history: History) -> float:
    """Return the largest growth of all cracks in a step, by their energy, in um."""
    return float(np.diff(history[_LENGTH]).max())


def beyond(history: History, parameters: VoidParameters) -> str:
    """Return what a current above the critical one does."""
    p, peak = parameters, int(np.argmax(history[CURRENT]))
    growth, ahead = (float(history[name][-1] - history[name][peak]) for name in (_LENGTH, TIP))
    if growth < p.length / 4:
        return "not reached: no crack starts"
    if p.is_pore and ahead < p.length / 2:
        return "spalls: a crack leaves the side of the pore"
    return "runs: the crack goes on from its far end"


def results(history: History, parameters: VoidParameters) -> list[Result]:
    """Return the critical current, that of a sharp crack and what happens beyond."""
    p, peak = parameters, int(np.argmax(history[CURRENT]))
    found = [
        Result("critical_current", critical_current(history, p), "mA/cm^2"),
        Result("closed form for a sharp crack as deep", sharp(p), "mA/cm^2"),
        Result("critical current over that of a sharp crack", over_sharp(history, p)),
        Result("largest pressure", float(history[_PRESSURE].max()), "MPa"),
        Result("even pressure that extends a sharp crack as deep", p.critical_pressure, "MPa"),
        Result("lithium in the flaw at the critical current", _volume(history, peak), "um^2"),
        Result("strength of the electrolyte without flaws", p.wall_strength, "MPa"),
        Result("what the crack does beyond", beyond(history, p)),
        Result("largest jump of the crack, by its energy", jump(history), "um"),
    ]
    if p.is_pore:
        return [*found, Result("radius of the pore's far end", p.end_radius, "um")]
    if p.flow == "none":
        words = "closed form at the rim of the gap without an interface's resistance"
        found.append(Result(words, beside_gap(p), "mA/cm^2"))
    return found


def _volume(history: History, row: int) -> float:
    return float(history["volume [um^2]"][row])


def findings(history: History, parameters: VoidParameters) -> list[str]:
    """Say whether the void is worse than a crack."""
    p, share = parameters, over_sharp(history, parameters)
    what = "a pore" if p.is_pore else "a crack at the rim of a gap"
    return [
        f"{what} bears {share:.2f} of the current of a sharp crack of {p.crack_size:g} um; "
        f"{beyond(history, p)}"
    ]


_GROOVED: Mapping[str, object] = {"groove": 2.0, "last_volume": 1.2}
_GAP: Mapping[str, object] = {
    "void": "gap", "void_width": 10.0, "length_ratio": 0.05, "last_volume": 0.9, "flow": "none",
    "interface_resistance": 2e-6,
}  # fmt: skip

TARGETS: tuple[Target[VoidParameters], ...] = (
    Target(
        name="largest pressure of a pore with a groove over that of a sharp crack as deep",
        paper=1.0,
        kind="verification",
        tolerance=0.05,
        read=pressure_over_sharp,
        source="K of a crack from a hole is that of a crack as deep as both "
        "(Newman, NASA TN D-6376, 1971)",
        where=_GROOVED,
    ),
    Target(
        name="J* at the rim of a gap as wide as the crack is long over closed form, no flow, r = 0",
        paper=1.0,
        kind="verification",
        tolerance=0.06,
        read=over_gap,
        source="potential Im sqrt(z^2 - w^2/4) and K of an edge crack (docs/fracture.md)",
        where=_GAP,
    ),
)
