"""Meshes that follow a front, on any number of ranks."""

from __future__ import annotations

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from lithode.core.errors import InputError
from lithode.core.sizes import Band
from lithode.meshes import electrolyte
from lithode.meshes.refined import Remesher
from lithode.meshes.shapes import Circle, Particle
from lithode.meshes.structured import structured
from lithode.solvers.numerics.checkpoint import read_domain, write_checkpoint
from lithode.solvers.numerics.gauges import NodalWeights
from lithode.solvers.numerics.model import State
from lithode.solvers.numerics.transfer import collected, gathered, gathered_cells, put, put_cells

pytestmark = [pytest.mark.mpi, pytest.mark.mpi3]

LAYER = electrolyte.Electrolyte(
    width=16, height=20, size=2.5, particles=(Particle(Circle((8, 12), 4)),)
)
BAND = Band(size=0.5, reach=2.0)


def hill(points):
    """Falls from 1 to 0 across a front with a narrow hill, which no cell of the base sees."""
    front = 4.0 + 3.0 * np.exp(-((points[:, 0] - 8.0) ** 2))
    return 0.5 * (1 - np.tanh(points[:, 1] - front))


@pytest.fixture(scope="module")
def remesher():
    return Remesher.of(MPI.COMM_WORLD, lambda one: electrolyte.build(LAYER, one))


@pytest.fixture(scope="module")
def domain(remesher):
    return remesher.start(BAND, hill)


def sizes_at(domain, ruler, region, where):
    corners = ruler.simplices(domain, 2, domain.cells(region))[..., :2]
    areas = 0.5 * np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1]))
    here = where(corners.mean(axis=1))
    return np.sqrt(areas[here] * 4 / np.sqrt(3))


def test_the_first_mesh_is_fine_along_the_whole_front(domain, ruler):
    def near(points):
        x = np.linspace(0, 16, 1000)
        front = np.stack([x, 4.0 + 3.0 * np.exp(-((x - 8.0) ** 2))], axis=1)
        return np.linalg.norm(points[:, None] - front, axis=2).min(axis=1) < BAND.reach - 0.5

    for region in ("electrolyte", "particles"):
        assert sizes_at(domain, ruler, region, near).max(initial=0.1) < 1.2 * BAND.size
    far = sizes_at(domain, ruler, "electrolyte", lambda points: points[:, 1] > 16)
    assert domain.mesh.comm.allreduce(far.max(initial=0), op=MPI.MAX) > 2 * BAND.size


def test_it_is_the_same_on_any_number_of_ranks(domain, remesher, ruler):
    alone = Remesher.of(MPI.COMM_SELF, lambda one: electrolyte.build(LAYER, one))
    here = alone.start(BAND, hill)
    np.testing.assert_array_equal(ruler.points(domain), ruler.points(here))
    for name in domain.regions:
        assert ruler.region(domain, name) == pytest.approx(ruler.region(here, name), rel=1e-12)
    for name in domain.boundaries:
        assert ruler.boundary(domain, name) == pytest.approx(ruler.boundary(here, name), rel=1e-12)


def test_functions_move_with_their_integrals(domain, remesher):
    """Also once the mesh has been through a checkpoint, which numbers nothing anew."""
    comm = domain.mesh.comm
    scalars = fem.functionspace(domain.mesh, ("P", 1))
    pairs = fem.functionspace(domain.mesh, ("P", 1, (2,)))
    one, two = fem.Function(scalars), fem.Function(pairs)
    one.interpolate(lambda x: np.sin(x[0]) + x[1])
    two.interpolate(lambda x: np.stack([hill(x.T), 1 - hill(x.T) ** 2]))
    points, values = gathered(domain.mesh, [one, two])
    assert len(points) == (ruler_count(domain) if comm.rank == 0 else 0)
    if comm.rank == 0:
        expected = np.sin(points[:, 0]) + points[:, 1]
        np.testing.assert_allclose(values[:, 0], expected, atol=1e-12)
    front = np.stack([np.linspace(0, 16, 200), np.full(200, 9.0)], axis=1)
    conserved = np.array([False, True, True])
    moved, values, _ = remesher.transferred(points, values, BAND.sizes(front), conserved)
    copies = [fem.Function(fem.functionspace(moved.mesh, ("P", 1, shape))) for shape in ((), (2,))]
    put(moved.mesh, values, copies)
    old = NodalWeights(domain, scalars)
    new = NodalWeights(moved, copies[0].function_space)
    for k in (0, 1):
        before = old.sums(old.whole * two.x.array[k::2])
        after = new.sums(new.whole * copies[1].x.array[k::2])
        assert after == pytest.approx(before, rel=1e-12)
    nodes = copies[0].function_space.tabulate_dof_coordinates()
    near = np.abs(nodes[:, 1] - 9.0) < 1.0
    expected = np.sin(nodes[near, 0]) + nodes[near, 1]
    np.testing.assert_allclose(copies[0].x.array[near], expected, atol=0.8)


