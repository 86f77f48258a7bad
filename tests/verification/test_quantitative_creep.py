"""Lithium that creeps behind a quantitative front, against closed forms; meshes, ranks, restart."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.verification.dispersion import simulation as dispersion
from lithode.cases.verification.dispersion.parameters import DispersionParameters
from lithode.cases.verification.dispersion.targets import growth_rate
from lithode.core.parallel import lasting
from lithode.engine.registry import find
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.inputs import Inputs
from lithode.solvers.electrodeposition.setup import simulation
from lithode.solvers.numerics.checkpoint import read_domain, restore, write_checkpoint
from lithode.solvers.numerics.march import StepControl, march
from lithode.theory.creep import PowerLaw
from tests.verification.test_quantitative_front import COARSE, Rows
from tests.verification.test_restart import assert_same, everything

SPRING = {"stack": "pressed", "stack_pressure": 5.0, "stack_stiffness": 400.0}


def column(height=40.0, growth=1e-3, **given):
    """March a flat front under a spring; returns inputs, history and model."""
    p = Inputs(
        interface="quantitative", mode="galvanostatic", current=0.5, noise_amplitude=0.0,
        width=1.0, depth=1.0, height=height, initial_thickness=8.0, nuclei=0, nucleus_height=0.0,
        interface_width=1.0, eigenstrain=growth, conductivity=0.1, solver="direct",
        end_time=12000.0, output_interval=1000.0, **(SPRING | given),
    )  # fmt: skip
    cells = (*(1 for _ in p.lengths[1:]), round(4 * height))
    run = simulation(p, lambda: structured(MPI.COMM_SELF, p.lengths, cells))
    rows = Rows()
    march(run.model, run.control, run.end_time, (), [rows])
    return p, rows.columns(), run.model


def under_the_spring(p, thickness, modulus):
    """Return sigma_yy of a column whose lithium has this modulus of compression along it."""
    metal, solid = p.model.lithium.stiffness, p.model.regions["electrolyte"].stiffness
    rest = (p.height - thickness) / (solid.first_lame + 2 * solid.shear)
    # Free lithium is longer by 3 K growth / M; the spring shortens both.
    free = 3 * metal.bulk * p.eigenstrain / modulus * thickness
    k = p.stack_stiffness
    return -(p.stack_pressure + k * free) / (1 + k * (thickness / modulus + rest))


@pytest.mark.parametrize(
    ("mechanics", "dimension"),
    [("elastic", 2), ("creep", 2), pytest.param("creep", 3, marks=pytest.mark.slow)],
)
def test_a_flat_front_under_a_spring(mechanics, dimension):
    """Lithium that flows has its bulk modulus and no deviator but what its rate asks for."""
    p, history, model = column(lithium_mechanics=mechanics, dimension=dimension)
    metal, thickness = p.model.lithium.stiffness, history["mean_height [um]"]
    stiff = metal.first_lame + 2 * metal.shear
    modulus = metal.bulk if mechanics == "creep" else stiff
    stress = under_the_spring(p, thickness, modulus)
    assert thickness[-1] > 15
    if mechanics == "elastic":
        stretch = (stress + 3 * metal.bulk * p.eigenstrain) / stiff
        pressure = metal.bulk * (3 * p.eigenstrain - stretch)
    else:
        rate = np.abs(np.gradient(stress, history["time [s]"])) / metal.bulk
        flow = (2 / 3 * rate / p.model.lithium.creep.rate) ** (1 / p.creep_exponent)
        pressure = -stress - 2 / 3 * flow
        assert history["mises_lithium_mean [MPa]"][-1] == pytest.approx(flow[-1], rel=0.05)
    assert history["charge_defect [1]"].max() < 1e-9
    layer = np.abs(model.fields()[0].x.array - 0.5) < 0.3
    own = -model.state().functions["front_stress"].x.array[layer]
    assert own.mean() == pytest.approx(pressure[-1], rel=0.01)


def waved(law, share=1.0):
    """March a wave under stress; returns its growth rate, parameters and history."""
    values = {**COARSE, "wave_number": 0.27, "interface_width": 2.3, "eigenstrain": 2.3e-4}

    class Creeping(DispersionParameters):
        @property
        def model(self):
            model = super().model
            return dataclasses.replace(model, lithium=dataclasses.replace(model.lithium, creep=law))

    p, rows = Creeping(**values), Rows()
    run = dispersion.build(p, MPI.COMM_SELF, None)
    march(run.model, run.control, share * run.end_time, (), [rows])
    return growth_rate(rows.columns(), p), p, rows.columns()


@pytest.fixture(scope="module")
def flowing():
    return waved(PowerLaw(1e-3, 1.0))


def test_lithium_that_flows_has_one_pressure_and_a_wave_grows_as_without_stress(flowing):
    """A wave on a fluid raises no pressure in it: B is that of lithium without a shear modulus."""
    rate, p, history = flowing
    free = DispersionParameters(wave_number=p.wave_number)
    assert p.sharp_rate < 0.6 * free.sharp_rate
    assert abs(rate - free.sharp_rate) / free.scale < 0.1
    assert history["charge_defect [1]"].max() < 1e-9
    assert history["mises_lithium_mean [MPa]"][-1] < 1e-3


def test_lithium_that_hardly_creeps_is_elastic():
    """The same law without creep: to round-off what the elastic model says."""
    rates = [waved(law, 0.1)[0] for law in (None, PowerLaw(1e-30, 1.0))]
    assert rates[1] == pytest.approx(rates[0], rel=1e-9)


GROWTH = {
    "particles": "fine", "width": 5.0, "height": 22.0, "nuclei": 1, "lithium_mechanics": "creep",
    "interface_width": 1.2, "element_size": 0.5, "time_tolerance": 1e-2, "end_time": 3300.0,
    "eigenstrain_fine": 1e-3, "solver": "direct",
}  # fmt: skip


def started(comm, domain=None):
    case = find("graded-li3n")
    return case.build(case.resolve("predictive", GROWTH), comm, domain)


@pytest.mark.mpi
def test_creep_on_meshes_that_follow_the_front_goes_on_from_a_checkpoint(comm, tmp_path):
    """Cells hand their creep strain on; the run is the same on any ranks and after a restart."""
    tmp_path = lasting(comm).bcast(tmp_path)
    run, rows, control = started(comm), Rows(), StepControl(100.0, 150.0, 1e-3, refresh=10)
    whole = run.model

    def save(model):
        if 0 < model.time < 0.7 * run.end_time:
            write_checkpoint(tmp_path, model, case="creep", parameters_hash="")

    march(whole, control, run.end_time, (), [rows], refreshed=save)
    assert whole.adaptations >= 2
    path = tmp_path / "state.h5"
    again = started(comm, read_domain(path, comm))
    restore(path, again.model)
    assert again.model.time > 0.2 * run.end_time
    march(again.model, control, again.end_time)
    assert again.model.adaptations >= 1
    assert_same(everything(whole), everything(again.model), 1e-8)
    names = {"creep_strain", "creep_strain_1", "front_creep_strain", "front_creep_strain_1"}
    assert names <= set(whole.state().functions)
    history = rows.columns()
    assert history["charge_defect [1]"].max() < 1e-9
    # A mesh that began without what had crept would have to creep anew: twice the stress.
    mises = history["mises_lithium_mean [MPa]"][history["time [s]"] > 600]
    assert np.abs(np.diff(mises)).max() < 0.1 * mises[0]
    if comm.size == 1:
        for name, function in whole.state().functions.items():
            other = again.model.state().functions[name].x.array
            np.testing.assert_array_equal(function.x.array, other, err_msg=name)
        return
    alone = started(MPI.COMM_SELF)
    march(alone.model, control, alone.end_time)
    mine, its = whole.measure(), alone.model.measure()
    for name, value in its.items():
        if "defect" not in name:
            assert mine[name] == pytest.approx(value, rel=1e-6, nan_ok=True), name
