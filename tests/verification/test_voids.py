"""Creep and current of the unit cell: manufactured and closed solutions, balances."""

from __future__ import annotations

import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from dolfinx.mesh import CellType
from mpi4py import MPI

from lithode.core.errors import InputError, StepFailed
from lithode.meshes.contact import REGION as BODY
from lithode.meshes.contact import PartialContact
from lithode.meshes.contact import build as build_contact
from lithode.meshes.disc_in_tube import DiscInTube, build
from lithode.meshes.structured import structured
from lithode.solvers.impedance.model import Impedance
from lithode.solvers.impedance.parameters import Contact
from lithode.solvers.impedance.parameters import Parameters as Circuit
from lithode.solvers.numerics.blocks import NonlinearBlock, compiled
from lithode.solvers.numerics.gauges import boundary_dofs, integral, roller_dofs
from lithode.solvers.physics import creep
from lithode.solvers.physics.cylinder import Cylinder
from lithode.solvers.voids.equations import FLOW_OPTIONS, creep_residual, flow_space
from lithode.solvers.voids.model import VoidCell
from lithode.solvers.voids.parameters import Parameters
from lithode.theory.circuit import Resistor

DX = {"quadrature_degree": 6}


def viscosity_of(exponent, least):
    def viscosity(rate):
        return creep.viscosity(creep.equivalent_rate(rate, least), 1.0, exponent)

    return viscosity


def manufactured(comm, cells, end):
    """Errors in L2 of velocity and pressure of u = (r^2 sin z, 3 r cos z), p = r cos z.

    On 1 < r < 3 with r = 1 + 2 s, so that the stretch counts; the lower end bears a traction. The
    body force is the divergence of the stress in cylindrical coordinates, in strong form.
    """
    domain = structured(comm, (1.0, 1.0), (cells, cells))
    mesh = domain.mesh
    s, z = ufl.SpatialCoordinate(mesh)
    r = 1 + 2 * s
    cylinder = Cylinder(r)
    exponent = fem.Constant(mesh, float(end))
    viscosity = viscosity_of(exponent, 0.0)
    exact = ufl.as_vector((r**2 * ufl.sin(z), 3 * r * ufl.cos(z), r * ufl.cos(z)))

    def over_r(f):
        return f.dx(0) / 2

    # Written out here again: e of the exact velocity.
    radial, axial = r**2 * ufl.sin(z), 3 * r * ufl.cos(z)
    shear = (radial.dx(1) + over_r(axial)) / 2
    rate = ufl.as_tensor(((over_r(radial), shear, 0), (shear, axial.dx(1), 0), (0, 0, radial / r)))
    sigma = 2 * viscosity(rate) * rate - exact[2] * ufl.Identity(3)
    force = (
        -(over_r(r * sigma[0, 0]) / r + sigma[0, 1].dx(1) - sigma[2, 2] / r),
        -(over_r(r * sigma[0, 1]) / r + sigma[1, 1].dx(1)),
    )
    space = flow_space(mesh)
    state, test = fem.Function(space), ufl.TestFunction(space)
    dx = ufl.Measure("dx", domain=mesh, metadata=DX)
    ds = ufl.Measure("ds", domain=mesh, subdomain_data=domain.facet_tags, metadata=DX)
    residual = creep_residual(state, test, cylinder, viscosity, dx)
    residual -= cylinder.around * (force[0] * test[0] + force[1] * test[1]) * dx
    down = ds(domain.boundaries["electrode"])
    residual += cylinder.around * (sigma[0, 1] * test[0] + sigma[1, 1] * test[1]) * down
    velocity, _ = space.sub(0).collapse()
    held = fem.Function(velocity)
    held.interpolate(
        lambda x: np.array([
            (1 + 2 * x[0]) ** 2 * np.sin(x[1]), 3 * (1 + 2 * x[0]) * np.cos(x[1])
        ])
    )  # fmt: skip
    bcs = []
    mesh.topology.create_connectivity(1, 2)
    for name in ("sides", "counter_electrode"):
        dofs = fem.locate_dofs_topological((space.sub(0), velocity), 1, domain.facets(name))
        bcs.append(fem.dirichletbc(held, dofs, space.sub(0)))
    state.sub(0).interpolate(held)
    block = NonlinearBlock(residual, state, bcs, "creep_", FLOW_OPTIONS, keeps_jacobian=False)
    block.solve()
    fine = ufl.Measure("dx", domain=mesh, metadata=DX)
    return [
        math.sqrt(integral(compiled(sum((state[k] - exact[k]) ** 2 for k in parts) * fine)))
        for parts in ((0, 1), (2,))
    ]


