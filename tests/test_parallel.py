"""Runs the tests marked ``mpi`` on 2 ranks, those marked ``mpi3`` on 3, each as one job."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
JOB_SECONDS = 1500
TEST_SECONDS = 300


def run_pytest(folder: Path, ranks: int, *arguments: str) -> tuple[int, str]:
    """Return the exit code and the output of pytest on `ranks` ranks, with a folder of its own."""
    mpirun = shutil.which("mpirun") or pytest.fail("mpirun is not on PATH")
    # What MPI_Init of this process has put into the environment must not reach the ranks.
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))}
    keep.setdefault("PRTE_MCA_mapby", ":oversubscribe")
    keep["LITHODE_TEST_RANKS"] = str(ranks)
    # In the common one, ranks would remove the leftovers of other sessions at the same time.
    keep["PYTEST_DEBUG_TEMPROOT"] = str(folder)
    options = ["--color=no", f"--timeout={TEST_SECONDS}", "--timeout-method=thread"]
    with subprocess.Popen(
        [mpirun, "-n", str(ranks), sys.executable, "-m", "pytest", *options, *arguments],
        cwd=ROOT,
        env=keep,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as job:
        try:
            output, _ = job.communicate(timeout=JOB_SECONDS)
        except BaseException:
            # mpirun may hand the first signal to ranks that hang, and takes the second for itself.
            for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
                os.killpg(job.pid, number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    job.wait(timeout=10)
                    break
            raise
    return job.returncode, output


@pytest.mark.timeout(JOB_SECONDS + 60)
@pytest.mark.parametrize(("ranks", "marker"), [(2, "mpi"), (3, "mpi3")])
def test_marked_tests_pass_on_ranks(tmp_path, ranks, marker):
    code, output = run_pytest(tmp_path, ranks, "-m", f"{marker} and not slow")
    assert code == 0, output
    sys.stdout.write(f"\n{ranks} ranks: {output.strip().splitlines()[-1]}\n")


def test_failing_rank_ends_the_job(tmp_path):
    code, output = run_pytest(tmp_path, 2, "--timeout=30", "tests/failing_rank.py")
    assert code != 0
    assert "Timeout" not in output
    assert "rank 1 of 2 failed: tests/failing_rank.py" in output
    assert "comm.rank != last" in output


@pytest.mark.mpi
@pytest.mark.mpi3
def test_ranks_are_as_many_as_asked_for(comm):
    assert comm.size == int(os.environ.get("LITHODE_TEST_RANKS", "1"))


@pytest.mark.mpi
def test_tmp_path_is_shared(comm, tmp_path):
    (tmp_path / str(comm.rank)).touch()
    comm.Barrier()
    assert len(list(tmp_path.iterdir())) == comm.size
