"""Names and numbers of the boundaries that every builder gives; growth is along the last axis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from lithode.core.domain import Domain

BOUNDARIES = {"electrode": 1, "counter_electrode": 2, "sides": 3}


def renamed(
    domain: Domain,
    old: str,
    new: str,
    where: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.bool_]],
) -> Domain:
    """Return a domain in which a part of a boundary has a name of its own.

    Args:
        domain: Is left alone.
        old: Name of the boundary.
        new: Name of the part.
        where: Marks the middles of its facets, of places of shape (3, n) in um.
    """
    from dolfinx.mesh import compute_midpoints, meshtags

    mesh, tags = domain.mesh, domain.facet_tags
    mesh.topology.create_connectivity(tags.dim, mesh.topology.dim)
    number, values = max(domain.boundaries.values()) + 1, tags.values.copy()
    chosen = np.flatnonzero(values == domain.boundaries[old])
    middles = compute_midpoints(mesh, tags.dim, tags.indices[chosen])
    values[chosen[where(middles.T)]] = number
    changed = meshtags(mesh, tags.dim, tags.indices, values)
    return replace(domain, facet_tags=changed, boundaries={**domain.boundaries, new: number})
