"""Peak memory of every rank in a run of the graded case, with all its files.

    ./env.sh run mpirun -n 4 python3 benchmarks/memory.py

1.3 million unknowns in 3D on a fixed mesh; a few steps. Prints the peak resident memory (VmHWM) of
each rank once the mesh is made, once the model stands, and in the end.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from mpi4py import MPI

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.core.parameters import parse_pairs
from lithode.engine.recorder import Recorder
from lithode.engine.runner import run
from lithode.meshes import handing_out


def peak_mebibytes() -> float:
    """Return the largest resident memory of this process so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def report(when: str, comm: MPI.Intracomm) -> None:
    """Print the peaks of all ranks so far."""
    peaks = comm.gather(peak_mebibytes(), root=0)
    if peaks is None:
        return
    shown = ", ".join(f"{peak:.0f}" for peak in peaks)
    line = f"{when}: {shown} MiB"
    if others := peaks[1:]:
        line += f"; rank 0 over the mean of the others: {peaks[0] * len(others) / sum(others):.3f}"
    print(line, flush=True)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="3d")
    parser.add_argument("--set", action="append", default=[], dest="pairs")
    parser.add_argument("--out", type=Path, default=Path("results/memory"))
    options = parser.parse_args()
    comm = MPI.COMM_WORLD
    values = {"element_size": 0.97, "end_time": 0.02, **parse_pairs(options.pairs)}
    parameters = CASE.resolve(options.preset, values)
    hand_out, refreshed = handing_out.handed_out, Recorder.refreshed

    def handed_out(*arguments):
        domain = hand_out(*arguments)
        report("mesh", comm)
        return domain

    def begun(recorder, model):
        report(f"model of {model.unknowns} unknowns", comm)
        refreshed(recorder, model)

    handing_out.handed_out, Recorder.refreshed = handed_out, begun
    if comm.rank == 0:
        shutil.rmtree(options.out, ignore_errors=True)
    comm.Barrier()
    result = run(CASE, parameters, options.out, figures=False)
    report(f"end, {result.summary['steps']} steps", comm)


if __name__ == "__main__":
    main()
