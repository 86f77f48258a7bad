"""Fits of the toy case, whose answer is known."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI

from lithode.core.errors import InputError, SolverError
from lithode.engine.case import StudyCase
from lithode.engine.fit import command as fits
from lithode.engine.fit.search import Search
from lithode.engine.fit.variables import Variable
from lithode.engine.registry import Found
from lithode.engine.rundir import read_input
from lithode.engine.study import Study, Tables
from lithode.engine.verdict import Target
from lithode.solvers.numerics.march import march

TRUE = 3e-12


def mean(history, _):
    return float(history["mean [K]"][-1])


@pytest.fixture
def toy(toy_case, monkeypatch):
    """The toy case with a target that it meets at a known diffusivity."""
    parameters = toy_case.resolve(None, {"diffusivity": TRUE})
    simulation = toy_case.build(parameters, MPI.COMM_SELF, None)
    march(simulation.model, simulation.control, simulation.end_time)
    reached = simulation.model.measure()["mean [K]"]
    target = Target(
        name="mean",
        paper=reached,
        unit="K",
        kind="calibrated",
        tolerance=0.01,
        read=mean,
        source="a run before",
    )
    case = replace(toy_case, targets=[target])
    monkeypatch.setattr(fits, "locate", lambda name: Found(case))
    return case


@pytest.mark.mpi
def test_one_parameter_is_found_again(comm, toy, tmp_path):
    out = tmp_path / "fit"
    found = fits.fit("toy", ["diffusivity=1e-13..1e-11 m^2/s"], starts=3, out=out, comm=comm)
    assert [s.good for s in found.sets] == [True] * 3
    assert sorted(s.start for s in found.sets) == [0, 1, 2]
    assert found.determined == 1
    for each in found.sets:
        assert each.values[0] == pytest.approx(TRUE, rel=0.1)
    assert "all of them" in found.statement()
    if comm.rank == 0:
        assert (out / "figures" / "fit.png").is_file()
        assert read_input(out / "case.yaml").parameters["diffusivity"] == found.sets[0].values[0]
        with (out / "fits.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert float(rows[0]["diffusivity [m^2/s]"]) == found.sets[0].values[0]
    comm.Barrier()


def test_two_parameters_for_one_number_are_not(toy, tmp_path):
    """Only diffusivity over width squared counts: the fit says that one combination is free."""
    vary = ["diffusivity=3e-13..3e-11", "width=4..25"]
    found = fits.fit("toy", vary, starts=3, runs=40, out=tmp_path / "fit")
    assert found.determined == 1
    assert len(found.good) >= 2
    widths = [s.values[1] for s in found.good]
    assert max(widths) / min(widths) > 1.3
    products = [s.values[0] / s.values[1] ** 2 for s in found.good]
    assert max(products) / min(products) < 1.2
    assert "1 remain free" in found.statement()
    assert "factor" in found.table()


def test_range_without_effect_determines_nothing(toy, tmp_path):
    """Good everywhere, so that the value says nothing."""
    found = fits.fit("toy", ["diffusivity=2.999e-12..3.001e-12"], starts=1, out=tmp_path / "fit")
    assert found.sets[0].good
    assert found.determined == 0
    assert "1 remain free" in found.statement()


@pytest.fixture
def squares(toy, monkeypatch):
    """Returns a maker of a study whose only number is the square of the width, and its target."""

    def make(**given):
        def build(parameters):
            return Study(lambda progress: Tables({"mean [K]": np.array([parameters.width**2])}))

        target = Target(
            name="square",
            paper=9.0,
            kind="calibrated",
            tolerance=0.01,
            read=mean,
            source="ours",
            **given,
        )
        case = StudyCase(
            name="toy",
            title="-",
            parameters=toy.parameters,
            presets=toy.presets,
            build=build,
            targets=[target],
        )
        monkeypatch.setattr(fits, "locate", lambda name: Found(case))
        return case

    return make


def test_case_without_a_mesh(squares, tmp_path):
    """A study is fitted as a simulation is."""
    squares()
    found = fits.fit("toy", ["width=1..20"], starts=2, out=tmp_path / "fit")
    assert found.sets[0].values[0] == pytest.approx(3.0, rel=1e-2)


def test_a_bound_that_is_kept_asks_for_no_more(squares, tmp_path):
    width = squares(bound="above").resolve().width
    assert width > 3
    found = fits.fit("toy", ["width=1..20"], starts=1, out=tmp_path / "above").sets[0]
    assert found.values[0] == pytest.approx(width)
    assert (found.misfit, found.good) == (0.0, True)
    squares(bound="below")
    found = fits.fit("toy", ["width=1..20"], starts=1, out=tmp_path / "below").sets[0]
    assert found.good
    assert found.values[0] < 3


def test_targets_that_are_not_met_are_told(toy, tmp_path):
    found = fits.fit("toy", ["diffusivity=1e-14..2e-14"], starts=1, runs=6, out=tmp_path / "fit")
    assert not found.sets[0].good
    assert found.sets[0].misfit > 1
    assert found.sets[0].runs <= 9


def test_runs_that_fail_count_as_far_off(toy, monkeypatch, tmp_path):
    """A solver that breaks for some values does not end the fit."""

    def build(parameters, comm, domain):
        if parameters.diffusivity > 5e-12:
            raise SolverError("breaks")
        return toy.build(parameters, comm, domain)

    monkeypatch.setattr(fits, "locate", lambda name: Found(replace(toy, build=build)))
    vary = ["diffusivity=1e-12..1e-9"]
    found = fits.fit("toy", vary, starts=2, runs=30, out=tmp_path / "fit", seed=3)
    assert found.sets[0].good


def test_command(command, tmp_path):
    """On the interphase, by the conductivity that was fitted before."""
    out = tmp_path / "fit"
    words = ["--vary", "electronic_conductivity", "--starts", 1, "--runs", 3, "--out", out]
    code, text, errors = command("fit", "cheng2020/interphase", *words)
    assert (code, errors) == (0, [])
    assert "electronic_conductivity [S/cm]" in text
    assert "1 of 1 starts reproduce all calibrated targets." in text
    code, _, errors = command("fit", "cheng2020/interphase", "--vary", "sigma")
    assert code == 2
    assert len(errors) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"vary": ["difusivity"]}, "did you mean diffusivity"),
        ({"vary": ["grains"]}, "no number"),
        ({"vary": ["diffusivity=1e-12"]}, "name=low..high"),
        ({"vary": ["diffusivity=2e-12..1e-12"]}, "must rise"),
        ({"vary": ["diffusivity=1um..2um"]}, "number in m"),
        ({"vary": ["diffusivity=-1e-12..1e-12"]}, "at least 0"),
        ({"vary": ["diffusivity", "diffusivity"]}, "given twice"),
        ({"vary": ["diffusivity"], "pairs": ["diffusivity=1e-12"]}, "is set"),
        ({"vary": []}, "no calibrated parameters"),
        ({"vary": ["diffusivity"], "starts": 0}, "--starts = 0: must be at least 1"),
        ({"vary": ["diffusivity"], "starts": 10**12}, "at most 1000000"),
        ({"vary": ["diffusivity"], "seed": -1}, "--seed = -1: must be at least 0"),
    ],
)
def test_bad_input(toy, tmp_path, monkeypatch, options, words):
    monkeypatch.setattr(Search, "judged", None)  # never gets that far
    with pytest.raises(InputError, match=words):
        fits.fit("toy", out=tmp_path / "bad", **options)
    assert not (tmp_path / "bad").exists()


def test_case_without_calibrated_numbers(toy_case, tmp_path):
    with pytest.raises(InputError, match="no calibrated numbers"):
        fits.fit("toy", ["diffusivity"], out=tmp_path / "bad")


def test_start_that_is_not_the_papers_has_nothing_to_be_fitted_to(toy, tmp_path):
    """Only the start decides: values tried on the way depart from the paper by definition."""
    with pytest.raises(InputError, match="departs from the paper in width"):
        fits.fit("toy", ["diffusivity"], pairs=["width=20"], out=tmp_path / "bad")
    assert not (tmp_path / "bad").exists()


def test_places_and_values():
    ratio = Variable("k", "1/s", 1.0, 100.0)
    even = Variable("x", "", -1.0, 3.0)
    assert ratio.value(0.5) == pytest.approx(10.0)
    assert even.value(0.5) == pytest.approx(1.0)
    for variable in (ratio, even):
        for place in np.linspace(0, 1, 5):
            assert variable.place(variable.value(place)) == pytest.approx(place)
