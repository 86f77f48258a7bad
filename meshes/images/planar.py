"""A conforming mesh of triangles of a labelled picture, by gmsh between smooth outlines."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence

import gmsh
import numpy as np

from lithode.core.arrays import Arrays
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.gmsh_model import generate
from lithode.meshes.images.labels import Labelled
from lithode.meshes.images.outlines import OUTSIDE, Chain, area, outlines, parts
from lithode.meshes.mesher import mesh

# Elements grow to the coarse size over this many of the fine ones.
_GROWTH = 10


def triangles(picture: Labelled, passes: int, size: float, size_inside: float) -> Arrays:
    """Mesh a picture in 2D; regions are numbered from 1 on in the order of their names.

    Args:
        picture: In 2D.
        passes: How often outlines are smoothed.
        size: Element size at outlines in um.
        size_inside: Element size away from them in um.
    """

    def make() -> int:
        numbers, region_of = parts(picture)
        chains = outlines(numbers, picture.pixel, passes, size)
        lines = _draw(chains)
        surfaces = [_surface(part, chains, lines) for part in range(1, len(region_of) + 1)]
        gmsh.model.geo.synchronize()
        for number, name in enumerate(picture.names):
            tags = [
                tag for tag, region in zip(surfaces, region_of, strict=True) if region == number
            ]
            gmsh.model.addPhysicalGroup(2, tags, number + 1, name)
        _name_walls(chains, lines, picture.lengths)
        inner = [
            tag
            for chain, tags in zip(chains, lines, strict=True)
            if OUTSIDE not in (chain.left, chain.right)
            for tag in tags
        ]
        _grade(inner, size, size_inside)
        generate(2)
        return 2

    return mesh(make, 0.0)


def _draw(chains: Sequence[Chain]) -> list[list[int]]:
    """Add the chains to the model; return the lines of each."""
    known: dict[tuple[float, float], int] = {}
    drawn = []
    for chain in chains:
        tags = []
        for x, y in chain.points.tolist():
            if (x, y) not in known:
                known[x, y] = gmsh.model.geo.addPoint(x, y, 0)
            tags.append(known[x, y])
        drawn.append([gmsh.model.geo.addLine(a, b) for a, b in itertools.pairwise(tags)])
    return drawn


def _surface(part: int, chains: Sequence[Chain], lines: Sequence[Sequence[int]]) -> int:
    """Add the surface of a part: its loops have the part on their left, holes run clockwise."""
    at: dict[tuple[float, float], list[tuple[int, bool]]] = defaultdict(list)
    for number, chain in enumerate(chains):
        if chain.left == part:
            at[_key(chain, 0)].append((number, True))
        if chain.right == part:
            at[_key(chain, -1)].append((number, False))
    loops: list[tuple[float, int]] = []
    while at:
        place = next(iter(at))
        points, tags = [], list[int]()
        while at.get(place):
            number, forwards = at[place].pop()
            if not at[place]:
                del at[place]
            chain = chains[number]
            points.append(chain.points if forwards else chain.points[::-1])
            mine = lines[number] if forwards else [-tag for tag in reversed(lines[number])]
            tags.extend(mine)
            place = _key(chain, -1 if forwards else 0)
        around = np.concatenate(points)
        loops.append((area(around), gmsh.model.geo.addCurveLoop(tags)))
    loops.sort(reverse=True)
    return int(gmsh.model.geo.addPlaneSurface([tag for _, tag in loops]))


def _key(chain: Chain, end: int) -> tuple[float, float]:
    x, y = chain.points[end].tolist()
    return x, y


def _name_walls(
    chains: Sequence[Chain], lines: Sequence[Sequence[int]], lengths: tuple[float, ...]
) -> None:
    named: dict[str, list[int]] = {name: [] for name in BOUNDARIES}
    for chain, tags in zip(chains, lines, strict=True):
        if OUTSIDE in (chain.left, chain.right):
            middle = (chain.points[:-1] + chain.points[1:]) / 2
            for (_, y), tag in zip(middle.tolist(), tags, strict=True):
                is_low, is_high = y < 1e-9 * lengths[1], y > lengths[1] * (1 - 1e-9)
                name = "electrode" if is_low else "counter_electrode" if is_high else "sides"
                named[name].append(tag)
    for name, tags in named.items():
        gmsh.model.addPhysicalGroup(1, tags, BOUNDARIES[name], name)


def _grade(lines: Sequence[int], size: float, size_inside: float) -> None:
    field = gmsh.model.mesh.field
    distance, threshold = field.add("Distance"), field.add("Threshold")
    field.setNumbers(distance, "CurvesList", lines)
    field.setNumber(distance, "Sampling", 5)
    field.setNumber(threshold, "InField", distance)
    for option, value in {
        "SizeMin": size,
        "SizeMax": size_inside,
        "DistMin": size,
        "DistMax": _GROWTH * size,
    }.items():
        field.setNumber(threshold, option, value)
    field.setAsBackgroundMesh(threshold)
    for option in ("MeshSizeFromPoints", "MeshSizeExtendFromBoundary"):
        gmsh.option.setNumber(f"Mesh.{option}", 0)
