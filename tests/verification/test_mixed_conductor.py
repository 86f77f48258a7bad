"""The mixed-conductor model against Poisson-Nernst-Planck, made-up and analytic solutions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import ufl
from dolfinx import fem, mesh
from mpi4py import MPI
from scipy.integrate import quad
from scipy.optimize import brentq

from lithode.core.constants import FARADAY
from lithode.meshes.structured import structured
from lithode.solvers.mixed_conductor.equations import OPTIONS, Equations
from lithode.solvers.mixed_conductor.inputs import MixedConductorInputs
from lithode.solvers.mixed_conductor.model import MixedConductor
from lithode.solvers.mixed_conductor.parameters import (
    PREFIX,
    Galvanostatic,
    Numerics,
    Potentiostatic,
)
from lithode.solvers.numerics.blocks import NonlinearBlock
from lithode.solvers.numerics.march import StepControl, march

THICKNESS = 90.0
CONTROL = StepControl(1e-6, 0.5, 1e-12, max_growth=2.0, many_iterations=12)


# Ionic and electronic conductivity in S/cm of conductors that lithium grows through in three ways.
CONDUCTIVITIES = {
    "ionic": (3.0e-4, 6.7e-8),
    "mixed": (2.9e-4, 2.8e-5),
    "electronic": (2.4e-5, 0.05),
}


def physics(kind="mixed", **changes):
    """Parameters of a conductor on the region of structured meshes."""
    ionic, electronic = CONDUCTIVITIES[kind]
    inputs = MixedConductorInputs(ionic_conductivity=ionic, electronic_conductivity=electronic)
    return replace(inputs.model("electrolyte"), **changes)


def layer(points=None):
    """An interval with these points, or evenly spread ones."""
    points = np.linspace(0, THICKNESS, 91) if points is None else points
    domain = structured(MPI.COMM_SELF, (THICKNESS,), (len(points) - 1,))
    x = domain.mesh.geometry.x
    x[:, 0] = points[np.rint(x[:, 0] / THICKNESS * (len(points) - 1)).astype(int)]
    return domain


def nodal(model):
    """Nodal fields of an interval from lithium upwards, with the places as "x"."""
    x = model._scalar.tabulate_dof_coordinates()[:, 0]
    fields = [*model.observables.nodal().items(), ("x", x)]
    return {name: values[np.argsort(x)] for name, values in fields}


@pytest.mark.parametrize("kind", CONDUCTIVITIES)
def test_neutral_carriers_against_poisson(kind):
    """Double layers resolved: the Debye length is 0.15 nm, the first cell 0.05 nm."""
    half = np.concatenate([[0.0], np.geomspace(5e-5, THICKNESS / 2, 100)])
    points = np.concatenate([half, THICKNESS - half[-2::-1]])
    control = replace(CONTROL, initial_step=1e-13, min_step=1e-20)
    found = []
    for numerics in (Numerics(), Numerics("poisson", wall_potential=True)):
        model = MixedConductor(layer(points), physics(kind), numerics)
        march(model, control, 2.0)
        found.append((model.measure()["plating_current [A/m^2]"], nodal(model)))
    (current, neutral), (full_current, full) = found
    assert current == pytest.approx(full_current, rel=5e-3)
    # The double layers themselves are only in the full form.
    outside = (neutral["x"] > 5e-3) & (neutral["x"] < THICKNESS - 5e-3)
    for name in ("cation_concentration", "electron_concentration", "potential"):
        difference = np.abs(neutral[name] - full[name])[outside].max()
        assert difference < 2e-3 * np.abs(full[name][outside]).max(), name
    # At the wall electrons are those of lithium, so that Li+ has its activity.
    p = physics(kind)
    assert full["electron_concentration"][0] == pytest.approx(p.lithium.electron_concentration)
    assert full["cation_concentration"][0] / p.cation_concentration == pytest.approx(
        full["lithium_activity"][0]
    )


def test_second_order_in_space():
    """A made-up p and q between given values, with the sources that they need."""
    errors = []
    for cells in (8, 16, 32):
        domain = structured(MPI.COMM_SELF, (2.0, 3.0), (cells, cells))
        equations = Equations.on(domain, physics("electronic"), Numerics())
        x, y = ufl.SpatialCoordinate(domain.mesh)
        exact = ufl.as_vector([ufl.sin(x) * ufl.cos(y), 1 + 0.7 * ufl.cos(x + y)])
        space = fem.functionspace(domain.mesh, ("P", 1, (2,)))
        levels, tests = fem.Function(space), ufl.split(ufl.TestFunction(space))
        points = space.element.interpolation_points
        levels.interpolate(fem.Expression(exact, points))
        c = equations.carriers(exact)
        sources = (
            -ufl.div(equations.cation_diffusivity * c.cation * ufl.grad(exact[0])),
            ufl.div(equations.electron_diffusivity * c.electron * ufl.grad(exact[1]))
            / equations.electron_scale,
        )
        dx = ufl.dx(degree=4)
        residual = equations.cation(levels, 0.0, tests[0]) - sources[0] * tests[0] * dx
        residual += equations.electron(levels, 0.0, tests[1]) - sources[1] * tests[1] * dx
        domain.mesh.topology.create_connectivity(1, 2)
        edge = mesh.exterior_facet_indices(domain.mesh.topology)
        held = fem.dirichletbc(levels.copy(), fem.locate_dofs_topological(space, 1, edge))
        levels.x.array[:] += 0.05
        NonlinearBlock(
            residual, levels, [held], PREFIX, OPTIONS["direct"], keeps_jacobian=False
        ).solve()
        difference = levels - exact
        errors.append([np.sqrt(fem.assemble_scalar(fem.form(d**2 * dx))) for d in difference])
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    np.testing.assert_allclose(orders[-1], 2.0, atol=0.1)


def test_second_order_in_time():
    """Equal steps after a common start, against much smaller ones."""
    currents = []
    for dt in (0.08, 0.04, 0.02, 0.0025):
        model = MixedConductor(layer(), physics(), Numerics(tolerance=0.02))
        march(model, CONTROL, 0.2)
        model.next_step = dt
        march(model, StepControl(dt, dt, dt / 10, fixed=True), 1.0)
        currents.append(model.measure()["electrons [1]"])
    errors = np.abs(np.array(currents[:-1]) - currents[-1])
    # The steps before differ from the equal ones, which leaves a first-order trace.
    assert np.all(np.log2(errors[:-1] / errors[1:]) > 1.7)


def resistance_drop(p, current, overpotential):
    """Return i l F / (R T sigma) less what electrons at rest make of it, 0 in the steady state.

    Then q is constant and c+ dp/dx too, where c+ follows from s = ln a between its values
    at lithium, ln(1 + i / i_0), and at the electrolyte, f eta.
    """
    f, n = p.inverse_thermal_voltage, p.background
    conductor = p.regions["electrolyte"]
    drop = current * THICKNESS / (FARADAY * p.cation_concentration * conductor.cation_diffusivity)
    scale = p.lithium.electron_concentration / p.cation_concentration
    ends = np.log1p(current / p.lithium.exchange_current_density), f * overpotential
    cations = quad(lambda s: n / 2 + np.sqrt(n**2 / 4 + scale * np.exp(s)), *ends)[0]
    return drop - cations


@pytest.mark.parametrize("overpotential", [0.02, 0.1])
def test_steady_state(overpotential):
    """All current by Li+ in the end, electrons at rest."""
    p = physics("electronic", drive=Potentiostatic(overpotential))
    model = MixedConductor(layer(), p, Numerics())
    march(model, replace(CONTROL, max_step=1e6), 1e6)
    current = brentq(lambda i: resistance_drop(p, i, overpotential), 0.0, 100.0)
    row, fields = model.measure(), nodal(model)
    assert row["plating_current [A/m^2]"] == pytest.approx(current, rel=2e-3)
    # Electrons are at rest: the supersaturation rises to eta at the electrolyte.
    assert fields["overpotential_local"][-1] == pytest.approx(overpotential, rel=1e-6)
    assert np.all(np.diff(fields["overpotential_local"]) > 0)


@pytest.mark.parametrize("formulation", ["neutral", "poisson"])
def test_galvanostatic_mode_feeds_the_current(formulation):
    p = physics(drive=Galvanostatic(20.0))
    model = MixedConductor(layer(), p, Numerics(formulation))
    march(model, CONTROL, 2.0)
    row = model.measure()
    fed = model._cation_supply() * FARADAY * p.cation_concentration
    assert fed == pytest.approx(20.0, rel=1e-9)
    assert row["cation_defect [1]"] < 1e-10
    assert row["electron_defect [1]"] < 1e-10
    march(model, replace(CONTROL, max_step=1e6), 1e6)
    row = model.measure()
    assert row["plating_current [A/m^2]"] == pytest.approx(20.0, rel=1e-6)
    expected = brentq(lambda eta: resistance_drop(p, 20.0, eta), 0.0, 0.2)
    assert row["overpotential [V]"] == pytest.approx(expected, rel=1e-3)


def test_failed_step_changes_nothing():
    model = MixedConductor(layer(), physics(), Numerics())
    march(model, CONTROL, 0.1)
    before = {k: f.x.array.copy() for k, f in model.state().functions.items()}
    model.advance(0.1)
    for name, function in model.state().functions.items():
        np.testing.assert_array_equal(function.x.array, before[name])
    assert model.time == pytest.approx(0.1)
