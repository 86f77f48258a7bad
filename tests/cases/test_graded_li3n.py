"""The case graded-li3n: its parameters, geometry, warnings and a coarse run."""

from __future__ import annotations

import math
import typing

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.cases.graded_li3n.growth.parameters import Parameters
from lithode.cases.graded_li3n.growth.simulation import coarse_particles, layer
from lithode.core.errors import InputError
from lithode.core.parameters import Provenance, describe
from lithode.engine.registry import find
from lithode.meshes.shapes import bounds
from lithode.solvers.electrodeposition.health import health
from lithode.solvers.electrodeposition.initial import initial_lithium
from lithode.solvers.numerics.march import march
from lithode.solvers.numerics.transfer import collected

F, R, T = 96485.33212, 8.314462618, 298.15
PURE = {
    "symmetry_factor",
    "drive_ratio",
    "transference_number",
    "front_relaxation",
    "poissons_ratio",
    "lithium_poissons_ratio",
    "eigenstrain_fine",
    "eigenstrain_coarse",
    "mechanical_factor",
    "creep_exponent",
    "noise_amplitude",
    "time_tolerance",
    "area_fraction",
    "concentration_limit",
}


def refused(field, action):
    with pytest.raises(InputError) as error:
        action()
    assert error.value.field == field


def test_the_case_is_found_and_its_presets_resolve():
    assert find("graded-li3n") is CASE
    quick, paper = (CASE.resolve(name) for name in ("quick", "paper"))
    assert CASE.resolve() == quick
    width = {line.name: line.value for line in health(paper)}["w"]
    assert width / paper.element_size > 5
    assert paper.time_tolerance < quick.time_tolerance
    assert (paper.end_time, paper.overpotential) == (1800.0, -0.1)


def test_every_parameter_has_unit_meaning_and_source():
    for row in describe(Parameters):
        assert row.meaning.strip(), row.name
        assert row.provenance in set(Provenance), row.name
        assert row.source.strip(), row.name
        if row.source == "-":  # only what is not set unless the user does
            assert row.value is None or row.name == "mesh_unit", row.name
        annotation = Parameters.model_fields[row.name].annotation
        numbers = {annotation, *typing.get_args(annotation)}
        if float in numbers and row.name not in PURE:
            assert row.unit, row.name


def test_identities_of_the_interface():
    """W = 12 gamma / delta, kappa = 3 gamma delta / 2, L_eta = 2 i_0 / (3 delta F c_s)."""
    # A published set: gamma 0.556 J/m^2, delta 1.5 um, i_0 30 A/m^2 (Arguello et al., 2022).
    p = Parameters(
        surface_energy=0.556,
        interface_width=1.5 * math.log(9) / 2,
        exchange_current_density=30.0,
    )
    assert p.diffuse_interface.barrier == pytest.approx(4.448, rel=1e-9)  # MPa
    assert p.diffuse_interface.gradient_coefficient == pytest.approx(1.251, rel=1e-9)  # uN
    assert p.rate_constant == pytest.approx(1.81e-3, rel=2e-3)
    reaction = p.rate_constant * math.exp(0.5 * F / (R * T) * 0.1)
    assert p.reaction_rate == pytest.approx(reaction, rel=1e-8)
    mobility = reaction / (p.drive_ratio * p.diffuse_interface.barrier)
    assert p.diffuse_interface.mobility == pytest.approx(mobility, rel=1e-8)


def test_direct_values_go_before_the_derived_ones():
    p = Parameters(
        barrier_height="4e5 J/m^3",
        gradient_coefficient="5e-7 J/m",
        interface_mobility="1.6e-7 m^3/(J s)",
        reaction_constant="7e-3 1/s",
    )
    assert p.diffuse_interface.barrier == pytest.approx(0.4)
    assert p.diffuse_interface.gradient_coefficient == pytest.approx(0.5)
    assert p.diffuse_interface.mobility == pytest.approx(0.16)
    assert p.rate_constant == 7e-3
    model = p.model
    assert model.interface == p.diffuse_interface
    assert {region.rate_constant for region in model.regions.values()} == {7e-3}


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"barrier_height": 4e5}, "gradient_coefficient"),
        ({"gradient_coefficient": 5e-7}, "barrier_height"),
    ],
)
def test_half_of_an_interface_is_refused(given, missing):
    refused(missing, lambda: CASE.build(Parameters(**given), MPI.COMM_SELF, None))


