"""MPI harness.

Tests marked ``mpi`` run in the ordinary serial run, and again on 2 ranks by ``test_parallel.py``;
those marked ``mpi3`` on 3 ranks. A rank that fails ends the job: others would wait for it for ever.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mpi4py import MPI

WORLD = MPI.COMM_WORLD
PARALLEL = WORLD.size > 1


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
