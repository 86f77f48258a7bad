"""What the wave did, and the closed form it is held against."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from lithode.cases.verification.dispersion.parameters import DispersionParameters
from lithode.cases.verification.front import DOCS
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

_SOURCE = f"linear stability of a sharp front, {DOCS}"
_SETTLED = 0.15
"""Share of the run after which the potentials have come to rest with the profile."""


def growth_rate(history: History, _: DispersionParameters) -> float:
    """Return the slope of the logarithm of the amplitude in 1/s."""
    time, amplitude = history["time [s]"], history["wave_amplitude [um]"]
    settled = time >= _SETTLED * time[-1]
    return float(np.polyfit(time[settled], np.log(np.abs(amplitude[settled])), 1)[0])


def speed(history: History, _: DispersionParameters) -> float:
    """Return the mean speed of the front in um/s."""
    time, height = history["time [s]"], history["front_height [um]"]
    return float((height[-1] - height[0]) / (time[-1] - time[0]))


def results(history: History, parameters: DispersionParameters) -> list[Result]:
    """Return the growth of the wave beside that of a sharp front."""
    p, rate = parameters, growth_rate(history, parameters)
    fastest, scale = p.flat_front.fastest(), p.scale
    return [
        Result("growth_rate", rate, "1/s"),
        Result("growth rate of a sharp front", p.sharp_rate, "1/s"),
        Result("difference over the fastest growth rate", (rate - p.sharp_rate) / scale),
        Result("fastest growth rate", fastest[1], "1/s"),
        Result("wave number that grows fastest", fastest[0], "1/um"),
        Result("critical wave number", p.flat_front.critical_wave_number, "1/um"),
        Result("speed of the front", speed(history, p), "um/s"),
        Result("speed by Faraday's law", p.flat_front.speed, "um/s"),
        Result("width over wavelength", p.interface_width / p.wavelength),
    ]


def _wave(
    share: float, width: float, tolerance: float, **changes: float
) -> Target[DispersionParameters]:
    """Return the target of a wave.

    Args:
        share: k over the critical one.
        width: Of the front over the wavelength.
        tolerance: What the growth rate may be off by, over the fastest one.
        changes: Further parameters.
    """
    wave_number = share * DispersionParameters(**changes).flat_front.critical_wave_number
    where = {"wave_number": wave_number, "interface_width": width * 2 * math.pi / wave_number}
    sharp = DispersionParameters(**where, **changes)
    rate = 0.0 if share == 1 else sharp.sharp_rate
    words = ", ".join((f"k = {share:g} k_c", f"w = {width:g} wavelengths", *_words(changes)))
    return Target(
        name=f"growth rate, {words}",
        paper=rate,
        unit="1/s",
        kind="verification",
        # Held against the fastest growth rate: that of k_c itself is zero.
        tolerance=tolerance * sharp.scale / (abs(rate) or 1.0),
        read=growth_rate,
        source=_SOURCE,
        where={**where, **changes},
        applies=lambda p: p.interface_width <= 1.001 * width * p.wavelength,
    )


def _words(changes: Mapping[str, float]) -> list[str]:
    return [f"{name} = {value:g}" for name, value in changes.items()]


TARGETS: tuple[Target[DispersionParameters], ...] = (
    Target(
        name="growth rate, default wave",
        paper=DispersionParameters().sharp_rate,
        unit="1/s",
        kind="verification",
        tolerance=0.05,
        read=growth_rate,
        source=_SOURCE,
        applies=lambda p: p.interface_width <= 0.1 * p.wavelength,
    ),
    Target(
        name="speed of the front",
        paper=DispersionParameters().flat_front.speed,
        unit="um/s",
        kind="verification",
        tolerance=1e-3,
        read=speed,
        source="Faraday's law",
    ),
    *(_wave(share, 0.1, 0.05) for share in (0.2, 0.4, 0.6, 0.8, 1.0)),
    *(_wave(share, 0.05, 0.02) for share in (0.4, 0.6, 1.0)),
    _wave(0.6, 0.18, 0.13),
    _wave(0.6, 0.1, 0.05, exchange_current_density=20.0),
    _wave(0.6, 0.1, 0.05, current=20.0),
)
