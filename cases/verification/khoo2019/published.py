"""Growth rates and base states of the paper, by the authors' public analysis code (MIT)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

PAPER = "Khoo, Zhao and Bazant, J. Electrochem. Soc. 166 (2019) A2280"
SURFACE_ENERGY = 8.743e-5
"""gamma Omega / (L k T)."""
VOLUME = 1.2998e-4
"""beta_m: molar volume of lithium times c_0."""
REFERENCE = 0.01
"""xi_plus: c_0 over the concentration that Li+ are referred to."""

_DATA = Path(__file__).parent / "data"


@cache
def _rows(name: str) -> tuple[dict[str, float], ...]:
    with (_DATA / name).open(newline="") as file:
        return tuple(
            {key: float(text) for key, text in row.items()} for row in csv.DictReader(file)
        )


def base_state(current: float, time: float) -> dict[str, float]:
    """Return the base state at the cathode for Da = 1, as columns of ``summary.csv``."""
    return next(
        row
        for row in _rows("summary.csv")
        if (row["J_applied"], row["t_over_ts"]) == (current, time)
    )


def growth_rate(current: float, time: float, wave_number: float) -> float:
    """Return omega in D / L^2 of a wave number that ``dispersion.csv`` has, for Da = 1."""
    return next(
        row["Re_omega"]
        for row in _rows("dispersion.csv")
        if (row["J_applied"], row["t_over_ts"], row["k"]) == (current, time, wave_number)
    )
