"""The current distribution against analytic solutions, with its balances."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.meshes.interlayer import REGION, Interlayer, Layer, build
from lithode.meshes.shapes import Polygon
from lithode.meshes.structured import layered_interval, structured
from lithode.solvers.current_distribution.model import CurrentDistribution
from lithode.solvers.current_distribution.parameters import (
    ButlerVolmerReaction,
    Conductor,
    LinearReaction,
    LithiumSurface,
    NucleationReaction,
    Numerics,
    Observation,
    Parameters,
)

THICKNESS, IONIC, ELECTRONIC = 90.0, 2.9e4, 2.8e3
NUCLEATION = NucleationReaction(400.0, 0.013, 0.002)
MIXED = Conductor(IONIC, ELECTRONIC, NUCLEATION)


def physics(conductor=MIXED, surface=None, drive="galvanostatic", region="electrolyte"):
    surface = LithiumSurface(100.0, film_resistance=3e-3) if surface is None else surface
    return Parameters({region: conductor}, surface, 298.15, drive)


def solved(domain, parameters, load, *more):
    model = CurrentDistribution(domain, parameters, *more)
    model.load = load
    model.solve()
    return model


def interval(cells=90, comm=MPI.COMM_SELF):
    return structured(comm, (THICKNESS,), (cells,))


def newman(x, current, ionic, electronic, conductance):
    """Overpotential of linear kinetics; x from lithium, which takes electrons only."""
    m = np.sqrt(conductance * (1 / ionic + 1 / electronic))
    shape = np.cosh(m * x) / ionic + np.cosh(m * (THICKNESS - x)) / electronic
    return current / m / np.sinh(m * THICKNESS) * shape


@pytest.mark.parametrize(
    ("ionic", "electronic"), [(3.0e4, 6.7), (2.9e4, 2.8e3), (2.4e3, 5e6)], ids=["0.5", "5", "50"]
)
def test_linear_kinetics_second_order(ionic, electronic):
    """The profile of Newman, for the conductivities of the three composites."""
    conductance = 9.0 / THICKNESS**2 / (1 / ionic + 1 / electronic)
    conductor = Conductor(ionic, electronic, LinearReaction(conductance))
    errors = []
    for cells in (16, 32, 64):
        model = solved(interval(cells), physics(conductor, LithiumSurface(0.0)), 10.0)
        x = model._scalar.tabulate_dof_coordinates()[:, 0]
        exact = newman(x, 10.0, ionic, electronic, conductance)
        errors.append(np.max(np.abs(model.nodal("overpotential") - exact)) / np.max(exact))
    assert errors[-1] < 1e-3
    np.testing.assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 2.0, atol=0.05)


@pytest.mark.parametrize("drive", ["galvanostatic", "potentiostatic"])
@pytest.mark.parametrize("resistance", [0.0, 5e-3])
def test_ohmic_drop_film_and_butler_volmer_in_series(drive, resistance):
    """Only Li+: P1 is exact, and the layers add up."""
    current, f = 20.0, physics().inverse_thermal_voltage
    domain = layered_interval(MPI.COMM_SELF, {"lower": 30.0, "upper": 60.0}, 5.0)
    regions = {"lower": Conductor(1e4), "upper": Conductor(3e3)}
    parameters = Parameters(
        regions, LithiumSurface(100.0, film_resistance=resistance), 298.15, drive
    )
    drop = 30 / 1e4 + 60 / 3e3 + resistance
    potential = current * drop + 2 / f * np.arcsinh(current / 200)
    load = current if drive == "galvanostatic" else potential
    row = solved(domain, parameters, load).measure()
    assert row["potential [V]"] == pytest.approx(potential, rel=1e-9)
    assert row["lithium_current_mean [A/m^2]"] == pytest.approx(current, rel=1e-9)
    assert row["cation_defect [1]"] < 1e-10


def test_unsymmetric_kinetics():
    surface = LithiumSurface(100.0, symmetry_factor=0.3)
    f = physics().inverse_thermal_voltage
    model = solved(interval(4), physics(Conductor(IONIC), surface), 150.0)
    eta = model.measure()["potential [V]"] - 150.0 * THICKNESS / IONIC
    assert 100 * (np.exp(0.3 * f * eta) - np.exp(-0.7 * f * eta)) == pytest.approx(150.0)


def test_graded_conductivity_second_order():
    def graded(x):
        return 1e4 * np.exp(-x[0] / 30)

    drop = 30 / 1e4 * (np.exp(THICKNESS / 30) - 1)
    errors = []
    for cells in (16, 32, 64):
        model = solved(interval(cells), physics(Conductor(graded), LithiumSurface(1e9)), 10.0)
        errors.append(abs(model.measure()["potential [V]"] - 10 * drop))
    np.testing.assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 2.0, atol=0.05)


@pytest.mark.mpi
@pytest.mark.parametrize("solver", ["direct", "iterative"])
@pytest.mark.parametrize("drive", ["galvanostatic", "potentiostatic"])
def test_li_and_electrons_are_conserved_beside_a_protrusion(comm, solver, drive):
    tooth = Polygon(((10.0, 0.0), (20.0, 0.0), (15.0, 20.0)))
    layers = Layer("lower", 30.0), Layer("upper", 60.0)
    shape = Interlayer(30.0, THICKNESS, 3.0, 8.0, tooth, layers=layers)
    inner = ButlerVolmerReaction(0.5)
    parameters = Parameters(
        {"lower": MIXED, "upper": replace(MIXED, electronic=10 * ELECTRONIC, reaction=inner)},
        LithiumSurface(100.0, film_resistance=3e-3),
        298.15,
        drive,
    )
    load = 40.0 if drive == "galvanostatic" else 0.1
    model = solved(build(shape, comm), parameters, load, Numerics(solver))
    row = model.measure()
    assert row["cation_defect [1]"] < 1e-10
    assert row["electron_defect [1]"] < 1e-10
    # What the boundary conditions say must be what really crosses the boundary.
    assert model._supply() / 30.0 == pytest.approx(
        row["counter_electrode_current [A/m^2]"], rel=1e-9
    )
    assert row["lithium_current_max [A/m^2]"] > 1.5 * row["lithium_current_min [A/m^2]"]
    assert 0.05 < row["reaction_current [A/m^2]"] / row["counter_electrode_current [A/m^2]"] < 0.95
    alone = solved(build(shape, MPI.COMM_SELF), parameters, load, Numerics(solver)).measure()
    for name, value in alone.items():
        if "defect" not in name:
            assert row[name] == pytest.approx(value, rel=1e-6), name


def test_one_and_two_dimensions_agree():
    rows = []
    observation = Observation({"top": (81.0, 90.0)})
    for domain, region in (
        (interval(360), "electrolyte"),
        (structured(MPI.COMM_SELF, (5.0, THICKNESS), (3, 360)), "electrolyte"),
        (build(Interlayer(20.0, THICKNESS, 1.0), MPI.COMM_SELF), REGION),
    ):
        model = solved(domain, physics(region=region), 10.0, None, observation)
        rows.append(model.measure())
    for row, tolerance in ((rows[1], 1e-4), (rows[2], 5e-3)):
        for name in ("potential [V]", "lithium_share [1]", "reaction_current [A/m^2]"):
            assert row[name] == pytest.approx(rows[0][name], rel=tolerance), name
        assert row["reaction_height [um]"] == pytest.approx(
            rows[0]["reaction_height [um]"], rel=5e-3
        )
        assert row["reaction_current_top [A/m^2]"] == pytest.approx(
            rows[0]["reaction_current_top [A/m^2]"], rel=0.05
        )


@pytest.mark.parametrize("electronic", [2.8e3, 3e4, 5e6])
def test_fast_nucleation_leaves_the_share_of_the_electrons_at_the_electrolyte(electronic):
    """Where it clamps eta, both potentials fall alike: sigma_e / (sigma_e + sigma_Li) goes on."""
    conductor = Conductor(IONIC, electronic, NucleationReaction(4e5, 0.013, 1e-5))
    domain = layered_interval(MPI.COMM_SELF, {"electrolyte": THICKNESS}, 0.3)
    observation = Observation({"top": (85.0, 90.0)})
    model = solved(domain, physics(conductor, LithiumSurface(0.0)), 40.0, None, observation)
    share = model.measure()["reaction_current_top [A/m^2]"] / 40.0
    assert share == pytest.approx(electronic / (electronic + IONIC), rel=0.01)
    height = model.measure()["reaction_height [um]"]
    assert height == pytest.approx(THICKNESS * share, rel=0.02)


def test_nothing_nucleates_below_the_critical_overpotential():
    """Then eta = i (R + x / sigma_Li) plus kinetics, largest at the electrolyte."""
    conductor = Conductor(IONIC, ELECTRONIC, NucleationReaction(400.0, 0.2, 1e-3))
    model = solved(interval(), physics(conductor), 10.0)
    f = physics().inverse_thermal_voltage
    expected = 10 * (3e-3 + THICKNESS / IONIC) + 2 / f * np.arcsinh(10 / 200)
    assert np.max(model.nodal("overpotential")) == pytest.approx(expected, rel=1e-6)
    assert model.measure()["lithium_share [1]"] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        (physics(Conductor(0.0)), "ionic_conductivity"),
        (physics(Conductor(IONIC, -1.0)), "electronic_conductivity"),
        (physics(Conductor(lambda x: 50.0 - x[0])), "ionic_conductivity"),
        (physics(Conductor(IONIC, reaction=NUCLEATION)), "reaction"),
        (physics(region="film"), "region"),
    ],
)
def test_bad_input(parameters, field):
    with pytest.raises(InputError) as error:
        CurrentDistribution(interval(4), parameters)
    assert error.value.field == field
