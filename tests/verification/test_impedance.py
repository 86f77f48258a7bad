"""Impedance by finite elements against closed forms: series, parallel, radial, constriction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from dolfinx import mesh as dmesh
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.core.errors import InputError, StepFailed
from lithode.meshes.contact import REGION, PartialContact, build
from lithode.meshes.structured import structured
from lithode.solvers.impedance.model import Impedance
from lithode.solvers.impedance.parameters import Contact, Numerics, Parameters, choose_solver
from lithode.theory.circuit import Gap, Resistor, Series, Zarc
from lithode.theory.constriction import tube_constriction

OHM_CM2 = 1e-4
FREQUENCIES = 1.0, 3e3, 3e6
SOLID = Series((Resistor(3.0), Zarc(11.0, 5e5, 0.95)))
INTERFACE = Zarc(50.0, 300.0, 0.85)
IDEAL = {"electrode": Contact("driven"), "counter_electrode": Contact("grounded")}
SOLVERS = pytest.mark.parametrize("solver", ["direct", "iterative"])


def at(model, frequency):
    """Return the impedance in ohm m^2; the charge balance is checked on the way."""
    model.load = frequency
    nonlinear, linear = model.solve()
    assert nonlinear == 1
    assert linear <= 60
    measured = model.measure()
    assert measured["charge_defect [1]"] < 1e-9
    real, imag = (measured[f"impedance_{part} [ohm cm^2]"] for part in ("real", "imag"))
    return complex(real, imag) * OHM_CM2


def halves(domain, axis, middle):
    """Name the cells below and above a plane."""
    mesh = domain.mesh
    index_map = mesh.topology.index_map(mesh.topology.dim)
    cells = np.arange(index_map.size_local + index_map.num_ghosts, dtype=np.int32)
    places = dmesh.compute_midpoints(mesh, mesh.topology.dim, cells)[:, axis]
    tags = dmesh.meshtags(mesh, mesh.topology.dim, cells, (places > middle).astype(np.int32) + 1)
    return Domain(mesh, tags, domain.facet_tags, {"first": 1, "second": 2}, domain.boundaries)


@pytest.mark.mpi
@SOLVERS
@pytest.mark.parametrize("ideal", [(), ("electrode",), ("electrode", "counter_electrode")])
@pytest.mark.parametrize(
    ("lengths", "cells", "axisymmetric"),
    [
        ((10.0,), (7,), False),
        ((4.0, 10.0), (3, 4), False),
        ((4.0, 10.0), (3, 4), True),
        ((3.0, 4.0, 10.0), (2, 2, 3), False),
    ],
)
def test_a_layer_between_interfaces(comm, lengths, cells, axisymmetric, ideal, solver):
    domain = structured(comm, lengths, cells, region=REGION)
    contacts = {
        name: Contact(contact.side, None if name in ideal else INTERFACE)
        for name, contact in IDEAL.items()
    }
    parameters = Parameters({REGION: SOLID}, contacts, axisymmetric)
    model = Impedance(domain, parameters, Numerics(solver))
    for frequency in FREQUENCIES:
        w = 2 * math.pi * frequency
        exact = 10 * SOLID(w) + (2 - len(ideal)) * INTERFACE(w)
        assert abs(at(model, frequency) / exact - 1) < 1e-10
    area = math.prod(lengths[:-1]) if not axisymmetric else math.pi * 4.0**2
    assert model.area == pytest.approx(area)


@pytest.mark.mpi
@SOLVERS
def test_layers_in_series_and_columns_in_parallel(comm, solver):
    other = Zarc(40.0, 2e4, 0.7)
    plain = structured(comm, (10.0, 10.0), (5, 5))
    for axis in (0, 1):
        domain = halves(plain, axis, 4.0)
        parameters = Parameters({"first": SOLID, "second": other}, IDEAL)
        model = Impedance(domain, parameters, Numerics(solver))
        for frequency in FREQUENCIES:
            w = 2 * math.pi * frequency
            exact = 4 * SOLID(w) + 6 * other(w)
            if axis == 0:
                exact = 100 / (4 / SOLID(w) + 6 / other(w))
            assert abs(at(model, frequency) / exact - 1) < 1e-10


def ring(comm, cells):
    """A ring 2 < r < 6 whose inner and outer face are the electrodes."""
    plain = structured(comm, (4.0, 3.0), (cells, max(cells // 2, 1)), region=REGION)
    mesh = plain.mesh
    mesh.geometry.x[:, 0] += 2.0
    found = [dmesh.locate_entities(mesh, 1, lambda x, r=r: np.isclose(x[0], r)) for r in (2, 6)]
    facets = np.concatenate(found)
    numbers = np.concatenate([np.full_like(f, k + 1) for k, f in enumerate(found)])
    order = np.argsort(facets)
    tags = dmesh.meshtags(mesh, 1, facets[order], numbers[order])
    boundaries = {"electrode": 1, "counter_electrode": 2}
    return Domain(mesh, plain.cell_tags, tags, plain.regions, boundaries)


@pytest.mark.mpi
def test_radial_current_converges_with_the_square_of_the_element_size(comm):
    contacts = {
        "electrode": Contact("driven", INTERFACE),
        "counter_electrode": Contact("grounded", INTERFACE),
    }
    errors = []
    for cells in (8, 16, 32):
        model = Impedance(ring(comm, cells), Parameters({REGION: SOLID}, contacts, True))
        w = 2 * math.pi * 2e5
        exact = 2 * SOLID(w) * math.log(3) + INTERFACE(w) * (1 + 2 / 6)
        errors.append(abs(at(model, 2e5) / exact - 1))
    rates = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(rates, 2.0, atol=0.1)
    assert errors[-1] < 1e-3


@pytest.mark.mpi
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7])
def test_constriction_against_the_tube(comm, share):
    width, height = 50.0, 100.0
    touched = share * width
    domain = build(PartialContact(width, height, touched, width, touched / 400, 8.0), comm)
    model = Impedance(domain, Parameters({REGION: SOLID}, IDEAL, True))
    for frequency in (1.0, 5e5):
        rho = SOLID(2 * math.pi * frequency)
        excess = at(model, frequency) / model.area - rho * height / (math.pi * width**2)
        closed = rho * tube_constriction(share) / (4 * touched)
        assert abs(excess / closed - 1) < 0.01


@pytest.mark.mpi
@SOLVERS
def test_a_gap_blocks_slow_and_passes_fast_currents(comm, solver):
    """In 3D: constriction at low frequency, the whole area at high frequency."""
    body = PartialContact(50.0, 40.0, 25.0, 50.0, 3.0, 15.0, 3)
    contacts = {**IDEAL, "electrode_gap": Contact("driven", Gap(1e-3))}
    model = Impedance(build(body, comm), Parameters({REGION: Resistor(3.0)}, contacts))
    slow, fast = at(model, 1e-7), at(model, 1e12)
    assert fast == pytest.approx(3.0 * 40, rel=1e-5)
    without = Impedance(build(body, comm), Parameters({REGION: Resistor(3.0)}, IDEAL))
    blocked = at(without, 1.0) / without.area
    assert slow / model.area == pytest.approx(blocked, rel=1e-5)
    assert blocked.real * 2500 > 1.3 * 120


@pytest.mark.mpi
def test_iterations_do_not_grow_where_phases_differ(comm):
    """Capacitive gaps beside resistive contacts: without the turn it takes twice as many."""
    contacts = {
        "electrode": Contact("driven", INTERFACE),
        "electrode_gap": Contact("driven", Gap(0.01)),
        "counter_electrode": Contact("grounded", Gap(0.1)),
    }
    domain = build(PartialContact(50.0, 40.0, 25.0, 50.0, 1.0, 8.0), comm)
    model = Impedance(domain, Parameters({REGION: SOLID}, contacts, True), Numerics("iterative"))
    counts = []
    for frequency in np.geomspace(1.0, 1e8, 5):
        model.load = frequency
        counts.append(model.solve()[1])
    assert max(counts) <= 35, counts


@pytest.mark.mpi
def test_fields(comm):
    domain = structured(comm, (4.0, 10.0), (3, 4), region=REGION)
    model = Impedance(domain, Parameters({REGION: SOLID}, IDEAL))
    z = at(model, 3e5)
    fields = {function.name: function for function in model.fields()}
    real, imag = fields["potential_real"], fields["potential_imag"]
    heights = real.function_space.tabulate_dof_coordinates()[:, 1]
    np.testing.assert_allclose(real.x.array, 1 - heights / 10, atol=1e-12)
    np.testing.assert_allclose(imag.x.array, 0.0, atol=1e-12)
    np.testing.assert_allclose(fields["current_density"].x.array, 1 / abs(z), rtol=1e-10)
    assert [f.name for f in model.unknown_functions()] == ["potential"]


def test_large_meshes_are_solved_iteratively():
    assert choose_solver("auto", 2, 1000) == "direct"
    assert choose_solver("auto", 3, 100_000) == "iterative"
    assert choose_solver("direct", 3, 100_000) == "direct"


def test_a_solver_that_fails_rejects_the_load():
    from petsc4py import PETSc

    domain = structured(MPI.COMM_SELF, (4.0, 10.0), (8, 8), region=REGION)
    options = PETSc.Options()
    options.setValue("impedance_ksp_max_it", 1)
    try:
        contacts = {
            "electrode": Contact("driven", INTERFACE),
            "counter_electrode": Contact("grounded", INTERFACE),
        }
        model = Impedance(domain, Parameters({REGION: SOLID}, contacts), Numerics("iterative"))
        with pytest.raises(StepFailed, match="impedance_ksp"):
            model.solve()
    finally:
        options.delValue("impedance_ksp_max_it")


@pytest.mark.parametrize(
    ("regions", "contacts", "field"),
    [
        ({}, IDEAL, "region"),
        ({REGION: SOLID}, {**IDEAL, "lid": Contact("driven", INTERFACE)}, "boundary"),
        ({REGION: SOLID}, {**IDEAL, "lid": Contact("driven")}, "boundary"),
        ({REGION: SOLID}, {"electrode": Contact("driven")}, "contacts"),
        ({REGION: SOLID}, {"electrode": Contact("grounded")}, "contacts"),
    ],
)
def test_bad_parameters(regions, contacts, field):
    domain = structured(MPI.COMM_SELF, (10.0,), (4,), region=REGION)
    with pytest.raises(InputError) as error:
        Impedance(domain, Parameters(regions, contacts))
    assert error.value.field == field


@pytest.mark.parametrize("frequency", [0.0, -1.0, math.nan])
def test_bad_frequency(frequency):
    domain = structured(MPI.COMM_SELF, (10.0,), (4,), region=REGION)
    model = Impedance(domain, Parameters({REGION: SOLID}, IDEAL))
    with pytest.raises(InputError, match="frequency"):
        model.load = frequency
