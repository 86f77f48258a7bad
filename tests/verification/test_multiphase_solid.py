"""The static multi-phase solid against plates and inclusions whose stress is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from dolfinx.mesh import exterior_facet_indices

from lithode.meshes import electrolyte
from lithode.meshes.shapes import Circle, Particle, Sphere
from lithode.meshes.structured import structured
from lithode.solvers.multiphase_solid.model import MultiphaseSolid
from lithode.solvers.multiphase_solid.parameters import Numerics, Phase
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.theory.elasticity import Kinematics, Stiffness

pytestmark = pytest.mark.mpi

SOFT = Stiffness.from_engineering(7.8e3, 0.42)
HARD = Stiffness.from_engineering(25e3, 0.30)
STRAIN = 2e-3


def norm(comm, value):
    square = fem.form(ufl.inner(value, value) * ufl.dx(degree=8))
    return math.sqrt(comm.allreduce(fem.assemble_scalar(square)))


def graded_plate(comm, cells, degree, extent=0.7):
    """Errors of displacement and pressure of a plate whose phases change smoothly with height."""
    domain = structured(comm, (1.0, 1.0), (cells // 2, cells))
    mesh = domain.mesh
    y = ufl.SpatialCoordinate(mesh)[1]
    load = fem.Constant(mesh, 0.0)
    share = 0.5 + 0.4 * ufl.sin(3 * y)
    phases = {
        "soft": Phase(share, SOFT, 0.0),
        "hard": Phase(1 - share, HARD, load * STRAIN * (1 - share)),
    }
    solid = MultiphaseSolid(domain, phases, load, numerics=Numerics(degree))
    solid.load = extent
    solid.solve()
    # One dimension: sigma_yy is the same everywhere and what each height wants adds up to nothing.
    z = np.linspace(0, 1, 20001)
    part = 0.5 + 0.4 * np.sin(3 * z)

    def mixed(of):
        return part * of(SOFT) + (1 - part) * of(HARD)

    bulk, stiff = mixed(lambda s: s.bulk), mixed(lambda s: s.first_lame + 2 * s.shear)
    want = extent * STRAIN * (1 - part)
    tension = -np.trapezoid(3 * bulk * want / stiff, z) / np.trapezoid(1 / stiff, z)
    stretch = (tension + 3 * bulk * want) / stiff
    exact = fem.Function(fem.functionspace(mesh, ("P", 4)))
    up = np.concatenate([[0], np.cumsum((stretch[1:] + stretch[:-1]) / 2 * np.diff(z))])
    exact.interpolate(lambda x: np.interp(x[1], z, up))
    pressure = np.interp(z, z, -bulk * (stretch - 3 * want))
    weights = NodalWeights(domain, fem.functionspace(mesh, ("DG", 0)))
    height = weights.space.tabulate_dof_coordinates()[:, 1]
    off = solid.pressure - np.interp(height, z, pressure)
    return np.array(
        [
            norm(comm, solid.displacement[1] - exact),
            math.sqrt(weights.sums(weights.whole * off**2)[0]),
        ]
    )


@pytest.mark.parametrize(("degree", "rates"), [(1, (2.0, 1.0)), (2, (3.0, 2.0))])
def test_graded_plate(comm, degree, rates):
    errors = [graded_plate(comm, cells, degree) for cells in (8, 16, 32)]
    found = np.log2(np.array(errors[:-1]) / errors[1:])
    assert (found[-1] > np.array(rates) - 0.15).all(), found


@pytest.mark.parametrize("degree", [1, 2])
def test_layers_are_exact(comm, degree):
    """A reacted layer, 2 of 5 um, between plates: the displacement is piecewise linear."""
    stack = (electrolyte.Layer("reacted", 2.0), electrolyte.Layer("electrolyte", 3.0))
    domain = electrolyte.build(electrolyte.Electrolyte(2.0, 5.0, 0.8, layers=stack), comm)
    cells = fem.functionspace(domain.mesh, ("DG", 0))
    inside = fem.Function(cells)
    inside.x.array[domain.cells("reacted")] = 1.0
    load = fem.Constant(domain.mesh, 0.0)
    phases = {
        "reacted": Phase(inside, HARD, load * STRAIN * inside),
        "electrolyte": Phase(1 - inside, SOFT, 0.0),
    }
    solid = MultiphaseSolid(
        domain, phases, load, numerics=Numerics(degree), places={"layer": inside}
    )
    solid.load = 1.0
    solid.solve()
    moduli = [s.first_lame + 2 * s.shear for s in (HARD, SOFT)]
    stretch = 3 * HARD.bulk * STRAIN / (moduli[0] + moduli[1] * 2 / 3)
    expected = -HARD.bulk * (stretch - 3 * STRAIN)
    row = solid.measure()
    for kind in ("mean", "p90", "max"):
        assert row[f"pressure_{kind}_layer [MPa]"] == pytest.approx(expected, rel=1e-9)
    below = SOFT.bulk * stretch * 2 / 3
    assert solid.pressure[inside.x.array < 0.5] == pytest.approx(below, rel=1e-9)
    solid.load = 0.5
    solid.solve()
    assert solid.measure()["pressure_max_layer [MPa]"] == pytest.approx(expected / 2, rel=1e-9)
    assert solid.fields()[0].x.array.min() < -0.4 * expected


def inclusion_errors(comm, kind, degree, sizes):
    """Relative errors of the mean pressure in a reacted inclusion in an infinite solid."""
    dim = 3 if kind is Kinematics.SOLID else 2
    errors = []
    for size in sizes:
        shape = Sphere((2.0,) * 3, 1.0) if dim == 3 else Circle((2.0, 2.0), 1.0)
        box = electrolyte.Electrolyte(
            4.0, 4.0, size, depth=4.0 if dim == 3 else None, particles=(Particle(shape),)
        )
        domain = electrolyte.build(box, comm)
        inside = fem.Function(fem.functionspace(domain.mesh, ("DG", 0)))
        inside.x.array[domain.cells("particles")] = 1.0
        if dim == 3:  # Eshelby
            swelling = 3 * HARD.bulk * STRAIN / (3 * HARD.bulk + 4 * SOFT.shear)
            expected = -HARD.bulk * 3 * (swelling - STRAIN)
        else:
            rigid = HARD.first_lame + HARD.shear + SOFT.shear
            swelling = 3 * HARD.bulk * STRAIN / (2 * rigid)
            expected = -HARD.bulk * (2 * swelling - 3 * STRAIN)
        # A polygon, or polyhedron, is smaller than its circle: held to the mesh's own volume.
        weights = NodalWeights(domain, inside.function_space)
        volume = weights.sums(weights.regions["particles"])[0]
        radius = (volume / (math.pi if dim == 2 else 4 / 3 * math.pi)) ** (1 / dim)

        def outside(x, swelling=swelling, radius=radius, dim=dim):
            away = x[:dim] - 2.0
            return swelling * radius**dim * away / np.linalg.norm(away, axis=0) ** dim

        def held(space, outside=outside):
            mesh = space.mesh
            mesh.topology.create_connectivity(dim - 1, dim)
            facets = exterior_facet_indices(mesh.topology)
            shift = fem.Function(space)
            shift.interpolate(outside)
            return [fem.dirichletbc(shift, fem.locate_dofs_topological(space, dim - 1, facets))]

        load = fem.Constant(domain.mesh, 1.0)
        phases = {
            "reacted": Phase(inside, HARD, load * STRAIN * inside),
            "rest": Phase(1 - inside, SOFT, 0.0),
        }
        numerics = Numerics(degree, kinematics=kind)
        solid = MultiphaseSolid(
            domain, phases, load, numerics=numerics, held=held, places={"inclusion": inside}
        )
        solid.solve()
        errors.append(abs(solid.measure()["pressure_mean_inclusion [MPa]"] / expected - 1))
    return errors


@pytest.mark.parametrize(
    ("kind", "degree", "sizes", "rate", "last"),
    [
        (Kinematics.PLANE_STRAIN, 1, (0.3, 0.15, 0.075), 1.5, 2e-3),
        (Kinematics.PLANE_STRAIN, 2, (0.3, 0.15, 0.075), 1.5, 1e-3),
        (Kinematics.SOLID, 2, (0.8, 0.5), 1.5, 5e-2),
    ],
)
def test_inclusion(comm, kind, degree, sizes, rate, last):
    errors = inclusion_errors(comm, kind, degree, sizes)
    assert errors[-1] < last
    found = math.log(errors[0] / errors[-1]) / math.log(sizes[0] / sizes[-1])
    assert found > rate, errors
