"""Lithium that creeps, and the stack that presses on it, against analytic and made-up solutions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import ufl
from dolfinx import fem
from dolfinx.mesh import exterior_facet_indices
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.creep import CreepingLithium, RateWeights
from lithode.solvers.electrodeposition.equations import Equations, Properties
from lithode.solvers.electrodeposition.inputs import Inputs
from lithode.solvers.electrodeposition.mechanics import Mechanics
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.electrodeposition.parameters import Numerics, Stack
from lithode.solvers.electrodeposition.setup import simulation
from lithode.solvers.numerics.checkpoint import read_domain, restore, write_checkpoint
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.levels import TimeLevels
from lithode.solvers.numerics.march import march
from lithode.solvers.numerics.transient import Transient
from lithode.solvers.physics import creeping_solid
from lithode.theory import elasticity
from lithode.theory.creep import PowerLaw
from lithode.theory.elasticity import Kinematics

PHYSICS = Inputs(eigenstrain=2e-4).model
SHEAR = PHYSICS.lithium.stiffness.shear
LAW = PowerLaw(rate=2e-5, exponent=4.0)


@dataclass(frozen=True)
class Loaded(Equations):
    """The model's residuals with a force per volume."""

    load: Any = None

    def momentum(self, xi, displacement, test, creeping=None):
        found = super().momentum(xi, displacement, test, creeping)
        if self.load is None:
            return found
        return found - ufl.inner(self.load, test) * ufl.dx(degree=4)


class Piece:
    """A unit square or cube whose whole surface is displaced, with the model's mechanics."""

    def __init__(self, comm, cells, law, dim=2, load=None):
        self.domain = structured(comm, (1.0,) * dim, (cells,) * dim)
        mesh = self.domain.mesh
        kind = Kinematics.SOLID if dim == 3 else Kinematics.PLANE_STRAIN
        self.scalars = fem.functionspace(mesh, ("P", 1))
        self.vectors = fem.functionspace(mesh, ("P", 1, (dim,)))
        self.xi = fem.Function(self.scalars)
        self.xi.x.array[:] = 1.0
        self.u = TimeLevels.in_space(self.vectors, "displacement", 2)
        tensors = fem.functionspace(mesh, ("DG", 0, (creeping_solid.SIZE[dim],)))
        strain, weights = TimeLevels.in_space(tensors, "creep_strain", 2), RateWeights()
        self.transient = Transient(self.u)
        self.transient.follow(strain, weights)
        self.creep = None
        if law is not None:
            self.creep = CreepingLithium(PHYSICS.lithium, law, strain, weights, self.u)
        mesh.topology.create_connectivity(dim - 1, dim)
        facets = exterior_facet_indices(mesh.topology)
        self.held = fem.Function(self.vectors)
        dofs = fem.locate_dofs_topological(self.vectors, dim - 1, facets)
        x = ufl.SpatialCoordinate(mesh)
        self.mechanics = Mechanics(
            Loaded(
                PHYSICS,
                Properties.on(self.domain, PHYSICS.regions),
                ufl.dx(mesh),
                kind,
                fem.Function(self.scalars),
                load=None if load is None else load(x),
            ),
            self.xi,
            self.u.trial,
            fem.Function(self.scalars),
            [fem.dirichletbc(self.held, dofs)],
            NodalWeights(self.domain, self.scalars),
            "direct",
            Numerics(kinematics=kind),
            self.creep,
        )

    def stretch(self, strain):
        """Displace the surface in plane strain at a constant volume; sqrt(12) mu strain at once."""
        self.held.interpolate(lambda x: np.stack([strain * x[0], -strain * x[1]]))

    def step(self, dt):
        self.transient.predict(dt)
        self.mechanics.solve()
        self.transient.accept()

    def mises(self):
        found = self.creep.mises()
        assert np.ptp(found) < 1e-9 * found.max()
        return float(found[0])


def relaxed(steps, law, strain=2e-4, end=0.4):
    piece = Piece(MPI.COMM_SELF, 2, law)
    piece.stretch(strain)
    piece.mechanics.solve()
    piece.transient.start()
    first = piece.mises()
    assert first == pytest.approx(math.sqrt(12) * SHEAR * strain, rel=1e-9)
    for _ in range(steps):
        piece.step(end / steps)
    return first, piece.mises()


