"""Lithium at the start: a film with bumps, and the foil of the counter electrode."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from lithode.solvers.electrodeposition.inputs import LayerInputs

Array = npt.NDArray[np.float64]


def initial_lithium(inputs: LayerInputs) -> Callable[[Array], Array]:
    """Return the initial order parameter: a film with seeded Gaussian nuclei, and a foil."""
    p = inputs
    length = p.diffuse_interface.profile_length
    random = np.random.default_rng(p.seed)
    slots, share = np.arange(p.nuclei), 1 / max(p.nuclei, 1)
    places = [(slots + random.uniform(0.2, 0.8, p.nuclei)) * p.width * share]
    tall = p.nucleus_height * random.uniform(0.5, 1.0, p.nuclei)
    if not p.is_flat:
        deep = random.permutation(slots) + random.uniform(0.2, 0.8, p.nuclei)
        places.append(deep * p.depth * share)
    middles = np.array(places)

    def order_parameter(points: Array) -> Array:
        arms = points[:, : len(middles), None] - middles
        bumps = tall * np.exp(-np.sum((arms / p.nucleus_width) ** 2, axis=1))
        front = p.initial_thickness + bumps.sum(axis=1)
        height = points[:, len(middles)]
        film = 0.5 * (1 - np.tanh((height - front) / (2 * length)))
        if p.counter_electrode == "lithium":
            surface = p.height - p.foil_thickness
            film = np.maximum(film, 0.5 * (1 + np.tanh((height - surface) / (2 * length))))
        return np.asarray(film)

    return order_parameter
