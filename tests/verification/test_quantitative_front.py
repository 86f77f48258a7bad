"""A quantitative front: growth against linear stability, balances, ranks, restart, refusals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.verification import physics
from lithode.cases.verification.dispersion import simulation
from lithode.cases.verification.dispersion.parameters import DispersionParameters
from lithode.cases.verification.dispersion.targets import growth_rate, speed
from lithode.cases.verification.khoo2019.parameters import KhooParameters
from lithode.cases.verification.waves import AMPLITUDE, WaveFront, wavy
from lithode.core.constants import FARADAY
from lithode.core.errors import InputError
from lithode.engine.registry import find
from lithode.meshes.front_strip import front_strip
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.health import health
from lithode.solvers.electrodeposition.parameters import FOIL, Numerics
from lithode.solvers.electrodeposition.quantitative.model import QuantitativeFront
from lithode.solvers.electrodeposition.setup import check
from lithode.solvers.numerics.checkpoint import read_domain, restore, write_checkpoint
from lithode.solvers.numerics.march import StepControl, march
from lithode.theory.elasticity import Kinematics
from tests.verification.test_restart import assert_same, everything

COARSE = {"interface_width": 1.5, "elements_per_width": 4.5}


class Rows:
    """Keeps the history."""

    def __init__(self):
        self.rows = []

    def step(self, model, record):
        self.rows.append({"time [s]": model.time, **model.measure()})

    def output(self, model):
        pass

    def columns(self):
        return {name: np.array([row[name] for row in self.rows]) for name in self.rows[0]}


def grown(comm=MPI.COMM_SELF, **changes):
    """March a wave; returns its parameters, history and model."""
    parameters = DispersionParameters(**{**COARSE, **changes})
    run = simulation.build(parameters, comm, None)
    rows = Rows()
    march(run.model, run.control, run.end_time, (), [rows])
    return parameters, rows.columns(), run.model


def off(parameters, history):
    return (growth_rate(history, parameters) - parameters.sharp_rate) / parameters.scale


@pytest.fixture(scope="module")
def wave():
    return grown()


def test_a_wave_grows_as_on_a_sharp_front(wave):
    parameters, history, _ = wave
    assert parameters.wavelength / parameters.interface_width < 9
    assert abs(off(parameters, history)) < 0.03


def test_a_flat_front_follows_faraday(wave):
    parameters, history, _ = wave
    assert speed(history, parameters) == pytest.approx(parameters.flat_front.speed, rel=5e-4)
    assert history["lithium_defect [1]"].max() < 1e-4
    assert history["charge_defect [1]"].max() < 1e-9
    assert history["plating_current [A/m^2]"] == pytest.approx(5.0, rel=1e-9)
    # The crest of the wave carries a little more.
    assert np.all(history["largest_current [A/m^2]"] > 5.0)
    assert history["largest_current [A/m^2]"] == pytest.approx(5.0, rel=0.2)


def test_growth_does_not_depend_on_relaxation_and_steps(wave):
    one = growth_rate(wave[1], wave[0])
    parameters, history, _ = grown(front_relaxation=12.0, time_tolerance=1e-3)
    assert growth_rate(history, parameters) == pytest.approx(one, rel=0.01)


def test_stress_of_lithium_flattens_a_wave_as_on_a_sharp_front():
    """The mixture's own stress in the middle of the layer would have the wave grow faster."""
    parameters, history, _ = grown(eigenstrain=2.3e-4, interface_width=2.3, wave_number=0.27)
    assert parameters.sharp_rate < 0.6 * DispersionParameters(wave_number=0.27).sharp_rate
    assert abs(off(parameters, history)) < 0.13


def test_surface_energy_alone_says_which_wave_is_neutral():
    parameters = DispersionParameters(**COARSE)
    critical = parameters.flat_front.critical_wave_number
    width = 0.12 * 2 * 3.14159 / critical
    rates = []
    for energy in (0.5, 2.0):
        changes = {"wave_number": critical, "interface_width": width, "surface_energy": energy}
        found, history, _ = grown(**changes)
        rates.append(off(found, history))
    assert abs(rates[0]) < 0.04
    assert abs(rates[1]) < 0.04
    # The wave that is neutral at 0.5 J/m^2 shrinks at 2.
    assert (
        found.sharp_rate < -0.5 * DispersionParameters(surface_energy=2.0).flat_front.fastest()[1]
    )


