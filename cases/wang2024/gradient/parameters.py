"""Parameters of the comparison of interlayers, and the interlayers that are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.cases.wang2024.layer import StackLayer
from lithode.cases.wang2024.measured import LEAST_CONTENT, MOST_CONTENT, PAPER, at_content
from lithode.core.parameters import fill, quantity
from lithode.core.units import from_model, to_model
from lithode.theory.interlayer_design import InterlayerDesign, graded_layers

if TYPE_CHECKING:
    from lithode.solvers.numerics.properties import Property

Array = npt.NDArray[np.float64]


class Parameters(DesignParameters):
    """Parameters of the comparison."""

    thickness: float = fill(
        DesignParameters, "thickness", 54.5, source=f"{PAPER}, Fig. S37", provenance="paper"
    )
    currents: tuple[float, ...] = fill(
        DesignParameters,
        "currents",
        (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0),
        source=f"range of {PAPER}, Fig. 5d, and one beyond",
        provenance="paper",
    )
    lithium_content: float = quantity(
        7.0,
        "",
        "carbon nanotubes at lithium, dual and graded, in weight per cent",
        source=f"{PAPER}, Fig. 5b",
        provenance="paper",
        ge=LEAST_CONTENT,
        le=MOST_CONTENT,
    )
    electrolyte_content: float = quantity(
        2.0,
        "",
        "the same at the electrolyte",
        source=f"{PAPER}, Fig. 5b",
        provenance="paper",
        ge=LEAST_CONTENT,
        le=MOST_CONTENT,
    )

    @property
    def layers(self) -> tuple[StackLayer, ...]:
        """The layers from lithium upwards: the user's, or two halves by their contents.

        Raises:
            InputError: As of any stack.
        """
        if self.has_own_stack:
            return super().layers
        contents = self.lithium_content, self.electrolyte_content
        return tuple(StackLayer.of(self.thickness / 2, at_content(each)) for each in contents)


@dataclass(frozen=True)
class Profile:
    """An interlayer for both models.

    Attributes:
        conductivities: Of each layer, from lithium upwards: ionic and electronic, in uS/m.
        form: For the closed form.
    """

    conductivities: tuple[tuple[Property, Property], ...]
    form: InterlayerDesign


def profiles(parameters: Parameters) -> tuple[str, str, str]:
    """Return the names of the interlayers that are compared."""
    return "homogeneous", "stack" if parameters.has_own_stack else "dual", "graded"


def interlayers(parameters: Parameters) -> dict[str, Profile]:
    """Return the interlayers that are compared, on the same mesh."""
    p, layers = parameters, parameters.layers
    whole, count = p.whole_thickness, len(layers)
    alike = StackLayer(whole, p.ionic, p.electronic)
    ionic, electronic = (
        graded([getattr(layer, name) for layer in layers], _places(layers), p.dimension - 1)
        for name in ("ionic", "electronic")
    )
    thin = graded_layers(lambda x: electronic(np.tile(x, (p.dimension, 1))), whole)
    found = (
        Profile((_in_model(alike),) * count, p.design_of((alike,))),
        Profile(tuple(map(_in_model, layers)), p.design_of(layers)),
        Profile(
            ((ionic, electronic),) * count,
            p.design(thin[0], tuple(from_model(value, "S/cm") for value in thin[1])),
        ),
    )
    return dict(zip(profiles(p), found, strict=True))


def graded(values: list[float], places: list[float], axis: int) -> Callable[[Array], Array]:
    """Return exp of straight lines over the depth, as a composite of as many parts.

    Args:
        values: Conductivities in S/cm.
        places: Where they are reached, in um, rising.
        axis: Of the depth.
    """
    logs = np.log([to_model(value, "S/cm") for value in values])
    return lambda x: np.exp(np.interp(x[axis], places, logs))


def _places(layers: tuple[StackLayer, ...]) -> list[float]:
    """Return where the graded interlayer is as each layer: at both faces, else in its middle."""
    tops = list(accumulate(layer.thickness for layer in layers))
    middles = [top - layer.thickness / 2 for top, layer in zip(tops, layers, strict=True)]
    return [0.0, *middles[1:-1], tops[-1]][: len(layers)]


def _in_model(layer: StackLayer) -> tuple[Property, Property]:
    return to_model(layer.ionic, "S/cm"), to_model(layer.electronic, "S/cm")
