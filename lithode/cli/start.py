"""The start and the end of the command: ranks, log lines, messages and exit codes."""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from lithode.cli.app import app
from lithode.core.errors import LithodeError, shortened
from lithode.core.parallel import all_arrive, world

# A rank whose partners do not come to report the same error is alone with it.
_PATIENCE_SECONDS = 20.0

# What comes with DOLFINx from conda or a distribution, since PyPI has no usable builds.
_STACK = {"basix", "dolfinx", "ffcx", "gmsh", "h5py", "mpi4py", "petsc4py", "ufl"}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 2 bad input, 3 no solution, 130 or 143 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    end = words.index("--") if "--" in words else len(words)
    words, petsc_options = words[:end], words[end + 1 :]
    ranks = world()
    if ranks is None:
        message, code = _outcome(words, petsc_options)
        if message:
            _complain(f"lithode: {message}")
        # A launcher of an unknown kind: the other ranks may be anywhere.
        if code and (later := world()) is not None and later.size > 1:
            later.Abort(code)
        sys.exit(code)
    meeting = ranks.Dup()
    if meeting.rank > 0:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115
    message, code = _outcome(words, petsc_options)
    if code and not all_arrive(meeting, _PATIENCE_SECONDS):
        _complain(f"lithode: rank {meeting.rank} alone: {message}")
        meeting.Abort(code)
    if message and meeting.rank == 0:
        _complain(f"lithode: {message}")
    if code:
        meeting.Barrier()  # the first rank to exit so has mpirun end the others
    sys.exit(code)


def _outcome(words: list[str], petsc_options: list[str]) -> tuple[str, int]:
    """Return the line to end with, if any, and the exit code."""
    try:
        with _log_on_terminal():
            app(words, prog_name="lithode", standalone_mode=False, obj=petsc_options)
    except click.exceptions.ClickException as error:
        return _one_line(error.format_message()), 2
    except LithodeError as error:
        return _one_line(str(error)), error.exit_code
    except BrokenPipeError:
        # Whoever read the output has gone: nothing is left to say, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return "", 1
    except (click.exceptions.Abort, KeyboardInterrupt):
        return "interrupted", 130
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and _package(error) in _STACK:
            return (
                f"{_package(error)} is not installed: this command needs DOLFINx 0.11, by "
                "./env.sh run lithode ..., or by conda env create -f environment.yml",
                2,
            )
        _complain(traceback.format_exc())
        ranks = world()
        if ranks is not None and ranks.size > 1:
            ranks.Abort(1)
        return "", 1
    return "", 0


def _package(error: ModuleNotFoundError) -> str:
    return (error.name or "").partition(".")[0]


class _Terminal(logging.Handler):
    """Writes log lines, above the progress bar if there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        level = f"{record.levelname.lower()}: " if record.levelno > logging.INFO else ""
        # Nobody sees a line of a log file appear.
        when = "" if sys.stdout.isatty() else time.strftime("%H:%M:%S ")
        line = when + level + self.format(record)
        if bars := sys.modules.get("tqdm"):
            bars.tqdm.write(line, file=sys.stdout)
        else:
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


@contextmanager
def _log_on_terminal() -> Iterator[None]:
    handler = _Terminal()
    package = logging.getLogger("lithode")
    level = package.level
    package.addHandler(handler)
    package.setLevel(logging.INFO)
    try:
        yield
    finally:
        package.removeHandler(handler)
        package.setLevel(level)


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _one_line(text: str) -> str:
    return shortened(text, 300)
