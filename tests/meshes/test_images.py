"""Meshes of labelled pictures."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from typer.testing import CliRunner

from lithode.cli.app import app
from lithode.core.errors import InputError
from lithode.meshes import foreign
from lithode.meshes.images import build, outlines, samples
from lithode.meshes.images.labels import Labelled, read
from lithode.meshes.images.quality import pieces, radius_ratios, signed_measures

NAMES = {0: "fine", 1: "coarse", 2: "other"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return {path.name: path for path in samples.write(tmp_path_factory.mktemp("pictures"))}


def picture_of(path):
    known = {0: "fine", 1: "coarse"} if path.name != "three.png" else NAMES
    return read(path, samples.PIXEL, known)


@pytest.mark.parametrize(
    ("name", "least", "expected"),
    [
        ("discs.png", 0.3, [1, 5]),
        ("layers.png", 0.3, [1, 1]),
        ("three.png", 0.3, [1, 1, 2]),
        ("ball.tif", 0.1, [1, 1]),
    ],
)
def test_shares_quality_and_pieces_are_those_of_the_picture(pictures, name, least, expected):
    picture = picture_of(pictures[name])
    arrays, outcome = build.mesh(picture)
    for wanted, got in outcome.shares.values():
        assert got == pytest.approx(wanted, rel=0.01)
    assert outcome.worst_quality >= least
    assert (radius_ratios(arrays.points, arrays.cells) > 0).all() or picture.values.ndim == 2
    found = [
        pieces(arrays.cells[arrays.regions == region]).max() + 1
        for region in range(1, len(picture.names) + 1)
    ]
    assert found == expected


def test_outlines_are_smooth_where_pixels_are_stairs(pictures):
    """The outline of a disc is as long as a circle, not as its stairs."""
    picture = picture_of(pictures["discs.png"])
    numbers, _ = outlines.parts(picture)
    chains = outlines.outlines(numbers, picture.pixel, 3, 2 * picture.pixel)
    closed = [chain for chain in chains if chain.is_closed]
    length = max(np.linalg.norm(np.diff(c.points, axis=0), axis=1).sum() for c in closed)
    assert length == pytest.approx(2 * np.pi * 26 * samples.PIXEL, rel=0.01)


def test_a_ball_is_round(pictures):
    def radii(passes):
        arrays, _ = build.mesh(picture_of(pictures["ball.tif"]), passes)
        ball = np.unique(arrays.cells[arrays.regions == 2])
        rest = np.unique(arrays.cells[arrays.regions == 1])
        away = arrays.points[np.intersect1d(ball, rest)] - np.array([3.0, 3.0, 3.5])
        return np.linalg.norm(away, axis=1)

    smooth = radii(3)
    assert smooth.mean() == pytest.approx(2.0, rel=0.01)
    assert smooth.std() < 0.2 * radii(0).std()


def euler(arrays, region):
    """Return corners - edges + faces - cells of a region."""
    cells = np.sort(arrays.cells[arrays.regions == region], axis=1)
    faces = np.unique(np.concatenate([np.delete(cells, n, axis=1) for n in range(4)]), axis=0)
    edges = np.unique(np.concatenate([np.delete(faces, n, axis=1) for n in range(3)]), axis=0)
    return len(np.unique(cells)) - len(edges) + len(faces) - len(cells)


def euler_of_voxels(mask):
    """Return the same of voxels that touch across faces."""
    inside = np.pad(mask, 1)
    voxels = inside.sum()
    pairs = [inside & np.roll(inside, 1, axis) for axis in range(3)]
    fours = [pairs[a] & np.roll(pairs[a], 1, b) for a, b in ((0, 1), (0, 2), (1, 2))]
    eights = fours[0] & np.roll(fours[0], 1, 2)
    return voxels - sum(p.sum() for p in pairs) + sum(f.sum() for f in fours) - eights.sum()


def blobs(count, seed, size=12):
    """Return a stack of as many labels in lumps of some voxels, with holes and handles."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((count, size, size, size))
    fields = [ndimage.gaussian_filter(field, 2, mode="reflect") for field in noise]
    values = np.argmax(fields, axis=0)
    for _ in range(10):
        masks = [ndimage.uniform_filter((values == k).astype(float), 3) for k in range(count)]
        values = np.argmax(masks, axis=0)
    return Labelled(values.astype(np.int8), ("fine", "coarse", "other")[:count], 1.0)


@pytest.mark.parametrize(("count", "seed"), [(2, 6), (3, 7)])
def test_a_stack_keeps_shares_pieces_and_holes(count, seed):
    picture = blobs(count, seed)
    arrays, outcome = build.mesh(picture)
    assert outcome.worst_quality >= 0.1
    assert (signed_measures(arrays.points, arrays.cells) > 0).all()
    for number, (wanted, got) in enumerate(outcome.shares.values()):
        assert got == pytest.approx(wanted, rel=2e-3)
        assert euler(arrays, number + 1) == euler_of_voxels(picture.values == number)
    walls = np.sort(arrays.facets, axis=1)
    cells = arrays.cells
    facets = np.sort(np.concatenate([np.delete(cells, n, axis=1) for n in range(4)]), axis=1)
    found, times = np.unique(facets, axis=0, return_counts=True)
    assert times.max() == 2
    assert (np.unique(walls, axis=0) == found[times == 1]).all()


def test_a_stack_takes_larger_elements(pictures):
    picture = picture_of(pictures["ball.tif"])
    fine, coarse = (build.mesh(picture, size=size)[1] for size in (None, 0.5))
    assert coarse.cells < fine.cells / 6
    assert coarse.worst_quality >= 0.1
    assert coarse.shares["coarse"][1] == pytest.approx(coarse.shares["coarse"][0], rel=2e-3)
    with pytest.raises(InputError, match="at least the pixel"):
        build.mesh(picture, size=0.1)


