"""The flaw in the layer, with and without swelling, side by side."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from lithode.cases.fracture.supports import between_mirrors
from lithode.cases.graded_li3n.bilayer_fracture.parameters import (
    AXIS,
    BLOCK,
    PLAIN,
    SWOLLEN,
    Parameters,
)
from lithode.core.domain import Domain
from lithode.core.health import HealthLine
from lithode.meshes.structured import graded, stretched
from lithode.solvers.fracture.model import Fracture
from lithode.solvers.numerics.simulation import Simulation
from lithode.solvers.numerics.sweep import Sweep
from lithode.solvers.numerics.variants import Variants

Array = npt.NDArray[np.float64]


def build(parameters: Parameters, comm: MPI.Intracomm, domain: Domain | None) -> Simulation:
    """Make the sweep over the volume in the flaw."""
    p = parameters
    sweep = _sweep(p, domain or _mesh(p, comm))
    return sweep.simulation(
        p.volumes,
        health=[
            HealthLine("l/a", p.length_ratio, "the flaw is long against its width", high=0.1),
            HealthLine("p_c", p.plain_pressure, "of the flaw without swelling", "MPa"),
        ],
    )


def probes(parameters: Parameters) -> list[Callable[[], Sweep]]:
    """Return a maker of the models on a coarse mesh."""
    coarse = parameters.model_copy(update={"length_ratio": 0.5, "elements_per_length": 2})
    return [lambda: _sweep(coarse, _mesh(coarse, MPI.COMM_SELF))]


def _mesh(p: Parameters, comm: MPI.Intracomm) -> Domain:
    """Return the layer, from the interface up: fine along the flaw, coarser away from it."""
    a, h, far = p.flaw_length, p.element_size, BLOCK * p.flaw_length
    up = graded(a * (1 + 0.8 * max(p.last_volume - 1, 0)) + 6 * p.length, h, far)
    side = graded(4 * p.length, h, far)
    across = far + np.concatenate([-side[:0:-1], side])
    end = float(up[np.argmin(abs(up - p.rim))])
    return stretched(comm, (across, up), {"rim": max(end, float(up[1])), "layer": far})


def _sweep(p: Parameters, domain: Domain) -> Sweep:
    h, line = p.element_size, BLOCK * p.flaw_length

    def crack(x: Array) -> npt.NDArray[np.bool_]:
        """One row of elements: all nodes at its left and its right side."""
        beside = (x[0] > line - h / 4) & (x[0] < line + 1.25 * h)
        return np.asarray(beside & (x[1] < p.flaw_length + h / 4))

    models = {
        label: Fracture(
            domain, p.model(swollen=label == SWOLLEN), between_mirrors(domain), crack, p.numerics
        )
        for label in (SWOLLEN, PLAIN)
    }
    return Sweep(Variants(models), AXIS, 0.0)
