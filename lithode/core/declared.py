"""What a declared parameter says of itself: unit, source, kinds of value, bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class Chosen:
    """What a preset sets a parameter to, where that comes from elsewhere than the default.

    Attributes:
        value: In the unit of the parameter.
        source: As of `lithode.core.parameters.quantity`.
        provenance: Kind of source.
    """

    value: object
    source: str
    provenance: str


def declared(field: FieldInfo) -> dict[str, str]:
    """Return unit, source and provenance of a field."""
    extra = field.json_schema_extra
    if not isinstance(extra, dict):
        raise TypeError("declare parameters by quantity(), count() or choice()")
    return {key: str(value) for key, value in extra.items()}


def declared_of(field: FieldInfo, value: object, chosen: Chosen | None) -> dict[str, str]:
    """Return `declared`, with the source of a preset's value where that is the value."""
    own = declared(field)
    if chosen is None or value not in (chosen.value, _listed(chosen.value)):
        return own
    return {**own, "source": chosen.source, "provenance": chosen.provenance}


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def kinds_of(field: FieldInfo) -> tuple[Any, ...]:
    """Return the members of a union, or the annotation itself."""
    annotation = field.annotation
    members = get_args(annotation)
    if members and get_origin(annotation) not in (tuple, list, Literal):
        return members
    return (annotation,)


def allowed_in(field: FieldInfo) -> str:
    """Return what a field accepts, as a phrase."""
    kinds = kinds_of(field)
    unit = declared(field)["unit"]
    for kind in kinds:
        if get_origin(kind) is Literal:
            return "one of " + ", ".join(str(member) for member in get_args(kind))
    if bool in kinds:
        phrase = "true or false"
    elif int in kinds:
        phrase = "a whole number"
    elif float in kinds:
        phrase = f"a finite number in {unit}" if unit else "a finite number"
    elif any(get_origin(kind) is tuple for kind in kinds):
        phrase = f"numbers in {unit}, separated by commas, or none" if unit else "a list"
    else:
        phrase = "a text"
    bounds = [text for item in field.metadata if (text := _bound(item))]
    phrase = " ".join([phrase, " and ".join(bounds)]).strip()
    return f"{phrase}, or unset" if type(None) in kinds else phrase


def _bound(item: object) -> str:
    match item:
        case Gt(gt=bound):
            return f"greater than {bound:g}"
        case Ge(ge=bound):
            return f"at least {bound:g}"
        case Lt(lt=bound):
            return f"less than {bound:g}"
        case Le(le=bound):
            return f"at most {bound:g}"
    return ""
