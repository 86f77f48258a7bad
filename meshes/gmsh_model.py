"""A gmsh model made on rank 0 and handed out to all ranks as a Domain."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import gmsh

from lithode.core.arrays import Arrays
from lithode.core.domain import Domain
from lithode.core.errors import InputError
from lithode.core.parallel import on_root
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.mesher import mesh
from lithode.meshes.shapes import Circle, Polygon, Polyhedron, Shape, Sphere

if TYPE_CHECKING:
    from mpi4py import MPI

logger = logging.getLogger(__name__)

POOR_QUALITY = 0.05
MOST_CELLS = 5e7

_DELAUNAY_2D = 5
_FRONTAL_DELAUNAY_2D = 6
# Right-angled triangles, which halve into their like; equilateral ones become obtuse.
_FRONTAL_DELAUNAY_FOR_QUADS = 8
# HXT: faster than Delaunay and with fewer slivers.
_HXT = 10


def domain_from_gmsh(
    comm: MPI.Intracomm,
    make: Callable[[], int],
    regions: Mapping[str, int],
    boundaries: Mapping[str, int],
    cells: float = 0.0,
) -> Domain:
    """Build a mesh on rank 0 and distribute it; collective.

    Args:
        comm: Communicator of the mesh.
        make: Called for rank 0 only; fills and meshes the current gmsh model, with a physical
            group for each number of ``regions`` and of ``boundaries``, and returns its
            dimension.
        regions: Region name to number, the same on every rank.
        boundaries: Boundary name to number, the same on every rank.
        cells: About how many there will be. A large mesh is made in a process of its own if
            ``make`` pickles.

    Raises:
        InputError: ``make`` raised it, or gmsh could not make the mesh; on every rank.
    """
    # Meshing is free of MPI, which this loads.
    from lithode.meshes.handing_out import handed_out

    made: list[Arrays] = []
    on_root(comm, lambda: made.append(mesh(make, cells)))
    return handed_out(comm, made.pop() if made else None, regions, boundaries)


def add_shape(shape: Shape) -> int:
    """Add a shape to the current model and return its tag."""
    occ = gmsh.model.occ
    if isinstance(shape, Circle):
        tag = occ.addDisk(*shape.center, 0, shape.radius, shape.radius)
    elif isinstance(shape, Sphere):
        tag = occ.addSphere(*shape.center, shape.radius)
    elif isinstance(shape, Polygon):
        points = [occ.addPoint(*vertex, 0) for vertex in shape.vertices]
        tag = _add_faces(points, [tuple(range(len(points)))])[0]
    elif isinstance(shape, Polyhedron):
        points = [occ.addPoint(*vertex) for vertex in shape.vertices]
        tag = occ.addVolume([occ.addSurfaceLoop(_add_faces(points, shape.faces), sewing=True)])
    else:
        raise InputError("shape", type(shape).__name__, "cannot be meshed")
    return int(tag)


def _add_faces(points: list[int], faces: Iterable[tuple[int, ...]]) -> list[int]:
    occ = gmsh.model.occ
    lines: dict[frozenset[int], int] = {}
    tags = []
    for face in faces:
        edges = list(zip(face, (*face[1:], face[0]), strict=True))
        for a, b in edges:
            if frozenset((a, b)) not in lines:
                lines[frozenset((a, b))] = occ.addLine(points[a], points[b])
        loop = occ.addCurveLoop([lines[frozenset(edge)] for edge in edges])
        tags.append(int(occ.addPlaneSurface([loop])))
    return tags


def name_walls(
    lengths: Sequence[float],
    cells: Iterable[int],
    numbers: Mapping[str, int] = BOUNDARIES,
    inner: str = "electrode",
) -> None:
    """Name the outer walls, both ends and the flat lateral ones, and all the rest.

    Args:
        lengths: Edge lengths in um of the box from the origin, the growth direction last.
        cells: Tags of all surfaces (2D) or volumes (3D).
        numbers: Boundary name to number.
        inner: Name of what lies on no side of the box.
    """
    dim = len(lengths)
    walls = gmsh.model.getBoundary([(dim, tag) for tag in cells], combined=True, oriented=False)
    named: dict[str, list[int]] = {name: [] for name in numbers}

    def flat_at(box: Sequence[float], axis: int, position: float) -> bool:
        return max(abs(box[axis] - position), abs(box[axis + 3] - position)) < 1e-5 * lengths[axis]

    for d, tag in walls:
        box = gmsh.model.getBoundingBox(d, tag)
        if flat_at(box, dim - 1, lengths[-1]):
            named["counter_electrode"].append(tag)
        elif any(flat_at(box, a, end) for a in range(dim - 1) for end in (0.0, lengths[a])):
            named["sides"].append(tag)
        elif flat_at(box, dim - 1, 0.0):
            named["electrode"].append(tag)
        else:
            named[inner].append(tag)
    for name, tags in named.items():
        gmsh.model.addPhysicalGroup(dim - 1, sorted(tags), numbers[name], name)


def check_cells(dimension: int, *parts: tuple[float, float]) -> None:
    """Refuse a mesh of too many cells.

    Args:
        dimension: 2 or 3.
        parts: Element sizes in um, the smallest first, each with the area or volume that it fills.

    Raises:
        InputError: There would be more than ``MOST_CELLS``.
    """
    cells = cells_of(dimension, *parts)
    if cells > MOST_CELLS:
        allowed = f"would make about {cells:.0e} cells, of {MOST_CELLS:.0e}"
        raise InputError("size", parts[0][0], allowed, "um")


def cells_of(dimension: int, *parts: tuple[float, float]) -> float:
    """Return about how many cells a mesh has; see `check_cells`."""
    # Equilateral cells fill 0.43 h^2 or 0.12 h^3.
    cell = 0.43 if dimension == 2 else 0.12
    return sum(measure / (cell * size**dimension) for size, measure in parts)


def generate(dimension: int, *, to_bisect: bool = False, in_rows: bool = True) -> None:
    """Mesh the current model and log how good the cells are.

    Args:
        dimension: 2 or 3.
        to_bisect: Whether it is a base mesh whose cells will be bisected.
        in_rows: Whether cells may lie in rows, of the best shape; cracks run along rows.
    """
    flat = _FRONTAL_DELAUNAY_2D if in_rows else _DELAUNAY_2D
    if to_bisect:
        flat = _FRONTAL_DELAUNAY_FOR_QUADS
    gmsh.option.setNumber("Mesh.Algorithm", flat)
    gmsh.option.setNumber("Mesh.Algorithm3D", _HXT)
    gmsh.model.mesh.generate(dimension)
    gmsh.model.mesh.renumberNodes()
    _, cells, _ = gmsh.model.mesh.getElements(dimension)
    worst = float(gmsh.model.mesh.getElementQualities(cells[0], "gamma").min())
    logger.info("mesh: %d cells, worst quality %.2f", len(cells[0]), worst)
    if worst < POOR_QUALITY:
        logger.warning("the worst cell has quality %.3f of 1: widen narrow gaps", worst)
