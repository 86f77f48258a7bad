"""The layered cell under voltages, and steps that end by what it measures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from scipy.optimize import brentq

from lithode.core import protocol
from lithode.core.errors import InputError
from lithode.meshes import stack
from lithode.meshes.stack import JUNCTION, Stack
from lithode.solvers.layered_cell.inputs import LayeredCellInputs
from lithode.solvers.layered_cell.model import LayeredCell
from lithode.solvers.layered_cell.parameters import Numerics, Parameters
from lithode.solvers.numerics.march import StepControl, march

INPUTS = LayeredCellInputs()
FACE, PORES = INPUTS.face(1e5), INPUTS.pores
F, SIGMA, RJ = FACE.inverse_thermal_voltage, FACE.conductivity, 6.45e-4
FROZEN = replace(PORES, share=1e-30)
OHMIC = 1200 / SIGMA + 2 * RJ


class Rows:
    def __init__(self):
        self.rows = []

    def step(self, model, record):
        self.rows.append({"time": model.time, "dt": record.dt, **model.measure()})

    def output(self, model):
        pass

    def of(self, name):
        return np.array([row[name] for row in self.rows])


def cell(steps, comm=MPI.COMM_SELF, pores=PORES, contact=0.21, size=2.0):
    geometry = Stack((200.0, 800.0, 200.0), size, 20.0)
    conductivities = {geometry.layer(k): SIGMA for k in range(3)}
    conductivities |= {geometry.junction(k): JUNCTION / RJ for k in range(2)}
    physics = Parameters(
        conductivities, FACE.exchange_current_density, F, contact, pores, (200.0, 200.0)
    )
    return LayeredCell(
        stack.build(geometry, comm), physics, protocol.parse(steps), Numerics(tolerance=1e-3)
    )


def run(model, longest=300.0, until=None):
    control = StepControl(1.0, longest, 1e-6, order=1, max_growth=2.5, refresh=1)
    rows = Rows()
    result = march(model, control, until or model.protocol.ends[-1], (), [rows])
    return rows, result


@pytest.mark.mpi
def test_a_voltage_finds_its_current_and_counts_the_charge(comm):
    """Against Ohm's law in series with both faces, whose depths stay at 0."""
    model = cell([{"voltage": "250 mV", "time": "1 h"}, {"voltage": "-100 mV", "time": "600 s"}],
                 comm, FROZEN)  # fmt: skip
    rows, result = run(model)

    def missing(current, voltage):
        faces = 2 * 2 / F * np.arcsinh(current / (2 * 0.21 * FACE.exchange_current_density))
        return current * OHMIC + faces / 1.0 - voltage

    exact = [brentq(missing, 1e-6, 100.0, args=(v,)) for v in (0.25, 0.1)]
    assert result.event.name == "end of protocol"
    first = rows.rows[len([t for t in rows.of("time") if t <= 3600.0]) - 1]
    assert first["time"] == pytest.approx(3600.0, rel=1e-12)
    assert first["voltage [mV]"] == pytest.approx(250.0, rel=1e-7)
    assert 10 * first["current [mA/cm^2]"] == pytest.approx(exact[0], rel=1e-4)
    last = rows.rows[-1]
    assert 10 * last["current [mA/cm^2]"] == pytest.approx(-exact[1], rel=1e-4)
    assert last["time"] == pytest.approx(4200.0, rel=1e-12)
    net = (3600 * exact[0] - 600 * exact[1]) / 36000
    through = (3600 * exact[0] + 600 * exact[1]) / 36000
    assert last["net_charge [mAh/cm^2]"] == pytest.approx(net, rel=1e-3)
    assert last["throughput [mAh/cm^2]"] == pytest.approx(through, rel=1e-3)


STEP = {"current": "1 mA/cm^2", "time": "1 h"}


def test_until_ends_a_step_where_the_voltage_crosses_it():
    """Lithium in the pores lowers the voltage; the crossing is that of the run without an end."""
    free, _ = run(cell([STEP]), 60.0)
    voltage, time = free.of("voltage [mV]"), free.of("time")
    wanted = float(np.interp(1200.0, time, voltage))
    expected = float(np.interp(-wanted, -voltage, time))
    model = cell([{**STEP, "until": f"{wanted!r} mV"}, {"rest": "5 min"}, STEP])
    rows, result = run(model, 60.0)
    k = int(np.flatnonzero(rows.of("current [mA/cm^2]") == 0)[0]) - 1
    ended = rows.rows[k]
    assert ended["voltage [mV]"] == pytest.approx(wanted, rel=2e-5)
    assert ended["time"] == pytest.approx(expected, rel=5e-3)
    assert ended["net_charge [mAh/cm^2]"] == pytest.approx(ended["time"] / 3600, rel=1e-9)
    # The rest and the last step begin where it ended.
    assert model.time == pytest.approx(ended["time"] + 300 + 3600, rel=1e-9)
    assert (result.status, result.event.name) == ("stopped", "end of protocol")
    assert rows.rows[-1]["throughput [mAh/cm^2]"] == pytest.approx(ended["time"] / 3600 + 1)
    # What the march counts as time is what the model took.
    assert rows.of("dt").sum() == pytest.approx(model.time, rel=1e-9)


def test_a_value_that_is_never_met_leaves_the_step_its_time():
    model = cell(
        [{**STEP, "until": "2 V"}, {"voltage": "50 mV", "time": "60 s", "until": "9 A/m^2"}]
    )
    run(model)
    assert model.time == pytest.approx(3660.0, rel=1e-12)


def test_a_voltage_ends_at_a_current_density():
    """Pores that fill let more current through."""
    hold = {"voltage": "200 mV", "time": "40 min"}
    free, _ = run(cell([hold]), 120.0)
    current, time = free.of("current [mA/cm^2]"), free.of("time")
    assert np.all(np.diff(current) > 0)
    passed = free.of("net_charge [mAh/cm^2]")
    between = np.diff(time) / 3600 * (current[1:] + current[:-1]) / 2
    np.testing.assert_allclose(np.diff(passed), between, rtol=1e-6)
    wanted = float(np.interp(1200.0, time, current))
    rows, _ = run(cell([{**hold, "until": f"{wanted!r} mA/cm^2"}]), 120.0)
    assert rows.rows[-1]["current [mA/cm^2]"] == pytest.approx(wanted, rel=2e-5)
    assert rows.rows[-1]["time"] == pytest.approx(1200.0, rel=0.01)


def test_a_restored_cell_goes_on_in_its_step():
    steps = [{**STEP, "until": "240 mV"}, {"voltage": "50 mV", "time": "20 min"}, STEP]
    whole, _ = run(cell(steps))
    first = cell(steps)
    run(first, until=0.6 * whole.rows[-1]["time"])
    state, second = first.state(), cell(steps)
    for function in second.state().functions.values():
        function.x.array[:] = state.functions[function.name].x.array
    second.restore(state.scalars)
    assert second.schedule.place == first.schedule.place
    assert second.measure() == pytest.approx(first.measure())
    rows, _ = run(second, until=whole.rows[-1]["time"])
    assert rows.rows[-1]["time"] == pytest.approx(whole.rows[-1]["time"], rel=1e-3)
    assert rows.rows[-1]["throughput [mAh/cm^2]"] == pytest.approx(
        whole.rows[-1]["throughput [mAh/cm^2]"], rel=2e-3
    )
    fixed = {name: value for name, value in state.scalars.items() if "protocol" not in name}
    with pytest.raises(InputError, match="that of the stopped run had none"):
        second.restore(fixed)
