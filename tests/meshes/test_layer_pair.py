"""Two graded layers: thicknesses, regions, element sizes, roughness, bad input."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.meshes import layer_pair as bilayer
from lithode.meshes.layer_pair import Bilayer

NAMES = ("below", "above")


def area(domain, region):
    dx = ufl.Measure("dx", domain=domain.mesh, subdomain_data=domain.cell_tags)
    one = fem.Constant(domain.mesh, 1.0)
    local = fem.assemble_scalar(fem.form(one * dx(domain.regions[region])))
    return domain.mesh.comm.allreduce(local, op=MPI.SUM)


def test_points_are_finest_at_the_interface():
    points = Bilayer(0.3, 1.0, 0.01, (0.1, 0.5)).points()
    sizes = np.diff(points)
    assert (points[0], points[-1]) == (0.0, pytest.approx(1.3))
    k = int(np.argmin(np.abs(points - 0.3)))
    assert points[k] == pytest.approx(0.3, abs=1e-12)
    assert sizes[k] <= 0.01
    assert sizes[k - 1] <= 0.01
    assert np.all(sizes[points[1:] < 0.8][k:] < 0.0201)
    assert sizes[-1] > 0.03


@pytest.mark.mpi
@pytest.mark.parametrize("width", [None, 0.2])
@pytest.mark.parametrize("roughness", [0.0, 0.02])
def test_layers(comm, width, roughness):
    """One cosine takes as much from the one layer as from the other."""
    if width is None and roughness:
        roughness = 0.0
    shape = Bilayer(0.1, 0.15, 0.005, (0.05, 0.05), width=width, roughness=roughness)
    domain = bilayer.build(shape, NAMES, comm)
    across = width or 1.0
    assert area(domain, "below") == pytest.approx(0.1 * across, rel=1e-9)
    assert area(domain, "above") == pytest.approx(0.15 * across, rel=1e-9)
    top = domain.mesh.geometry.x[:, domain.mesh.geometry.dim - 1].max(initial=0.0)
    assert comm.allreduce(top, op=MPI.MAX) == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lower": 0.0}, "lower"),
        ({"upper": -1.0}, "upper"),
        ({"size": 0.1}, "size"),
        ({"size": float("nan")}, "size"),
        ({"width": 0.0}, "width"),
        ({"width": 1.0, "roughness": 0.1}, "roughness"),
    ],
)
def test_bad_input(changes, field):
    with pytest.raises(InputError) as caught:
        Bilayer(**{"lower": 0.1, "upper": 0.2, "size": 0.01, "reach": (0.0, 0.0), **changes})
    assert caught.value.field == field
