"""The files of runs in a real ParaView, where that is installed.

``LITHODE_PACKAGES='paraview python3-paraview' ./env.sh run python3 -m pytest ...``
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lithode
from lithode.engine.export import export
from lithode.output.field_units import with_unit

if not shutil.which("pvbatch"):
    pytest.skip("no ParaView", allow_module_level=True)

MARKER = "PARAVIEW "
SMALL = {
    "element_size": 6,
    "element_size_inside": 12,
    "interface_width": 14,
    "output_times": (1.0,),
    "end_time": 2.0,
}
FOLLOWING = {
    "particles": "fine",
    "width": 24,
    "height": 60,
    "nuclei": 1,
    "element_size": 1.6,
    "interface_width": 4,
    "end_time": 250,
    "output_times": (50.0, 150.0),
    "mesh": "adaptive",
}


@pytest.fixture(scope="module", params=["fixed", "following"])
def run(request, tmp_path_factory) -> lithode.RunResult:
    values = SMALL if request.param == "fixed" else FOLLOWING
    out = tmp_path_factory.mktemp(request.param) / "a"
    return lithode.run("graded-li3n", out=out, figures=False, **values)


def in_paraview(*files: Path) -> Sequence[Mapping[str, Any]]:
    script = Path(__file__).parent / "paraview_reads.py"
    done = subprocess.run(
        ["pvbatch", script, *files], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ERR" not in done.stderr, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith(MARKER)]
    assert len(lines) == len(files), done.stdout
    return [json.loads(line.removeprefix(MARKER)) for line in lines]


def check(found: Mapping[str, Any], run: lithode.RunResult, has_units: bool) -> None:
    """Compare times, sizes, area, names and the range of every array at every time."""
    assert found["times"] == pytest.approx(list(run.fields), rel=1e-12)
    assert len(found["times"]) >= 3
    for time, (points, cells, area, ranges) in zip(run.fields, found["outputs"], strict=True):
        grid = run.fields[time]
        assert (points, cells) == (grid.n_points, grid.n_cells)
        assert area == pytest.approx(grid.area, rel=1e-9)
        assert set(ranges) == {with_unit(n) if has_units else n for n in grid.array_names}
        for name in grid.array_names:
            values = np.asarray(grid[name], dtype=float)
            columns = values.reshape(len(values), -1).T
            expected = [(column.min(), column.max()) for column in columns]
            near = pytest.approx(np.array(expected), rel=1e-12, abs=1e-300)
            assert np.array(ranges[with_unit(name) if has_units else name]) == near, (time, name)


def test_the_field_file_opens_at_all_times(run):
    (found,) = in_paraview(run.directory / "fields.vtkhdf")
    check(found, run, has_units=False)


def test_exported_files_open_at_all_times(run, tmp_path):
    is_fixed = run.parameters["mesh"] == "fixed"
    kinds = ("pvd", "xdmf") if is_fixed else ("pvd",)
    files = [export(run.directory, kind, out=tmp_path / kind) for kind in kinds]
    for found in in_paraview(*files):
        check(found, run, has_units=True)


def test_the_mesh_of_a_following_run_changes(run):
    sizes = {grid.n_cells for grid in run.fields.values()}
    assert (len(sizes) > 1) == (run.parameters["mesh"] == "adaptive")