def test_health_numbers():
    p = Parameters()
    lines = {line.name: line for line in health(p)}
    # Everything again, in SI.
    reaction = p.rate_constant * math.exp(0.5 * F / (R * T) * 0.1)
    bulk, shear = 7.8e9 / (3 * (1 - 2 * 0.42)), 48e9 / 2.5
    pressure = 3 * 2.3e-4 * bulk * 4 * shear / (3 * bulk + 4 * shear)
    relief = math.exp(-0.5 / (R * T) * p.mechanical_factor * pressure * 1.3e-5)
    damkohler = 76.4 * reaction * relief * 1.875 * (3.5e-6 / 2) ** 2 / p.diffusivity
    assert lines["w"].value == pytest.approx(3.5)
    assert lines["gamma"].value == pytest.approx(0.1)
    assert lines["w/h"].value == pytest.approx(3.5 / p.element_size)
    assert lines["P"].value == pytest.approx(pressure / 1e6, rel=1e-6)
    assert lines["Da"].value == pytest.approx(damkohler, rel=1e-5)
    assert lines["r"].value == pytest.approx(p.drive_ratio)
    assert lines["xi*"].value == pytest.approx(1 / (15 * p.drive_ratio))
    assert all(line.healthy for line in lines.values())


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("Da", {"diffusivity": "5e-12 m^2/s"}),
        ("r", {"drive_ratio": 4.7}),
        ("w/h", {"element_size": "2 um"}),
    ],
)
def test_unhealthy_numbers_are_told(name, changed):
    assert [line.name for line in health(Parameters(**changed)) if not line.healthy] == [name]


def test_particles_of_the_paper():
    assert coarse_particles(Parameters(particles="fine")) == ()
    graded = coarse_particles(Parameters(particles="graded"))
    assert len(graded) == 3
    for particle in graded:
        lower, upper = bounds(particle.shape)
        assert particle.region == "coarse"
        assert (lower >= [0, 12]).all()
        assert (upper <= [80, 90]).all()
    assert layer(Parameters()).regions == {"fine": 1, "coarse": 2}


def test_random_particles():
    def packed(**changed):
        return coarse_particles(Parameters(particles="random", **changed))

    one = packed()
    assert packed() == one
    assert packed(packing_seed=2) != one
    assert sum(particle.shape.measure for particle in one) == pytest.approx(0.2 * 7200, rel=0.5)
    assert min(bounds(particle.shape)[0][1] for particle in one) > 10
    assert layer(Parameters(particles="random")).particles == one
    refused("largest_radius", lambda: packed(smallest_radius=9.0, largest_radius=8.0))
    refused("height", lambda: packed(height=20.0))


def test_initial_lithium_is_a_film_with_seeded_nuclei():
    x = np.linspace(0, 80, 161)

    def film(height, **changed):
        points = np.column_stack([x, np.full_like(x, height), np.zeros_like(x)])
        return initial_lithium(Parameters(**changed))(points)

    np.testing.assert_allclose(film(6.0, nuclei=0), 0.5)
    assert film(0.0).min() > 0.98
    assert film(30.0).max() < 1e-6
    peaks = film(8.0)
    assert ((peaks[1:-1] > peaks[:-2]) & (peaks[1:-1] > peaks[2:])).sum() == 5
    assert (film(8.0, seed=2) != peaks).any()
    refused("initial_thickness", lambda: CASE.build(Parameters(height=12.0), MPI.COMM_SELF, None))


@pytest.mark.mpi
def test_mesh_file_instead_of_the_geometry(comm, layers_file):
    path = layers_file(20e-3, {"fine": 24e-3}, size=2e-3)
    given = {"mesh_file": path, "mesh_unit": "mm", "width": 20, "height": 24, "nuclei": 0}
    model = CASE.build(Parameters(particles="fine", **given), comm, None).model
    assert set(model.domain.regions) == {"fine"}
    assert model.measure()["lithium [um^2]"] == pytest.approx(20 * 6, rel=0.01)
    model.advance(0.01)
    refused("mesh_file", lambda: CASE.build(Parameters(particles="graded", **given), comm, None))
    for name in ("width", "height"):
        wider = Parameters(particles="fine", **{**given, name: 30})
        refused(name, lambda wider=wider: CASE.build(wider, comm, None))


