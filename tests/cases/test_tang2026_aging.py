"""Aging of Tang 2026: voltages from impedance, the film, own cells, input."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.cases.tang2026.aging.parameters import Parameters
from lithode.cases.tang2026.aging.targets import void
from lithode.engine.runner import run_case
from lithode.output.history import read_history
from lithode.theory.film import FilmGrowth

NAME = "tang2026/aging"
OWN = (
    "fresh_resistivity=50", "early_resistivity=120", "late_resistivity=150", "early_cycle=10",
    "late_cycle=100", "last_cycle=1000",
)  # fmt: skip


def test_the_numbers_of_the_page(tmp_path):
    ratios = {}
    for electrode in ("Li", "Li3N"):
        run = run_case(NAME, pairs=[f"electrode={electrode}"], out=tmp_path / electrode)
        ratios |= {v.target.name: v.ratio for v in run.verdicts}
        assert (tmp_path / electrode / "figures" / "aging.png").is_file()
    for name, ratio in {
        "voltage of new cells at 0.3 mA/cm^2": 1.082,
        "voltage of Li after 20 cycles": 0.943,
        "voltage of Li3N after 20 cycles": 1.134,
        "voltage of Li3N after 5000 cycles": 1.276,
        "R_Interface of Li3N, cycle 20": 1.0,
        "R_Interface of Li3N, cycle 2000": 1.120,
        "R_Interface of Li3N, cycle 5000": 1.232,
        "R_void of Li after 150 cycles, by its interface": 0.723,
    }.items():
        assert ratios[name] == pytest.approx(ratio, rel=2e-3), name


def test_a_film_limits_its_own_growth():
    """R of the closed form against its differential equation, and its root of time."""
    film = FilmGrowth.through(10.0, (4.0, 13.0), (20.0, 15.0))
    assert film.at(4.0) == pytest.approx(13.0)
    assert film.at(20.0) == pytest.approx(15.0)
    time = np.linspace(4.0, 20.0, 4001)
    part = film.at(time) - 10.0
    assert np.gradient(part, time)[1:-1] == pytest.approx((film.rate / 2 / part)[1:-1], rel=1e-5)
    assert film.at(4e8) - 10 == pytest.approx(2 * (film.at(1e8) - 10), rel=1e-6)
    assert FilmGrowth.through(10.0, (0.0, 12.0), (1.0, 11.0)).at(100.0) == 10.0


def test_a_users_own_cell_ends_with_an_answer(tmp_path):
    run = run_case(NAME, pairs=OWN, out=tmp_path / "a")
    assert run.verdicts == []
    assert run.results["interface after 1000 cycles"].value > 150
    assert run.results["contact after 100 cycles, if that is what is lost"].value == 0.8


def test_a_measured_interface_gives_contact_voltage_and_current(tmp_path):
    """Half of the contact: twice the interface and the solid, half of the current it bears."""
    table = tmp_path / "own.csv"
    table.write_text("cycle,interface\n0,50 ohm cm\n10,100 ohm cm\n40,1.6 ohm m\n90,200 ohm cm\n")
    pairs = [f"interface_table={table}", "solid_resistivity=1000", "last_cycle=100"]
    run = run_case(NAME, pairs=pairs, out=tmp_path / "a")
    assert run.verdicts == []
    found = read_history(tmp_path / "a" / "tables" / "contact.csv")
    assert found["cycle [1]"].tolist() == [10, 40, 90]
    assert found["contact [1]"] == pytest.approx([1.0, 0.625, 0.5])
    assert found["void [ohm cm]"] == pytest.approx([0.0, 600.0, 1000.0])
    assert found["voltage [mV]"] == pytest.approx(0.3 * 0.07 * np.array([1100, 1760, 2200]))
    assert found["bearable_current [mA/cm^2]"] == pytest.approx([1.8, 1.125, 0.9])
    (voltage,) = (r for name, r in run.results.items() if name.startswith("voltage after 90"))
    assert voltage.value == pytest.approx(46.2)
    assert Parameters(interface_table=table).film.at(40.0) == pytest.approx(160.0)


def test_results_move_as_physics_says():
    pressed, plain = Parameters(pressure=20.0), Parameters()
    assert pressed.contact_of_pressure == pytest.approx(2 * plain.contact_of_pressure)
    assert void(Parameters(electrode="Li")) > void(plain)
    assert plain.voltage(100.0) == pytest.approx(2.1e-3)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["late_cycle=10"], "must be above early_cycle, 20"),
        (["last_cycle=5"], "must be above early_cycle, 20"),
        (["fresh_resistivity=50"], "give all three"),
        ([*OWN[:1], "early_resistivity=40", *OWN[2:]], "must be at least 50"),
        (["pressure=0"], "greater than 0"),
        (["interface_table=none.csv"], "none.csv"),
    ],
)
def test_bad_input(refused, pairs, words):
    refused(NAME, pairs, words)


@pytest.mark.parametrize(
    ("rows", "pairs", "words"),
    [
        ("0,1 ohm cm\n5,2 ohm cm", (), "two later ones"),
        ("1,1 ohm cm\n5,2 ohm cm\n9,3 ohm cm", (), "needs cycle 0"),
        ("0,1 ohm cm\n9,2 ohm cm\n5,3 ohm cm", (), "rising"),
        ("0,1 ohm cm\n5,2\n9,3 ohm cm", (), "has no unit"),
        ("0,1 ohm cm\n5,-2 ohm cm\n9,3 ohm cm", (), "above 0"),
        ("0,3 ohm cm\n5,2 ohm cm\n9,3 ohm cm", (), "at least 3"),
        ("0,1 ohm cm\n5,2 ohm cm\n9,3 ohm cm", OWN, "unset fresh_resistivity"),
    ],
)
def test_bad_tables(refused, tmp_path, rows, pairs, words):
    table = tmp_path / "own.csv"
    table.write_text(f"cycle,interface\n{rows}\n")
    refused(NAME, [f"interface_table={table}", *pairs], words)