@pytest.mark.mpi
def test_a_wave_does_not_depend_on_the_ranks(comm, wave):
    _, _, model = grown(comm)
    mine, its = wave[2].measure(), model.measure()
    for name, value in mine.items():
        if "defect" not in name:
            assert its[name] == pytest.approx(value, rel=1e-8, abs=1e-9), name


def test_a_run_goes_on_from_a_checkpoint(tmp_path):
    parameters = DispersionParameters(**COARSE)
    half = 0.5 * parameters.duration

    class Saves:
        def step(self, model, record):
            pass

        def output(self, model):
            if model.time == pytest.approx(half):
                model.refresh()
                write_checkpoint(tmp_path, model, case="wave", parameters_hash="")

    run = simulation.build(parameters, MPI.COMM_SELF, None)
    march(run.model, run.control, run.end_time, (half,), [Saves()])
    again = simulation.build(
        parameters, MPI.COMM_SELF, read_domain(tmp_path / "state.h5", MPI.COMM_SELF)
    )
    restore(tmp_path / "state.h5", again.model)
    assert again.model.time == pytest.approx(half)
    march(again.model, again.control, run.end_time)
    assert_same(everything(run.model), everything(again.model), 1e-8)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"charge": "one_potential"}, "charge"),
        ({"transport": "steric"}, "transport"),
        ({"noise_amplitude": 0.1}, "noise_amplitude"),
        ({"reaction_constant": 6e-3}, "reaction_constant"),
        ({"interface_mobility": 1e-7}, "interface_mobility"),
    ],
)
def test_what_is_of_the_classic_interface_is_refused(changes, field):
    sound = {
        "interface": "quantitative",
        "charge": "two_potential",
        "transport": "single_ion",
        "noise_amplitude": 0.0,
        "reaction_constant": None,
    }
    case = find("graded-li3n")
    check(case.resolve(None, sound))
    with pytest.raises(InputError) as error:
        check(case.resolve(None, {**sound, **changes}))
    assert error.value.field == field


@pytest.mark.parametrize("held", ["current", "overpotential"])
def test_a_foil_is_stripped_as_lithium_is_plated(held):
    """Two flat fronts: reaction, electrolyte, reaction in series."""
    d, gap, base, current = 0.2, 10.0, 4.0, 100.0
    front = DispersionParameters(current=10.0).flat_front
    sides = {
        "conductivity": front.conductivity,
        "exchange": 200.0,
        "surface_energy": 0.5,
        "molar_volume": front.molar_volume,
        "temperature": 298.15,
    }
    resistances = front.conductivity, dataclasses.replace(front, exchange=200.0).overpotential
    voltage = -(current * gap / resistances[0] - 2 * resistances[1])
    applied = {"current": current} if held == "current" else {"overpotential": voltage}
    physics_of_cell = physics.single_ion(
        profile_length=d, counter_electrode=FOIL, **sides, **applied
    )
    domain = structured(MPI.COMM_SELF, (0.6, gap + 2 * base), (2, 90))

    def start(points):
        depth = np.maximum(base - points[:, 1], points[:, 1] - base - gap)
        return (1 + np.tanh(depth / (2 * d))) / 2

    model = QuantitativeFront(domain, physics_of_cell, start, Numerics(mechanics=False))
    march(model, StepControl(0.1, 2.0, 1e-6), 10.0)
    row = model.measure()
    assert row["plating_current [A/m^2]"] == pytest.approx(current, rel=0.01)
    assert row["stripping_current [A/m^2]"] == pytest.approx(current, rel=0.01)
    assert row["cell_voltage [V]"] == pytest.approx(voltage, rel=0.01)
    grown = front.molar_volume / FARADAY * current * 10.0
    assert row["mean_height [um]"] == pytest.approx(base + grown, rel=1e-3)
    assert row["charge_defect [1]"] < 1e-6


