"""The body-centred lattice of a box: cells that are alike, and good."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lithode.meshes.images.quality import signed_measures

Points = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


def body_centred(shape: tuple[int, ...]) -> tuple[Points, Rows]:
    """Return a mesh of a box of unit cubes: four cells at each face of them.

    A cell joins an edge of a face to the centres of the two cubes beside it; at a wall, to the
    centre of one cube and that of the face. The points are the corners of the cubes, the centres
    of the cubes, and those of the faces in walls.

    Args:
        shape: Number of cubes along each axis.
    """
    corners = np.indices([n + 1 for n in shape]).reshape(3, -1).T
    centres = np.indices(shape).reshape(3, -1).T
    corner_shape, first = tuple(n + 1 for n in shape), len(corners)
    points = [corners.astype(np.float64), centres + 0.5]
    count, cells = first + len(centres), []
    for axis in range(3):
        faces = np.indices([n + (k == axis) for k, n in enumerate(shape)]).reshape(3, -1).T
        ends = []
        for side in (-1, 0):
            cube = faces.copy()
            cube[:, axis] += side
            outside = (cube[:, axis] < 0) | (cube[:, axis] >= shape[axis])
            clipped = np.clip(cube, 0, np.array(shape) - 1)
            end = first + np.ravel_multi_index(tuple(clipped.T), shape)
            end[outside] = count + np.arange(outside.sum())
            in_wall = faces[outside] + 0.5
            in_wall[:, axis] -= 0.5
            points.append(in_wall)
            count += len(in_wall)
            ends.append(end)
        u, v = (other for other in range(3) if other != axis)
        ring = []
        for step_u, step_v in ((0, 0), (1, 0), (1, 1), (0, 1)):
            corner = faces.copy()
            corner[:, u] += step_u
            corner[:, v] += step_v
            ring.append(np.ravel_multi_index(tuple(corner.T), corner_shape))
        cells += [np.stack([*ends, ring[k], ring[(k + 1) % 4]], axis=1) for k in range(4)]
    nodes, rows = np.concatenate(points), np.concatenate(cells).astype(np.int64)
    turned = signed_measures(nodes, rows) < 0
    rows[turned] = rows[turned][:, [0, 1, 3, 2]]
    return nodes, rows
