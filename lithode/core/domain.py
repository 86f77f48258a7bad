"""A mesh with named regions and boundaries: what the mesh builders return and the models take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lithode.core.errors import InputError

if TYPE_CHECKING:
    from dolfinx.mesh import Mesh, MeshTags

    from lithode.core.arrays import Arrays


@dataclass(frozen=True)
class Domain:
    """A distributed mesh whose cells and boundary facets carry names.

    Coordinates are in micrometres.

    Attributes:
        mesh: The mesh, in 2D or 3D.
        cell_tags: Region number of every cell.
        facet_tags: Boundary number of the named facets.
        regions: Region name to number, e.g. ``{"electrolyte": 1, "particles": 2}``.
        boundaries: Boundary name to number, e.g. ``{"electrode": 1, "sides": 3}``.
        base: The mesh that it was refined from, on rank 0; None elsewhere, and where it was not.
    """

    mesh: Mesh[np.float64]
    cell_tags: MeshTags
    facet_tags: MeshTags
    regions: Mapping[str, int]
    boundaries: Mapping[str, int]
    base: Arrays | None = None

    def cells(self, region: str) -> npt.NDArray[np.int32]:
        """Return the local cells (ghosts included) of a named region."""
        return np.asarray(self.cell_tags.find(self._number("region", region, self.regions)))

    def facets(self, boundary: str) -> npt.NDArray[np.int32]:
        """Return the local facets of a named boundary."""
        return np.asarray(self.facet_tags.find(self._number("boundary", boundary, self.boundaries)))

    @staticmethod
    def _number(kind: str, name: str, names: Mapping[str, int]) -> int:
        if name not in names:
            raise InputError(kind, name, f"the mesh has {', '.join(sorted(names)) or 'none'}")
        return names[name]
