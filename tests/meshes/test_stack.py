"""Stacks of layers: heights, names and faces of their meshes."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.meshes import stack
from lithode.meshes.stack import JUNCTION, Stack


def size(domain, region):
    dx = ufl.Measure("dx", domain=domain.mesh, subdomain_data=domain.cell_tags)
    one = fem.Constant(domain.mesh, 1.0)
    local = fem.assemble_scalar(fem.form(one * dx(domain.regions[region])))
    return domain.mesh.comm.allreduce(local, op=MPI.SUM)


@pytest.mark.mpi
@pytest.mark.parametrize(("width", "columns"), [(None, 1), (50.0, 3)])
def test_layers_and_junctions_have_their_thickness(comm, width, columns):
    domain = stack.build(Stack((30.0, 100.0, 20.0), 1.0, 5.0, width, columns), comm)
    assert list(domain.regions) == ["layer 1", "junction 1", "layer 2", "junction 2", "layer 3"]
    for name, thickness in (("layer 1", 30), ("layer 2", 100), ("layer 3", 20)):
        assert size(domain, name) == pytest.approx(thickness * (width or 1))
    assert size(domain, "junction 2") == pytest.approx(JUNCTION * (width or 1))


def test_cells_are_fine_at_both_foils_and_coarse_inside():
    pieces = Stack((30.0, 100.0, 20.0), 1.0, 5.0).pieces()
    first, last = pieces["layer 1"], pieces["layer 3"]
    assert np.all(np.diff(first) > -1e-12)
    assert np.all(np.diff(last) < 1e-12)
    assert np.allclose(first[:5], first[0])
    assert 0.7 < first[0] <= 1.0
    assert sum(pieces["layer 2"]) == pytest.approx(100)
    alone = Stack((40.0,), 1.0, 5.0).pieces()["layer 1"]
    assert alone == pytest.approx(alone[::-1])
    assert alone.sum() == pytest.approx(40)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (((), 1.0, 5.0), "thicknesses"),
        (((30.0, 0.0), 1.0, 5.0), "thicknesses"),
        (((30.0, -3.0), 1.0, 5.0), "thicknesses"),
        (((30.0,), 8.0, 5.0), "size"),
        (((30.0,), 0.0, 5.0), "size"),
        (((30.0,), 1.0, 5.0, -1.0), "width"),
        (((30.0,), 1.0, 5.0, 1.0, 0), "columns"),
    ],
)
def test_bad_stacks_are_refused(arguments, field):
    with pytest.raises(InputError) as caught:
        Stack(*arguments)
    assert caught.value.field == field
