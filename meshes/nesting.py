"""Values of cells on another mesh of the same base: halves inherit, merged cells take the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Places:
    """Where the cells of a mesh are in the trees of their base cells.

    Attributes:
        roots: Number of the base cell of each cell.
        codes: 1 for a base cell, 2 c and 2 c + 1 for the halves of a cell c.
    """

    roots: Indices
    codes: Indices

    def depths(self) -> Indices:
        """Return how often each cell was halved."""
        return np.frexp(self.codes.astype(np.float64))[1].astype(np.int64) - 1

    def carried(self, old: Places, values: Array) -> Array:
        """Return values of the cells here, from those of another mesh.

        Args:
            old: Its places.
            values: Its values, shape (cells, columns).

        Returns:
            Those of the old cell that a cell is or lies in, else the mean over the old ones in it;
            so integrals are kept. Shape (cells here, columns).
        """
        mine, its = self.depths(), old.depths()
        levels = int(max(mine.max(initial=0), its.max(initial=0)))
        start, end = _spans(self, mine, levels)
        before, until = _spans(old, its, levels)
        order = np.argsort(before, kind="stable")
        before, until = before[order], until[order]
        first = np.searchsorted(before, start, side="right") - 1
        last = np.searchsorted(before, end, side="left")
        result = values[order[first]]
        merged = np.flatnonzero(last - first > 1)
        if len(merged):
            shares = ((until - before) / 2.0**levels)[:, None]
            ends = np.stack([first[merged], last[merged]], axis=1).ravel()
            # The sums between the pairs are not wanted; a last end is one past the last cell.
            sums = [
                np.add.reduceat(np.pad(rows, ((0, 1), (0, 0))), ends)[::2]
                for rows in (shares * values[order], shares)
            ]
            result[merged] = sums[0] / sums[1]
        return result


def _spans(places: Places, depths: Indices, levels: int) -> tuple[Indices, Indices]:
    """Return first and end of the finest cells in each cell, in the order of their tree."""
    size = np.left_shift(1, levels - depths)
    start = (places.roots << levels) + (places.codes - np.left_shift(1, depths)) * size
    return start, start + size
