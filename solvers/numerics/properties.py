"""Properties that are constant, everywhere or per region, as the forms use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from dolfinx import fem
from dolfinx.fem import Function
from dolfinx.mesh import Mesh

from lithode.domain import Domain
from lithode.errors import InputError

Region = TypeVar("Region")
Record = TypeVar("Record")


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


def constants(record: Record, mesh: Mesh[Any]) -> Record:
    """Return a dataclass with every float in it, and in the dataclasses in it, as a form constant.

    Plain numbers would be compiled into the forms, anew for each value.

    Args:
        record: An instance of a dataclass.
        mesh: Mesh of the forms.
    """

    def constant(value: Any) -> Any:
        if isinstance(value, float):
            return fem.Constant(mesh, value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(
                value, **{f.name: constant(getattr(value, f.name)) for f in fields(value)}
            )
        return value

    converted: Record = constant(record)
    return converted
