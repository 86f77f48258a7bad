"""Runs the toy case on a disk that is too small, then on a larger one; for test_full_disk.py.

    unshare --map-root-user --mount python3 small_disk.py FOLDER KILOBYTES

The namespace is this process's own, and so is what is mounted in it.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

import lithode.cases
from lithode.cases.index import CASES, CaseEntry
from lithode.cli import main

REMOUNT = 32


def mount(folder: Path, kilobytes: int, flags: int = 0) -> None:
    """Give the folder a file system of this size, or change its size."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"none", os.fsencode(folder), b"tmpfs", flags, b"size=%dk" % kilobytes):
        raise SystemExit(77)


def call(*words: str) -> int:
    """Run the command; return its exit code."""
    try:
        main(list(words))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


disk, size = Path(sys.argv[1]), int(sys.argv[2])
CASES["toy"] = CaseEntry("lithode.cases.toy", "a toy", ("quick", "paper"))
lithode.cases.__path__.append(str(Path(__file__).parents[1] / "toys" / "cases"))
mount(disk, size)
settings = ["cells=24", "step=0.1", "end_time=4"]
pairs = [word for pair in settings for word in ("--set", pair)]
first = call("run", "toy", "--out", str(disk / "a"), *pairs)
left = sorted(path.name for path in (disk / "a").rglob("*") if path.is_file())
mount(disk, 100_000, REMOUNT)
second = call("run", "--resume", "--out", str(disk / "a")) if (disk / "a").is_dir() else 0
sys.stdout.write(f"\ncodes {first} {second}\nfiles {' '.join(left)}\n")
