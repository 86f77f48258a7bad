"""Parameters of the comparison of interlayers, and the interlayers that are compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lithode.cases.wang2024.design_parameters import DesignParameters
from lithode.cases.wang2024.measured import LEAST_CONTENT, MOST_CONTENT, PAPER, at_content
from lithode.core.parameters import fill, quantity
from lithode.core.units import from_model, to_model
from lithode.theory.interlayer_design import InterlayerDesign, graded_layers

if TYPE_CHECKING:
    from lithode.solvers.numerics.properties import Property

Array = npt.NDArray[np.float64]

LAYERS = "lithium_side", "electrolyte_side"
PROFILES = "homogeneous", "dual", "graded"


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


@dataclass(frozen=True)
class Profile:
    """An interlayer for both models.

    Attributes:
        regions: Region to ionic and electronic conductivity in uS/m.
        form: For the closed form.
    """

    regions: Mapping[str, tuple[Property, Property]]
    form: InterlayerDesign


def interlayers(parameters: Parameters) -> dict[str, Profile]:
    """Return the interlayers that are compared."""
    p = parameters
    ends = [at_content(content) for content in (p.lithium_content, p.electrolyte_content)]
    alike = p.ionic, p.electronic
    dual = [(end.ionic.value, end.electronic.value) for end in ends]
    half = p.thickness / 2

    def graded(low: float, high: float) -> Callable[[Array], Array]:
        """Return exp of a straight line over the depth, as a composite of as many parts."""
        axis, first = p.dimension - 1, to_model(low, "S/cm")
        return lambda x: first * (high / low) ** (x[axis] / p.thickness)

    slopes = [graded(*values) for values in zip(*dual, strict=True)]
    thin = graded_layers(lambda x: slopes[1](np.tile(x, (p.dimension, 1))), p.thickness)
    return {
        "homogeneous": Profile(
            {name: _in_model(alike) for name in LAYERS},
            p.design((p.thickness,), (p.electronic,)),
        ),
        "dual": Profile(
            dict(zip(LAYERS, map(_in_model, dual), strict=True)),
            p.design((half, half), (dual[0][1], dual[1][1])),
        ),
        "graded": Profile(
            {name: (slopes[0], slopes[1]) for name in LAYERS},
            p.design(thin[0], tuple(from_model(value, "S/cm") for value in thin[1])),
        ),
    }


def _in_model(values: tuple[float, float]) -> tuple[Property, Property]:
    return to_model(values[0], "S/cm"), to_model(values[1], "S/cm")
