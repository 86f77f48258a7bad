"""The layered cell against closed forms, and against the march without a mesh."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from lithode.core import protocol
from lithode.core.errors import StepFailed
from lithode.meshes import stack
from lithode.meshes.stack import JUNCTION, Stack
from lithode.solvers.layered_cell.inputs import LayeredCellInputs
from lithode.solvers.layered_cell.model import LayeredCell
from lithode.solvers.layered_cell.parameters import Numerics, Parameters
from lithode.solvers.numerics.march import StepControl, march
from lithode.theory.penetration import depths

INPUTS = LayeredCellInputs()
FACE, PORES = INPUTS.face(1e5), INPUTS.pores
F = FACE.inverse_thermal_voltage
SIGMA, RJ = FACE.conductivity, 6.45e-4
HOUR = [{"current": "1 mA/cm^2", "time": "1 h"}]


def cell(
    comm,
    steps=HOUR,
    layers=(200.0, 800.0, 200.0),
    size=1.0,
    width=None,
    columns=1,
    tolerance=1e-3,
    sigmas=None,
    **changes,
):
    geometry = Stack(layers, size, 20.0, width, columns)
    sigmas = sigmas or [SIGMA] * len(layers)
    conductivities = {geometry.layer(k): sigma for k, sigma in enumerate(sigmas)}
    conductivities |= {geometry.junction(k): JUNCTION / RJ for k in range(len(layers) - 1)}
    physics = Parameters(
        conductivities, FACE.exchange_current_density, F, FACE.contact, PORES,
        (layers[0], layers[-1]),
    )  # fmt: skip
    return LayeredCell(
        stack.build(geometry, comm),
        replace(physics, **changes),
        protocol.parse(steps),
        Numerics(tolerance=tolerance),
        columns,
    )


def control(longest=3600.0):
    return StepControl(1.0, longest, 1e-6, order=1, max_growth=2.5)


def run(model):
    march(model, control(), model.protocol.ends[-1], model.protocol.ends)
    return model.measure()


def butler_volmer(current, contact):
    return 2 / F * np.arcsinh(current / (2 * contact * FACE.exchange_current_density))


@pytest.mark.mpi
@pytest.mark.parametrize(("width", "columns"), [(None, 1), (60.0, 3)])
@pytest.mark.parametrize("current", [1e-3, 3.0, 60.0])
def test_voltage_is_that_of_the_series(comm, current, width, columns):
    sigmas = [SIGMA, 0.3 * SIGMA, 2 * SIGMA]
    steps = [{"current": f"{current / 10!r} mA/cm^2", "time": "1 h"}]
    model = cell(
        comm, steps, (100.0, 300.0, 150.0), 5.0, width, columns, sigmas=sigmas, contact=0.21
    )
    ohmic = 100 / sigmas[0] + 300 / sigmas[1] + 150 / sigmas[2] + 2 * RJ
    exact = current * ohmic + 2 * butler_volmer(current, 0.21)
    row = model.measure()
    # The foil's potential falls by a millionth of the layers'.
    assert 1e-3 * row["voltage [mV]"] == pytest.approx(exact, rel=2e-6)
    assert row["charge_defect [1]"] < 1e-8


def test_without_kinetics_the_series_resistance_is_left():
    model = cell(MPI.COMM_SELF, contact=1e9)
    ohmic = 1200 / SIGMA + 2 * RJ
    # um per uS/m is ohm m^2; in ohm cm^2:
    resistance = model.measure()["area_resistance [ohm cm^2]"]
    assert resistance == pytest.approx(1e4 * ohmic, rel=1e-5)


def filled(model, depth):
    """Put lithium into both sides and solve, by the way of a checkpoint."""
    state = model.state()
    for side in ("left", "right"):
        state.functions[f"depth_{side}"].x.array[:] = depth
    model.restore(state.scalars)
    model.advance(1e-9)
    model.accept()
    return model.measure()


@pytest.mark.parametrize("depth", [4.3, 11.0])
def test_filled_pores_are_a_porous_electrode(depth):
    frozen = replace(PORES, share=1e-30)
    exact = 1e3 * FACE.overpotential(10.0, PORES.wall, depth)
    errors = []
    for size in (2.0, 1.0, 0.5):
        row = filled(cell(MPI.COMM_SELF, size=size, pores=frozen), depth)
        assert row["depth_left [um]"] == pytest.approx(depth)
        assert row["overpotential_left [mV]"] == pytest.approx(
            -row["overpotential_right [mV]"], rel=1e-5
        )
        errors.append(abs(row["overpotential_left [mV]"] / exact - 1))
    assert errors[-1] < 2e-4
    assert errors[-1] < 0.4 * errors[0]


def test_depth_over_time_is_that_of_the_march_without_a_mesh():
    steps = [{"current": "1 mA/cm^2", "time": "10 h"}]
    row = run(cell(MPI.COMM_SELF, steps, size=0.5, tolerance=1e-4))
    charges = np.array([0.0, 10 * 36000.0])
    exact = depths(FACE, PORES, 10.0, charges, 200.0)[0, -1]
    assert row["depth_left [um]"] == pytest.approx(exact, rel=2e-4)
    assert row["depth_right [um]"] == 0


def test_the_tolerance_is_kept():
    steps = [{"current": "1 mA/cm^2", "time": "3 h"}]
    fine = run(cell(MPI.COMM_SELF, steps, tolerance=1e-5))["depth_left [um]"]
    errors = [
        abs(run(cell(MPI.COMM_SELF, steps, tolerance=t))["depth_left [um]"] / fine - 1)
        for t in (3e-2, 1e-3)
    ]
    assert errors[0] < 3e-2
    assert errors[1] < 1e-3


def test_the_other_direction_is_the_mirror_image():
    there, back = (
        run(cell(MPI.COMM_SELF, [{"current": f"{sign}2 mA/cm^2", "time": "1 h"}]))
        for sign in ("", "-")
    )
    assert back["voltage [mV]"] == pytest.approx(-there["voltage [mV]"], rel=1e-6)
    assert back["depth_right [um]"] == pytest.approx(there["depth_left [um]"], rel=1e-6)
    assert there["depth_left [um]"] > 0.5


CYCLES = [
    {
        "repeat": 2,
        "steps": [
            {"current": "0.3 mA/cm^2", "capacity": "0.1 mAh/cm^2"},
            {"rest": "100 s"},
            {"current": "-0.3 mA/cm^2", "capacity": "0.1 mAh/cm^2"},
        ],
    }
]


@pytest.mark.mpi
def test_charge_of_a_protocol(comm):
    model = cell(comm, CYCLES, size=4.0)
    rows = []

    class Look:
        def step(self, model, record):
            pass

        def output(self, model):
            rows.append((model.time, model.measure()))

    march(model, control(), model.protocol.ends[-1], model.protocol.ends, [Look()])
    assert [time for time, _ in rows] == [0.0, *model.protocol.ends]
    net = [row["net_charge [mAh/cm^2]"] for _, row in rows]
    assert net[0] == net[3] == net[6] == 0
    assert net[1] == net[2] == pytest.approx(0.1, rel=1e-12)
    assert rows[-1][1]["throughput [mAh/cm^2]"] == pytest.approx(0.4, rel=1e-12)
    assert max(row["charge_defect [1]"] for _, row in rows) < 1e-8
    depths = [(row["depth_left [um]"], row["depth_right [um]"]) for _, row in rows]
    assert depths[1] == depths[2] == (depths[1][0], 0)
    assert depths[3][0] == depths[2][0]
    assert depths[3][1] > 0
    assert abs(rows[2][1]["voltage [mV]"]) < 1e-9


@pytest.mark.mpi
def test_even_contact_in_2d_is_the_interval(comm):
    steps = [{"current": "1 mA/cm^2", "time": "30 min"}]
    one = run(cell(MPI.COMM_SELF, steps, size=4.0))
    two = run(cell(comm, steps, size=4.0, width=80.0, columns=3))
    for name, value in one.items():
        if name != "charge_defect [1]":
            # Triangles do not lump the reaction as evenly as intervals.
            assert two[name] == pytest.approx(value, rel=1e-3, abs=1e-9), name


@pytest.mark.mpi
def test_strips_of_contact_constrict(comm):
    width, share = 100.0, 0.5
    model = cell(
        comm, layers=(300.0,), size=1.5, width=width, columns=48,
        contact=lambda x: np.where(x[0] < share * width, 1e6, 0.0),
    )  # fmt: skip
    spreading = 2 * width / (np.pi * SIGMA) * np.log(1 / np.sin(np.pi * share / 2))
    resistance = 1e-4 * model.measure()["area_resistance [ohm cm^2]"]
    assert resistance - 300 / SIGMA == pytest.approx(2 * spreading, rel=0.03)


@pytest.mark.mpi
def test_a_restored_state_goes_on_as_if_never_stopped(comm):
    def make():
        return cell(
            comm, CYCLES, size=4.0, width=80.0, columns=4,
            contact=lambda x: np.where(x[0] < 40, 0.4, 0.02),
        )  # fmt: skip

    whole, first, second = make(), make(), make()
    ends = whole.protocol.ends
    march(whole, control(), ends[-1], ends)
    march(first, control(), ends[1], ends)
    state = first.state()
    for name, function in second.state().functions.items():
        function.x.array[:] = state.functions[name].x.array
    second.restore(state.scalars)
    assert second.measure() == pytest.approx(first.measure())
    march(second, control(), ends[-1], ends)
    assert second.measure() == pytest.approx(whole.measure(), rel=1e-9, abs=1e-9)
    assert whole.measure()["depth_max_left [um]"] > whole.measure()["depth_left [um]"]


def test_a_step_over_the_end_of_a_step_is_refused_and_leaves_all_as_it_was():
    model = cell(MPI.COMM_SELF, CYCLES, size=4.0)
    before = model.measure()
    with pytest.raises(StepFailed, match="protocol"):
        model.advance(2 * model.protocol.ends[0])
    model.advance(60.0)
    assert model.measure() == before


def test_lithium_through_the_layer_ends_the_run():
    easy = replace(PORES, yield_stress=1e-3, interface_energy=0.0, share=1.0)
    model = cell(MPI.COMM_SELF, layers=(8.0, 100.0, 8.0), size=1.0, pores=easy)
    result = march(model, control(), 3600.0, model.protocol.ends)
    assert result.status == "stopped"
    assert result.event.name == "penetration"
    assert model.measure()["depth_left [um]"] == 8