@pytest.mark.mpi
def test_a_mesh_file_is_the_base_of_adaptive_meshes(comm, layers_file):
    """Nodes of the file stay, and cells are halved along the front wherever it goes."""
    path = layers_file(24e-3, {"fine": 36e-3}, size=4e-3)
    given = {"mesh_file": path, "mesh_unit": "mm", "width": 24, "height": 36, "nuclei": 1}
    given |= {"interface_width": 3.5, "element_size": 1.5, "overpotential": -0.13}
    p = Parameters(particles="fine", mesh="adaptive", end_time=75, **given)
    simulation = CASE.build(p, comm, None)
    model = simulation.model
    march(model, simulation.control, simulation.end_time)
    assert model.adaptations >= 1
    row = model.measure()
    assert row["lithium_defect [1]"] < 1e-11
    assert row["elements_per_width [1]"] > 2.3
    nodes = collected(comm, model.domain.mesh.geometry.x[:, :2].copy(), everywhere=True)
    assert len(np.unique(np.round(nodes, 6), axis=0)) > 1.5 * 7 * 10
    for x, y in np.ndindex(7, 10):
        assert np.abs(nodes - [4 * x, 4 * y]).sum(axis=1).min() < 1e-9


# Fine, graded and tolerance at 60 s with 2.5 um elements. A change of the physics shows here, a
# change of the mesh generator hardly.
STORED = {
    "tip_height [um]": (10.172, 10.431, 0.03),
    "mean_height [um]": (8.2369, 8.2386, 2e-3),
    "pressure_mean_fine [MPa]": (4.010, 3.970, 0.02),
    "plating_current [A/m^2]": (95.99, 95.70, 0.01),
}


# Graded with two potentials at -0.1 V and at 8 mA/cm^2, as above.
STORED_TWO_POTENTIALS = {
    "tip_height [um]": (9.8541, 10.1107, 0.03),
    "mean_height [um]": (7.7527, 7.9358, 2e-3),
    "pressure_mean_fine [MPa]": (3.933, 3.949, 0.02),
    "counter_electrode_current [A/m^2]": (49.116, 80.0, 0.01),
    "cell_voltage [V]": (-0.1, -0.14870, 0.01),
}


@pytest.mark.parametrize(
    ("column", "current"), [(0, None), pytest.param(1, 8.0, marks=pytest.mark.mpi)]
)
def test_coarse_run_with_two_potentials(comm, column, current):
    p = Parameters(
        charge="two_potential",
        mode="potentiostatic" if current is None else "galvanostatic",
        current=current,
        element_size=2.5,
        end_time=60.0,
        output_interval=30.0,
        solver="direct",
    )
    simulation = CASE.build(p, comm, None)
    model = simulation.model
    result = march(model, simulation.control, simulation.end_time, simulation.output_times)
    assert result.status == "completed"
    row = model.measure()
    for name, (*expected, tolerance) in STORED_TWO_POTENTIALS.items():
        assert row[name] == pytest.approx(expected[column], rel=tolerance), name
    for name in simulation.conservation.values():
        assert row[name] < 1e-10
    faradaic = row["plating_current [A/m^2]"]
    assert row["counter_electrode_current [A/m^2]"] == pytest.approx(faradaic, rel=1e-9)
    names = [function.name for function in model.fields()]
    assert names[2:4] == ["ionic_potential", "electronic_potential"]


def test_the_cut_off_voltage_ends_a_held_current(comm):
    given = {"charge": "two_potential", "mode": "galvanostatic", "current": 8.0}
    p = Parameters(**given, cutoff_voltage=0.145, element_size=5.0, solver="direct")
    simulation = CASE.build(p, comm, None)
    model = simulation.model
    voltages = []

    class Voltmeter:
        def step(self, model, _):
            voltages.append(abs(model.measure()["cell_voltage [V]"]))

        def output(self, model):
            pass

    result = march(model, simulation.control, simulation.end_time, observers=[Voltmeter()])
    assert result.event.name == "cut-off voltage"
    assert max(voltages[:-1]) < 0.145 <= voltages[-1]
    assert [event.name for event in model.events()] == ["cut-off voltage"]  # also when resumed


@pytest.mark.parametrize(
    ("column", "particles"), [(0, "fine"), pytest.param(1, "graded", marks=pytest.mark.mpi)]
)
def test_coarse_run(comm, column, particles):
    p = Parameters(
        particles=particles, element_size=2.5, end_time=60.0, output_interval=30.0, solver="direct"
    )
    simulation = CASE.build(p, comm, None)
    assert simulation.output_times[0] == 30.0
    assert not all(line.healthy for line in simulation.health)  # too few elements per width
    model = simulation.model
    result = march(model, simulation.control, simulation.end_time, simulation.output_times)
    assert result.status == "completed"
    row = model.measure()
    for name, (*expected, tolerance) in STORED.items():
        assert row[name] == pytest.approx(expected[column], rel=tolerance), name
    for name in simulation.conservation.values():
        assert row[name] < 1e-10
    assert (particles == "graded") == ("contact_coarse [1]" in row)
    if particles == "graded":
        assert row["lithium_fraction_coarse [1]"] == 0.0
        assert row["contact_coarse [1]"] < 0.01