@pytest.mark.mpi
@pytest.mark.parametrize("exponent", [1.0, 6.56])
def test_manufactured_solution(comm, exponent):
    coarse, fine = (manufactured(comm, cells, exponent) for cells in (6, 12))
    rates = np.log2(np.array(coarse) / fine)
    np.testing.assert_array_less([2.8, 1.8], rates)
    np.testing.assert_array_less(rates, [3.4, 2.9])


@pytest.mark.mpi
@pytest.mark.parametrize("exponent", [1.0, 6.56])
def test_spherical_shell(comm, exponent):
    """Closing of a thick shell of power-law material: Wilkinson and Ashby, Acta Metall. 23, 1277.

    v = C / r^2, C = (A / 2) (3 p / 2 n)^n / (a^(-3/n) - b^(-3/n))^n, here C = A = 1, a = 1, b = 2.
    """
    domain = structured(comm, (1.0, 1.0), (10, 10))
    mesh = domain.mesh
    x = mesh.geometry.x
    angle, distance = math.pi / 2 * x[:, 0], 1 + x[:, 1]
    x[:, 0], x[:, 1] = distance * np.sin(angle), distance * np.cos(angle)
    x[np.abs(x) < 1e-12] = 0.0
    r = ufl.SpatialCoordinate(mesh)[0]
    n, p = fem.Constant(mesh, 1.0), fem.Constant(mesh, 0.0)
    space = flow_space(mesh)
    state, test = fem.Function(space), ufl.TestFunction(space)
    dx = ufl.Measure("dx", domain=mesh, metadata={"quadrature_degree": 4})
    ds = ufl.Measure("ds", domain=mesh, subdomain_data=domain.facet_tags)
    residual = creep_residual(state, test, Cylinder(r), viscosity_of(n, 1e-6), dx)
    normal = ufl.FacetNormal(mesh)
    pushed = normal[0] * test[0] + normal[1] * test[1]
    residual += 2 * math.pi * r * p * pushed * ds(domain.boundaries["counter_electrode"])
    velocity = space.sub(0)
    bcs = [
        fem.dirichletbc(0.0, roller_dofs(domain, velocity, "sides", k), velocity.sub(k))
        for k in (0, 1)
    ]
    block = NonlinearBlock(residual, state, bcs, "creep_", FLOW_OPTIONS, keeps_jacobian=False)
    for value in np.geomspace(1.0, exponent, 1 if exponent == 1 else 4):
        pressure = 2 * value / 3 * 2 ** (1 / value) * (1 - 2 ** (-3 / value))
        n.value, p.value = np.array(value), np.array(pressure)
        block.solve()
    inner = domain.boundaries["electrode"]
    inflow = state[0] * normal[0] + state[1] * normal[1]
    flux = integral(compiled(2 * math.pi * r * inflow * ds(inner)))
    # Half of 4 pi C.
    assert flux == pytest.approx(2 * math.pi, rel=0.01)


def measured(cell, fraction):
    cell.load = fraction
    cell.solve()
    row = cell.measure()
    assert row["lithium_defect [1]"] < 1e-12
    defects = [value for name, value in row.items() if name.startswith("current_defect")]
    assert max(defects, default=0.0) < 1e-10
    return row


@pytest.mark.mpi
def test_newtonian_creep_and_constriction_in_closed_form(comm):
    cell = VoidCell(build(DiscInTube(2.0, 0.002, 1.7), comm), Parameters(1.0))
    for fraction in (0.01, 0.1, 0.3, 0.49):
        row = measured(cell, fraction)
        assert row["closure [1]"] == row["closure_newtonian [1]"]
        for name, form in (("constriction_ideal", "constriction"), ("closure", "closure")):
            closed = row[f"{form}_closed_form [1]"]
            assert row[f"{name} [1]"] == pytest.approx(closed, rel=5e-3)
    # Beyond the range of the polynomial both are the same harmonic problem.
    row = measured(cell, 0.9)
    assert row["closure [1]"] == pytest.approx(1.5 * row["constriction_ideal [1]"], rel=5e-3)


def test_power_law_converges_and_does_not_depend_on_the_past(comm):
    closures = []
    for size in (0.02, 0.005):
        cell = VoidCell(build(DiscInTube(2.0, size, 1.6), comm), Parameters(6.56))
        closures.append(measured(cell, 0.5)["closure [1]"])
    # Finer meshes tend to 0.0201; a mesh that is too coarse is too stiff.
    assert closures == pytest.approx([0.01919, 0.01987], rel=5e-3)
    measured(cell, 0.2)
    assert measured(cell, 0.5)["closure [1]"] == pytest.approx(closures[1], rel=1e-9)


