from __future__ import annotations

import math
from dataclasses import replace

import gmsh
import numpy as np
import pytest
from dolfinx.mesh import exterior_facet_indices

from lithode.core.errors import InputError
from lithode.meshes.electrolyte import Electrolyte, Layer, build
from lithode.meshes.packing import Uniform, pack
from lithode.meshes.shapes import (
    Circle,
    Particle,
    Polygon,
    Polyhedron,
    Sphere,
    faceted_ball,
    regular_polygon,
)

TRIO = tuple(
    Particle(regular_polygon(center, radius, corners, irregularity=0.5, seed=corners))
    for center, radius, corners in (((22, 40), 14, 7), ((58, 48), 14.5, 8), ((40, 73), 9, 6))
)
GRADED = Electrolyte(width=80, height=90, particles=TRIO, size=1.4, size_inside=5, margin=2)
BILAYER = Electrolyte(
    width=40,
    height=50,
    layers=(Layer("electrolyte", 30), Layer("lzc", 20, inside=True)),
    particles=(
        Particle(Circle((12, 12), 8)),
        Particle(Polygon(((22, 30), (36, 30), (34, 18), (24, 18))), "blocker"),
    ),
    size=1.0,
    size_inside=4.0,
)
BLOCK = Polyhedron(tuple((x, y, z) for x in (1, 3) for y in (1, 4) for z in (0, 2)))
BOX = Electrolyte(
    width=10,
    depth=8,
    height=12,
    particles=(
        Particle(Sphere((2.5, 4, 5), 2)),
        Particle(faceted_ball((7, 4, 7), 2.5, 12, 0.5, seed=3), "grain"),
        Particle(BLOCK, "block"),
    ),
    layers=(Layer("electrolyte", 10), Layer("lzc", 2, inside=True)),
    size=0.8,
    size_inside=1.6,
)


def _perimeter(polygon):
    ring = np.array([*polygon.vertices, polygon.vertices[0]])
    return np.linalg.norm(np.diff(ring, axis=0), axis=1).sum()


@pytest.mark.mpi
def test_areas_and_walls(comm, ruler):
    domain = build(GRADED, comm)
    coarse = sum(particle.shape.measure for particle in TRIO)
    assert domain.regions == {"electrolyte": 1, "particles": 2}
    assert ruler.region(domain, "particles") == pytest.approx(coarse)
    assert ruler.region(domain, "electrolyte") == pytest.approx(7200 - coarse)
    assert ruler.boundary(domain, "electrode") == pytest.approx(80)
    assert ruler.boundary(domain, "counter_electrode") == pytest.approx(80)
    assert ruler.boundary(domain, "sides") == pytest.approx(180)
    for name, level in (("electrode", 0), ("counter_electrode", 90)):
        corners = ruler.simplices(domain, 1, domain.facets(name))
        assert corners[..., 1] == pytest.approx(level)


@pytest.mark.mpi
def test_cells_conform_to_the_particles(comm, ruler):
    around = sum(_perimeter(particle.shape) for particle in TRIO)
    assert ruler.interface(build(GRADED, comm), "electrolyte", "particles") == pytest.approx(around)


@pytest.mark.mpi
def test_layers(comm, ruler):
    domain = build(BILAYER, comm)
    assert list(domain.regions) == ["electrolyte", "lzc", "particles", "blocker"]
    disc = ruler.region(domain, "particles")
    assert 0.99 * 64 * math.pi < disc < 64 * math.pi
    assert ruler.region(domain, "blocker") == pytest.approx(144)
    assert ruler.region(domain, "electrolyte") == pytest.approx(1200 - 144 - disc)
    assert ruler.region(domain, "lzc") == pytest.approx(800)
    assert ruler.interface(domain, "electrolyte", "lzc") == pytest.approx(40 - 14)
    assert ruler.interface(domain, "blocker", "lzc") == pytest.approx(14)
    assert ruler.interface(domain, "electrolyte", "particles") == pytest.approx(
        16 * math.pi, rel=0.01
    )


