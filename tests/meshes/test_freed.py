"""Meshes that are freed while an exception unwinds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import lithode

_OFTEN = """
from mpi4py import MPI
from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.meshes.structured import structured

def model(domain, physics):
    pass

def refused():
    raise InputError("current_density", 0.0, "must be positive", "A/m^2")

def domain():
    result = structured(MPI.COMM_WORLD, (1.0, 1.0), (2, 2))
    on_root(result.mesh.comm, lambda: None)
    return result

for _ in range(3):
    try:
        model(domain(), refused())
    except InputError:
        pass
print("went on")
"""

_PICKLED = (
    r"mesh\.comm\.(bcast|gather|scatter|reduce|all[a-z]+|send|recv|isend|irecv|exscan|scan)\("
)


def test_input_refused_after_a_mesh_was_made_lets_the_process_go_on():
    done = subprocess.run(
        [sys.executable, "-c", _OFTEN], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout == "went on\n"
    assert done.stderr == ""


def test_no_object_is_sent_on_the_communicator_of_a_mesh():
    package = Path(lithode.__file__).parent
    sources = [path for path in package.rglob("*.py", recurse_symlinks=True)]
    found = [path.name for path in sources if re.search(_PICKLED, path.read_text())]
    assert len(sources) > 100
    assert found == []
