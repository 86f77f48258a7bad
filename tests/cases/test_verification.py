"""The verification cases: their book, and a coarse run in a binary electrolyte."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lithode.cases.verification.khoo2019 import simulation
from lithode.cases.verification.khoo2019.parameters import KhooParameters
from lithode.cases.verification.khoo2019.published import base_state, growth_rate
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
