"""The impedance scenario of Tang 2026, coarse: Table 2, lost contact, ranks, restart, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.tang2026.impedance.readings import BANDS
from lithode.cases.tang2026.measured import TABLE_2
from lithode.core.errors import InputError
from lithode.engine.registry import find
from lithode.engine.runner import run_case, warm_up
from lithode.output.fields import FieldReader
from lithode.output.history import read_history
from lithode.solvers.numerics.checkpoint import read_domain, restore, write_checkpoint
from lithode.spectroscopy import drt
from lithode.spectroscopy.spectrum import read_spectrum

NAME = "tang2026/impedance"
COARSE = ("points_per_decade=5", "refinement=8")


def values(result):
    return {verdict.target.name: verdict.computed for verdict in result.verdicts}


@pytest.mark.mpi
def test_layered_cell_gives_table_2_back(comm, tmp_path):
    result = run_case(NAME, pairs=["points_per_decade=8"], out=tmp_path / "r", comm=comm)
    assert result.status == "completed"
    assert [v.target.name for v in result.verdicts if not v.reproduced] == []
    assert {v.target.kind for v in result.verdicts if "by DRT" in v.target.name} == {"input"}
    if comm.rank == 0:
        assert result.summary["conservation"]["charge"] < 1e-12
        history = read_history(tmp_path / "r" / "history.csv")
        assert next(iter(history)) == "frequency [Hz]"
        assert len(history["frequency [Hz]"]) == 53
        assert history["impedance_real [ohm cm^2]"][0] == pytest.approx(177.7, rel=1e-3)
        reader = FieldReader(tmp_path / "r" / "fields.vtkhdf")
        assert reader.grid.dimension == 1
        heights, potential = reader.grid.points[:, 0], reader.values("potential_real", 0)
        slope = np.diff(potential[np.argsort(heights)])
        np.testing.assert_allclose(slope, slope[0], rtol=1e-9)
        names = {p.name for p in (tmp_path / "r" / "figures").glob("*.png")}
        assert names == {"spectrum.png", "drt.png", "potential.png"}
        spectrum = read_spectrum(tmp_path / "r" / "tables" / "spectrum.csv")
        assert spectrum.unit == "ohm cm"
        assert spectrum.impedance[0].real == pytest.approx(2539.7, abs=4)
    comm.Barrier()


@pytest.mark.parametrize(("electrode", "cycle"), TABLE_2)
@pytest.mark.parametrize("noise", [0.0, 2e-3])
def test_every_row_of_table_2_comes_back(electrode, cycle, noise):
    """The series formula stands for the finite elements, which agree with it to 1e-15."""
    case = find(NAME)
    p = case.resolve(None, {"electrode": electrode, "cycle": cycle})
    frequency = np.array(p.frequencies)
    z = p.formula(2 * np.pi * frequency) / (1e-8 * p.thickness)
    drawn = np.random.default_rng(3).standard_normal((2, len(z)))
    found = drt.analyse(frequency, z + noise * np.abs(z) * (drawn[0] + 1j * drawn[1]))
    row = TABLE_2[electrode, cycle]
    loose = 1 if noise == 0 else 3
    bands = {name: found.resistance_between(*band) for name, band in BANDS.items()}
    assert found.series_resistance == pytest.approx(row.bulk.value, rel=0.02)
    assert bands["grain boundary"] == pytest.approx(row.grain_boundary.value, rel=0.02)
    assert bands["interface"] == pytest.approx(row.interface.value, rel=0.03 * loose, abs=8)
    void = row.void.value if row.void else 0.0
    assert bands["void"] == pytest.approx(void, rel=0.03, abs=30)


@pytest.fixture
def lost(run_once):
    """Coarse runs with lost contact by preset."""
    return lambda preset: run_once(NAME, preset=preset, pairs=COARSE)


def test_macroscopic_loss_of_contact(comm, lost):
    result = lost("macroscopic")
    computed = values(result)
    kinds = {v.target.name: v.target.kind for v in result.verdicts}
    assert kinds["R_void by DRT"] == "calibrated"
    assert kinds["R_Interface by DRT"] == "predicted"
    assert computed["R_void by DRT"] == pytest.approx(648.2, rel=0.01)
    assert computed["R_Interface by DRT"] == pytest.approx(442.3, rel=0.01)
    assert 1e4 < computed["frequency of the void peak"] < 1e5
    missed = [v.target.name for v in result.verdicts if not v.reproduced]
    assert missed == ["R_Interface by DRT"]
    assert str(result.score).startswith("predicted 0 of 1, calibrated 1 of 1")
    if comm.rank == 0:
        assert result.summary["conservation"]["charge"] < 1e-9
        figures = result.directory / "figures"
        assert len(list(figures.glob("fields-*.png"))) == 3
        reader = FieldReader(result.directory / "fields.vtkhdf")
        assert {"potential_real", "potential_imag", "current_density"} == set(reader.names)
    comm.Barrier()


def test_micron_voids_do_not_explain_the_peak(lost):
    computed = values(lost("micron"))
    assert computed["R_void by DRT"] < 60
    assert computed["frequency of the void peak"] is None
    voids = [v.target for v in lost("micron").verdicts if "void" in v.target.name]
    assert {target.kind for target in voids} == {"predicted"}
    assert all(target.repeats for target in voids)
    assert not list((lost("micron").directory / "figures").glob("fields-*.png"))


@pytest.mark.parametrize("pair", ["contact_fraction=0.641", "gap=11 nm", "width=4000"])
def test_a_nudge_of_a_tuned_parameter_predicts_nothing(pair):
    case = find(NAME)
    assert case.targets_of(case.resolve("macroscopic", pairs=[pair])) == []
    tuned = {t.name: t.kind for t in case.targets_of(case.resolve("macroscopic"))}
    assert tuned["R_void by DRT"] == tuned["frequency of the void peak"] == "calibrated"
    assert [name for name, kind in tuned.items() if kind == "predicted"] == ["R_Interface by DRT"]


@pytest.mark.parametrize("pair", ["regularisation=0.1", "noise=0.05", "points_per_decade=4"])
def test_another_analysis_is_not_held_against_the_paper(pair):
    case = find(NAME)
    assert case.targets_of(case.resolve(pairs=[pair])) == []


def test_agreement_with_a_formula_is_no_prediction():
    case = find(NAME)
    kinds = {t.name: t.kind for t in case.targets_of(case.resolve())}
    assert kinds["largest difference from the series formula"] == "verification"
    assert set(kinds.values()) == {"input", "verification"}


def test_a_sweep_of_a_few_points_has_results(tmp_path):
    pairs = ["points_per_decade=3", "highest_frequency=100"]
    result = run_case(NAME, pairs=pairs, out=tmp_path / "r")
    assert result.results["resistance at the lowest frequency"].value > 100
    assert "R_b by DRT" not in result.results
    assert (tmp_path / "r" / "tables" / "spectrum.csv").is_file()
    assert [f.name for f in (tmp_path / "r" / "figures").glob("*.png")] == ["potential.png"]


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("pairs", "modulus"),
    [
        (("geometry=disc",), 181.29),
        (("geometry=strip", "loss=one"), 175.6),
        (("geometry=box", "width=300um", "contact_fraction=0.5", "refinement=4"), 160.9),
    ],
)
def test_geometries_on_ranks_and_alone(comm, pairs, modulus):
    case = find(NAME)
    parameters = case.resolve(None, None, [*COARSE[:1], *pairs])
    for group in (comm, MPI.COMM_SELF):
        simulation = case.build(parameters, group, None)
        z = simulation.model.measure()["impedance_real [ohm cm^2]"]
        assert z == pytest.approx(modulus, rel=5e-3)


@pytest.mark.mpi
def test_a_resumed_sweep_goes_on_where_it_was(comm, tmp_path):
    case = find(NAME)
    parameters = case.resolve(None, None, COARSE)
    first = case.build(parameters, comm, None).model
    first.advance(99.0)
    first.accept()
    path = write_checkpoint(tmp_path, first, case=NAME, parameters_hash="")
    second = case.build(parameters, comm, read_domain(path, comm)).model
    restore(path, second)
    assert second.time == pytest.approx(100.0)
    assert second.measure() == pytest.approx(first.measure(), abs=1e-12)


def test_options_of_the_solver_are_checked(tmp_path):
    options = ["-impedance_ksp_type", "gmres", "-impedance_ksp_typo", "1"]
    with pytest.raises(InputError, match="ksp_typo"):
        run_case(NAME, out=tmp_path / "o", petsc_options=options)
    assert not (tmp_path / "o").exists()


def test_options_and_warm_up(tmp_path):
    pairs = ["points_per_decade=3", "highest_frequency=1000"]
    options = ["-impedance_ksp_type", "gmres"]
    result = run_case(NAME, pairs=pairs, out=tmp_path / "o", petsc_options=options)
    assert result.summary["steps"] == 9
    case = find(NAME)
    warm_up(case, case.resolve(None, None, pairs))


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (("electrode=Na",), "must be one of Li, Li3N"),
        (("cycle=2000",), "Table 2 has 0, 20, 150 for Li"),
        (("electrode=Li3N", "cycle=21"), "Table 2 has 0, 20, 150, 2000, 5000"),
        (("geometry=disc", "contact_cycle=21"), "Table 2 has 0, 20, 150"),
        (("geometry=ball",), "must be one of layered"),
        (("thickness=0",), "greater than 0"),
        (
            (
                "geometry=disc",
                "width=-1",
            ),
            "greater than 0",
        ),
        (("contact_fraction=0",), "greater than 0"),
        (("contact_fraction=1.1",), "at most 1"),
        (("geometry=box", "contact_fraction=0.9"), "at most 0.785 of its square"),
        (("gap=10 Hz",), "in nm"),
        (("interface_exponent=1.2",), "at most 1"),
        (("highest_frequency=5", "lowest_frequency=1"), "a decade above"),
        (("points_per_decade=1",), "at least 3"),
        (("regularisation=0",), "greater than 0"),
        (("bulk_resistivity=3 ohm",), "in ohm cm"),
    ],
)
def test_bad_input(tmp_path, monkeypatch, pairs, words):
    monkeypatch.setattr("lithode.meshes.contact.build", None)  # never gets that far
    monkeypatch.setattr("lithode.cases.tang2026.impedance.simulation.structured", None)
    with pytest.raises(InputError, match=words):
        run_case(NAME, pairs=pairs, out=tmp_path / "bad")
    assert not (tmp_path / "bad").exists()
