"""Bodies between electrodes that touch them in part."""

from __future__ import annotations

import math

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.meshes.contact import PartialContact, build
from lithode.solvers.numerics.gauges import boundary_size


@pytest.mark.mpi
@pytest.mark.parametrize("counter", [20.0, 50.0])
@pytest.mark.parametrize("dimension", [2, 3])
def test_faces_are_parted_into_contact_and_gap(comm, dimension, counter):
    body = PartialContact(50.0, 70.0, 30.0, counter, 3.0, 20.0, dimension)
    domain = build(body, comm)
    one = fem.Constant(domain.mesh, 1.0)
    volume = comm.allreduce(fem.assemble_scalar(fem.form(one * ufl.dx)), MPI.SUM)
    assert volume == pytest.approx(50 ** (dimension - 1) * 70, rel=1e-12)
    sizes = {name: boundary_size(domain, name) for name in domain.boundaries}
    face, whole = 50.0 ** (dimension - 1), counter == 50.0
    curved = 1.0 if dimension == 2 else math.pi / 4
    assert sizes["electrode"] == pytest.approx(curved * 30.0 ** (dimension - 1), rel=3e-3)
    assert sizes["electrode"] + sizes["electrode_gap"] == pytest.approx(face, rel=1e-12)
    assert ("counter_gap" in sizes) != whole
    touched = face if whole else curved * 20.0 ** (dimension - 1)
    assert sizes["counter_electrode"] == pytest.approx(touched, rel=5e-3)
    assert sizes["sides"] == pytest.approx(140.0 if dimension == 2 else 4 * 50 * 70, rel=1e-9)


def test_elements_are_small_at_the_edges_of_contacts_only(comm):
    domain = build(PartialContact(50.0, 50.0, 20.0, 50.0, 0.5, 10.0), MPI.COMM_SELF)
    mesh = domain.mesh
    cells = np.arange(mesh.topology.index_map(2).size_local, dtype=np.int32)
    corners = mesh.geometry.x[mesh.geometry.dofmaps[0][cells]]
    places, sizes = corners.mean(axis=1), np.ptp(corners, axis=1).max(axis=1)
    near = np.linalg.norm(places[:, :2] - (20.0, 0.0), axis=1) < 1.0
    assert sizes[near].max() < 1.0
    assert sizes[places[:, 1] > 40].min() > 2.0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"width": 0.0}, "width"),
        ({"thickness": math.inf}, "thickness"),
        ({"contact": 60.0}, "contact"),
        ({"contact": 49.9}, "contact"),
        ({"counter_contact": 0.1}, "counter_contact"),
        ({"size": 30.0}, "contact"),
        ({"size_far": 40.0}, "size_far"),
        ({"size": 15.0}, "size"),
    ],
)
def test_bad_geometry(changes, field):
    good = {
        "width": 50.0,
        "thickness": 70.0,
        "contact": 30.0,
        "counter_contact": 50.0,
        "size": 3.0,
        "size_far": 10.0,
    }
    with pytest.raises(InputError) as error:
        PartialContact(**{**good, **changes})
    assert error.value.field == field
