from __future__ import annotations

import os

import gmsh
import meshio
import numpy as np
import pytest

from lithode.core.errors import InputError
from lithode.meshes.foreign import read

# A unit square of four triangles, two on the left, two on the right.
POINTS = np.array([[0, 0], [0.5, 0], [1, 0], [0, 1], [0.5, 1], [1, 1], [9, 9]], dtype=float)
TRIANGLES = np.array([[0, 1, 4], [0, 4, 3], [1, 2, 5], [1, 5, 4]])
LINES = np.array([[0, 1], [1, 2], [3, 4], [4, 5], [3, 0], [2, 5]])
REGION = np.array([7, 7, 8, 8])
WALL = np.array([1, 1, 2, 2, 3, 3])
NUMBERS = {"left": 7, "right": 8, "electrode": 1, "counter_electrode": 2, "sides": 3}
BOTH = ("left", "right")


def _square(**changed):
    parts = {
        "points": POINTS,
        "cells": [("triangle", TRIANGLES), ("line", LINES)],
        "cell_data": {"region": [REGION, WALL]},
        **changed,
    }
    return meshio.Mesh(**parts)


def _write(comm, tmp_path, mesh, name="mesh.vtu"):
    path = tmp_path / name
    if comm.rank == 0:
        mesh.write(path)
    comm.Barrier()
    return path


def _gmsh_file(comm, path, dim, version):
    """Let gmsh write a box with two named halves."""
    if comm.rank == 0:
        gmsh.initialize(interruptible=False)
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.option.setNumber("Mesh.MshFileVersion", version)
        gmsh.option.setNumber("Mesh.MeshSizeMax", 0.4)
        occ = gmsh.model.occ
        if dim == 2:
            halves = [(2, occ.addRectangle(x, 0, 0, 1, 1)) for x in (0, 1)]
        else:
            halves = [(3, occ.addBox(x, 0, 0, 1, 1, 1)) for x in (0, 1)]
        occ.fragment(halves, [])
        occ.synchronize()
        for (_, tag), name in zip(halves, BOTH, strict=True):
            gmsh.model.addPhysicalGroup(dim, [tag], name=name)
        walls = {"electrode": [], "counter_electrode": [], "sides": []}
        for _, tag in gmsh.model.getBoundary(gmsh.model.getEntities(dim), oriented=False):
            level = occ.getCenterOfMass(dim - 1, tag)[dim - 1]
            name = {0.0: "electrode", 1.0: "counter_electrode"}.get(round(level, 6), "sides")
            walls[name].append(tag)
        for name, tags in walls.items():
            gmsh.model.addPhysicalGroup(dim - 1, tags, name=name)
        gmsh.model.mesh.generate(dim)
        gmsh.write(str(path))
        gmsh.finalize()
    comm.Barrier()


@pytest.mark.mpi
@pytest.mark.parametrize("version", [2.2, 4.1])
@pytest.mark.parametrize("dim", [2, 3])
def test_gmsh_file(comm, ruler, tmp_path, dim, version):
    path = tmp_path / "box.msh"
    _gmsh_file(comm, path, dim, version)
    domain = read(path, comm, regions=BOTH, unit="mm")
    side = 1000.0 ** (dim - 1)
    assert domain.mesh.topology.dim == domain.mesh.geometry.dim == dim
    for name in BOTH:
        assert ruler.region(domain, name) == pytest.approx(1000.0**dim)
    assert ruler.boundary(domain, "electrode") == pytest.approx(2 * side)
    assert ruler.boundary(domain, "counter_electrode") == pytest.approx(2 * side)
    assert ruler.boundary(domain, "sides") == pytest.approx((2 if dim == 2 else 6) * side)
    assert ruler.interface(domain, "left", "right") == pytest.approx(side)


@pytest.mark.mpi
def test_numbers_of_a_vtu_file(comm, ruler, tmp_path):
    path = _write(comm, tmp_path, _square())
    domain = read(path, comm, regions=BOTH, groups=NUMBERS)
    assert dict(domain.regions) == {"left": 1, "right": 2}
    assert ruler.cells(domain) == 4
    assert ruler.region(domain, "left") == pytest.approx(0.5)
    assert ruler.boundary(domain, "electrode") == pytest.approx(1)
    assert ruler.boundary(domain, "sides") == pytest.approx(2)
    assert len(ruler.points(domain)) == 6, "a point of no cell is left out"


def test_numbers_of_one_array_of_several(comm, ruler, tmp_path):
    data = {"region": [REGION, WALL], "part": [0 * REGION, 0 * WALL]}
    path = _write(comm, tmp_path, _square(cell_data=data))
    groups = {name: f"region:{number}" for name, number in NUMBERS.items()}
    domain = read(path, comm, regions=BOTH, groups=groups)
    assert ruler.region(domain, "right") == pytest.approx(0.5)
    with pytest.raises(
        InputError, match=r"no region 7, its groups are: part:0, region:7, region:8"
    ):
        read(path, comm, regions=BOTH, groups=NUMBERS)


