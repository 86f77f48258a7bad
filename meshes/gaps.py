"""Gaps between shapes, and between a shape and the walls around it. Lengths are in um."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from lithode.core.errors import InputError
from lithode.meshes.shapes import TOLERANCE, Array, Shape, bounds, extent

# Gaps narrower than this part of the element size would be filled with slivers.
NARROWEST_GAP = 0.25


def separation(a: Shape, b: Shape) -> float:
    """Return the gap between two shapes in um; 0 or less where they touch or overlap."""
    rounding = a.rounding + b.rounding
    gap = min(_hull_distance(p, q) for p in a.pieces for q in b.pieces) - rounding
    if gap > 0 and (a.contains(b.pieces[0][:1]).any() or b.contains(a.pieces[0][:1]).any()):
        return 0.0
    return gap


def flat_on(shape: Shape, axis: int, position: float) -> bool:
    """Tell whether the shape rests with an edge (2D) or a face (3D) on a plane of an axis."""
    corners = np.concatenate([np.unique(np.concatenate(shape.pieces), axis=0)])
    near = np.abs(corners[:, axis] - position) <= TOLERANCE * extent(corners)
    return shape.rounding == 0 and int(near.sum()) >= shape.dimension


def check_within(
    field: str,
    what: str,
    shape: Shape,
    axis: int,
    span: tuple[float, float],
    narrowest: float,
) -> None:
    """Refuse a shape that leaves a span of an axis, or lies nearly but not quite flat at its end.

    Args:
        field: Name of the shape, for the message.
        what: Name of what it must stay in.
        shape: The shape.
        axis: 0, 1 or 2.
        span: Both ends in um.
        narrowest: Smallest gap to an end in um; none is needed if the shape lies flat on it.

    Raises:
        InputError: It does not fit.
    """
    lower, upper = bounds(shape)
    tolerance = 1e-9 * (span[1] - span[0])
    for gap, position in ((lower[axis] - span[0], span[0]), (span[1] - upper[axis], span[1])):
        side = f"at {'xyz'[axis]} = {position:g} um"
        if gap < -tolerance:
            raise InputError(field, "", f"reaches {-gap:.3g} um out of {what} {side}")
        if gap < narrowest and not (gap <= tolerance and flat_on(shape, axis, position)):
            raise InputError(
                field,
                "",
                f"is {max(gap, 0.0):.2g} um from the edge of {what} {side}; lie flat on it or "
                f"keep {narrowest:g} um away (size/4)",
            )


def _hull_distance(a: Array, b: Array) -> float:
    """Distance of two convex hulls: the least-norm point of the hull of all differences.

    Nonnegative least squares with one row that asks for weights of sum 1 finds it exactly
    up to a factor, which the division takes out.
    """
    differences = (a[:, None] - b[None]).reshape(-1, a.shape[1])
    scale = float(np.abs(differences).max()) or 1.0
    matrix = np.vstack([differences.T / scale, np.ones(len(differences))])
    weights, _ = nnls(matrix, np.append(np.zeros(a.shape[1]), 1.0))
    return float(np.linalg.norm(differences.T @ weights) / weights.sum())
