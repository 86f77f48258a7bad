"""What a run of the penetration gives, and what the paper has."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lithode.cases.ji2020.parameters import PAPER
from lithode.cases.ji2020.penetration.parameters import Parameters
from lithode.cases.ji2020.penetration.study import CYCLE, DEPTH
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

MEASURED = 8.0
"""Depth of lithium by ToF-SIMS in um (Fig. 5g)."""

_NAME = "depth after 50 cycles of 1 mAh/cm^2"

_RESULTS = (
    ("depth of lithium in the pores", DEPTH),
    ("depth at which the balance is", "largest_depth [um]"),
    ("overpotential at the face", "overpotential [mV]"),
    ("pressure of plating", "plating_pressure [MPa]"),
    ("capillary pressure of the pores", "capillary_pressure [MPa]"),
    ("friction of the lithium in the pores", "friction [MPa]"),
    ("true over projected area", "true_area [1]"),
    ("lithium in the pores", "lithium_in_pores [mAh/cm^2]"),
    ("depth of the static balance", "static_depth [um]"),
    ("depth if pores are 0.1 um wide", "depth_narrow_pores [um]"),
    ("depth if pores are 1 um wide", "depth_wide_pores [um]"),
    ("depth with the interface energy of Li2S", "depth_in_Li2S [um]"),
    ("depth with the interface energy of LiF", "depth_in_LiF [um]"),
)


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return the end of the march, what stops it, and depths of other pores and walls."""
    numbers = [Result(name, float(history[column][-1]), _unit(column)) for name, column in _RESULTS]
    return [
        *numbers,
        Result("cycle from which the depth stays within 5 %", _settled(history)),
        Result("what stops lithium", _stopper(history, parameters)),
    ]


def _unit(column: str) -> str:
    unit = column.partition("[")[2].rstrip("]")
    return "" if unit == "1" else unit


def _settled(history: History) -> float:
    depth = history[DEPTH]
    return float(history[CYCLE][np.argmax(depth >= 0.95 * depth[-1])])


def _last(column: str) -> Callable[[History, Parameters], float]:
    return lambda history, _: float(history[column][-1])


def _stopper(history: History, _: Parameters) -> str:
    """Return what takes more of the pressure at the end."""
    capillary, friction = (
        float(history[f"{name} [MPa]"][-1]) for name in ("capillary_pressure", "friction")
    )
    return "interface energy" if capillary > friction else "friction"


TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name=_NAME,
        paper=MEASURED,
        unit="um",
        kind="calibrated",
        tuned=("pore_diameter",),
        tolerance=0.25,
        read=_last(DEPTH),
        source=f"{PAPER}, Fig. 5g, ToF-SIMS; the pore diameter was chosen with it in view",
    ),
    Target(
        name="depth of the static balance at 120 MPa",
        paper=MEASURED,
        unit="um",
        kind="calibrated",
        tuned=("pore_diameter",),
        tolerance=0.25,
        read=_last("static_depth [um]"),
        source=f"{PAPER}, Fig. 5g; with the pore diameter that was chosen with it in view",
        repeats=f"ji2020/penetration: {_NAME}",
    ),
    Target(
        name="what stops lithium",
        paper="interface energy",
        kind="predicted",
        read=_stopper,
        source=f"{PAPER}, text on Fig. 5g",
    ),
)
