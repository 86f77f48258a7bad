"""A full disk, a quota and a folder that is gone end a run with a line, and lose nothing."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lithode.core import files
from lithode.core.errors import StorageError
from lithode.engine.runner import run_case
from lithode.solvers.numerics.checkpoint import read_header

SMALL = {"cells": 4, "end_time": 4.0}


@pytest.mark.mpi
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_names_the_last_good_checkpoint(toy_case, tmp_path, comm, monkeypatch, number):
    room, left = files.check_room, [4]

    def check_room(directory, size):
        left[0] -= 1
        if left[0] < 0:
            raise files.storage_error(directory, OSError(number, os.strerror(number)))
        room(directory, size)

    with monkeypatch.context() as patch:
        patch.setattr("lithode.engine.recorder._CHECKPOINT_SECONDS", -1.0)
        patch.setattr("lithode.engine.recorder._CHECKPOINT_SHARE", 1e9)
        patch.setattr("lithode.solvers.numerics.checkpoint.check_room", check_room)
        patch.setattr("lithode.output.field_writer.check_room", check_room)
        with pytest.raises(StorageError, match=os.strerror(number)) as caught:
            run_case("toy", values=SMALL, out=tmp_path / "a", comm=comm)
    assert caught.value.exit_code == 3
    path = tmp_path / "a" / "checkpoint" / "state.h5"
    assert f"the last good state is in {path}" in str(caught.value)
    time = read_header(path, comm).scalars["time"]
    again = run_case(out=tmp_path / "a", resume=True, comm=comm)
    assert 0 < time < again.summary["time"] == 4.0


@pytest.mark.mpi
def test_a_folder_that_is_gone_ends_the_run(toy_case, tmp_path, comm, monkeypatch):
    out = tmp_path / "a"
    advance = type(toy_case.build(toy_case.resolve(values=SMALL), comm, None).model).advance

    def vanish(model, dt):
        if model.time > 1.2 and comm.rank == 0:
            shutil.rmtree(out, ignore_errors=True)
        return advance(model, dt)

    monkeypatch.setattr("lithode.cases.toy.Heat.advance", vanish)
    with pytest.raises(StorageError, match="cannot be written"):
        run_case("toy", values=SMALL, out=out, comm=comm)


@pytest.mark.mpi
def test_a_history_that_cannot_be_written_ends_the_run_on_every_rank(
    toy_case, tmp_path, comm, monkeypatch
):
    from lithode.output.history import HistoryWriter

    write = HistoryWriter.write

    def full(writer, time, values):
        if time > 1.2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(writer, time, values)

    monkeypatch.setattr(HistoryWriter, "write", full)
    with pytest.raises(StorageError, match=r"history\.csv cannot be written.*state\.h5"):
        run_case("toy", values=SMALL, out=tmp_path / "a", comm=comm)


def test_room_is_asked_for_before_it_is_needed(tmp_path):
    files.check_room(tmp_path, 1000)
    assert not list(tmp_path.iterdir())
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(StorageError, match="cannot be written"):
        files.check_room(tmp_path, 4 * free + 2**40)
    with pytest.raises(StorageError):
        files.check_room(tmp_path / "gone", 1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "kilobytes",
    [
        4,
        pytest.param(8, marks=pytest.mark.slow),
        24,
        pytest.param(300, marks=pytest.mark.slow),
        1400,
    ],
)
def test_a_disk_that_is_really_full(tmp_path, kilobytes):
    script = Path(__file__).with_name("small_disk.py")
    words = ["unshare", "--map-root-user", "--mount", sys.executable, str(script)]
    try:
        done = subprocess.run(
            [*words, str(tmp_path), str(kilobytes)], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if done.returncode == 77 or done.stderr.startswith("unshare:"):
        pytest.skip("a file system cannot be mounted here")
    assert done.returncode == 0, done.stderr
    second = 0 if " case.yaml" in done.stdout else 2
    assert f"codes 3 {second}" in done.stdout
    said = [line for line in done.stderr.splitlines() if line.startswith("lithode: ")]
    assert len(said) == (2 if second else 1)
    assert "No space left on device" in said[0]
    assert "Traceback" not in done.stderr
