"""Pore size against an even current, coarse: stored numbers, answers, restart, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.wang2024.pores.parameters import Parameters
from lithode.cases.wang2024.pores.targets import findings, largest_even
from lithode.core.errors import InputError
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.output.history import read_history
from lithode.solvers.numerics.march import march

COARSE = ("element_size=0.01", "element_size_far=0.1")

# Largest over mean current, and its spread, in pores of 0.5, 10 and 40 um.
STORED = {
    "p0.3": ([1.0175, 1.3008, 1.9191], [0.00605, 0.08985, 0.2126]),
    "p0.5": ([1.0097, 1.1804, 1.6128], [0.00355, 0.06131, 0.1760]),
    "p0.7": ([1.0051, 1.0995, 1.3666], [0.00196, 0.03655, 0.1217]),
}


@pytest.mark.mpi
def test_smaller_pores_are_more_even(comm, tmp_path):
    result = run_case("wang2024/pores", pairs=COARSE, out=tmp_path / "p")
    assert result.status == "completed"
    assert [v.target.name for v in result.verdicts if not v.reproduced] == []
    assert len(result.verdicts) == 2
    if comm.rank == 0:
        assert max(result.summary["conservation"].values()) < 1e-10
        history = read_history(result.directory / "history.csv")
        assert history["pore_size [um]"].tolist() == [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0]
        for label, (ratio, spread) in STORED.items():
            found = history[f"max_over_mean_{label} [1]"][[0, 4, 6]]
            assert found == pytest.approx(ratio, rel=3e-3)
            found = history[f"variation_{label} [1]"][[0, 4, 6]]
            assert found == pytest.approx(spread, rel=0.01)
        size = largest_even(history, 0.5)
        assert 2.0 < size < 5.0
        case = find("wang2024/pores")
        texts = findings(history, case.resolve(None, None, COARSE))
        assert f"porosity 0.5: the current at 4 mA/cm^2 exceeds its mean by less than 5 % for " \
            f"pores up to {size:.3g} um" in texts  # fmt: skip
        figures = {picture.name for picture in (result.directory / "figures").glob("*.png")}
        assert figures == {"potential.png", "strip.png", "spread.png", "history.png"}
    comm.Barrier()


def test_resumed_sweep_goes_further(tmp_path):
    out, one = tmp_path / "r", ["porosities=0.5", *COARSE]
    run_case("wang2024/pores", pairs=[*one, "pore_sizes=1,10"], out=out)
    run_case("wang2024/pores", pairs=["pore_sizes=1,10,40"], out=out, resume=True)
    found = read_history(out / "history.csv")["variation_p0.5 [1]"]
    case = find("wang2024/pores")
    whole = case.build(case.resolve(None, None, [*one, "pore_sizes=1,10,40"]), MPI.COMM_SELF, None)
    march(whole.model, whole.control, whole.end_time)
    assert found[-1] == pytest.approx(whole.model.measure()["variation_p0.5 [1]"], rel=1e-9)
    for sizes, words in (
        ("0.5,1,10,40", r"pore_size = 0.5 um: is not in the history and before .* d = 40 um"),
        ("1,5,10,40", "pore_size = 5 um: is not in the history"),
        ("1,10", r"pore_size = 10 um: must not be before .* d = 40 um"),
    ):
        with pytest.raises(InputError, match=words):
            run_case("wang2024/pores", pairs=[f"pore_sizes={sizes}"], out=out, resume=True)
    assert read_history(out / "history.csv")["pore_size [um]"].tolist() == [1.0, 10.0, 40.0]


def test_even_sizes_are_read_off():
    def history(*ratios):
        return {"pore_size [um]": [1.0, 2.0, 3.0], "max_over_mean_p0.5 [1]": ratios}

    arrays = {name: np.array(v) for name, v in history(1.0, 1.04, 1.06).items()}
    assert largest_even(arrays, 0.5) == pytest.approx(2.5)
    arrays = {name: np.array(v) for name, v in history(1.0, 1.01, 1.02).items()}
    assert largest_even(arrays, 0.5) == 3.0
    arrays = {name: np.array(v) for name, v in history(1.1, 1.2, 1.3).items()}
    assert largest_even(arrays, 0.5) == 0.0


@pytest.mark.parametrize(
    ("pair", "field", "words"),
    [
        ("porosities=0", "porosities", "between 0 and 1"),
        ("porosities=0.5,1", "porosities", "between 0 and 1"),
        ("porosities=-0.2", "porosities", "between 0 and 1"),
        ("porosities=0.5,0.5", "porosities", "each once"),
        ("porosities=0.5,0.501", "element_size", "must be at most"),
        ("pore_sizes=-1,2", "pore_sizes", "must rise from above 0"),
        ("pore_sizes=0", "pore_sizes", "must rise from above 0"),
        ("pore_sizes=2,1", "pore_sizes", "must rise from above 0"),
        ("pore_sizes=1 mA", "pore_sizes", "give a number in um"),
        ("ionic_conductivity=0", "ionic_conductivity", "greater than 0"),
        ("current=0", "current", "greater than 0"),
        ("composition=LNI-7CNT", "composition", "must be one of"),
        ("element_size=0.3", "element_size", "must be at most"),
    ],
)
def test_bad_input(refused, pair, field, words):
    builders = ["lithode.meshes.contact_strips.build"]
    refused("wang2024/pores", [pair], words, field=field, builders=builders)


def test_probe_reads_the_options():
    (probe,) = find("wang2024/pores").probes(Parameters())
    assert probe().domain.mesh.comm.size == MPI.COMM_SELF.size