def test_health_tells_thin_fronts_from_thick_ones():
    values = {
        "interface": "quantitative",
        "charge": "two_potential",
        "transport": "single_ion",
        "noise_amplitude": 0.0,
        "reaction_constant": None,
        "mode": "galvanostatic",
        "current": 0.5,
        "surface_energy": 0.5,
        "element_size": 0.3,
        "mechanical_factor": 0.0,
    }
    case = find("graded-li3n")
    for width, is_thin in ((1.0, True), (3.0, False)):
        lines = {
            line.name: line
            for line in health(case.resolve(None, {**values, "interface_width": width}))
        }
        assert lines["J"].value == pytest.approx(5.0)
        assert lines["lambda/w"].healthy == is_thin
    # Stress that a crest raises makes the fastest wave longer.
    free, stressed = (
        {line.name: line.value for line in health(case.resolve(None, {**values, **changes}))}
        for changes in ({}, {"mechanical_factor": 1.0})
    )
    assert free["C B"] == 0.0
    assert stressed["C B"] > 0.5
    assert stressed["lambda"] > 1.3 * free["lambda"]
    held = health(case.resolve(None, {**values, "mode": "potentiostatic", "current": None}))
    # 0.1 V across the layer, less what the reaction takes.
    ohmic = 0.1 * 0.1 / 84e-6
    assert 0.5 * ohmic < next(line for line in held if line.name == "J").value < ohmic


def test_surface_energy_flattens_a_zigzag_from_node_to_node():
    """Averaged normals do not see it, and a reaction that is free to would sharpen it."""
    d, size, cells, current = 0.2, 0.3, 8, 10.0
    sides = {"conductivity": 1e5, "exchange": 2000.0, "surface_energy": 0.5}
    flat = DispersionParameters(current=0.1 * current).flat_front
    cell = physics.single_ion(
        profile_length=d,
        current=current,
        molar_volume=flat.molar_volume,
        temperature=298.15,
        **sides,
    )
    domain = structured(MPI.COMM_SELF, (cells * size, 60 * size), (cells, 60))
    zigzag = np.pi / size
    start = wavy(4.0, 0.1 * size, zigzag, d)
    model = WaveFront(domain, cell, start, Numerics(mechanics=False), zigzag)
    before = model.measure()[AMPLITUDE]
    end = d / flat.speed
    march(model, StepControl(end / 50, end / 20, 1e-6 * end), end)
    row = model.measure()
    assert row["mean_height [um]"] == pytest.approx(4.0 + d, rel=1e-3)
    assert abs(row[AMPLITUDE]) < 0.05 * before


def test_iterative_solvers_find_what_direct_ones_do_in_a_binary_electrolyte():
    """Incomplete factors of what is carried along normals do not get to the first potentials."""
    p = KhooParameters(elements_per_width=4)
    d, end = p.profile_length, 1e-3 * p.time * p.sand
    amplitudes = []
    for solver in ("direct", "iterative"):
        domain = front_strip(MPI.COMM_SELF, np.pi / p.wave_number, 1.0, (4 * d, 20 * d), 1.1 * d)
        start = wavy(12 * d, 0.1 * d, p.wave_number, d)
        numerics = Numerics(solver=solver, mechanics=False)
        model = WaveFront(domain, p.model, start, numerics, p.wave_number)
        march(model, StepControl(end / 4, end / 2, 1e-6 * end), end)
        amplitudes.append(model.measure()[AMPLITUDE])
    assert amplitudes[1] == pytest.approx(amplitudes[0], rel=1e-6)


@pytest.mark.slow
def test_a_ridge_in_3d_grows_as_on_a_sharp_front():
    p = DispersionParameters(interface_width=2.0)
    base, above = p.base_height, 0.8 * p.wavelength
    size = 0.5
    lengths = p.wavelength / 2, 2 * size, base + above
    cells = tuple(int(length / size) + 1 for length in lengths)

    def start(points):
        wave = p.amplitude * p.wavelength * np.cos(p.wave_number * points[:, 0])
        return (1 + np.tanh((base + wave - points[:, 2]) / (2 * p.profile_length))) / 2

    numerics = Numerics(mechanics=False, kinematics=Kinematics.SOLID)
    domain = structured(MPI.COMM_SELF, lengths, cells)
    model = WaveFront(domain, p.model, start, numerics, p.wave_number)
    rows, end = Rows(), p.duration / 2
    march(model, StepControl(end / 50, end / 8, 1e-7 * end), end, (), [rows])
    sharp = float(p.flat_front.growth_rate(p.wave_number, above))
    assert growth_rate(rows.columns(), p) == pytest.approx(sharp, abs=0.05 * p.scale)
    assert rows.columns()["charge_defect [1]"].max() < 1e-9
