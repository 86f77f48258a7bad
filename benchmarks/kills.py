"""Kills runs at random instants, resumes them, and compares them with runs that nobody disturbed.

    ./env.sh run python3 benchmarks/kills.py [--kills 100] [--seed 1] [--out results/kills]

Three cases on 1 and on 2 ranks. A kill is SIGKILL to every process of the run at once, or to one
of its ranks, at any instant between the start of Python and the last figure; a run is killed up to
five times. It is lost if it cannot be resumed, or does not end as the undisturbed run does.
Differences are of history.csv, of the fields at all times, and of the last checkpoint, over the
largest value of a column, field or function. The last column says how far two undisturbed runs
are apart.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from lithode.engine.recorder import WALL
from lithode.engine.rundir import RunDirectory
from lithode.output.fields import FieldReader
from lithode.output.history import read_history

CASES = {
    "graded-li3n": (
        "--set", "element_size=4", "--set", "element_size_inside=8", "--set", "interface_width=10",
        "--set", "solver=direct", "--set", "end_time=120", "--set", "output_interval=20",
    ),
    "cheng2020/interphase": ("--preset", "fit"),
    "wang2024/wetting": ("--set", "element_size=0.4", "--set", "rows=2", "--set", "columns=1"),
}  # fmt: skip
RANKS = (1, 2)
MOST_KILLS = 5


class Lost(Exception):  # noqa: N818
    """A run that cannot be resumed, or ends elsewhere."""


@dataclass
class Run:
    """A case on some ranks, in processes of its own."""

    case: str
    ranks: int
    out: Path

    def start(self) -> subprocess.Popen[bytes]:
        """Start it, or go on with it where it has left its input."""
        words = ["run", "--resume"] if RunDirectory(self.out).input.is_file() else self._first()
        mpirun = ["mpirun", "-n", str(self.ranks)] if self.ranks > 1 else []
        # What MPI_Init of this process has put into the environment must not reach the ranks.
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))}
        command = [*mpirun, sys.executable, "-P", "-m", "lithode", *words, "--out", str(self.out)]
        with self.out.with_suffix(".log").open("ab") as log:
            return subprocess.Popen(command, env=keep, stdout=log, stderr=log)

    def _first(self) -> list[str]:
        return ["run", self.case, *CASES[self.case]]

    def finish(self) -> float:
        """Run it to its end; return the seconds it took."""
        started = time.monotonic()
        if code := self.start().wait():
            raise Lost(f"{self.out} ended with {code}, see {self.out.with_suffix('.log')}")
        if RunDirectory(self.out).read_summary().get("status") not in ("completed", "stopped"):
            raise Lost(f"{self.out} has ended without a result")
        return time.monotonic() - started

    def remove(self) -> None:
        """Delete its files."""
        shutil.rmtree(self.out, ignore_errors=True)
        self.out.with_suffix(".log").unlink(missing_ok=True)


def below(top: int) -> tuple[list[int], list[int]]:
    """Return the processes of a tree, and which of them run Python."""
    parents, ranks = {}, set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        number = int(stat.parent.name)
        try:
            state, parent = stat.read_text().rsplit(")", 1)[1].split()[:2]
            if (stat.parent / "cmdline").read_bytes().startswith(os.fsencode(sys.executable)):
                ranks.add(number)
        except OSError:
            continue
        if state != "Z":
            parents[number] = int(parent)

    def is_below(number: int) -> bool:
        return number == top or (number in parents and is_below(parents[number]))

    found = [number for number in parents if is_below(number)]
    return found, [number for number in found if number in ranks]


def kill(process: subprocess.Popen[bytes], chance: random.Random) -> None:
    """Kill all processes of a run, or one rank, and wait until all have ended."""
    everyone, ranks = below(process.pid)
    victims = [chance.choice(ranks)] if ranks and chance.random() < 0.5 else everyone
    for number in victims:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()
    while any(is_alive(number) for number in everyone):
        time.sleep(0.01)


def is_alive(number: int) -> bool:
    """Whether a process runs."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def difference(one: Path, other: Path) -> tuple[float, float, float]:
    """Return the largest differences of the histories, of the fields and of the checkpoints."""
    a, b = (read_history(path / "history.csv") for path in (one, other))
    if a.keys() != b.keys() or len(a[WALL]) != len(b[WALL]):
        raise Lost(f"{other} has taken other steps than {one}")
    # Defects are rounding errors by themselves.
    names = [name for name in a if name != WALL and "defect" not in name]
    history = max(apart(a[name], b[name]) for name in names)
    x, y = (FieldReader(path / "fields.vtkhdf") for path in (one, other))
    if (x.names, list(x.times)) != (y.names, list(y.times)):
        raise Lost(f"{other} has fields at other times than {one}")
    steps = range(len(x.times))
    fields = max(apart(x.values(f, k), y.values(f, k)) for f in x.names for k in steps)
    files = (h5py.File(path / "checkpoint" / "state.h5") for path in (one, other))
    with next(files) as first, next(files) as second:
        values = [
            [file[f"mesh/functions/{name}/0/array"][:] for file in (first, second)]
            for name in first["mesh/functions"]
        ]
    return history, fields, max(apart(*pair) for pair in values)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference over the largest value."""
    size = float(np.nanmax(np.abs(one), initial=0.0))
    if not np.array_equal(np.isnan(one), np.isnan(other)):
        return float("inf")
    return float(np.nanmax(np.abs(one - other), initial=0.0)) / (size or 1.0)


@dataclass
class Tally:
    """What happened to the runs of one case on some ranks."""

    kills: int = 0
    runs: int = 0
    lost: int = 0
    exact: int = 0
    largest: tuple[float, ...] = (0.0, 0.0, 0.0)

    def add(self, found: tuple[float, ...]) -> None:
        """Count a run that was killed and has ended."""
        self.exact += max(found) == 0
        self.largest = tuple(map(max, self.largest, found))


def punish(whole: Run, seconds: float, kills: int, chance: random.Random) -> Tally:
    """Kill runs as often as is wanted, and compare each with the whole one."""
    tally = Tally()
    while tally.kills < kills:
        run = Run(whole.case, whole.ranks, whole.out.with_name(f"killed-{tally.runs}"))
        run.remove()
        tally.runs += 1
        try:
            for _ in range(chance.randint(1, min(MOST_KILLS, kills - tally.kills))):
                process = run.start()
                try:
                    process.wait(chance.uniform(0, seconds))
                except subprocess.TimeoutExpired:
                    kill(process, chance)
                    tally.kills += 1
                else:
                    break
            run.finish()
            tally.add(difference(whole.out, run.out))
        except Lost as loss:
            tally.lost += 1
            sys.stdout.write(f"lost: {loss}\n")
        else:
            run.remove()
    return tally


def shares(total: int, parts: int) -> Iterator[int]:
    """Split a number as evenly as can be."""
    yield from (total // parts + (k < total % parts) for k in range(parts))


def main() -> int:
    """Print a row for every case and number of ranks; return how many runs were lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("results/kills"))
    given = parser.parse_args()
    pairs = [(case, ranks) for case in CASES for ranks in RANKS]
    heads = ["case", "ranks", "kills", "runs", "lost", "to the last bit"]
    heads += ["history", "fields", "checkpoint"]
    sys.stdout.write(f"| {' | '.join([*heads, 'undisturbed'])} |\n|{'---|' * (len(heads) + 1)}\n")
    sys.stdout.flush()
    lost = kills = 0
    for (case, ranks), count in zip(pairs, shares(given.kills, len(pairs)), strict=True):
        folder = given.out / f"{case.replace('/', '-')}-{ranks}"
        folder.mkdir(parents=True, exist_ok=True)
        wholes = [Run(case, ranks, folder / name) for name in ("whole", "again")]
        for run in wholes:
            run.remove()
        seconds = [run.finish() for run in wholes][-1]  # the first one compiles
        tally = punish(wholes[0], seconds, count, random.Random(f"{given.seed} {case} {ranks}"))
        same = max(difference(*(run.out for run in wholes)))
        kills, lost = kills + tally.kills, lost + tally.lost
        cells = [case, ranks, tally.kills, tally.runs, tally.lost, tally.exact]
        numbers = [f"{x:.1e}" for x in (*tally.largest, same)]
        sys.stdout.write(f"| {' | '.join(map(str, [*cells, *numbers]))} |\n")
        sys.stdout.flush()
    sys.stdout.write(f"\n{kills} kills, {lost} runs lost\n")
    return lost


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