@pytest.mark.parametrize("exponent", [1.0, 4.0])
def test_relaxation_at_a_constant_strain_is_of_second_order(exponent):
    law = PowerLaw(rate=3e-4 if exponent == 1 else 2e-5, exponent=exponent)
    errors = []
    for steps in (20, 40, 80):
        first, left = relaxed(steps, law)
        exact = law.relaxing(first, SHEAR, 0.4)
        errors.append(abs(left - exact) / exact)
    assert 0.1 < exact / first < 0.9
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert (orders > 1.8).all()
    assert errors[-1] < 1e-3


def test_stress_of_steady_creep():
    """However long the steps: equivalent rate 2/sqrt(3) of the stretch."""
    rate, piece = 1e-5, Piece(MPI.COMM_SELF, 2, LAW)
    piece.transient.start()
    for k in range(1, 30):
        piece.stretch(rate * 40.0 * k)
        piece.step(40.0)
    flow = LAW.stress_at(2 / math.sqrt(3) * rate)
    assert piece.mises() == pytest.approx(flow, rel=1e-6)
    assert flow < 0.1 * math.sqrt(12) * SHEAR * rate * 40.0 * 29


def made_up(x):
    dim = len(x)
    y = x[dim - 1]
    waves = [ufl.sin(x[0] + 2 * y), ufl.cos(2 * x[0] - y), ufl.sin(x[0] * x[1] + y)]
    u = 1e-3 * ufl.as_vector([waves[i] for i in range(dim)])
    return u, 0.8 + 0.19 * ufl.sin(3 * x[0] + y)


def made_up_past(x):
    """Creep strain before the step: its independent components."""
    y = x[len(x) - 1]
    parts = [ufl.sin(x[0] + y), -0.6 * ufl.cos(x[0]), 0.5 * ufl.sin(2 * y), 0.3 * y, -0.2 * x[0]]
    return 4e-4 * ufl.as_vector(parts[: creeping_solid.SIZE[len(x)]])


def made_up_load(x, law, step):
    """Force for a step of implicit Euler; the law written out on its own for n = 2."""
    dim = len(x)
    u, xi = made_up(x)
    h = xi**3 * (6 * xi**2 - 15 * xi + 10)
    gradient = ufl.grad(u)
    eps = ufl.as_matrix(
        [[(gradient[i, j] + gradient[j, i]) / 2 if max(i, j) < dim else 0 for j in range(3)]
         for i in range(3)]
    )  # fmt: skip
    e = eps - ufl.tr(eps) / 3 * ufl.Identity(3)
    solid, metal = PHYSICS.regions["electrolyte"].stiffness, PHYSICS.lithium.stiffness
    past = made_up_past(x)
    xz, yz = (past[3], past[4]) if dim == 3 else (0, 0)
    e_el = e - ufl.as_matrix(
        [[past[0], past[2], xz], [past[2], past[1], yz], [xz, yz, -past[0] - past[1]]]
    )
    elastic = math.sqrt(6) * metal.shear * ufl.sqrt(ufl.inner(e_el, e_el))
    pace = 3 * metal.shear * step * law.rate
    left = (ufl.sqrt(1 + 4 * pace * elastic) - 1) / (2 * pace)
    bulk = h * metal.bulk + (1 - h) * solid.bulk
    growth = PHYSICS.regions["electrolyte"].eigenstrain * xi
    sigma = (
        bulk * (ufl.tr(eps) - 3 * growth) * ufl.Identity(3)
        + 2 * h * metal.shear * left / elastic * e_el
        + 2 * (1 - h) * solid.shear * e
    )
    inside = ufl.as_matrix([[sigma[i, j] for j in range(dim)] for i in range(dim)])
    return -ufl.div(inside)


@pytest.mark.parametrize(
    ("dim", "cells", "order"), [(2, 12, 1.9), pytest.param(3, 3, 1.7, marks=pytest.mark.slow)]
)
def test_manufactured_step_with_a_mixture_that_varies(dim, cells, order):
    law, step = PowerLaw(rate=5e-5, exponent=2.0), 1.0
    errors = []
    for n in (cells, 2 * cells):
        piece = Piece(MPI.COMM_SELF, n, law, dim, lambda x: made_up_load(x, law, step))
        u, xi = made_up(ufl.SpatialCoordinate(piece.domain.mesh))
        piece.xi.interpolate(fem.Expression(xi, piece.scalars.element.interpolation_points))
        piece.held.interpolate(fem.Expression(u, piece.vectors.element.interpolation_points))
        piece.transient.start()
        strain = piece.transient.levels[1]
        before = made_up_past(ufl.SpatialCoordinate(piece.domain.mesh))
        points = strain.now.function_space.element.interpolation_points
        strain.now.interpolate(fem.Expression(before, points))
        first = strain.now.x.array.copy()
        piece.step(step)
        square = fem.form(ufl.inner(piece.u.now - u, piece.u.now - u) * ufl.dx(degree=4))
        errors.append(math.sqrt(fem.assemble_scalar(square)))
        # The stress is far from the elastic one, so that the law and its tangent are tried.
        crept = creeping_solid.norms(
            (strain.now.x.array - first).reshape(-1, creeping_solid.SIZE[dim])
        )
        assert crept.mean() > 3e-4
    assert math.log2(errors[0] / errors[1]) > order
    assert errors[1] < 0.03 * 1e-3


