"""Which pressure the flaw bears with and without swelling."""

from __future__ import annotations

from lithode.cases.graded_li3n.bilayer_fracture.parameters import PLAIN, SWOLLEN, Parameters
from lithode.core.results import Result
from lithode.engine.verdict import Target
from lithode.output.history import History


def bears(history: History, label: str) -> float:
    """Return the largest pressure in MPa of the flaw with or without swelling."""
    return float(history[f"pressure_{label} [MPa]"].max())


def gain(history: History, _: Parameters) -> float:
    """Return what the swelling adds to the pressure that starts growth, in MPa."""
    return bears(history, SWOLLEN) - bears(history, PLAIN)


def opens(history: History) -> float:
    """Return the pressure in MPa at which the flaw under swelling has no volume yet."""
    return float(history[f"pressure_{SWOLLEN} [MPa]"][0])


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return the pressures."""
    p = parameters
    swollen, plain = bears(history, SWOLLEN), bears(history, PLAIN)
    return [
        Result("pressure to grow, swollen", swollen, "MPa"),
        Result("pressure to grow, without swelling", plain, "MPa"),
        Result("gain by swelling", swollen - plain, "MPa"),
        Result("gain over the pressure without swelling", (swollen - plain) / plain),
        Result("pressure that opens the flaw, swollen", opens(history), "MPa"),
        Result("pressure to grow in closed form, without swelling", p.plain_pressure, "MPa"),
        Result("gain in closed form", p.closing_pressure, "MPa"),
    ]


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say what the swelling does to this flaw."""
    p, plain = parameters, bears(history, PLAIN)
    added, opening = gain(history, p), opens(history)
    lines = [
        f"a flaw of {p.flaw_length:g} um grows at {plain:.3g} MPa, and with a swollen rim of "
        f"{p.rim:g} um at {plain + added:.3g} MPa"
    ]
    if opening > plain:
        lines.append(
            f"the swelling holds it shut: it opens at {opening:.3g} MPa, above the pressure with "
            "which it would grow without"
        )
    else:
        lines.append(f"the swelling does not hold it shut: it opens at {opening:.3g} MPa")
    if p.shut_length < float("inf"):
        lines.append(
            "a rim as deep as the flaw bears more than its toughness from "
            f"{p.shut_length:.3g} um on (closed form)"
        )
    return lines


def _is_fine(parameters: Parameters) -> bool:
    p, study = parameters, Parameters()
    fine = p.elements_per_length >= study.elements_per_length
    return fine and p.length_ratio <= study.length_ratio and p.volume_step <= study.volume_step


TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="gain by swelling, rim of 4 um, flaw of 10 um",
        # closing_pressure of the defaults; asking them would load the units.
        paper=11.7441,
        unit="MPa",
        kind="verification",
        tolerance=0.15,
        read=gain,
        source="stress intensity of a pressure at the mouth, Tada, Paris, Irwin (2000)",
        applies=_is_fine,
    ),
)
