"""What the crack bore and held, beside the closed forms of a sharp one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from lithode.cases.verification.pressurised_crack.parameters import AXIS, CrackParameters
from lithode.engine.verdict import Result, Target
from lithode.output.history import History
from lithode.theory.fracture import opened_volume

Array = npt.NDArray[np.float64]

_SOURCE = "Griffith's energy balance with Sneddon and Lowengrub (1969), and toughness per row"


def peak_pressure(history: History, _: CrackParameters) -> float:
    """Return the largest pressure in MPa."""
    return float(history["pressure [MPa]"].max())


def pressure_ratio(history: History, parameters: CrackParameters) -> float:
    """Return the largest pressure over that of a sharp crack."""
    return peak_pressure(history, parameters) / parameters.critical_pressure


def volume_ratio(history: History, parameters: CrackParameters) -> float:
    """Return the volume over that of a sharp crack at the same pressure, before it grows."""
    p, filled = parameters, history[AXIS.column] > 0
    volume = 2 * float(history[AXIS.column][filled][0])
    pressure = float(history["pressure [MPa]"][filled][0])
    return volume / opened_volume(p.modulus, pressure, p.half_length)


def half_length(history: History, parameters: CrackParameters) -> Array:
    """Return half of the crack's length by its energy, G_eff of a row of elements, in um."""
    share = parameters.toughness / parameters.effective_toughness
    return np.asarray(share * history["crack_length [um]"])


def toughness_at_the_end(history: History, parameters: CrackParameters) -> float:
    """Return sqrt(pi p^3 V / (2 E')) in J/m^2: what a sharp crack that grows would need."""
    pressure, volume = history["pressure [MPa]"][-1], 2 * history[AXIS.column][-1]
    return math.sqrt(math.pi * pressure**3 * volume / (2 * parameters.modulus))


def results(history: History, parameters: CrackParameters) -> list[Result]:
    """Return the crack beside a sharp one."""
    p, pressure = parameters, history["pressure [MPa]"]
    length = half_length(history, p)
    toughness = toughness_at_the_end(history, p)
    return [
        Result("critical_pressure", float(pressure.max()), "MPa"),
        Result("critical pressure of a sharp crack", p.critical_pressure, "MPa"),
        Result("critical pressure over that of a sharp crack", pressure_ratio(history, p)),
        Result("volume over that of a sharp crack", volume_ratio(history, p)),
        Result("volume at the peak", 2 * float(history[AXIS.column][np.argmax(pressure)]), "um^2"),
        Result("half length before growth, by energy", float(length[1]), "um"),
        Result("growth of the crack on each side", float(length[-1] - length[1]), "um"),
        Result("toughness by p^3 V at the end", toughness, "J/m^2"),
        Result("toughness of a row of elements", p.effective_toughness, "J/m^2"),
    ]


_READINGS: Mapping[str, Callable[[History, CrackParameters], float]] = {
    "largest pressure over that of a sharp crack": pressure_ratio,
    "volume over that of a sharp crack": volume_ratio,
}


def _targets(pressure: float, volume: float, **where: object) -> Iterator[Target[CrackParameters]]:
    """Yield the targets of a width of the crack.

    Args:
        pressure: Tolerance of the pressure, which shrinks with l.
        volume: Tolerance of the volume: to the stress a crack of finite width is a longer one.
        where: Parameters of the scenario.
    """
    p = CrackParameters(**where)
    words = f"{p.regularisation}, l = {p.length_ratio:g} a, h = l/{p.elements_per_length}"
    for (name, read), tolerance in zip(_READINGS.items(), (pressure, volume), strict=True):
        yield Target(
            name=f"{name}, {words}",
            paper=1.0,
            kind="verification",
            tolerance=tolerance,
            read=read,
            source=_SOURCE,
            where=where,
            applies=_is_fine,
        )


def _is_fine(parameters: CrackParameters) -> bool:
    """The numerical parameters are those of the study, or finer."""
    p, study = parameters, CrackParameters()
    fine = p.elements_per_length >= study.elements_per_length
    return fine and p.volume_step <= study.volume_step


TARGETS: tuple[Target[CrackParameters], ...] = (
    *_targets(0.1, 0.1),
    *_targets(0.05, 0.05, length_ratio=0.05),
    # Broader than AT1 at the same l: the volume misses 5 %, as the page says.
    *_targets(0.05, 0.08, length_ratio=0.05, regularisation="AT2"),
)
