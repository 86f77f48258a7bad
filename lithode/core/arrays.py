"""A mesh as plain arrays, on one rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Arrays:
    """A mesh of simplices, whole.

    Attributes:
        points: Coordinates in um, shape (nodes, dimension).
        cells: Nodes of the cells, shape (cells, dimension + 1).
        regions: Region number of each cell.
        facets: Nodes of the facets with a number, shape (facets, dimension).
        boundaries: Number of each.
    """

    points: npt.NDArray[np.float64]
    cells: npt.NDArray[np.int64]
    regions: npt.NDArray[np.int32]
    facets: npt.NDArray[np.int64]
    boundaries: npt.NDArray[np.int32]
