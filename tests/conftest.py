"""MPI harness.

Tests marked ``mpi`` run in the ordinary serial run, and again on 2 ranks by ``test_parallel.py``;
those marked ``mpi3`` on 3 ranks. A rank that fails ends the job: others would wait for it for ever.
"""

from __future__ import annotations

import gc
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from mpi4py import MPI
from PIL import Image

WORLD = MPI.COMM_WORLD
PARALLEL = WORLD.size > 1

# How long an example takes says more about the machine than about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")

# Solvers are destroyed collectively: between tests, below, and never when one rank feels like it.
if PARALLEL:
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if WORLD.rank > 0 and reporter is not None:
        config.pluginmanager.unregister(reporter)
    config.pluginmanager.register(_AbortOnFailure(config))


class _AbortOnFailure:
    def __init__(self, config: pytest.Config) -> None:
        self._capture = config.pluginmanager.getplugin("capturemanager")

    def _abort(self, where: str, text: str) -> None:
        if not PARALLEL:
            return
        with self._capture.global_and_fixture_disabled():
            sys.stderr.write(f"\nrank {WORLD.rank} of {WORLD.size} failed: {where}\n{text}\n")
            sys.stderr.flush()
        WORLD.Abort(1)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._abort(report.nodeid, report.longreprtext)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._abort(report.nodeid, report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        self._abort("pytest itself", str(excrepr))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drop, in a parallel run, the tests that are not made for it."""
    # The jobs on ranks take longest, so that they start first.
    items.sort(key=lambda item: item.path.name != "test_parallel.py")
    if PARALLEL:
        wanted = [i for i in items if i.get_closest_marker("mpi") or i.get_closest_marker("mpi3")]
        config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
        items[:] = wanted


@pytest.fixture
def comm() -> MPI.Intracomm:
    return WORLD


@pytest.fixture
def tmp_path(tmp_path: Path) -> Path:
    """One folder for all ranks."""
    return WORLD.bcast(tmp_path)


@pytest.fixture(autouse=PARALLEL)
def _destroy_together() -> Iterator[None]:
    """Run collective destructors at the same place on every rank."""
    yield
    gc.collect()
    if petsc := sys.modules.get("petsc4py.PETSc"):
        petsc.garbage_cleanup(WORLD)
    WORLD.Barrier()


@pytest.fixture(autouse=PARALLEL)
def quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """One pixel each: to draw them takes longer than most runs of tests."""
    figure, pixel = "matplotlib.figure.Figure", Image.new("L", (1, 1))
    monkeypatch.setattr(f"{figure}.savefig", lambda _, path, **__: pixel.save(path))
    monkeypatch.setattr(f"{figure}.draw_without_rendering", lambda _: None)


@pytest.fixture
def no_collection() -> Iterator[None]:
    """Nothing is destroyed but with its last reference."""
    gc.collect()
    gc.disable()
    yield
    if not PARALLEL:
        gc.enable()


@pytest.fixture
def toy_case(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The cases of ``toys/cases``, known to the registry as any others; returns ``toy``."""
    import lithode.cases
    from lithode.cases.index import CASES, CaseEntry
    from lithode.engine.registry import find

    folder = Path(__file__).parent / "toys" / "cases"
    monkeypatch.setattr(lithode.cases, "__path__", [*lithode.cases.__path__, str(folder)])
    for file in folder.glob("*.py"):
        entry = CaseEntry(f"lithode.cases.{file.stem}", "a toy", ("quick", "paper"))
        monkeypatch.setitem(CASES, file.stem, entry)
    return find("toy")


class Command:
    """The command line, with the toy case added, in processes of its own."""

    def start(self, *arguments: object, ranks: int = 1) -> subprocess.Popen[str]:
        mpirun = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
        script = Path(__file__).parent / "toys" / "command.py"
        # What MPI_Init of this process has put into the environment must not reach the ranks.
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))}
        return subprocess.Popen(
            [*mpirun, sys.executable, str(script), *map(str, arguments)],
            env=keep,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __call__(self, *arguments: object, ranks: int = 1) -> tuple[int, str, list[str]]:
        """Return the exit code, standard output, and the lines of standard error by Lithode."""
        return self.wait(self.start(*arguments, ranks=ranks))

    def wait(self, process: subprocess.Popen[str]) -> tuple[int, str, list[str]]:
        try:
            output, errors = process.communicate(timeout=200)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        # mpirun adds framed notes of its own.
        own = re.sub(r"^-{60,}$.*?^-{60,}$\n?", "", errors, flags=re.DOTALL | re.MULTILINE)
        return process.returncode, output, own.splitlines()


@pytest.fixture
def command() -> Command:
    return Command()
