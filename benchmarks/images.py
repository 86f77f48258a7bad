"""Shares, contact and tortuosity of meshes of the sample pictures, beside those of other packages.

    ./env.sh run python3 benchmarks/images.py lithode
    PYTHONPATH=. python3 benchmarks/images.py packages    after pip install porespy openpnm

Each fills its columns of data/images.csv. PoreSpy takes shares and tortuosity from the pixels;
scikit-image takes contact from the level set of the pictures, blurred by 1.5 pixels in 2D and by
one voxel in 3D. The column `exact` is of the shapes that were drawn, by closed forms; tortuosity
around the ball by PoreSpy on voxels of a third, extrapolated to voxels of no size.
"""

from __future__ import annotations

import csv
import itertools
import math
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import numpy as np

from lithode.meshes.images import samples

TABLE = Path(__file__).parent / "data" / "images.csv"
HEAD = "picture", "quantity", "exact", "lithode", "other", "package"
PIXEL = samples.PIXEL
PICTURES = {
    "discs.png": samples.discs,
    "layers.png": samples.layers,
    "three.png": samples.three,
    "ball.tif": samples.ball,
}
NAMES = ("fine", "coarse", "other")
AXES = {2: ("x", "y"), 3: ("x", "y", "z")}
# Regions that join opposite walls, and across which axes.
TORTUOSITY = "tortuosity of fine along "
JOINING = {"discs.png": "xy", "layers.png": "x", "three.png": "xy", "ball.tif": "xz"}


def wave() -> float:
    """Return the length of the interface of layers.png in pixels."""
    slopes = 20 * 2 * np.pi / 80 * np.cos(2 * np.pi * (np.arange(160_000) + 0.5) / 80_000)
    return float(np.sqrt(1 + slopes**2).mean() * 160)


# Of the shapes that were drawn, in pixels; shares of what is drawn, but for the region around it.
DISCS = math.pi * (22**2 + 18**2 + 26**2 + 20**2 + 30**2 / 2) / (240 * 160)
EXACT: Mapping[tuple[str, str], float] = {
    ("discs.png", "share of coarse"): DISCS,
    ("discs.png", "contact fine-coarse [um]"): math.pi * (2 * (22 + 18 + 26 + 20) + 30) * PIXEL,
    ("layers.png", "share of fine"): 0.5,
    ("layers.png", "contact fine-coarse [um]"): wave() * PIXEL,
    ("three.png", "share of coarse"): math.pi * 32**2 / 2 / 160**2,
    ("three.png", "share of other"): math.pi * (32**2 / 2 + 24**2) / 160**2,
    ("three.png", "contact fine-coarse [um]"): math.pi * 32 * PIXEL,
    ("three.png", "contact fine-other [um]"): math.pi * (32 + 48) * PIXEL,
    ("three.png", "contact coarse-other [um]"): 64 * PIXEL,
    ("ball.tif", "share of coarse"): 4 / 3 * math.pi * 8**3 / (24 * 24 * 28),
    ("ball.tif", "contact fine-coarse [um2]"): 4 * math.pi * 8**2 * PIXEL**2,
}


def upright(values: np.ndarray) -> np.ndarray:
    """Return labels along x and height, or x, depth and height."""
    return values[::-1].T if values.ndim == 2 else values[:, ::-1].transpose(2, 0, 1)


def by_lithode(name: str) -> Iterator[tuple[str, float]]:
    from benchmarks.images_mesh import conduction, contact
    from lithode.meshes.images import build
    from lithode.meshes.images.labels import Labelled

    values = upright(PICTURES[name]())
    known, dim = range(int(values.max()) + 1), values.ndim
    arrays, outcome = build.mesh(Labelled(values.astype(np.int8), NAMES[: len(known)], PIXEL))
    for region, (_, share) in outcome.shares.items():
        yield f"share of {region}", share
    for a, b in itertools.combinations(known, 2):
        yield contact_of(a, b, dim), contact(arrays, a + 1, b + 1)
    for axis in JOINING[name]:
        yield TORTUOSITY + axis, conduction(arrays, 1, AXES[dim].index(axis)).tortuosity


