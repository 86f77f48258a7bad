"""Starts that are done, one file each, so that a fit that was stopped goes on with the others."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from lithode.core.errors import InputError
from lithode.core.files import read_text, write_atomically
from lithode.engine.fit.problem import Problem
from lithode.engine.fit.report import FittedSet


@dataclass(frozen=True)
class Starts:
    """The starts below a directory.

    Attributes:
        directory: Of their files.
        question: Digest of what is fitted to what; another one is another fit.
    """

    directory: Path
    question: str

    @classmethod
    def of(cls, problem: Problem, directory: Path, seed: int, runs: int) -> Starts:
        """Return the starts of a problem."""
        with np.printoptions(threshold=sys.maxsize, floatmode="unique"):  # all of the data
            asked = {
                **problem.asked,
                "variables": [asdict(variable) for variable in problem.variables],
                "seed": seed,
                "runs": runs,
            }
        text = json.dumps(asked, sort_keys=True, default=str)
        return cls(directory, hashlib.sha256(text.encode()).hexdigest()[:16])

    def open(self, *, resume: bool) -> None:
        """Make the directory without starts, or check that its own are of this fit; on one process.

        Raises:
            InputError: They are of another fit.
        """
        mark = self.directory / "question.txt"
        if not resume:
            self.directory.mkdir(parents=True, exist_ok=True)
            for old in self.directory.glob("*.json"):
                old.unlink()
            write_atomically(mark, self.question + "\n")
        elif not mark.is_file() or read_text(mark, "starts").strip() != self.question:
            allowed = (
                "holds no starts, or those of another fit: "
                "case or circuit, values, data, --vary, --seed or --runs"
            )
            raise InputError("--resume", self.directory.parent, allowed)

    def get(self, number: int, make: Callable[[int], FittedSet]) -> FittedSet:
        """Return a start that is done, or do it and keep it."""
        path = self.directory / f"{number}.json"
        if path.is_file():
            try:
                entry = json.loads(read_text(path, "start"))
                return FittedSet(
                    int(entry["start"]),
                    tuple(map(float, entry["values"])),
                    tuple(entry["computed"]),
                    bool(entry["good"]),
                    float(entry["misfit"]),
                    int(entry["runs"]),
                )
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise InputError("start", path, "is damaged: remove it") from error
        found = make(number)
        write_atomically(path, json.dumps(asdict(found)) + "\n")
        return found
