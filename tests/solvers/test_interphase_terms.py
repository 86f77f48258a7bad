"""Terms of an interphase against exact arithmetic, closed forms and numbers worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI
from scipy.integrate import solve_ivp

from lithode.meshes.structured import structured
from lithode.solvers.physics import interphase as terms
from lithode.theory.interphase import (
    ElectronPath,
    Oxynitride,
    hopping_diffusivity,
    lithium_of_salts,
    potentials,
)


@pytest.mark.parametrize(
    ("barrier", "diffusivity"), [(0.42, 8.15e-15), (0.50, 3.62e-16), (1.08, 5.7e-26)]
)
def test_hopping_diffusivity(barrier, diffusivity):
    found = hopping_diffusivity(barrier, 298.15, 2.48e-4, 1e13)
    assert found * 1e-12 == pytest.approx(diffusivity, rel=5e-3)


def atoms(lithium=0, phosphorus=0, oxygen=0, nitrogen=0):
    return np.array([lithium, phosphorus, oxygen, nitrogen], dtype=object)


@pytest.mark.parametrize("shift", range(4))
def test_both_steps_keep_every_atom(shift):
    """Exactly, for compositions without a common factor: both sides are polynomials in them."""
    a, b, c, f, z = (Fraction(n + shift, d) for n, d in ((29, 7), (7, 2), (3, 11), (2, 13), (5, 3)))
    solid = Oxynitride(a, b, c, f, z)
    rest = atoms(a, 1, b)
    salts = lithium_of_salts(solid)
    nitrogen, oxygen = atoms(salts[0], nitrogen=1), atoms(salts[1], oxygen=1)
    phosphorus, phosphate = atoms(salts[2], 1), atoms(3, 1, 4)
    before = atoms(a, 1, b, c) + solid.first_uptake * atoms(1)
    assert list(before) == list(rest + c * nitrogen)
    before = rest + solid.second_uptake * atoms(1)
    products = solid.phosphate * phosphate + solid.free_oxygen * oxygen
    assert list(before) == list(products + solid.free_phosphorus * phosphorus)


@pytest.fixture
def at():
    """Evaluates an expression at places of an interval: called with (expression of x, places)."""

    def evaluate(expression, places):
        mesh = structured(MPI.COMM_SELF, (1.0,), (len(places) - 1,)).mesh
        mesh.geometry.x[:, 0] = np.interp(
            mesh.geometry.x[:, 0], np.linspace(0, 1, len(places)), places
        )
        space = fem.functionspace(mesh, ("P", 1))
        found = fem.Function(space)
        x = ufl.SpatialCoordinate(mesh)[0]
        found.interpolate(fem.Expression(expression(x), space.element.interpolation_points))
        return found.x.array[np.argsort(space.tabulate_dof_coordinates()[:, 0])]

    return evaluate


@pytest.mark.parametrize("second", [0.2, 1.0, 1.0 - 1e-7, 4.0])
def test_bond_breaking_follows_its_rates(at, second):
    """dw/dA = -k1 w and dq/dA = k1 w - k2 q, also for equal rates."""
    doses = np.linspace(0, 6, 13)
    solved = solve_ivp(
        lambda _, y: [-y[0], y[0] - second * y[1]],
        (0, 6),
        [1.0, 0.0],
        t_eval=doses,
        rtol=1e-11,
        atol=1e-13,
    )
    np.testing.assert_allclose(at(lambda x: terms.intact(x, 1.0), doses), solved.y[0], atol=1e-9)
    found = at(lambda x: terms.denitrided(x, 1.0, second), doses)
    np.testing.assert_allclose(found, solved.y[1], atol=1e-9)


def test_metal_gives_way_to_salts(at):
    """dl/ds = -l / capacity."""
    np.testing.assert_allclose(
        at(lambda x: terms.metal_left(x, 4.0), [0.0, 1.0, 8.0]), np.exp([0, -0.25, -2])
    )


def test_metal_percolates_above_the_threshold(at):
    found = at(lambda x: terms.percolation(x, 0.3), [-0.01, 0.0, 0.15, 0.3, 0.6, 1.0])
    assert found[:2] == pytest.approx([0, 0], abs=1e-12)
    assert found[2] < 0.005
    assert found[3] == pytest.approx(0.5)
    assert found[4] > 0.995


def test_electron_path_closes(at):
    path = ElectronPath(2.0, 1e6, 0.3, closing=1.5)
    found = at(lambda x: terms.lithium_diffusivity(path, 0.0, x), [0.0, 1.0, 3.0])
    np.testing.assert_allclose(found, 2 * np.exp([0, -1.5, -4.5]))
    assert at(lambda x: terms.lithium_diffusivity(path, x, 0.0), [0.0, 1.0])[1] == pytest.approx(
        1e6, rel=1e-3
    )


def test_potentials_of_two_layers():
    """Series of resistances: 2/1 + 2/3 for electrons, 2/20 + 2/20 for Li+."""
    place = np.array([-1.0, 0.0, 2.0, 4.0, 5.0])
    found = potentials(
        place, np.array([9.0, 1.0, 3.0, 9.0]), np.full(4, 20.0), 0.68, begin=0.0, end=4.0
    )
    whole = 2 + 2 / 3 + 0.2
    np.testing.assert_allclose(found.electron * whole / -0.68, [0, 0, 2, 2 + 2 / 3, 2 + 2 / 3])
    np.testing.assert_allclose(found.cation * whole / -0.68, [0, 0, 0.1, 0.2, 0.2])
    np.testing.assert_allclose(found.lithium, found.cation + found.electron)
    assert found.lithium[-1] == pytest.approx(-0.68)
    nothing = potentials(place, np.ones(4), np.ones(4), 0.68, begin=1.0, end=1.0)
    assert np.all(nothing.lithium == 0)
