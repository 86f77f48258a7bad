"""The command ``lithode drt``."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from lithode.cli import main
from lithode.spectroscopy.spectrum import Spectrum
from lithode.theory.circuit import Resistor, Series, Zarc

FREQUENCY = np.geomspace(1.0, 3e6, 66)
EXACT = Series((Resistor(20.0), Zarc(80.0, 5e5, 0.95), Zarc(25.0, 300.0, 0.85)))


@pytest.fixture
def measured(tmp_path):
    z = EXACT(2 * np.pi * FREQUENCY)
    return Spectrum(FREQUENCY, z, "ohm cm^2").write(tmp_path / "measured.csv")


@pytest.fixture
def call(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as stop:
            main(["drt", *map(str, arguments)])
        return stop.value.code, *capsys.readouterr()

    return run


def rows(path):
    with path.open() as file:
        return list(csv.DictReader(file))


def test_peaks_are_told_and_written(call, measured, tmp_path):
    code, output, errors = call(measured)
    assert (code, errors) == (0, "")
    assert "66 points, 1 to 3e+06 Hz; lambda 0.001" in output
    assert "come out as one" in output
    out = tmp_path / "results" / "drt-measured"
    peaks = [float(row["resistance [ohm cm^2]"]) for row in rows(out / "peaks.csv")]
    assert peaks[0] == pytest.approx(80.0, rel=0.02)
    assert peaks[-1] == pytest.approx(25.0, rel=0.03)
    assert f"{peaks[0]:.5g} ohm cm^2" in output
    assert "F/cm^2" in output
    curve = rows(out / "drt.csv")
    tau = np.array([float(row["tau [s]"]) for row in curve])
    gamma = np.array([float(row["gamma [ohm cm^2]"]) for row in curve])
    assert np.trapezoid(gamma, np.log(tau)) == pytest.approx(105.0, rel=0.02)
    assert all(float(row["resistance_p05 [ohm cm^2]"]) > 0 for row in rows(out / "peaks.csv"))
    assert "5 to 95 %: of 100 draws" in output
    assert (
        max(abs(float(row["kramers_kronig_real [1]"])) for row in rows(out / "residuals.csv"))
        < 1e-4
    )
    for name in ("spectrum.png", "drt.png", "residuals.png"):
        assert (out / name).stat().st_size > 10_000
        assert str(out.relative_to(tmp_path) / name) in output


def test_options(call, measured, tmp_path):
    assert (
        "lambda 0.01;"
        in call(measured, "--lambda", "1e-2", "--draws", 0, "--out", tmp_path / "o")[1]
    )
    assert (tmp_path / "o" / "drt.csv").exists()
    chosen = call(measured, "--lambda", "cv", "--draws", 0)[1]
    assert "lambda 0.001;" not in chosen


def test_the_other_sign_convention_is_said(call, measured, tmp_path):
    path = tmp_path / "other.csv"
    Spectrum(FREQUENCY, EXACT(2 * np.pi * FREQUENCY).conj(), "ohm").write(path)
    code, output, _ = call(path)
    assert code == 0
    assert output.startswith("note: Im [ohm] is taken as its heading says")
    code, output, _ = call(path, "--negate", "--area", "0.5 cm^2", "--draws", 0)
    assert code == 0
    assert "note: ohm are taken times 0.5 cm^2" in output
    peaks = rows(tmp_path / "results" / "drt-other" / "peaks.csv")
    assert float(peaks[0]["resistance [ohm cm^2]"]) == pytest.approx(40.0, rel=0.02)


def test_the_history_of_a_run_is_a_spectrum_too(call, measured, tmp_path):
    path = tmp_path / "history.csv"
    text = (
        measured.read_text().replace("Re [", "impedance_real [").replace("Im [", "impedance_imag [")
    )
    path.write_text(text)
    assert call(path)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("none.csv",), "cannot be read"),
        (("measured.csv", "--lambda", "-1"), "--lambda = -1: give a number greater than 0, or cv"),
        (("measured.csv", "--lambda", "much"), "or cv"),
        (("measured.csv", "--out", "measured.csv"), "cannot be written"),
        (("peaks.csv", "--out", "."), "would overwrite peaks.csv"),
        (("short.csv",), "at least 10 points"),
        (("nounit.csv",), "has no unit"),
        (("measured.csv", "--draws", "1"), "must be 0 or at least 2"),
        (("measured.csv", "--area", "2"), "in ohm cm^2 already"),
        (("measured.csv", "--area", "0"), "greater than 0"),
        (("measured.csv", "--area", "2 ohm"), "cm^2"),
    ],
)
def test_bad_input_is_one_line(call, measured, tmp_path, arguments, words):
    text = measured.read_text()
    (tmp_path / "peaks.csv").write_text(text)
    (tmp_path / "short.csv").write_text("\n".join(text.splitlines()[:8]))
    (tmp_path / "nounit.csv").write_text(text.replace(" [ohm cm^2]", ""))
    code, output, errors = call(*arguments)
    assert (code, output) == (2, "")
    assert len(errors.splitlines()) == 1
    assert words in errors
    assert (tmp_path / "peaks.csv").read_text() == text


def test_on_two_ranks_it_is_done_once(command, measured, tmp_path):
    code, output, errors = command("drt", measured, "--out", tmp_path / "o", ranks=2)
    assert (code, errors) == (0, [])
    assert output.count("66 points") == 1