@pytest.mark.mpi
def test_sizes_are_kept_and_graded(comm, ruler):
    domain = build(replace(GRADED, margin=3, grading=1.0), comm)
    fine, _ = ruler.edges(domain, "electrolyte")
    assert comm.allreduce(fine.sum()) / comm.allreduce(len(fine)) == pytest.approx(1.4, rel=0.25)
    assert np.all(fine < 1.8 * 1.4)
    # Deep cells may grow, those within the margin may not.
    spans, centers = ruler.edges(domain, "particles")
    depth = np.full(len(centers), -np.inf)
    for particle in TRIO:
        corners = np.array(particle.shape.vertices)
        sides = np.roll(corners, -1, axis=0) - corners
        outward = np.stack([sides[:, 1], -sides[:, 0]], axis=1)
        outward /= np.linalg.norm(outward, axis=1, keepdims=True)
        heights = np.sum((centers[:, None, :2] - corners) * outward, axis=2)
        depth = np.maximum(depth, -heights.max(axis=1))
    assert np.all(depth > 0), "every coarse cell lies in a particle"
    assert np.all(spans[depth < 2.5] < 2 * 1.4)
    assert np.all(spans < 1.8 * np.minimum(5, 1.4 + np.maximum(depth - 2, 0)))
    assert max(comm.allgather(spans.max(initial=0))) > 3


@pytest.mark.mpi
def test_even_mesh_without_size_inside(comm, ruler):
    even = build(replace(GRADED, size_inside=None), comm)
    graded = build(GRADED, comm)
    assert ruler.cells(graded) < 0.95 * ruler.cells(even)
    assert ruler.cells(even) == pytest.approx(7200 / (math.sqrt(3) / 4 * 1.4**2), rel=0.1)


@pytest.mark.mpi
@pytest.mark.parametrize("description", [GRADED, BILAYER, BOX])
def test_cells_are_well_shaped(comm, ruler, description):
    least = 25 if description.dimension == 2 else 10
    assert ruler.smallest_angle(build(description, comm)) > least


@pytest.mark.mpi
def test_box(comm, ruler):
    domain = build(BOX, comm)
    assert list(domain.regions) == ["electrolyte", "lzc", "particles", "grain", "block"]
    ball, grain = 32 / 3 * math.pi, BOX.particles[1].shape.measure
    assert 0.93 * ball < ruler.region(domain, "particles") < ball
    assert ruler.region(domain, "grain") == pytest.approx(grain)
    assert ruler.region(domain, "block") == pytest.approx(12)
    assert ruler.region(domain, "lzc") == pytest.approx(160)
    total = sum(ruler.region(domain, name) for name in domain.regions)
    assert total == pytest.approx(960)
    assert ruler.boundary(domain, "electrode") == pytest.approx(80)
    assert ruler.boundary(domain, "counter_electrode") == pytest.approx(80)
    assert ruler.boundary(domain, "sides") == pytest.approx(432)
    assert ruler.interface(domain, "electrolyte", "lzc") == pytest.approx(80)
    assert ruler.interface(domain, "electrolyte", "block") == pytest.approx(6 + 20)
    spans, _ = ruler.edges(domain, "electrolyte")
    assert np.all(spans < 2.4 * 0.8)


@pytest.mark.mpi
@pytest.mark.mpi3
@pytest.mark.parametrize("description", [BILAYER, BOX])
def test_same_mesh_on_every_run_and_any_ranks(comm, ruler, description):
    here, again = build(description, comm), build(description, comm)
    alone = build(description, comm.Split(comm.rank, 0))
    assert ruler.cells(here) == ruler.cells(again) == ruler.cells(alone)
    assert np.array_equal(ruler.points(here), ruler.points(again))
    assert np.array_equal(ruler.points(here), ruler.points(alone))


@pytest.mark.mpi
def test_neighbour_cells_are_ghosts(comm):
    """Terms on inner facets need both cells on the rank that owns the facet."""
    topology = build(BILAYER, comm).mesh.topology
    topology.create_connectivity(1, 2)
    assert (comm.size == 1) == (topology.index_map(2).num_ghosts == 0)
    outer = exterior_facet_indices(topology)
    inner = np.setdiff1d(np.arange(topology.index_map(1).size_local), outer)
    cells_of = topology.connectivity(1, 2)
    assert all(len(cells_of.links(facet)) == 2 for facet in inner)


