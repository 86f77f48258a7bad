"""A wave on a flat front, as its history tells of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lithode.core.domain import Domain
from lithode.solvers.electrodeposition.parameters import Numerics, Parameters
from lithode.solvers.electrodeposition.quantitative.model import QuantitativeFront
from lithode.solvers.numerics.gauges import boundary_size

Array = npt.NDArray[np.float64]

AMPLITUDE, HEIGHT = "wave_amplitude [um]", "front_height [um]"


class WaveFront(QuantitativeFront):
    """A quantitative front that measures a wave cos(k x) on itself.

    Args:
        domain: A strip half a wave wide, growth along the last coordinate.
        parameters: Physics.
        initial: Initial order parameter.
        numerics: Choice of solvers and tolerances.
        wave_number: k in 1/um.
    """

    def __init__(
        self,
        domain: Domain,
        parameters: Parameters,
        initial: Callable[[Array], Array],
        numerics: Numerics,
        wave_number: float,
    ) -> None:
        super().__init__(domain, parameters, initial, numerics)
        space = self.distance.function_space
        self._wave = np.cos(wave_number * space.tabulate_dof_coordinates()[:, 0])
        self._width = boundary_size(domain, "electrode")

    def wave_of(self, values: Array) -> tuple[float, float]:
        """Return mean and amplitude over the width of what nodal values integrate to upwards."""
        whole = self.weights.whole * values
        mean, moment = self.weights.sums(whole, whole * self._wave) / self._width
        return float(mean), 2 * float(moment)

    def measure(self) -> Mapping[str, float]:
        """Return the history scalars, with height and amplitude of the front."""
        xi: Any = self.fields()[0].x.array
        mean, amplitude = self.wave_of(xi)
        return {**super().measure(), HEIGHT: mean, AMPLITUDE: amplitude}


def wavy(
    height: float, amplitude: float, wave_number: float, length: float
) -> Callable[[Array], Array]:
    """Return the order parameter of lithium below a wave.

    Args:
        height: Of the flat front in um.
        amplitude: Of the wave in um.
        wave_number: k in 1/um.
        length: d of the profile in um.
    """

    def order_parameter(points: Array) -> Array:
        front = height + amplitude * np.cos(wave_number * points[:, 0])
        return np.asarray((1 + np.tanh((front - points[:, -2]) / (2 * length))) / 2)

    return order_parameter