def test_a_gap_that_closes_is_refused():
    values = np.zeros((12, 12, 12), dtype=np.int8)
    values[2:5, 2:10, 2:10] = values[7:10, 2:10, 2:10] = 1
    picture = Labelled(values, ("fine", "coarse"), 1.0)
    assert build.mesh(picture)[1].worst_quality > 0.1
    with pytest.raises(InputError, match="changes coarse from 2 to 1 pieces"):
        build.mesh(picture, size=3.0)


def test_the_first_row_of_a_picture_is_the_far_end(tmp_path):
    values = np.zeros((20, 10), dtype=np.uint8)
    values[:5] = 1
    Image.fromarray(values).save(tmp_path / "top.png")
    picture = read(tmp_path / "top.png", 1.0, {0: "fine", 1: "coarse"})
    arrays, _ = build.mesh(picture)
    heights = arrays.points[arrays.cells].mean(axis=1)[:, 1]
    assert heights[arrays.regions == 2].min() > 15
    assert picture.lengths == (10.0, 20.0)


@pytest.mark.mpi
@pytest.mark.parametrize("name", ["discs.png", "ball.tif"])
def test_the_file_is_read_as_a_mesh_with_walls(comm, tmp_path, name):
    if comm.rank == 0:
        path = {p.name: p for p in samples.write(tmp_path)}[name]
        arrays, _ = build.mesh(picture_of(path), size=0.5)
        build.write(arrays, ("fine", "coarse"), tmp_path / "mesh.msh")
    comm.Barrier()
    domain = foreign.read(tmp_path / "mesh.msh", comm, regions=("fine", "coarse"))
    for wall in ("electrode", "counter_electrode", "sides"):
        assert comm.allreduce(len(domain.facets(wall))) > 0
    expected = (40.0, 60.0) if name == "discs.png" else (6.0, 6.0, 7.0)
    assert foreign.lengths(tmp_path / "mesh.msh") == pytest.approx(expected)


def noisy():
    return np.random.default_rng(1).integers(0, 256, (20, 20)).astype(np.uint8)


def with_a_neck():
    values = np.zeros((30, 30), dtype=np.uint8)
    values[3:12, 5:25] = values[18:27, 5:25] = values[12:18, 14] = 1
    return values


def with_touching_corners():
    values = np.zeros((30, 30), dtype=np.uint8)
    values[5:15, 5:15] = values[15:25, 15:25] = 1
    return values


def with_a_speck():
    values = np.zeros((30, 30), dtype=np.uint8)
    values[5:15, 5:15], values[20, 20] = 1, 1
    return values


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (noisy(), "grey values, must have one value for each region"),
        (with_a_neck(), r"coarse: is one pixel wide at \(14.5, 1\d.5\) um"),
        (with_touching_corners(), "touches itself at a corner at"),
        (with_a_speck(), r"coarse: is one pixel wide at \(20.5, 9.5\) um"),
        (np.full((10, 10), 3, dtype=np.uint8), "must name the values 3 too"),
        (np.zeros((10, 10), dtype=np.uint8), "labels = coarse: no pixel has its value"),
        (np.zeros((10, 10, 3), dtype=np.uint8), "is RGB, must hold one number for each pixel"),
    ],
)
def test_a_bad_picture_is_refused(tmp_path, values, message):
    Image.fromarray(values).save(tmp_path / "bad.png")
    with pytest.raises(InputError, match=message):
        read(tmp_path / "bad.png", 1.0, {0: "fine", 1: "coarse"})


def test_what_is_no_picture_is_refused(tmp_path):
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(InputError, match="is no picture that can be read"):
        read(tmp_path / "text.png", 1.0, {0: "fine"})
    with pytest.raises(InputError, match="there is no such file"):
        read(tmp_path / "none.png", 1.0, {0: "fine"})


def test_a_large_stack_takes_larger_elements_only():
    values = np.zeros((110, 110, 110), dtype=np.int8)
    values[50:] = 1
    picture = Labelled(values, ("fine", "coarse"), 1.0)
    with pytest.raises(InputError, match=r"must be about 1\.1 um or more"):
        build.mesh(picture)
    _, outcome = build.mesh(picture, size=11.0)
    assert outcome.shares["coarse"][1] == pytest.approx(60 / 110, rel=2e-3)


def test_too_large_elements_are_refused():
    rows, columns = np.indices((40, 40)) - 19.5
    values = (rows**2 + columns**2 < 100).astype(np.int8)
    with pytest.raises(InputError, match="changes the share of fine"):
        build.mesh(Labelled(values, ("fine", "coarse"), 1.0), 3, 20.0, 20.0)


def test_the_command_writes_mesh_and_picture_that_a_case_takes(pictures, tmp_path):
    from lithode.engine.registry import find

    arguments = ["mesh", str(pictures["discs.png"]), "--pixel", "250 nm", "--out", str(tmp_path)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert {path.name for path in tmp_path.iterdir()} == {"mesh.msh", "mesh.png", "mesh.json"}
    parameters = find("graded-li3n").resolve(pairs=[f"mesh_file={tmp_path / 'mesh.msh'}"])
    assert (parameters.width, parameters.height, parameters.dimension) == (40.0, 60.0, 2)


@pytest.mark.parametrize("labels", ["fine", "0:fine", "0=fine,0=coarse", "x=fine", "0=a b"])
def test_labels_that_make_no_sense_are_refused(pictures, labels):
    arguments = ["mesh", str(pictures["discs.png"]), "--pixel", "0.25um", "--labels", labels]
    with pytest.raises(InputError, match="--labels"):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
