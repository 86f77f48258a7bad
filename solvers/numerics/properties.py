"""Properties that are constant per region, as the forms use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dolfinx import fem
from dolfinx.fem import Function

from lithode.domain import Domain
from lithode.errors import InputError

Region = TypeVar("Region")


def spread(
    domain: Domain, regions: Mapping[str, Region], value: Callable[[Region], float]
) -> Function[Any]:
    """Return a DG0 function with a value of each region.

    Args:
        domain: Mesh with named regions.
        regions: Region name to what is known of it.
        value: Takes the value from that.

    Raises:
        InputError: A region of the mesh is not known.
    """
    missing = sorted(set(domain.regions) - set(regions))
    if missing:
        raise InputError("region", missing[0], "the mesh has it, the parameters do not")
    out = Function(fem.functionspace(domain.mesh, ("DG", 0)))
    for name in domain.regions:
        out.x.array[domain.cells(name)] = value(regions[name])
    return out
