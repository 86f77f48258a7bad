"""Gradients by the adjoint: what the first derivative leaves is of second order."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx.fem import Function

from lithode.meshes.structured import layered_interval, structured
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.current_distribution.parameters import (
    Conductor,
    LithiumSurface,
    NucleationReaction,
    Parameters,
)
from lithode.solvers.numerics.adjoint import along
from lithode.solvers.numerics.quadrature import VERTEX

STEPS = np.array([0.08, 0.04, 0.02])


def interlayer(domain, film: float = 0.0, drive: str = "galvanostatic", load: float = 30.0):
    """A mixed conductor in which lithium nucleates, solved for a load."""
    reaction = NucleationReaction(400.0, 0.012, 0.001)
    conductor = Conductor(
        lambda x: 3e4 * np.exp(-x[0] / 80),
        lambda x: 8e3 * np.exp(-x[-1] / 50 - x[0] / 30),
        reaction,
    )
    parameters = Parameters(
        dict.fromkeys(domain.regions, conductor),
        LithiumSurface(100.0, film_resistance=film),
        298.15,
        drive,
    )
    model = CurrentDistribution(domain, parameters)
    model.load = load
    model.solve()
    return model


def far_plating(model):
    """Return J(u, m): the moment of what plates inside, and the heat of the electrons."""
    eq = model.equations

    def functional(parts):
        x = ufl.SpatialCoordinate(model.domain.mesh)
        height = x[model.domain.mesh.geometry.dim - 1]
        dx = eq.measure(metadata=VERTEX)
        # The second term depends on the conductivity by itself too.
        heat = eq.electronic * ufl.inner(ufl.grad(parts[1]), ufl.grad(parts[1]))
        return eq.reaction_current(parts) * height * dx + heat * eq.measure

    return functional


def remainders(model, control: Function) -> np.ndarray:
    """Return what the first derivative leaves of J, for each step along a direction."""
    adjoint = model.adjoint(far_plating(model))
    adjoint.solve()
    gradient = adjoint.gradient(control)
    start, direction = adjoint.value(), Function(control.function_space)
    direction.interpolate(lambda x: np.sin(0.2 * x[0] + 0.1 * x[1]) + 0.3)
    direction.x.array[:] *= control.x.array
    slope, before = along(gradient, direction), control.x.array.copy()
    assert abs(slope) > 1e-3 * abs(start)
    left = []
    for step in STEPS:
        control.x.array[:] = before + step * direction.x.array
        model.solve()
        left.append(abs(adjoint.value() - start - step * slope))
    control.x.array[:] = before
    model.solve()
    return np.array(left)


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("dimension", "film", "drive", "load"),
    [
        (1, 0.0, "galvanostatic", 30.0),
        (2, 1e-4, "galvanostatic", 30.0),
        (2, 0, "potentiostatic", 0.03),
    ],
)
@pytest.mark.parametrize("name", ["ionic", "electronic"])
def test_taylor_remainders_are_of_second_order(comm, dimension, film, drive, load, name):
    if dimension == 1:
        domain = layered_interval(comm, {"a": 25.0, "b": 25.0}, 1.0)
    else:
        domain = structured(comm, (20.0, 50.0), (6, 14))
    model = interlayer(domain, film, drive, load)
    left = remainders(model, getattr(model.equations, name))
    orders = np.log2(left[:-1] / left[1:])
    assert orders == pytest.approx(2.0, abs=0.1)