def test_lithium_that_hardly_creeps_is_elastic():
    shown = []
    for law in (None, PowerLaw(rate=1e-30, exponent=6.56)):
        piece = Piece(MPI.COMM_SELF, 4, law)
        piece.xi.interpolate(lambda x: 0.5 + 0.4 * np.sin(3 * x[0] + x[1]))
        piece.held.interpolate(lambda x: 1e-3 * np.stack([np.sin(x[1]), x[0] * x[1]]))
        piece.transient.start()
        piece.step(1.0)
        shown.append(piece.u.now.x.array.copy())
    np.testing.assert_allclose(shown[1], shown[0], rtol=0, atol=1e-13)


def inputs(**given):
    values = {
        "width": 8.0, "height": 30.0, "element_size": 1.0, "nuclei": 1, "nucleus_height": 2.0,
        "eigenstrain": 1e-3, "solver": "direct", "noise_amplitude": 0.0, "accuracy": "strict",
    }  # fmt: skip
    return Inputs(**(values | given))


def column(comm, **given):
    p = inputs(**given)
    return simulation(p, lambda: structured(comm, p.lengths, (8, 30)))


def test_a_stack_presses_as_its_spring_says():
    """One stress along the height; strains of lithium and electrolyte add up to its way."""
    pressure, stiffness = 5.0, 40.0
    p = inputs(nuclei=0, stack="pressed", stack_pressure=pressure, stack_stiffness=stiffness)
    domain = structured(MPI.COMM_SELF, p.lengths, (2, 30))
    middle = 10.3
    model = Electrodeposition(
        domain, p.model, lambda x: 0.5 - 0.5 * np.tanh((x[:, 1] - middle) / 2.0), p.numerics
    )
    y = np.linspace(0, 30, 31)
    nodal = np.clip(0.5 - 0.5 * np.tanh((y - middle) / 2.0), 0, 1)
    nodal[0], nodal[-1] = 1.0, 0.0
    # A square is cut into two triangles, whose middles are a third from below and from above.
    below, above = nodal[:-1], nodal[1:]
    xi = np.stack([(2 * below + above) / 3, (below + 2 * above) / 3])
    h = xi**3 * (6 * xi**2 - 15 * xi + 10)
    metal, solid = p.model.lithium.stiffness, p.model.regions["electrolyte"].stiffness
    bulk = h * metal.bulk + (1 - h) * solid.bulk
    shear = h * metal.shear + (1 - h) * solid.shear
    # sigma_yy = M eps_yy - 3 K growth, in the mean of both triangles.
    modulus, push = (bulk + 4 * shear / 3).mean(axis=0), (3 * bulk * 1e-3 * xi).mean(axis=0)
    # u_top = sum (sigma + push) / M, and -sigma = p + k u_top.
    give, free = (1 / modulus).sum(), (push / modulus).sum()
    stress = -(pressure + stiffness * free) / (1 + stiffness * give)
    top = (stress * give) + free
    displacement = model.fields()[-1]
    nodes = displacement.function_space.tabulate_dof_coordinates()
    ends = displacement.x.array.reshape(-1, 2)[nodes[:, 1] > 30 - 1e-9]
    # Along the width the triangles differ a little.
    assert ends[:, 1] == pytest.approx(top, rel=1e-3)
    assert ends[:, 0] == pytest.approx(0.0, abs=1e-15)
    assert stress < -1.1 * pressure


def test_nothing_holds_a_pressure_but_the_stack():
    """Elastic electrolyte alone under a dead load: K / M of it is hydrostatic."""
    p = inputs(nuclei=0, eigenstrain=0.0, stack="pressed", stack_pressure=5.0)
    physics = replace(p.model, stack=Stack(5.0, 0.0))
    domain = structured(MPI.COMM_SELF, p.lengths, (2, 30))
    model = Electrodeposition(domain, physics, lambda x: np.zeros(len(x)), p.numerics)
    stress = next(f for f in model.fields() if f.name == "hydrostatic_stress")
    nodes = stress.function_space.tabulate_dof_coordinates()
    solid = physics.regions["electrolyte"].stiffness
    expected = -5.0 * solid.bulk / (solid.bulk + 4 * solid.shear / 3)
    assert stress.x.array[nodes[:, 1] > 20] == pytest.approx(expected, rel=5e-4)


