"""What the crack bore and held, beside the closed forms of a sharp one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from lithode.cases.verification.pressurised_crack.parameters import AXIS, CrackParameters
from lithode.engine.verdict import Result, Target
from lithode.output.history import History
from lithode.theory.fracture import EDGE_INTENSITY, EDGE_VOLUME

Array = npt.NDArray[np.float64]

_SOURCE = "Griffith's energy balance with Sneddon and Lowengrub (1969), and toughness per row"


def net_pressure(history: History, parameters: CrackParameters) -> Array:
    """Return what the crack bears above the compression of the block, in MPa."""
    return np.asarray(history["pressure [MPa]"] - parameters.compression)


def pressure_ratio(history: History, parameters: CrackParameters) -> float:
    """Return the largest pressure above the compression over that of a sharp crack."""
    return float(net_pressure(history, parameters).max()) / parameters.critical_pressure


def volume_ratio(history: History, parameters: CrackParameters) -> float:
    """Return the volume over that of a sharp crack at the same pressure, before it grows."""
    volume, pressure = history[AXIS.column], history["pressure [MPa]"]
    row = int(np.flatnonzero(volume > 0)[0])
    return float(volume[row] / parameters.opened_volume(float(pressure[row] - pressure[0])))


def opening_pressure(history: History, _: CrackParameters) -> float:
    """Return the pressure in MPa at which the crack has no volume yet."""
    return float(history["pressure [MPa]"][history[AXIS.column] == 0][0])


def half_length(history: History, parameters: CrackParameters) -> Array:
    """Return the length on the mesh by its energy, G_eff of a row of elements, in um."""
    share = parameters.toughness / parameters.effective_toughness
    return np.asarray(share * history["crack_length [um]"])


def toughness_at_the_end(history: History, parameters: CrackParameters) -> float:
    """Return what a sharp crack that grows would need for the last p and V, in J/m^2."""
    p, pressure = parameters, net_pressure(history, parameters)[-1]
    share = history[AXIS.column][-1] / p.modulus
    intensity, volume = (1.0, 1.0) if p.place == "inner" else (EDGE_INTENSITY, EDGE_VOLUME)
    return intensity**2 * math.sqrt(math.pi * pressure**3 * share / volume)


def results(history: History, parameters: CrackParameters) -> list[Result]:
    """Return the crack beside a sharp one."""
    p, pressure = parameters, net_pressure(history, parameters)
    length = half_length(history, p)
    toughness = toughness_at_the_end(history, p)
    sides = 2 if p.place == "inner" else 1
    peak = sides * float(history[AXIS.column][np.argmax(pressure)])
    found = [
        Result("critical_pressure", float(history["pressure [MPa]"].max()), "MPa"),
        Result("critical pressure of a sharp crack", p.critical_pressure, "MPa"),
        Result("critical pressure over that of a sharp crack", pressure_ratio(history, p)),
        Result("volume over that of a sharp crack", volume_ratio(history, p)),
        Result("volume at the peak", peak, "um^2"),
        Result("half length before growth, by energy", float(length[1]), "um"),
        Result("growth of the crack on each side", float(length[-1] - length[1]), "um"),
        Result("toughness by p^3 V at the end", toughness, "J/m^2"),
        Result("toughness of a row of elements", p.effective_toughness, "J/m^2"),
    ]
    if p.compression:
        found.append(Result("pressure that opens it", opening_pressure(history, p), "MPa"))
    return found


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
    words += ", at an edge" if p.place == "edge" else ""
    words += f", {p.kinematics.replace('_', ' ')}" if "kinematics" in where else ""
    words += f", {p.compression:g} MPa on it" if p.compression else ""
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
    *_targets(0.05, 0.05, length_ratio=0.05, place="edge"),
    *_targets(0.1, 0.1, kinematics="plane_stress"),
    *_targets(0.1, 0.1, compression=100.0),
    Target(
        name="pressure that opens a crack under 100 MPa",
        paper=100.0,
        unit="MPa",
        kind="verification",
        tolerance=0.05,
        read=opening_pressure,
        source="superposition: an open crack bears the pressure of the block",
        where={"compression": 100.0},
        applies=_is_fine,
    ),
)
