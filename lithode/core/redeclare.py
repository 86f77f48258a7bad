"""What a model declares and a paper fills: parameters declared again, with other values."""

from __future__ import annotations

from typing import Any

from lithode.core.parameters import CaseParameters, ProvenanceName, describe, quantity

_BOUNDS = ("gt", "ge", "lt", "le")


def redeclared(
    base: type[CaseParameters],
    name: str,
    default: object,
    *,
    source: str,
    provenance: ProvenanceName,
) -> Any:
    """Declare a parameter of a base class with another default; unit, meaning and bounds stay.

    Args:
        base: Class that declares it; the annotation is to be repeated.
        name: Its name.
        default: As in `quantity`, `count` and `choice`.
        source: As in `quantity`.
        provenance: As in `quantity`.
    """
    row = next(row for row in describe(base) if row.name == name)
    bounds = {
        kind: bound
        for item in base.model_fields[name].metadata
        for kind in _BOUNDS
        if (bound := getattr(item, kind, None)) is not None
    }
    value: Any = default
    return quantity(value, row.unit, row.meaning, source=source, provenance=provenance, **bounds)