def by_packages(name: str) -> Iterator[tuple[str, float, str]]:
    import porespy

    values = upright(PICTURES[name]())
    tools = {tool: f"{tool} {version(tool)}" for tool in ("porespy", "scikit-image")}
    known, dim = range(int(values.max()) + 1), values.ndim
    for n in known:
        yield f"share of {NAMES[n]}", porespy.metrics.porosity(values == n), tools["porespy"]
    # What a and b share is what their outlines have more than the outline of both together.
    alone = [outline(values == n) for n in known]
    for a, b in itertools.combinations(known, 2):
        together = outline((values == a) | (values == b))
        shared = (alone[a] + alone[b] - together) / 2 * PIXEL ** (dim - 1)
        yield contact_of(a, b, dim), shared, tools["scikit-image"]
    for axis in JOINING[name]:
        yield TORTUOSITY + axis, on_pixels(values, axis), tools["porespy"]


def on_pixels(values: np.ndarray, axis: str) -> float:
    """Return the tortuosity factor of the pixels that are 0."""
    import porespy

    number = AXES[values.ndim].index(axis)
    return float(porespy.simulations.tortuosity_fd(values == 0, number).tortuosity)


def without_stairs(axis: str) -> float:
    """Return the tortuosity factor around the ball; its error goes with the size of voxels."""
    coarse, fine = (on_pixels(upright(samples.ball(finer)), axis) for finer in (1, 3))
    return (3 * fine - coarse) / 2


def contact_of(a: int, b: int, dim: int) -> str:
    return f"contact {NAMES[a]}-{NAMES[b]} [{'um' if dim == 2 else 'um2'}]"


def outline(mask: np.ndarray) -> float:
    """Return the length or area of the outline within the picture, in pixels."""
    from scipy.ndimage import gaussian_filter
    from skimage import measure

    if mask.all():
        return 0.0
    blurred = gaussian_filter(mask.astype(float), 1.5 if mask.ndim == 2 else 1.0, mode="nearest")
    # Level sets end half a pixel before the walls.
    blurred = np.pad(blurred, 1, mode="edge")
    if mask.ndim == 3:
        corners, faces, *_ = measure.marching_cubes(blurred, 0.5)
        return float(measure.mesh_surface_area(corners, faces))
    chains = measure.find_contours(blurred, 0.5)
    return sum(float(np.linalg.norm(np.diff(c, axis=0), axis=1).sum()) for c in chains)


def rows() -> dict[tuple[str, str], dict[str, str]]:
    if not TABLE.exists():
        return {}
    with TABLE.open() as file:
        return {(row["picture"], row["quantity"]): row for row in csv.DictReader(file)}


def main() -> None:
    which = sys.argv[1]
    table = rows()
    for name in PICTURES:
        for quantity, value, *package in (by_lithode if which == "lithode" else by_packages)(name):
            row = table.setdefault((name, quantity), dict.fromkeys(HEAD, ""))
            row |= {"picture": name, "quantity": quantity}
            exact = EXACT.get((name, quantity))
            if package:
                row |= {"other": f"{value:.5g}", "package": package[0]}
                if name == "ball.tif" and quantity.startswith(TORTUOSITY):
                    exact = without_stairs(quantity[-1])
            else:
                row["lithode"] = f"{value:.5g}"
            if exact is not None:
                row["exact"] = f"{exact:.5g}"
    with TABLE.open("w", newline="") as file:
        writer = csv.DictWriter(file, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table.values())
    print("| picture | quantity | Lithode | shapes as drawn | package |\n|---|---|---|---|---|")
    for row in table.values():
        cells = [f"`{row['picture']}`", row["quantity"], row["lithode"]]
        for column in ("exact", "other"):
            ratio = f" ({percent(row, column):+.1f} %)" if row[column] and row["lithode"] else ""
            cells.append((row[column] or "-") + ratio)
        print("|", " | ".join(cells), "|")


def percent(row: Mapping[str, str], column: str) -> float:
    """Return by how much ours is more than what another column says."""
    return 100 * (float(row["lithode"]) / float(row[column]) - 1)


if __name__ == "__main__":
    main()
