"""The verification cases: their book, and a coarse run in a binary electrolyte."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from mpi4py import MPI

from lithode.cases.verification.khoo2019 import simulation
from lithode.cases.verification.khoo2019.parameters import KhooParameters
from lithode.cases.verification.khoo2019.published import base_state, growth_rate
from lithode.cases.verification.notched_plate import simulation as plate
from lithode.cases.verification.notched_plate.parameters import PlateParameters
from lithode.cases.verification.pressurised_crack import simulation as filled_crack
from lithode.cases.verification.pressurised_crack.parameters import PRESETS, CrackParameters
from lithode.cases.verification.strength import simulation as bar
from lithode.cases.verification.strength.parameters import StrengthParameters
from lithode.core.errors import InputError
from lithode.engine import verify
from lithode.engine.report import shown
from lithode.solvers.numerics.march import march

BOOK = Path(__file__).parents[2] / "docs" / "verification-book.md"


def test_every_known_answer_is_in_the_book_and_holds():
    lines = BOOK.read_text().splitlines()
    for case in verify.cases():
        assert f"## {case.name}" in lines
        for target in case.targets:
            assert target.kind == "verification"
            start = f"| {target.name} | {shown(target.paper, '-')} | "
            row = next(line for line in lines if line.startswith(start))
            assert row.endswith("| yes |")


def judged(target, value):
    verdict = dataclasses.replace(target, read=lambda *_: value).judge({}, None)
    return verify.Check("verification/disc", target, verdict)


def test_a_book_holds_if_every_line_does():
    target = verify.cases(["verification/disc"])[0].targets[0]
    good, bad = judged(target, 1.001 * target.paper), judged(target, 1.5 * target.paper)
    missing = verify.Check("verification/disc", target, None)
    assert verify.Book([good]).holds
    assert good.cells[-3:] == ("+0.10%", "2.00%", "yes")
    for other in (bad, missing):
        book = verify.Book([good, other])
        assert not book.holds
        assert book.headline == "1 of 2 known answers are met"
        assert "NO" in book.text()
        assert "| NO |" in book.markdown()
    assert not verify.Book([]).holds


def test_a_case_that_verifies_nothing_is_refused():
    with pytest.raises(InputError, match="verification/dispersion"):
        verify.cases(["graded-li3n"])


def test_scenarios_go_to_their_processes_as_differences():
    case = verify.cases(["verification/khoo2019"])[0]
    parameters = case.parameters(current=1.0, wave_number=96.899277)
    assert verify._pairs(case, parameters) == ["current=1.0", "wave_number=96.899277"]


@pytest.mark.mpi
def test_a_wave_in_a_binary_electrolyte(comm):
    current, time, wave = 0.5, 0.2, 90.679241
    coarse = {"width_over_wave": 0.1, "elements_per_width": 4.0, "time_tolerance": 3e-3}
    parameters = KhooParameters(current=current, time=time, wave_number=wave, **coarse)
    run = simulation.build(parameters, comm, None)
    march(run.model, run.control, run.end_time)
    row, known = run.model.measure(), base_state(current, time)
    assert row["concentration [1]"] == pytest.approx(known["c_cathode"], rel=0.01)
    assert row["concentration_gradient [1]"] == pytest.approx(known["cx_cathode"], rel=0.01)
    assert row["potential_gradient [1]"] == pytest.approx(known["phix_cathode"], rel=0.02)
    assert row["overpotential [1]"] == pytest.approx(known["eta_cathode"], rel=0.01)
    rate = growth_rate(current, time, wave)
    assert row["growth_rate [1]"] == pytest.approx(rate, rel=0.12)
    assert row["lithium_defect [1]"] < 1e-6


class Rows:
    """What is measured as a march goes on."""

    def __init__(self):
        self.rows = []

    def step(self, model, record):
        self.rows.append(model.measure())

    def output(self, model):
        pass


def marched(run):
    """Return the columns of a whole run."""
    seen = Rows()
    march(run.model, run.control, run.end_time, run.output_times, [seen])
    return {name: [row[name] for row in seen.rows] for name in seen.rows[0]}


@pytest.mark.mpi
@pytest.mark.parametrize("kind", ["plane_strain", "solid"])
def test_the_strength_of_a_bar(comm, kind):
    p = StrengthParameters(regularisation="AT2", kinematics=kind, steps=30, elements=1 + comm.size)
    columns = marched(bar.build(p, comm, None))
    force = columns["force [uN]" if kind == "solid" else "force [N/m]"]
    assert max(force) / p.edge ** (p.dimension - 1) == pytest.approx(p.strength, rel=2e-3)


@pytest.mark.mpi
def test_a_crack_that_is_filled(comm):
    """Coarse, so that it is far from a sharp one; stored numbers."""
    p = CrackParameters(**PRESETS["quick"])
    columns = marched(filled_crack.build(p, comm, None))
    pressure = columns["pressure [MPa]"]
    assert max(pressure) / p.critical_pressure == pytest.approx(0.8478, abs=2e-3)
    assert pressure[-1] < 0.98 * max(pressure)
    assert p.volumes[1] / p.opened_volume(pressure[0]) == pytest.approx(1.416, abs=2e-3)


def test_a_notched_plate_breaks():
    """Coarse, so that it bears less than the published one; stored numbers."""
    p = PlateParameters(length=60.0, elements_per_length=1, stretch_step=0.4, last_stretch=7.0)
    columns = marched(plate.build(p, MPI.COMM_SELF, None))
    force = columns["force [N/m]"]
    assert max(force) / 1e6 == pytest.approx(0.5816, abs=2e-3)
    assert force[-1] < 0.1 * max(force)


@pytest.mark.parametrize(
    ("where", "stored"),
    [
        ({"place": "edge"}, 1.214),
        ({"compression": 100.0}, 1.445),
        ({"kinematics": "plane_stress"}, 1.383),
    ],
)
def test_the_volume_of_a_crack_before_it_grows(where, stored):
    """Coarse: over that of a sharp crack; stored numbers."""
    p = CrackParameters(**{**PRESETS["quick"], "last_volume": 0.25}, **where)
    sweep = filled_crack.build(p, MPI.COMM_SELF, None).model
    empty = sweep.measure()["pressure [MPa]"]
    # What compresses the block presses on the empty crack.
    assert empty == pytest.approx(p.compression, rel=0.1, abs=1e-9)
    sweep.advance(p.volumes[1])
    sweep.accept()
    pressure = sweep.measure()["pressure [MPa]"] - empty
    assert p.volumes[1] / p.opened_volume(pressure) == pytest.approx(stored, abs=2e-3)
