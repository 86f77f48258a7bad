"""Where the crack went, and under which pressure."""

from __future__ import annotations

import numpy as np

from lithode.cases.graded_li3n.fracture.parameters import Parameters
from lithode.core.results import Result
from lithode.engine.verdict import Target
from lithode.output.history import History

THROUGH = 0.5
"""Crack in the core of the particle over its diameter, above which it goes through."""
_TOP, _CORE, _PRESSURE = "crack_top [um]", "crack_length_core [um]", "pressure [MPa]"
_LENGTH = "crack_length [um]"


def cut(history: History, parameters: Parameters) -> float:
    """Return the crack in the core of the particle over the diameter of the core."""
    return float(history[_CORE][-1]) / (2 * parameters.core_radius)


def grown(history: History) -> float:
    """Return how much longer the crack is than before its growth, by its energy, in um."""
    return float(history[_LENGTH][-1] - history[_LENGTH][0])


def path(history: History, parameters: Parameters) -> str:
    """Return ``through``, ``aside``, or ``stopped`` if the crack does not come that far."""
    if cut(history, parameters) > THROUGH:
        return "through"
    return "aside" if grown(history) > parameters.gap + parameters.particle_radius else "stopped"


def largest_at_particle(history: History, parameters: Parameters) -> float:
    """Return the largest pressure in MPa while the tip is beside or in the particle, else NaN."""
    p, top = parameters, history[_TOP]
    there = (top > p.flaw_length + p.gap) & (top < p.particle_top)
    return float(history[_PRESSURE][there].max()) if there.any() else float("nan")


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return path and pressures."""
    p, pressure, top = parameters, history[_PRESSURE], history[_TOP]
    found = [
        Result("path", path(history, p)),
        Result("cut", cut(history, p)),
        Result("pressure to start", float(pressure.max()), "MPa"),
        Result("pressure of a sharp flaw in a half plane", p.critical_pressure, "MPa"),
        Result("pressure at the end", float(pressure[-1]), "MPa"),
        Result("height of the tip", float(top[-1]), "um"),
        Result("top of the particle", p.particle_top, "um"),
        Result("growth of the crack by its energy", grown(history), "um"),
    ]
    at_particle = largest_at_particle(history, p)
    if np.isfinite(at_particle):
        found.append(Result("largest pressure at the particle", at_particle, "MPa"))
    return found


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say where the crack went."""
    p = parameters
    words = {
        "through": "goes through the particle",
        "aside": "turns aside and leaves the particle whole",
        "stopped": f"has not come to the particle: its tip is at {history[_TOP][-1]:.3g} um",
    }
    ratios = f"G_c ratio {p.toughness_ratio:g}, E ratio {p.stiffness_ratio:g}"
    seam = "" if p.seam_ratio == 1 else f", surface of {p.seam_ratio:g} G_c"
    return [f"{ratios}{seam}: the crack {words[path(history, p)]}"]


def _resolved(parameters: Parameters) -> bool:
    p, quick = parameters, Parameters(length=3.0, volume_growth=0.08)
    fine = p.element_size <= quick.element_size
    return fine and p.length <= quick.length and p.volume_growth <= quick.volume_growth


TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="path, a particle like its surroundings",
        paper="through",
        kind="verification",
        read=path,
        source="what is not there deflects nothing; docs/graded-li3n-fracture.md",
        applies=_resolved,
    ),
)