@pytest.mark.mpi
def test_a_failure_from_the_linear_problem_is_mended_from_the_state(comm, monkeypatch):
    """The second exponent fails, so that the first try ends half-way."""
    cell = VoidCell(build(DiscInTube(2.0, 0.02, 1.7), comm), Parameters(6.56))
    there = measured(cell, 0.52)
    measured(cell, 0.5)
    solve, calls = NonlinearBlock.solve, []

    def failing(block):
        calls.append(block)
        if len(calls) == 2:
            raise StepFailed("on purpose")
        return solve(block)

    monkeypatch.setattr(NonlinearBlock, "solve", failing)
    assert measured(cell, 0.52) == pytest.approx(there, rel=1e-8, abs=1e-10)
    assert len(calls) == 3


def test_regularisation_does_not_matter():
    domain = build(DiscInTube(2.0, 0.02, 1.7), MPI.COMM_SELF)
    closures = [
        measured(VoidCell(domain, Parameters(6.56, least_rate=least)), 0.5)["closure [1]"]
        for least in (1e-3, 1e-4)
    ]
    assert closures[0] == pytest.approx(closures[1], rel=2e-4)


@pytest.mark.mpi
def test_interface_against_the_impedance_model(comm):
    """An own mesh of every contact, by other equations: resistance with a finite interface."""
    fraction, wagner, height = 0.4, 0.3, 2.0
    cell = VoidCell(build(DiscInTube(height, 0.005, 1.6), comm), Parameters(1.0, {"film": wagner}))
    row = measured(cell, fraction)
    share = math.sqrt(fraction)
    body = PartialContact(1.0, height, share, 1.0, 0.01, 0.15)
    contacts = {
        "electrode": Contact("driven", Resistor(wagner)),
        "counter_electrode": Contact("grounded"),
    }
    other = Impedance(build_contact(body, comm), Circuit({BODY: Resistor(1.0)}, contacts, True))
    other.solve()
    # Per area of what is driven, the disc; the tube has area pi.
    whole = other.measure()["impedance_real [ohm cm^2]"] * 1e-4 / other.area * math.pi
    excess = whole - height - wagner / fraction
    assert row["constriction_film [1]"] == pytest.approx(excess, rel=0.01)


def test_uneven_currents_in_their_limits(comm):
    interfaces = {"even": 100.0, "crowded": 0.05}
    cell = VoidCell(build(DiscInTube(2.0, 0.01, 1.7), comm), Parameters(1.0, interfaces))
    row = measured(cell, 0.5)
    assert row["edge_over_mean_even [1]"] == pytest.approx(1.0, abs=3e-3)
    assert row["uneven_fraction_even [1]"] < 5e-4
    # Numbers of an earlier prototype of this unit cell.
    assert row["edge_over_mean_crowded [1]"] == pytest.approx(2.3, rel=0.02)
    assert row["uneven_fraction_crowded [1]"] == pytest.approx(0.12, rel=0.05)
    assert row["constriction_even [1]"] > row["constriction_crowded [1]"]
    assert row["constriction_crowded [1]"] > row["constriction_ideal [1]"]


@pytest.mark.mpi
def test_fields(comm):
    cell = VoidCell(build(DiscInTube(2.0, 0.02, 2.0), comm), Parameters(3.0, {"film": 0.3}))
    measured(cell, 0.36)
    fields = {field.name: field for field in cell.fields()}
    assert set(fields) == {
        "radius", "velocity", "pressure", "strain_rate", "potential_ideal", "potential_film"
    }  # fmt: skip
    assert cell.domain.mesh.topology.cell_type == CellType.triangle
    far = boundary_dofs(cell.domain, fields["pressure"].function_space, "counter_electrode")
    np.testing.assert_allclose(fields["pressure"].x.array[far], 1.0, rtol=0.03)
    velocity = fields["velocity"].x.array.reshape(-1, 2)
    np.testing.assert_allclose(velocity[far, 1], -1.0)
    disc = boundary_dofs(cell.domain, fields["radius"].function_space, "electrode")
    assert np.all(fields["radius"].x.array[disc] <= 0.6 + 1e-12)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.1, 1.2, math.nan])
def test_contact_fractions_outside(fraction):
    cell = VoidCell(build(DiscInTube(1.0, 0.1, 2.0), MPI.COMM_SELF), Parameters(1.0))
    with pytest.raises(InputError, match="between 0 and 1"):
        cell.load = fraction


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"exponent": 0.5}, "exponent"),
        ({"exponent": math.inf}, "exponent"),
        ({"exponent": 2.0, "interfaces": {"film": 0.0}}, "film"),
        ({"exponent": 2.0, "least_rate": -1.0}, "least_rate"),
    ],
)
def test_bad_parameters(given, words):
    with pytest.raises(InputError, match=words):
        Parameters(**given)
