"""Properties that are constant, or known per region, as the forms use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx.fem import Function
from dolfinx.mesh import Mesh

from lithode.core.domain import Domain
from lithode.core.errors import InputError

Region = TypeVar("Region")
Laws = TypeVar("Laws")
Array = npt.NDArray[np.float64]
Property: TypeAlias = float | Callable[[Array], Array]
"""A number, or a function of places of shape (3, n) in um that returns n values."""


def with_constants(mesh: Mesh[Any], given: Laws) -> Laws:
    """Return a copy of a dataclass whose numbers are constants of forms.

    Those of the dataclasses in it too. Forms with plain numbers in them are compiled anew for each
    value.

    Args:
        mesh: Of the forms.
        given: Instance of a dataclass; its methods take numbers and constants alike.
    """

    def constant(value: Any) -> Any:
        if isinstance(value, float):
            return fem.Constant(mesh, value)
        if is_dataclass(value) and not isinstance(value, type):
            return with_constants(mesh, value)
        return value

    record: Any = given
    found = {field.name: constant(getattr(record, field.name)) for field in fields(record)}
    return cast(Laws, replace(record, **found))


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
    _check_known(domain, regions)
    out = Function(fem.functionspace(domain.mesh, ("DG", 0)))
    for name in domain.regions:
        out.x.array[domain.cells(name)] = value(regions[name])
    return out


def spread_graded(
    domain: Domain, regions: Mapping[str, Region], value: Callable[[Region], Property]
) -> Function[Any]:
    """Return a DG1 function with a property of each region, which may jump between regions.

    Args:
        domain: Mesh with named regions.
        regions: Region name to what is known of it.
        value: Takes the property from that.

    Raises:
        InputError: A region of the mesh is not known.
    """
    _check_known(domain, regions)
    out = Function(fem.functionspace(domain.mesh, ("DG", 1)))
    for name in domain.regions:
        given = value(regions[name])

        def at(x: Array, given: Property = given) -> Array:
            return given(x) if callable(given) else np.full(x.shape[1], given)

        out.interpolate(at, cells0=domain.cells(name))
    out.x.scatter_forward()
    return out


def nodal_fields(space: fem.FunctionSpace[Any], values: Mapping[str, Array]) -> list[Function[Any]]:
    """Return P1 functions with these names and nodal values, ghosts included."""
    out = []
    for name, array in values.items():
        out.append(Function(space, name=name))
        out[-1].x.array[:] = array
    return out


def _check_known(domain: Domain, regions: Mapping[str, Region]) -> None:
    missing = sorted(set(domain.regions) - set(regions))
    if missing:
        raise InputError("region", missing[0], "the mesh has it, the parameters do not")