def ruler_count(domain):
    return domain.mesh.geometry.index_map().size_global


class _Still:
    """What `write_checkpoint` needs of a model."""

    name = "still"

    def __init__(self, domain, functions):
        self.domain, self._functions = domain, functions

    def state(self):
        return State({f.name: f for f in self._functions}, {"time": 0.0})


def test_a_checkpoint_holds_the_base_and_the_same_partition(domain, tmp_path_factory):
    comm = domain.mesh.comm
    folder = comm.bcast(tmp_path_factory.mktemp("refined") if comm.rank == 0 else None)
    path = write_checkpoint(folder, _Still(domain, []), case="toy", parameters_hash="")
    again = read_domain(path, comm)
    for read in (
        lambda d: d.mesh.geometry.x,
        lambda d: d.mesh.geometry.dofmaps[0],
        lambda d: d.mesh.geometry.input_global_indices,
        lambda d: d.mesh.topology.original_cell_index,
        lambda d: d.cell_tags.values,
        lambda d: d.facet_tags.indices,
        lambda d: d.facet_tags.values,
    ):
        np.testing.assert_array_equal(read(again), read(domain))
    assert (again.base is None) == (comm.rank > 0)
    front = np.array([[8.0, 10.0]])
    meshes = [Remesher.again(d).remade(BAND.sizes(front)).mesh for d in (domain, again)]
    np.testing.assert_array_equal(*(mesh.geometry.x for mesh in meshes))


def test_a_mesh_that_was_never_refined_has_no_base(comm):
    with pytest.raises(InputError, match="no base mesh"):
        Remesher.again(structured(comm, (4.0, 3.0), (9, 7)))


def test_values_of_cells_move_with_their_integrals(domain, remesher):
    """Halves inherit bit by bit; merged cells have the mean; also on ranks."""
    comm = domain.mesh.comm
    old = fem.Function(fem.functionspace(domain.mesh, ("DG", 0, (2,))))
    old.interpolate(lambda x: np.stack([np.sin(x[0]) + x[1], x[0] * x[1]]))
    points, nothing = gathered(domain.mesh, [])
    of_cells = gathered_cells(domain.mesh, [old])
    front = np.stack([np.linspace(0, 16, 200), np.full(200, 9.0)], axis=1)
    flags = np.zeros(0, dtype=bool)
    moved, _, rows = remesher.transferred(
        points, nothing, BAND.sizes(front), flags, of_cells=of_cells
    )
    new = fem.Function(fem.functionspace(moved.mesh, ("DG", 0, (2,))))
    put_cells(moved.mesh, rows, [new])

    def integral(function, weight):
        x = ufl.SpatialCoordinate(function.function_space.mesh)
        form = fem.form(weight(x) * function[0] * ufl.dx)
        return comm.allreduce(fem.assemble_scalar(form))

    # Cells that were merged have lost what was in them, but not their sum.
    assert integral(new, lambda x: 1.0) == pytest.approx(integral(old, lambda x: 1.0), rel=1e-12)
    assert integral(new, lambda x: x[1]) != pytest.approx(integral(old, lambda x: x[1]), rel=1e-9)
    # Cells that were halved, around the new front, have bit by bit what they were halved from.
    before = np.unique(collected(comm, old.x.array.reshape(-1, 2), everywhere=True), axis=0)
    held = collected(comm, new.x.array.reshape(-1, 2), everywhere=True)
    inherited = (held[:, None] == before[None]).all(axis=2).any(axis=1)
    middles = fem.Function(new.function_space)
    middles.interpolate(lambda x: x[:2])
    heights = collected(comm, middles.x.array.reshape(-1, 2), everywhere=True)[:, 1]
    assert inherited[np.abs(heights - 9.0) < 1.0].all()
    assert not inherited.all()
