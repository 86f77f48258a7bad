"""A kill at any instant leaves a checkpoint that loads."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import numpy as np
import pytest
from dolfinx import fem
from dolfinx.mesh import create_unit_square, meshtags
from mpi4py import MPI

from lithode.core.domain import Domain
from lithode.solvers.numerics.checkpoint import (
    read_domain,
    read_header,
    restore,
    write_checkpoint,
)
from lithode.solvers.numerics.model import State


class Counter:
    """Holds one number, as a scalar and as a field."""

    name = "counter"

    def __init__(self, domain):
        self.domain = domain
        self.function = fem.Function(fem.functionspace(domain.mesh, ("P", 1)))
        self.number = 0.0

    def state(self):
        return State({"number": self.function}, {"number": self.number})

    def restore(self, scalars):
        self.number = scalars["number"]


def count_for_ever(directory):
    mesh = create_unit_square(MPI.COMM_WORLD, 40, 40)
    mesh.topology.create_connectivity(1, 2)
    none = np.empty(0, dtype=np.int32)
    tags = [meshtags(mesh, dim, none, none) for dim in (2, 1)]
    model = Counter(Domain(mesh, *tags, {}, {}))
    while True:
        write_checkpoint(directory, model, case="count", parameters_hash="")
        sys.stdout.write(".")
        sys.stdout.flush()
        model.number += 1
        model.function.x.array[:] = model.number


CODE = """
import sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from test_checkpoint_kill import count_for_ever
count_for_ever(Path({path!r}))
"""


@pytest.mark.parametrize("seed", range(6))
def test_kill_while_writing(comm, tmp_path, seed):
    code = CODE.format(folder=__file__.rpartition("/")[0], path=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as run:
        assert run.stdout.read(3) == b"...", "did not start"
        time.sleep(0.02 * random.Random(seed).random())
        run.kill()
        written = 3 + len(run.stdout.read())
    path = tmp_path / "state.h5"
    assert read_header(path, comm, case="count").scalars["number"] in (written - 1, written)
    model = Counter(read_domain(path, comm))
    restore(path, model)
    np.testing.assert_array_equal(model.function.x.array, model.number)
