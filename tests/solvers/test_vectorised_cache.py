"""The cache of vectorised kernels: shared by ranks and jobs, whatever became of its files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from mpi4py import MPI

from lithode.solvers.numerics.vectorised import compiler
from lithode.solvers.numerics.vectorised.compiler import SETS, key_of, shared_library
from lithode.solvers.numerics.vectorised.errors import NotVectorised

SELF = MPI.COMM_SELF
ANSWER = '__attribute__((visibility("default"))) int answer(void) { return %d; }\n'


def library(folder, number=42, comm=SELF, name="answer"):
    return shared_library(comm, name, lambda: ANSWER % number, [], folder)


BUILD = """
import sys
from pathlib import Path
import mpi4py
mpi4py.rc.initialize = False
from lithode.solvers.numerics.vectorised import compiler
assert compiler._build(Path(sys.argv[1]), "answer", sys.argv[2], []).answer() == 42
"""


def build_elsewhere(folder, jobs):
    """Compile in so many processes at once."""
    command = [sys.executable, "-c", BUILD, str(folder), ANSWER % 42]
    running = [subprocess.Popen(command) for _ in range(jobs)]
    assert [job.wait(timeout=60) for job in running] == [0] * jobs


def never():
    raise AssertionError("compiled again")


def test_what_is_in_the_cache_is_not_compiled_again(tmp_path):
    assert library(tmp_path).answer() == 42
    assert shared_library(SELF, "answer", never, [], tmp_path).answer() == 42
    assert sorted(p.name for p in tmp_path.iterdir()) == ["answer.c", "answer.sha256", "answer.so"]


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "gone", "no checksum", "other"])
def test_a_broken_entry_is_compiled_again(tmp_path, damage):
    build_elsewhere(tmp_path, 1)  # not here: a process maps a file that others cut off
    file, checksum = tmp_path / "answer.so", tmp_path / "answer.sha256"
    match damage:
        case "cut":
            os.truncate(file, file.stat().st_size // 2)
        case "empty":
            os.truncate(file, 0)
        case "text":
            file.write_text("not a library")
        case "gone":
            file.unlink()
        case "no checksum":
            checksum.unlink()
        case "other":  # whole, but not loadable here
            file.write_bytes(b"\x7fELF of another machine")
            checksum.write_text(compiler._checksum(file))
    assert library(tmp_path).answer() == 42
    assert shared_library(SELF, "answer", never, [], tmp_path).answer() == 42


def test_jobs_that_compile_at_once_do_not_disturb_each_other(tmp_path):
    build_elsewhere(tmp_path, 4)
    assert shared_library(SELF, "answer", never, [], tmp_path).answer() == 42
    assert sorted(p.name for p in tmp_path.iterdir()) == ["answer.c", "answer.sha256", "answer.so"]


def test_a_compiler_that_fails_leaves_nothing_behind(tmp_path, monkeypatch):
    def broken():
        return "int answer(void) { return nothing; }"

    with pytest.raises(NotVectorised, match=r"compiler failed.*nothing"):
        shared_library(SELF, "answer", broken, [], tmp_path)
    assert not list(tmp_path.iterdir())
    assert library(tmp_path).answer() == 42


def test_without_a_compiler_there_are_no_kernels(tmp_path, monkeypatch):
    monkeypatch.setattr(compiler, "_compiler", lambda: [str(tmp_path / "no-such-compiler")])
    with pytest.raises(NotVectorised, match="no-such-compiler"):
        library(tmp_path)


def test_without_vector_functions_of_the_c_library_there_are_those_of_one_number(tmp_path):
    script = tmp_path / "cc"
    script.write_text(
        '#!/bin/sh\ncase "$*" in *mvec*) echo "error: no -lmvec" >&2; exit 1;; esac\n'
        f'exec {shutil.which("cc")} "$@"\n'
    )
    script.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiler, "_compiler", lambda: [str(script)])
        assert library(tmp_path / "cache").answer() == 42


@pytest.mark.mpi
@pytest.mark.mpi3
def test_ranks_share_what_the_first_one_compiles(comm, tmp_path_factory):
    folder = comm.bcast(tmp_path_factory.mktemp("cache") if comm.rank == 0 else None)

    def source():
        if comm.rank:
            never()
        return ANSWER % 7

    assert shared_library(comm, "answer", source, [], folder).answer() == 7


@pytest.mark.mpi
@pytest.mark.mpi3
def test_ranks_with_caches_of_their_own_compile_for_themselves(comm, tmp_path):
    assert library(tmp_path / str(comm.rank), 5, comm).answer() == 5


@pytest.mark.mpi
@pytest.mark.mpi3
def test_what_one_rank_cannot_have_no_rank_has(comm, tmp_path):
    folder = tmp_path / str(comm.rank)
    if comm.rank == comm.size - 1:
        folder.write_text("a file, not a folder")
    with pytest.raises(NotVectorised):
        library(folder, comm=comm)


def test_keys_say_the_instructions():
    keys = {key_of("form", chosen.name, *chosen.options) for chosen in SETS}
    assert len(keys) == len(SETS)
