"""Strips in contact against closed forms, a mesh of true size, and finer meshes."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.units import to_model
from lithode.meshes.contact_strips import ContactStrips, build, touching
from lithode.solvers.current_distribution.contact import StripContact
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.current_distribution.parameters import (
    Conductor,
    LithiumSurface,
    Numerics,
    Parameters,
)
from lithode.theory import contact

CONDUCTIVITY, TEMPERATURE, HEIGHT = 2.9e4, 298.15, 2.0
STRIPS = ContactStrips((0.3, 0.5, 0.7), 1.0, HEIGHT, 5e-4, 0.04)


@pytest.fixture(scope="module")
def cell():
    return build(STRIPS, MPI.COMM_SELF)


def strips(domain, porosity, exchange=100.0, current=40.0, size=20.0, solver="direct"):
    """A solved contact."""
    surface = LithiumSurface(exchange)
    model = StripContact(
        touching(domain, STRIPS, 1 - porosity), CONDUCTIVITY, surface, TEMPERATURE, current,
        porosity, HEIGHT, Numerics(solver),
    )  # fmt: skip
    model.load = size
    model.solve()
    return model


def constriction(model):
    """Resistance of the contact less that of the reaction, times sigma over P."""
    row, share = model.measure(), 1 - model.porosity
    f, lithium = inverse_thermal_voltage(TEMPERATURE), model.lithium
    reaction = 1 / (f * lithium.exchange_current_density * share)
    total = to_model(row["contact_resistance [ohm cm^2]"], "ohm cm^2")
    period = contact.period(model.load, model.porosity)
    return (total - reaction) * CONDUCTIVITY / period


@pytest.mark.parametrize("porosity", [0.3, 0.5, 0.7])
def test_constriction_resistance(cell, porosity):
    """In the limits of fast and slow reaction, within 1 %; they differ by 13 to 42 %."""
    fast = constriction(strips(cell, porosity, exchange=1e9))
    exact = contact.constriction_at_even_potential(1 - porosity)
    assert fast == pytest.approx(exact, rel=0.01)
    slow = constriction(strips(cell, porosity, current=1e-6, size=1e-3))
    exact = contact.constriction_at_even_current(1 - porosity)
    assert slow == pytest.approx(exact, rel=0.01)
    between = constriction(strips(cell, porosity, current=1e-6, size=20.0))
    assert fast < between < slow


@pytest.mark.parametrize("porosity", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("current", [1.0, 1000.0])
def test_small_pores_approach_an_even_current_as_the_closed_form(cell, porosity, current):
    rows = [strips(cell, porosity, current=current, size=d).measure() for d in (0.02, 0.01, 0.005)]
    excess = [row["max_over_mean [1]"] - 1 for row in rows]
    assert excess[-1] < 4e-3
    np.testing.assert_allclose(np.log2(np.divide(excess[:-1], excess[1:])), 1.0, atol=0.05)
    ratio = rows[-1]["variation [1]"] / rows[-1]["variation_closed_form [1]"]
    assert ratio == pytest.approx(1.0, abs=0.01)
    for row in rows:
        assert row["lithium_current_mean [A/m^2]"] == pytest.approx(current / (1 - porosity))


def test_scaled_conductivity_stands_for_the_size(cell):
    """The same numbers as on a mesh of the true period."""
    porosity, size = 0.7, 20.0
    row = strips(cell, porosity, size=size).measure()
    period = size / porosity
    shape = ContactStrips(
        STRIPS.contacts, period, HEIGHT * period, STRIPS.size * period, STRIPS.size_far * period
    )
    true = CurrentDistribution(
        touching(build(shape, MPI.COMM_SELF), shape, 1 - porosity),
        Parameters({"conductor": Conductor(CONDUCTIVITY)}, LithiumSurface(100.0), TEMPERATURE),
    )
    true.load = 40.0
    true.solve()
    expected = true.measure()
    # gmsh places a few nodes differently.
    for name in ("mean", "max", "min"):
        column = f"lithium_current_{name} [A/m^2]"
        assert row[column] == pytest.approx(expected[column], rel=1e-3), name
    variation = expected["lithium_current_variation [1]"]
    assert row["variation [1]"] == pytest.approx(variation, rel=2e-3)


def test_uneven_current_converges():
    """Wide strips in a regime between the limits: first the mesh, then its refinements."""
    rows = []
    for size, far in ((1.6e-2, 0.16), (8e-3, 0.08), (4e-3, 0.04), (4e-4, 0.02)):
        shape = ContactStrips((0.5,), 1.0, HEIGHT, size, far, grading=4 * far)
        domain = build(shape, MPI.COMM_SELF)
        model = StripContact(
            touching(domain, shape, 0.5), CONDUCTIVITY, LithiumSurface(100.0), TEMPERATURE, 40.0,
            0.5, HEIGHT,
        )  # fmt: skip
        model.load = 40.0
        model.solve()
        rows.append(model.measure())
    for name in ("variation [1]", "contact_resistance [ohm cm^2]", "max_over_mean [1]"):
        errors = np.abs(np.array([row[name] for row in rows[:-1]]) / rows[-1][name] - 1)
        assert np.all(errors[1:] < errors[:-1] / 1.7), (name, errors)
        assert errors[-1] < 0.01


@pytest.mark.mpi
@pytest.mark.parametrize("solver", ["direct", "iterative"])
def test_current_is_conserved(comm, solver):
    domain = build(STRIPS, comm)
    reference = strips(build(STRIPS, MPI.COMM_SELF), 0.5, size=40.0).measure()
    row = strips(domain, 0.5, size=40.0, solver=solver).measure()
    assert row["cation_defect [1]"] < 1e-10
    for name, value in reference.items():
        if "defect" not in name:
            assert row[name] == pytest.approx(value, rel=1e-8), name
