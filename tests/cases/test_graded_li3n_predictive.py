"""The presets with no and with two calibrated constants: sources, and a coarse run."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.cases.graded_li3n.growth.predictive import CHOSEN, RANGES
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
    "tip_height [um]": (13.0633, 1e-3),
    "mean_height [um]": (10.8439, 1e-3),
    "pressure_mean_fine [MPa]": (6.7563, 3e-3),
    "cell_voltage [V]": (-4.5435e-3, 3e-3),
}


@pytest.mark.parametrize(("preset", "calibrated"), [("predictive", 0), ("two-eigenstrains", 2)])
def test_what_is_calibrated(preset, calibrated):
    rows = describe(find("graded-li3n").resolve(preset))
    assert sum(row.provenance == "calibrated" for row in rows) == calibrated
    assert {row.name for row in rows} >= set(CHOSEN[preset])


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