class Saves:
    def __init__(self, directory):
        self.directory = directory

    def step(self, model, record):
        pass

    def output(self, model):
        if model.time == pytest.approx(4.0):
            write_checkpoint(self.directory, model, case="creep", parameters_hash="")
            model.refresh()


@pytest.mark.mpi
def test_creep_goes_on_from_a_checkpoint_to_the_last_bit_on_any_ranks(comm, tmp_path):
    """And lithium and charge balance, with stresses near the flow stress."""
    given = {"lithium_mechanics": "creep", "stack": "pressed", "initial_thickness": 20.0}
    whole = column(comm, **given)
    march(whole.model, whole.control, 8.0, (4.0,), [Saves(tmp_path)])
    path = tmp_path / "state.h5"
    on = read_domain(path, comm)
    p = inputs(**given)
    other = Electrodeposition(on, p.model, None, p.numerics)
    restore(path, other)
    march(other, whole.control, 8.0, (), [])
    mine, its = whole.model.state(), other.state()
    assert mine.scalars == pytest.approx(its.scalars, rel=1e-9)
    if comm.size == 1:
        assert mine.scalars == its.scalars
    assert {"creep_strain", "creep_strain_1"} <= set(mine.functions)
    for name, function in mine.functions.items():
        owned = function.function_space.dofmap.index_map.size_local
        here = owned * function.function_space.dofmap.index_map_bs
        found = [np.sort(np.concatenate(comm.allgather(f.x.array[:here])))
                 for f in (function, its.functions[name])]  # fmt: skip
        np.testing.assert_allclose(*found, rtol=0, atol=1e-9 * abs(found[0]).max(), err_msg=name)
        if comm.size == 1:
            np.testing.assert_array_equal(*found)
    row = whole.model.measure()
    assert row["lithium_defect [1]"] < 1e-10
    assert row["charge_defect [1]"] < 1e-10
    assert 0.2 < row["mises_lithium_mean [MPa]"] < 0.8
    alone = column(MPI.COMM_SELF, **given)
    march(alone.model, alone.control, 8.0, (4.0,), [])
    for name, value in alone.model.measure().items():
        if "defect" not in name:
            assert row[name] == pytest.approx(value, rel=1e-6, nan_ok=True), name
    xi = alone.model.fields()[0]
    corners, x = xi.function_space.dofmap.list, xi.function_space.tabulate_dof_coordinates()
    sides = x[corners][:, 1:, :2] - x[corners][:, :1, :2]
    size = abs(np.linalg.det(sides)) * (xi.x.array[corners].mean(axis=1) >= 0.5)
    mean = np.average(alone.model._gauges._creep.mises(), weights=size)
    assert row["mises_lithium_mean [MPa]"] == pytest.approx(mean, rel=1e-6)


def test_elastic_lithium_bears_more_than_lithium_that_creeps():
    ends = {}
    for law in ("elastic", "creep"):
        run = column(MPI.COMM_SELF, lithium_mechanics="creep",
                     **({"creep_rate": 1e-30} if law == "elastic" else {}))  # fmt: skip
        march(run.model, run.control, 4.0, (), [])
        ends[law] = run.model.measure()
    worst = "mises_lithium_max [MPa]"
    assert ends["elastic"][worst] > 4 * ends["creep"][worst]
    flow = inputs(lithium_mechanics="creep").model.lithium.creep.stress_at(1e-3)
    assert ends["creep"][worst] < 1.5 * flow


def test_the_return_map_solves_its_equation():
    law, elastic = PowerLaw(8.9e-4, 6.56), np.array([0.0, 1e-12, 0.3, 1.0, 50.0, 1e6])
    for step in (0.0, 1e-3, 1.0, 1e4):
        stress = law.implicit(elastic, SHEAR, step)
        left = stress + 3 * SHEAR * step * law.rate * stress**law.exponent
        np.testing.assert_allclose(left, elastic, rtol=1e-12, atol=0)
    assert law.stress_at(law.rate) == 1.0
    assert elasticity.Stiffness(1.0, 3.0).bulk == 3.0


def test_creep_in_plane_stress_is_refused():
    with pytest.raises(InputError) as caught:
        column(MPI.COMM_SELF, lithium_mechanics="creep", kinematics="plane_stress")
    assert caught.value.field == "lithium_mechanics"