@pytest.mark.mpi
def test_packed_particles_can_be_meshed(comm, ruler):
    discs = pack((0, 0), (60, 60), 0.4, Uniform(3, 8), seed=5, gap=1.0, corners=7)
    domain = build(Electrolyte(60, 60, size=1.0, size_inside=4.0, particles=discs), comm)
    assert ruler.region(domain, "particles") == pytest.approx(0.4 * 3600)
    assert ruler.smallest_angle(domain) > 15


@pytest.mark.mpi
def test_failure_of_gmsh_reaches_every_rank(comm, monkeypatch):
    def fail(dim):
        raise Exception("Could not recover boundary mesh")

    monkeypatch.setattr(gmsh.model.mesh, "generate", fail)
    with pytest.raises(InputError, match="gmsh could not mesh it"):
        build(BILAYER, comm)
    assert not gmsh.isInitialized()


@pytest.mark.mpi
def test_gmsh_is_left_as_it_was(comm, capfd):
    build(BILAYER, comm)
    assert not gmsh.isInitialized()
    assert capfd.readouterr() == ("", "")
    gmsh.initialize(interruptible=False)
    try:
        gmsh.model.add("mine")
        build(BILAYER, comm)
        assert gmsh.model.getCurrent() == "mine"
    finally:
        gmsh.finalize()


def test_poor_cells_are_told(comm, caplog, monkeypatch):
    monkeypatch.setattr("lithode.meshes.gmsh_model.POOR_QUALITY", 1.0)
    build(BILAYER, comm)
    assert "widen narrow gaps" in caplog.text


DISC = Particle(Circle((20, 20), 5))
BALL = Particle(Sphere((5, 5, 5), 2))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"width": -1}, "width = -1 um: must be greater than 0"),
        ({"height": math.nan}, "height = nan um: must be finite"),
        ({"depth": 0}, "depth = 0 um"),
        ({"size": 0}, "size = 0 um"),
        ({"size": math.inf}, "must be finite"),
        ({"size": 60}, "must be at most 40, the thinnest part"),
        ({"size": 1e-5}, "would make about .* cells"),
        ({"size_inside": 0.5}, "size_inside = 0.5 um: must be at least size = 1"),
        ({"margin": -1}, "margin"),
        ({"grading": 0}, "grading"),
        ({"layers": (Layer("electrolyte", 10), Layer("lzc", 20))}, "must add up to the height 50"),
        ({"particles": (BALL,)}, r"particles\[0\] = Sphere: the electrolyte is 2D"),
        ({"depth": 10, "particles": (DISC,)}, "the electrolyte is 3D"),
        ({"particles": (Particle(Circle((38, 20), 5)),)}, "3 um out of the domain at x = 40"),
        ({"particles": (Particle(Circle((20, 3), 5)),)}, "2 um out of the domain at y = 0"),
        ({"particles": (Particle(Circle((90, 90), 5)),)}, "out of the domain"),
        ({"particles": (Particle(Circle((20, 5), 5)),)}, "0 um from the edge of the domain"),
        ({"particles": (Particle(Circle((20, 5.1), 5)),)}, "0.1 um from the edge"),
        ({"particles": (DISC, Particle(Circle((27, 20), 4)))}, r"overlaps particles\[0\]"),
        ({"particles": (DISC, Particle(Circle((20, 20), 1)))}, r"particles\[1\]: overlaps"),
        ({"particles": (DISC, Particle(Circle((29.1, 20), 4)))}, "is only 0.1 um from"),
        ({"particles": (Particle(Circle((20, 20), 0.3)),)}, "must be at most 0.6, the extent"),
        (
            {"layers": (Layer("electrolyte", 22), Layer("lzc", 28)), "particles": (DISC,)},
            "3 um out of the layer electrolyte at y = 22",
        ),
        (
            {"layers": (Layer("electrolyte", 18), Layer("lzc", 32)), "particles": (DISC,)},
            "3 um out of the layer lzc at y = 18",
        ),
    ],
)
def test_bad_input(changed, said):
    with pytest.raises(InputError, match=said) as caught:
        Electrolyte(**{"width": 40, "height": 50, "size": 1, **changed})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("make", [lambda: Layer("", 1), lambda: Layer("electrolyte", -1)])
def test_bad_layers(make):
    with pytest.raises(InputError, match="layer"):
        make()
