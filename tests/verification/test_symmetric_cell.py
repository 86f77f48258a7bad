"""Lithium against a lithium foil: what plates is stripped, and the current is a closed form's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mpi4py import MPI

from lithode.core.constants import inverse_thermal_voltage
from lithode.core.errors import InputError
from lithode.meshes.structured import structured
from lithode.solvers.electrodeposition.initial import initial_lithium
from lithode.solvers.electrodeposition.inputs import Inputs
from lithode.solvers.electrodeposition.model import Electrodeposition
from lithode.solvers.electrodeposition.setup import simulation
from lithode.solvers.numerics.march import march

WIDTH, HEIGHT, FILM, FOIL = 2.0, 30.0, 6.0, 8.0
STRIP = Inputs(
    counter_electrode="lithium",
    foil_thickness=FOIL,
    initial_thickness=FILM,
    width=WIDTH,
    height=HEIGHT,
    nuclei=0,
    nucleus_height=0.0,
    interface_width=1.2,
    drive_ratio=0.3,
    noise_amplitude=0.0,
    exchange_current_density=200.0,
    conductivity=0.02,
    overpotential=-0.05,
    eigenstrain=0.0,
    time_tolerance=2e-3,
    end_time=40.0,
    solver="direct",
)


class Rows(list):
    def step(self, model, record):
        self.append({"time": model.time, **model.measure()})

    def output(self, model):
        pass


def run(comm, columns=2, **changed):
    """The model at the end, and the row of every step."""
    p = Inputs(**{**STRIP.model_dump(), **changed})
    made = simulation(p, lambda: structured(comm, p.lengths, (columns, 150)))
    rows = Rows([{"time": 0.0, **made.model.measure()}])
    result = march(made.model, made.control, p.end_time, observers=[rows])
    return made.model, rows, result


CASES = {
    "fixed anions": {},
    "held current": {"mode": "galvanostatic", "current": 1.5},
    "free anions": {"transport": "binary", "diffusivity": 5e-11},
    "one potential": {"transport": "binary", "diffusivity": 5e-11, "charge": "one_potential"},
}


@pytest.mark.mpi
@pytest.mark.parametrize("name", CASES)
def test_a_symmetric_cell_keeps_its_lithium_and_its_charge(comm, name):
    model, rows, result = run(comm, **CASES[name], end_time=20.0)
    assert result.status == "completed"
    first, last = rows[0], rows[-1]
    assert max(row["lithium_defect [1]"] for row in rows) < 1e-10
    # One potential carries round-off of the metal that is not at zero.
    charge = 1e-6 if name == "one potential" else 1e-7
    assert max(row["charge_defect [1]"] for row in rows[1:]) < charge
    assert model.state().scalars["inflow"] == 0.0
    grown = last["mean_height [um]"] - first["mean_height [um]"]
    assert grown > 0.03
    # No lithium comes in: what is plated at one end is what the other loses.
    lost = first["lithium [um^2]"] - last["lithium [um^2]"]
    if "transport" not in CASES[name]:
        assert abs(lost) < 1e-7 * grown * WIDTH
        currents = last["plating_current [A/m^2]"], last["stripping_current [A/m^2]"]
        assert currents[0] == pytest.approx(currents[1], rel=1e-7)
    else:
        assert abs(lost) < 0.5 * grown * WIDTH  # the rest has left the electrolyte
    ends = last["electrode_current [A/m^2]"], last["counter_electrode_current [A/m^2]"]
    if name != "one potential":
        assert ends[0] == pytest.approx(-ends[1], rel=1e-7)
    if name == "held current":
        assert ends[1] == pytest.approx(15.0, rel=1e-8)


def test_the_current_is_that_of_two_surfaces_and_the_electrolyte_between_them():
    """V = i L / sigma + 2 (2/f) asinh(i / (2 i_0)), of the ionic current."""
    model, rows, _ = run(MPI.COMM_SELF)
    p, row = STRIP, rows[-1]
    f = inverse_thermal_voltage(p.temperature)
    gain = model.parameters.lithium_gain / p.site_density
    current = row["plating_current [A/m^2]"] * gain
    exchange = p.exchange_current_density * gain
    gap = HEIGHT - FOIL - FILM  # what plates opens at the other end
    ohmic = current * gap * 1e-6 / 0.02
    kinetic = 2 * 2 / f * math.asinh(current / (2 * exchange))
    assert ohmic > 0.2 * 0.05
    assert kinetic > 0.2 * 0.05
    assert ohmic + kinetic == pytest.approx(0.05, rel=0.02)
    # Besides, a hundredth of the conductivity is left to electrons in the electrolyte.
    leak = row["counter_electrode_current [A/m^2]"] - current
    assert 1.0 < leak / (0.01 * 0.02 * 0.05 / (gap * 1e-6)) < 1.5  # the fronts are diffuse


@pytest.mark.mpi
def test_a_cell_ends_where_its_foil_does(comm):
    _, rows, result = run(comm, foil_thickness=2.0, end_time=3000.0, time_tolerance=1e-2)
    assert result.event.name == "foil used up"
    grown = rows[-1]["mean_height [um]"] - rows[0]["mean_height [um]"]
    assert 0.3 < grown < 2.0


@pytest.mark.mpi
@pytest.mark.parametrize(("gap", "events"), [(1.0, ["short circuit"]), (1.6, [])])
def test_a_tip_within_an_interface_width_of_the_foil_is_a_short_circuit(comm, gap, events):
    d = STRIP.interface_width / (2 * math.log(9))

    def bump(x):
        front = 10 + (HEIGHT - FOIL - gap - 10) * np.exp(-((x[:, 0] - 3) ** 2))
        film = 0.5 * (1 - np.tanh((x[:, 1] - front) / (2 * d)))
        return np.maximum(film, 0.5 * (1 + np.tanh((x[:, 1] - HEIGHT + FOIL) / (2 * d))))

    mesh = structured(comm, (6.0, HEIGHT), (24, 150))
    model = Electrodeposition(mesh, STRIP.model, bump, STRIP.numerics)
    assert [event.name for event in model.events()] == events
    row = model.measure()
    assert row["tip_height [um]"] == pytest.approx(HEIGHT - FOIL - gap, abs=0.1)
    assert row["mean_height [um]"] < 15.0


def test_one_potential_cannot_strip_between_fixed_anions():
    with pytest.raises(InputError, match="counter_electrode = lithium: needs two potentials"):
        _ = Inputs(counter_electrode="lithium", charge="one_potential").model


def test_initial_lithium_at_both_ends():
    y = np.linspace(0, HEIGHT, 301)
    xi = initial_lithium(STRIP)(np.column_stack([0 * y, y, 0 * y]))
    np.testing.assert_allclose(np.interp([FILM, HEIGHT - FOIL], y, xi), 0.5, atol=1e-6)
    assert xi[150] < 1e-6
    assert min(xi[0], xi[-1]) > 0.999
