"""Small problems of the wetting model: drops, films, a driven and a held one of everything."""

from __future__ import annotations

from typing import Any

import numpy as np
from mpi4py import MPI

from lithode.meshes.structured import structured
from lithode.solvers.numerics.march import StepControl, march
from lithode.solvers.wetting.model import Wetting
from lithode.solvers.wetting.parameters import (
    Drive,
    GrainFields,
    Numerics,
    Observation,
    Parameters,
    Walls,
)
from lithode.theory import capillarity
from lithode.theory.capillarity import grain_profile
from lithode.theory.free_energy import Interface, barrier_height, gradient_coefficient

GAMMA, D, MOLAR_VOLUME = 0.5, 0.25, 1.3e-5
INTERFACE = Interface(barrier_height(GAMMA, 4 * D), gradient_coefficient(GAMMA, 4 * D), 1.0)
K = INTERFACE.gradient_coefficient


def physics(solid: Any, **others: Any) -> Parameters:
    return Parameters(INTERFACE, solid, MOLAR_VOLUME, **others)


def fields(distances: Any, contact_angle: float) -> GrainFields:
    """Grain fields as wide as the surface of lithium, with B = 8 A."""
    ratio = capillarity.grain_coupling_ratio(contact_angle, 8.0)
    return GrainFields(distances, 8 * INTERFACE.barrier, ratio * K, D)


def box(lengths: Any, size: float, comm: Any = MPI.COMM_SELF) -> Any:
    return structured(comm, lengths, [round(x / size) for x in lengths], region="pores")


def ball(center: Any, radius: float) -> Any:
    """A drop around a point, as an initial state."""
    place = np.array([*center, 0.0, 0.0])[:3]
    return lambda x: grain_profile(np.linalg.norm(x - place, axis=1) - radius, D)


def film(height: float, axis: int = 1) -> Any:
    return lambda x: grain_profile(x[:, axis] - height, D)


def run(model: Wetting, end: float, observers: Any = ()) -> Any:
    # Keeping the content takes several solves a step: their iterations are not too many.
    control = StepControl(1e-2 / INTERFACE.barrier, end, 1e-9, many_iterations=50)
    return march(model, control, end, observers=observers)


def driven(
    comm: Any = MPI.COMM_SELF, domain: Any = None, pressure: float = 0.25, **numerics: Any
) -> Wetting:
    """Lithium pushed into a lithiophobic slit; a little of everything."""
    width = 8 * D
    return Wetting(
        box((width, 12 * D), 0.8 * D, comm) if domain is None else domain,
        physics(Walls({"sides": 110.0}), drive=Drive(pressure, -1e-3, 1.0)),
        film(3 * D),
        Numerics(**numerics),
        Observation("pores", (4 * D, 7 * D), ((4 * D, 5 * D), (6 * D, 7 * D))),
    )


def held(comm: Any = MPI.COMM_SELF, domain: Any = None, **numerics: Any) -> Wetting:
    """A drop that spreads on a grain field."""
    return Wetting(
        box((10 * D, 14 * D), 0.8 * D, comm) if domain is None else domain,
        physics(fields(lambda x: [x[:, 1] - 2 * D], 70.0), conserved=True),
        ball((0.0, 4 * D), 4 * D),
        Numerics(**numerics),
    )
