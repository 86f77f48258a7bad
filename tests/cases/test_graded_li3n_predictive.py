"""The presets with no and with two calibrated constants: sources, and a coarse run."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.cases.graded_li3n.predictive import CHOSEN, RANGES
from lithode.core.parameters import describe
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.output.history import read_history

SMALL = {
    "width": 12,
    "height": 24,
    "particles": "fine",
    "nuclei": 1,
    "initial_thickness": 7,
    "interface_width": 2,
    "element_size": 0.75,
    "output_times": (),
    "end_time": 2400,
}
# Value and relative tolerance.
STORED = {
    "tip_height [um]": (13.0051, 1e-3),
    "mean_height [um]": (10.8439, 1e-3),
    "pressure_mean_fine [MPa]": (6.7563, 3e-3),
    "cell_voltage [V]": (-4.5573e-3, 3e-3),
}

# The bilayer: half a channel beside half a block, until half of LZC is covered.
SMALL_BILAYER = {
    **{name: value for name, value in SMALL.items() if name != "particles"},
    "width": 16,
    "layer_thickness": 13,
    "particle_positions": (4,),
    "particle_width": 8,
    "particle_height": 4,
    "particle_bevel": 1,
    "end_time": 4500,
}
STORED_BILAYER = {
    "tip_height [um]": (13.6577, 1e-3),
    "mean_height [um]": (11.7510, 1e-3),
    "covered_fraction [1]": (0.4583, 5e-2),
    "lithium_fraction_coarse [1]": (0.6170, 1e-2),
    "pressure_background [MPa]": (3.7281, 3e-3),
    "cell_voltage [V]": (-2.9085e-3, 3e-3),
}


@pytest.mark.parametrize(
    ("case", "preset", "calibrated"),
    [
        ("graded-li3n", "predictive", 0),
        ("graded-li3n", "two-eigenstrains", 2),
        ("graded-li3n/bilayer", "predictive", 0),
    ],
)
def test_what_is_calibrated(case, preset, calibrated):
    rows = describe(find(case).resolve(preset))
    assert sum(row.provenance == "calibrated" for row in rows) == calibrated
    assert {row.name for row in rows} >= set(CHOSEN[preset])


def test_both_figures_have_one_li3n():
    one, other = (
        find(name).resolve("predictive").model for name in ("graded-li3n", "graded-li3n/bilayer")
    )
    assert one.regions == {name: other.regions[name] for name in one.regions}
    assert other.regions["lzc"].eigenstrain == one.regions["fine"].eigenstrain
    assert (one.kinetics, one.transport, one.charge) == (
        other.kinetics,
        other.transport,
        other.charge,
    )
    assert (one.interface, one.current_density) == (other.interface, other.current_density)


def test_a_changed_value_has_its_declared_source_again():
    rows = describe(find("graded-li3n").resolve("predictive", {"eigenstrain_fine": 3e-4}))
    assert next(row.provenance for row in rows if row.name == "eigenstrain_fine") == "calibrated"


def test_ranges_hold_the_values_and_are_resolved():
    case = find("graded-li3n")
    for one in RANGES:
        for name in one.names:
            assert one.low <= CHOSEN["predictive"][name].value <= one.high
            for value in (one.low, one.high):
                assert getattr(case.resolve("predictive", {name: value}), name) == value


@pytest.mark.mpi
def test_stored_numbers(tmp_path, comm):
    run_case(
        "graded-li3n",
        preset="predictive",
        values=SMALL,
        out=tmp_path / "run",
        comm=comm,
        figures=False,
    )
    history = read_history(tmp_path / "run" / "history.csv")
    found = {name: float(history[name][-1]) for name in STORED}
    assert found == {
        name: pytest.approx(value, rel=tolerance) for name, (value, tolerance) in STORED.items()
    }
    # Faraday's law: 5 A/m^2 for 2400 s.
    plated = history["mean_height [um]"][-1] - history["mean_height [um]"][0]
    assert plated == pytest.approx(1.3e-5 / 96485 * 5 * 2400 * 1e6, rel=3e-3)
    assert np.max(history["lithium_defect [1]"]) < 5e-4
    assert np.max(history["charge_defect [1]"]) < 1e-8
    # The mesh has followed the front.
    assert np.min(history["elements_per_width [1]"]) > 2.4
    comm.Barrier()


def test_stored_numbers_of_the_bilayer(tmp_path):
    out = tmp_path / "run"
    run_case(
        "graded-li3n/bilayer", preset="predictive", values=SMALL_BILAYER, out=out, figures=False
    )
    history = read_history(out / "history.csv")
    found = {name: float(history[name][-1]) for name in STORED_BILAYER}
    assert found == {
        name: pytest.approx(value, rel=tolerance)
        for name, (value, tolerance) in STORED_BILAYER.items()
    }
    plated = history["mean_height [um]"][-1] - history["mean_height [um]"][0]
    assert plated == pytest.approx(1.3e-5 / 96485 * 5 * 4500 * 1e6, rel=3e-3)
    # Lithium has met LZC, and is drawn into it by less than a width.
    assert history["tip_height [um]"][0] < 13 < history["tip_height [um]"][-1] < 13 + 2
    assert np.max(history["lithium_defect [1]"]) < 5e-4
    assert np.max(history["charge_defect [1]"]) < 1e-8
