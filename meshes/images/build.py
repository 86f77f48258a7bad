"""A labelled picture made into a mesh file that cases take as ``mesh_file``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import meshio
import numpy as np
from scipy import ndimage

from lithode.core.arrays import Arrays
from lithode.core.errors import InputError
from lithode.meshes.boundaries import BOUNDARIES
from lithode.meshes.images.labels import Labelled
from lithode.meshes.images.planar import triangles
from lithode.meshes.images.quality import pieces, radius_ratios, signed_measures
from lithode.meshes.images.voxels import tetrahedra

LARGEST_SHIFT = 0.01


@dataclass(frozen=True)
class Outcome:
    """What a mesh of a picture is like.

    Attributes:
        lengths: Edge lengths of the picture in um, the growth direction last.
        cells: Number of cells.
        points: Number of points.
        worst_quality: Inner over outer radius of the worst cell, scaled: 1 for a regular one.
        shares: Share of the area or volume that each region has in the picture and in the mesh.
    """

    lengths: tuple[float, ...]
    cells: int
    points: int
    worst_quality: float
    shares: dict[str, tuple[float, float]]

    def text(self) -> str:
        """Return it for the terminal."""
        lengths = " x ".join(f"{length:.4g}" for length in self.lengths)
        shares = "".join(
            f"\n{name:20} {wanted:8.4f} of the picture, {got:.4f} of the mesh"
            for name, (wanted, got) in self.shares.items()
        )
        return (
            f"{lengths} um, {self.cells} cells, {self.points} points, "
            f"worst quality {self.worst_quality:.2f}{shares}"
        )

    def plain(self) -> dict[str, object]:
        """Return it as JSON takes it."""
        return asdict(self)


def mesh(
    picture: Labelled, passes: int = 3, size: float | None = None, size_inside: float | None = None
) -> tuple[Arrays, Outcome]:
    """Mesh a picture.

    Args:
        picture: In 2D or 3D.
        passes: How often outlines are smoothed.
        size: Element size at outlines in um, two pixels if None; in 3D everywhere, the pixel if
            None.
        size_inside: Element size away from outlines in um, four times ``size`` if None; in 2D.

    Raises:
        InputError: Sizes out of order, a region that changes by more than a hundredth of its share
            or, in 3D, into another number of pieces.
    """
    if passes < 0:
        raise InputError("smooth", passes, "must not be negative")
    if picture.values.ndim == 3:
        if size_inside is not None:
            raise InputError("size-inside", size_inside, "is the size in 3D: give only that", "um")
        arrays = tetrahedra(picture, passes, picture.pixel if size is None else size)
    else:
        fine = 2 * picture.pixel if size is None else size
        coarse = 4 * fine if size_inside is None else size_inside
        if not 0 < fine <= coarse:
            raise InputError("size", fine, "must be greater than 0 and at most size-inside", "um")
        arrays = triangles(picture, passes, fine, coarse)
    outcome = _outcome(picture, arrays)
    for number, name in enumerate(picture.names):
        mask = picture.values == number
        # Pixels that only touch at a corner or an edge may hang together or not.
        least, most = (ndimage.label(mask, np.ones((3,) * mask.ndim))[1], ndimage.label(mask)[1])
        found = len(np.unique(pieces(arrays.cells[arrays.regions == number + 1])))
        if not least <= found <= most:
            allowed = f"changes {name} from {most} to {found} pieces: smooth less"
            raise InputError("smooth", passes, allowed + ", or take smaller elements")
    for name, (wanted, got) in outcome.shares.items():
        if abs(got - wanted) > LARGEST_SHIFT * wanted:
            allowed = f"changes the share of {name} from {wanted:.4f} to {got:.4f}: smooth less"
            raise InputError("smooth", passes, allowed + ", or take smaller elements")
    return arrays, outcome


def write(arrays: Arrays, names: tuple[str, ...], path: Path) -> None:
    """Write a mesh with the names of its regions and walls.

    Args:
        arrays: The mesh; its regions are numbered from 1 on in the order of ``names``.
        names: Names of the regions.
        path: A .msh file of gmsh, in um.
    """
    dim = arrays.points.shape[1]
    facet, cell = ("line", "triangle") if dim == 2 else ("triangle", "tetra")
    points = np.zeros((len(arrays.points), 3))
    points[:, :dim] = arrays.points
    groups = [arrays.boundaries, arrays.regions]
    meshio.Mesh(
        points,
        [(facet, arrays.facets), (cell, arrays.cells)],
        cell_data={"gmsh:physical": groups, "gmsh:geometrical": groups},
        field_data={
            **{name: np.array([number, dim - 1]) for name, number in BOUNDARIES.items()},
            **{name: np.array([number, dim]) for number, name in enumerate(names, start=1)},
        },
    ).write(path, file_format="gmsh22", binary=True)


def _outcome(picture: Labelled, arrays: Arrays) -> Outcome:
    sizes = np.abs(signed_measures(arrays.points, arrays.cells))
    held = np.bincount(arrays.regions, weights=sizes, minlength=len(picture.names) + 1)[1:]
    shares = dict(zip(picture.names, held / held.sum(), strict=True))
    return Outcome(
        lengths=picture.lengths,
        cells=len(arrays.cells),
        points=len(arrays.points),
        worst_quality=float(np.abs(radius_ratios(arrays.points, arrays.cells)).min()),
        shares={name: (share, float(shares[name])) for name, share in picture.shares.items()},
    )