def test_cell_sets_and_point_sets(comm, ruler, tmp_path):
    mesh = _square(
        cells=[("triangle", TRIANGLES)],
        cell_data={},
        cell_sets={"left": [[0, 1]], "right": [[2, 3]]},
        point_sets={"electrode": [0, 1, 2], "counter_electrode": [3, 4, 5], "sides": [0, 3]},
    )
    domain = read(_write(comm, tmp_path, mesh, "mesh.inp"), comm, regions=BOTH)
    assert ruler.region(domain, "right") == pytest.approx(0.5)
    assert ruler.boundary(domain, "electrode") == pytest.approx(1)
    assert ruler.boundary(domain, "sides") == pytest.approx(1)


def test_unnamed_walls_are_told(comm, tmp_path, caplog):
    path = _write(comm, tmp_path, _square())
    read(
        path,
        comm,
        regions=BOTH,
        boundaries=("electrode",),
        groups={name: NUMBERS[name] for name in (*BOTH, "electrode")},
    )
    assert "4 outer facets are in none of the boundaries" in caplog.text


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"cells": [], "cell_data": {}}, "has no cells|cannot read it"),
        (
            {"cells": [("line", LINES)], "cell_data": {"region": [WALL]}},
            "must hold triangles only or tetrahedra only, has line",
        ),
        (
            {
                "cells": [("triangle", TRIANGLES), ("quad", [[0, 1, 4, 3]])],
                "cell_data": {"region": [REGION, [7]]},
            },
            "only, has quad, triangle",
        ),
        ({"cell_data": {"region": [[7, 7, 9, 8], WALL]}}, "1 cells are in none of the regions"),
        ({"cell_data": {"region": [[7, 7, 7, 7], WALL]}}, "has no region 8, its groups are: 7"),
        ({"cell_data": {}}, "its groups are: none"),
        ({"points": np.where(POINTS == 1, np.nan, POINTS)}, "not finite"),
        ({"points": np.hstack([POINTS, POINTS[:, :1]])}, "plane of constant z"),
        ({"points": POINTS * [1, 0]}, "4 cells have no area"),
        (
            {"cells": [("triangle", TRIANGLES), ("line", [*LINES[:5], [0, 5]])]},
            "no facets of its cells",
        ),
        (
            {
                "cells": [("triangle", [*TRIANGLES, [4, 0, 2]]), ("line", LINES)],
                "cell_data": {"region": [[*REGION, 8], WALL]},
            },
            "shared by more than two",
        ),
    ],
)
def test_bad_files(comm, tmp_path, changed, said):
    path = _write(comm, tmp_path, _square(**changed))
    with pytest.raises(InputError, match=said) as caught:
        read(path, comm, regions=BOTH, groups=NUMBERS)
    assert (caught.value.field, caught.value.value) == ("mesh", path)
    assert "\n" not in str(caught.value)


def test_overlapping_groups(comm, tmp_path):
    mesh = _square(
        cells=[("triangle", TRIANGLES)],
        cell_data={},
        cell_sets={"left": [[0, 1, 2]], "right": [[2, 3]]},
    )
    path = _write(comm, tmp_path, mesh, "mesh.inp")
    with pytest.raises(InputError, match="region right overlaps with left"):
        read(path, comm, regions=BOTH, boundaries=())


@pytest.mark.mpi
@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("none.msh", None, "there is no such file"),
        ("mesh.txt", "no mesh", "meshio cannot read it"),
        ("mesh.msh", "no mesh", "meshio cannot read it"),
        ("mesh.vtu", "<VTKFile", "meshio cannot read it"),
        ("mesh.vtk", "", "meshio cannot read it"),
    ],
)
def test_unreadable_files(comm, tmp_path, capfd, name, text, said):
    if text is not None and comm.rank == 0:
        (tmp_path / name).write_text(text)
    comm.Barrier()
    with pytest.raises(InputError, match=said) as caught:
        read(tmp_path / name, comm)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"unit": "kg"}, "unit"),
        ({"unit": "parsnip"}, "unit"),
        ({"groups": {"lzc": 3}}, "groups = lzc: is none of electrolyte, electrode"),
    ],
)
def test_bad_wishes(comm, tmp_path, changed, said):
    with pytest.raises(InputError, match=said):
        read(tmp_path / "none.msh", comm, **changed)


@pytest.mark.parametrize("extension", sorted(meshio.extension_to_filetypes))
def test_what_is_no_mesh_is_a_line(comm, tmp_path, extension, capfd):
    path = tmp_path / f"mesh{extension}"
    content = np.random.default_rng(1).bytes(3000)
    for text in (
        content,
        b"",
        b"$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Nodes\n1 99999999999 1 9\n",
    ):
        path.write_bytes(text)
        with pytest.raises(InputError, match="mesh = ") as caught:
            read(path, comm)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) <= 300
    assert capfd.readouterr() == ("", "")


def test_a_huge_file_is_not_read(comm, tmp_path):
    path = tmp_path / "mesh.msh"
    path.touch()
    os.truncate(path, 9 * 2**30)
    with pytest.raises(InputError, match="larger than 8 GiB"):
        read(path, comm)
