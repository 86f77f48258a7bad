"""A run whose files are lost goes on from its checkpoint, or is told to be started again."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.engine.runner import run_case
from lithode.output.fields import FieldReader
from lithode.output.history import read_history


@pytest.mark.mpi
@pytest.mark.parametrize(
    "lost", [["history.csv"], ["fields.vtkhdf"], ["history.csv", "fields.vtkhdf"]]
)
@pytest.mark.parametrize("end", [0.0, 2.0, 4.0])
def test_a_run_whose_files_are_lost_goes_on_from_its_checkpoint(
    toy_case, tmp_path, comm, lost, end
):
    out = tmp_path / "a"
    run_case("toy", values={"cells": 4, "end_time": end or 4.0}, out=out, comm=comm)
    if comm.rank == 0:
        for name in lost:
            (out / name).unlink()
        if not end:  # as a kill on several ranks leaves it
            for file in (out / "checkpoint").iterdir():
                file.unlink()
    comm.Barrier()
    summary = run_case(out=out, values={"end_time": 4.0}, resume=True, comm=comm).summary
    assert (summary["status"], summary["time"]) == ("completed", 4.0)
    times = read_history(out / "history.csv")["time [s]"]
    assert times[-1] == 4.0
    assert np.all(np.diff(times) > 0)
    assert FieldReader(out / "fields.vtkhdf").times[-1] == 4.0


def test_a_sweep_whose_history_is_lost_is_to_be_run_again(toy_case, tmp_path):
    run_case("rod", out=tmp_path / "a")
    (tmp_path / "a" / "history.csv").unlink()
    with pytest.raises(InputError, match="is not in the history and before the checkpoint"):
        run_case(out=tmp_path / "a", resume=True)
