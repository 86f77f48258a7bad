"""A run that was stopped at a random step and resumed is the uninterrupted one.

It is so to the last bit, but for solvers whose own rounding differs from run to run: BLAS and hypre
round by the alignment of memory, MUMPS on several ranks by who comes first (docs/reliability.md).
"""

from __future__ import annotations

import random
import signal

import h5py
import numpy as np
import pytest
from mpi4py import MPI

from lithode.core.errors import Interrupted
from lithode.engine.recorder import WALL
from lithode.engine.runner import run_case
from lithode.output.fields import FieldReader
from lithode.output.history import read_history

GROWTH = ["element_size=4", "element_size_inside=8", "interface_width=10", "end_time=120"]
FOLLOWS = ["particles=fine", "width=24", "height=60", "nuclei=1", "element_size=1.6",
           "interface_width=4", "end_time=250", "mesh=adaptive"]  # fmt: skip
QUANTITATIVE = ["preset=predictive", "particles=fine", "width=12", "height=24", "nuclei=1",
                "initial_thickness=7", "interface_width=2", "element_size=0.75", "end_time=2400",
                "output_times=2100"]  # fmt: skip
RUNS = {
    "graded-li3n": (
        ["graded-li3n", *QUANTITATIVE],
        ["graded-li3n", *FOLLOWS, "solver=direct"],
        ["graded-li3n", *GROWTH, "solver=direct", "concentration_bounds=kept"],
        ["graded-li3n", *GROWTH, "solver=iterative"],
        ["graded-li3n", *GROWTH, "solver=multigrid", "charge=two_potential"],
    ),
    "graded-li3n/fracture": (["graded-li3n/fracture", "preset=quick", "toughness_ratio=4",
                              "last_volume=4", "mesh=adaptive"],),
    "graded-li3n/bilayer": (["graded-li3n/bilayer", *GROWTH, "solver=iterative"],),
    "wang2024/transport": (["wang2024/transport", "element_size=4", "element_size_far=8"],),
    "wang2024/nucleation": (["wang2024/nucleation", "element_size=4", "element_size_far=8"],),
    "wang2024/wetting": (
        ["wang2024/wetting", "element_size=0.4", "rows=2", "columns=1", "end_time=20 h"],
        ["wang2024/wetting", "element_size=0.4", "rows=2", "columns=1", "solver=iterative",
         "end_time=20 h"],
    ),
    "cheng2020/interphase": (["cheng2020/interphase", "preset=fit", "end_time=2000"],),
    "ji2020/symmetric-cell": (["ji2020/symmetric-cell", "preset=quick"],),
    "wang2024/pores": (["wang2024/pores", "element_size=0.02", "porosities=0.3,0.7"],),
    "wang2024/criterion": (["wang2024/criterion", "element_size=2", "currents=0.5,1,2,3"],),
    "wang2024/gradient": (["wang2024/gradient", "element_size=2", "currents=0.5,1,2,3"],),
    "tang2026/impedance": (["tang2026/impedance", "points_per_decade=3"],),
    "tang2026/voids": (["tang2026/voids", "contact_fractions=0.3,0.6,0.9", "element_size=0.01",
                        "growth=2"],),
}  # fmt: skip


# Their solvers and state are those of a run that is always tried.
SLOW = {"graded-li3n/bilayer", "graded-li3n/fracture", "wang2024/nucleation", "wang2024/gradient",
        "tang2026/voids"}  # fmt: skip
ON_RANKS = {"wang2024/transport", "cheng2020/interphase"}


def marks(name, words):
    if name in SLOW or "preset=predictive" in words:
        return pytest.mark.slow
    return pytest.mark.mpi if name in ON_RANKS else ()


# Of the largest value of a column or field, where rounding is not the same from run to run.
ROUNDING = 1e-9
# Lithium that hangs over where there is none, to name one, is round-off of nothing.
NOTHING = 1e-18


def assert_same(one, other, words, name):
    size = float(np.nanmax(np.abs(other), initial=0.0))
    is_exact = MPI.COMM_WORLD.size == 1 and not {"solver=iterative", "solver=multigrid"} & set(
        words
    )
    tolerance = 0.0 if is_exact else max(ROUNDING * size, NOTHING)
    np.testing.assert_allclose(one, other, rtol=0.0, atol=tolerance, err_msg=name)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(run, marks=marks(name, run), id=" ".join(run))
        for name, runs in RUNS.items()
        for run in runs
    ],
)
def test_cut_and_resumed(words, tmp_path, comm, monkeypatch):
    monkeypatch.setattr("lithode.engine.report.draw", lambda *_: [])
    name, *pairs = words
    run_case(name, pairs=pairs, out=tmp_path / "whole", comm=comm)
    whole = read_history(tmp_path / "whole" / "history.csv")
    steps = len(whole[WALL]) - 1
    cut = random.Random(" ".join(words)).randrange(steps // 2, steps)
    calls = iter(range(steps + 1))
    with monkeypatch.context() as patch:
        patch.setattr(
            "lithode.engine.signals.StopSignals.agreed",
            lambda _: signal.SIGTERM if next(calls) >= cut else 0,
        )
        with pytest.raises(Interrupted):
            run_case(name, pairs=pairs, out=tmp_path / "cut", comm=comm)
    run_case(out=tmp_path / "cut", resume=True, comm=comm)
    parts = read_history(tmp_path / "cut" / "history.csv")
    assert list(parts) == list(whole)
    for column in whole.keys() - {WALL}:
        if "defect" not in column:
            assert_same(parts[column], whole[column], words, column)
    one, other = (FieldReader(tmp_path / out / "fields.vtkhdf") for out in ("whole", "cut"))
    np.testing.assert_array_equal(one.times, other.times)
    for field in one.names:
        for step in range(len(one.times)):
            assert_same(other.values(field, step), one.values(field, step), words, field)
    if comm.rank == 0:
        one, other = (
            h5py.File(tmp_path / out / "checkpoint" / "state.h5") for out in ("whole", "cut")
        )
        with one, other:
            for function in one["mesh/functions"]:
                array = f"mesh/functions/{function}/0/array"
                assert_same(other[array][:], one[array][:], words, function)
    comm.Barrier()
