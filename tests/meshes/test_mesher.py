"""Meshes made in a process of their own."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.meshes import electrolyte
from lithode.meshes.gmsh_model import domain_from_gmsh
from lithode.meshes.shapes import Circle, Particle


def example(size=1.0):
    layers = (electrolyte.Layer("electrolyte", 10.0),)
    particles = (Particle(Circle((5.0, 5.0), 2.0), "particles"),)
    return electrolyte.Electrolyte(10.0, 10.0, size, layers=layers, particles=particles)


def refuse():
    raise InputError("size", 3, "must be smaller", "um")


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


@pytest.fixture
def apart(monkeypatch):
    monkeypatch.setattr("lithode.meshes.mesher.MANY_CELLS", 0.0)


@pytest.mark.mpi
def test_the_mesh_is_the_same(comm, monkeypatch, caplog):
    here = electrolyte.build(example(), comm)
    monkeypatch.setattr("lithode.meshes.mesher.MANY_CELLS", 0.0)
    monkeypatch.setattr("lithode.meshes.mesher._mesh_here", pytest.fail)
    with caplog.at_level(logging.INFO):
        there = electrolyte.build(example(), comm)
    assert comm.rank or "worst quality" in caplog.text
    np.testing.assert_array_equal(here.mesh.geometry.x, there.mesh.geometry.x)
    for a, b in ((here.cell_tags, there.cell_tags), (here.facet_tags, there.facet_tags)):
        np.testing.assert_array_equal(a.indices, b.indices)
        np.testing.assert_array_equal(a.values, b.values)


@pytest.mark.mpi
def test_an_error_there_is_the_users_error_here(comm, apart):
    with pytest.raises(InputError, match=r"size = 3 um: must be smaller"):
        domain_from_gmsh(comm, refuse, {}, {})


@pytest.mark.mpi
def test_a_crash_there_is_no_crash_here(comm, apart):
    with pytest.raises(InputError, match=r"gmsh could not mesh it \(SIGSEGV\)"):
        domain_from_gmsh(comm, crash, {}, {})


def test_what_does_not_pickle_is_meshed_here(comm, apart):
    body = example()
    domain = domain_from_gmsh(comm, lambda: electrolyte._make(body), body.regions, {})
    assert len(domain.cells("particles"))


def test_the_process_knows_nothing_of_mpi():
    code = (
        "import sys, lithode.meshes.electrolyte, lithode.meshes.grains, lithode.meshes.mesher;"
        "print([m for m in ('mpi4py.MPI', 'dolfinx', 'petsc4py') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_a_large_mesh_is_made_there(comm, monkeypatch):
    asked = []
    monkeypatch.setattr("lithode.meshes.mesher._mesh_apart", lambda _: asked.append(1) or refuse())
    with pytest.raises(InputError):
        electrolyte.build(example(size=0.02), comm)
    assert asked == [1]
