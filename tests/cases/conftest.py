"""What tests of cases share: refusals, runs made once, mesh files."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import meshio
import numpy as np
import pytest
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.engine.runner import RunResult, run_case


@pytest.fixture(autouse=True)
def pictures(quick_pictures: None) -> None:
    """Are quick, but in `test_contracts.py`."""


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Checks that a case refuses its input in one line, before it meshes or writes anything."""

    def check(
        case: str, pairs: Sequence[str], *parts: str, field: str = "", builders: Sequence[str] = ()
    ) -> None:
        for builder in builders:
            monkeypatch.setattr(builder, None)  # it never gets that far
        with pytest.raises(InputError) as caught:
            run_case(case, pairs=pairs, out=tmp_path / "refused")
        line = str(caught.value)
        assert "\n" not in line
        for part in parts:
            assert part in line
        if field:
            assert caught.value.field == field
        assert not (tmp_path / "refused").exists()

    return check


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., RunResult]:
    """Runs a case as `run_case` does, once for the tests of a file that ask for the same."""
    out = MPI.COMM_WORLD.bcast(tmp_path_factory.mktemp("runs"))
    made: dict[str, RunResult] = {}

    def run(case: str, **given: Any) -> RunResult:
        key = repr((case, sorted(given.items())))
        if key not in made:
            made[key] = run_case(case, out=out / str(len(made)), **given)
        return made[key]

    return run


@pytest.fixture
def layers_file(comm: MPI.Intracomm, tmp_path: Path) -> Callable[..., Path]:
    """Writes a rectangle of layers, from the electrode up, as a gmsh file with named groups."""

    def write(width: float, layers: Mapping[str, float], size: float) -> Path:
        path = tmp_path / "layers.msh"
        if comm.rank == 0:
            _write(path, width, layers, size)
        comm.Barrier()
        return path

    return write


def _write(path: Path, width: float, layers: Mapping[str, float], size: float) -> None:
    columns = round(width / size)
    rows = [round(thickness / size) for thickness in layers.values()]
    x, y = np.meshgrid(np.arange(columns + 1) * size, np.arange(sum(rows) + 1) * size)
    nodes = np.arange(x.size).reshape(x.shape)
    corners = nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]
    a, b, c, d = (corner.ravel() for corner in corners)
    boundaries = {
        "electrode": [nodes[0]],
        "counter_electrode": [nodes[-1]],
        "sides": [nodes[:, 0], nodes[:, -1]],
    }
    lines = [list(itertools.chain(*map(itertools.pairwise, b))) for b in boundaries.values()]
    groups = (np.repeat(np.arange(len(rows)), np.multiply(rows, columns)) + 1).tolist()
    names = {name: [k, 2] for k, name in enumerate(layers, 1)}
    names |= {name: [k, 1] for k, name in enumerate(boundaries, 1)}
    of_cells = [groups * 2, np.repeat(np.arange(len(lines)), [len(part) for part in lines]) + 1]
    meshio.Mesh(
        np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1),
        [
            ("triangle", np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])),
            ("line", list(itertools.chain(*lines))),
        ],
        cell_data={"gmsh:physical": of_cells, "gmsh:geometrical": of_cells},
        field_data=names,
    ).write(path, file_format="gmsh22")
