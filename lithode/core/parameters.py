"""Parameters of a case: frozen, validated, each with its unit, meaning and source.

A case declares its parameters as fields of a subclass of `CaseParameters`::

    class Parameters(CaseParameters):
        thickness: float = quantity(
            90.0, "um", "electrolyte thickness", source="Fig. 5a", provenance="paper", gt=0
        )
        shape: Literal["disc", "polygon"] = choice(
            "disc", "shape of the grains", source="Fig. 5", provenance="paper"
        )

Numbers are kept in the declared unit; texts with units are read by `lithode.core.units`.
Whatever is wrong with a value becomes one `InputError`.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lithode.core import units
from lithode.core.declared import Chosen, allowed_in, declared, declared_of, kinds_of
from lithode.core.errors import InputError

if TYPE_CHECKING:
    from lithode.materials.library import Value

_UNSET = {"unset", "none", "null", ""}


class Provenance(StrEnum):
    """Where a number comes from.

    ``LITERATURE`` has a citation that one can look up, else it is ``ASSUMED``. ``NUMERICAL`` is
    shown to change no result; its source names the study or test. ``SAMPLE`` is one draw of many,
    a seed: results are judged over an ensemble of them.
    """

    PAPER = "paper"
    LITERATURE = "literature"
    CALIBRATED = "calibrated"
    ASSUMED = "assumed"
    NUMERICAL = "numerical"
    SAMPLE = "sample"


ProvenanceName = Literal["paper", "literature", "calibrated", "assumed", "numerical", "sample"]


def quantity(
    default: float | tuple[float, ...] | None,
    unit: str,
    meaning: str,
    *,
    source: str,
    provenance: ProvenanceName,
    gt: float | None = None,
    ge: float | None = None,
    lt: float | None = None,
    le: float | None = None,
) -> Any:
    """Declare a physical quantity, annotated ``float``, ``float | None`` or ``tuple[float, ...]``.

    Args:
        default: Value in ``unit``; None for an optional quantity that is not set.
        unit: Unit that the value is kept and shown in, as pint reads it; empty for a pure number.
        meaning: What it is, in a few words.
        source: Figure, table, equation or citation, or the reason for the choice.
        provenance: Kind of source.
        gt: Exclusive lower bound, in ``unit``; not for tuples.
        ge: Lower bound.
        lt: Exclusive upper bound.
        le: Upper bound.
    """
    bounds = {"gt": gt, "ge": ge, "lt": lt, "le": le}
    return _field(default, unit, meaning, source, provenance, bounds)


def material(value: Value, meaning: str, **bounds: float) -> Any:
    """Declare a quantity whose default is a material's property; see `quantity` for the bounds."""
    return quantity(
        value.value,
        value.unit,
        meaning,
        source=value.source,
        provenance=value.provenance,
        **bounds,
    )


def count(
    default: int | None,
    meaning: str,
    *,
    source: str,
    provenance: ProvenanceName,
    ge: int | None = None,
    le: int | None = None,
) -> Any:
    """Declare a whole number (a seed, a number of particles), annotated ``int``; see `quantity`."""
    return _field(default, "", meaning, source, provenance, {"ge": ge, "le": le})


def choice(default: object, meaning: str, *, source: str, provenance: ProvenanceName) -> Any:
    """Declare a field annotated ``bool``, ``Literal[...]``, ``str`` or ``Path``; see `quantity`."""
    return _field(default, "", meaning, source, provenance, {})


def fill(
    cls: type[CaseParameters],
    name: str,
    default: object,
    *,
    source: str,
    provenance: ProvenanceName,
    meaning: str | None = None,
) -> Any:
    """Declare an inherited parameter anew: with another default and source, its unit and bounds.

    Args:
        cls: Class that declares it.
        name: Its name.
        default: Value in its unit.
        source: As in `quantity`.
        provenance: As in `quantity`.
        meaning: What it is, if that is to be said anew.
    """
    field = cls.model_fields[name]
    bounds = {
        key: getattr(item, key)
        for item in field.metadata
        for key in ("gt", "ge", "lt", "le")
        if hasattr(item, key)
    }
    words = meaning or field.description or ""
    return _field(default, declared(field)["unit"], words, source, provenance, bounds)


def _field(
    default: object,
    unit: str,
    meaning: str,
    source: str,
    provenance: ProvenanceName,
    bounds: Mapping[str, float | None],
) -> Any:
    extra = {"unit": unit, "source": source, "provenance": Provenance(provenance).value}
    given: dict[str, Any] = {name: bound for name, bound in bounds.items() if bound is not None}
    # Defaults are validated too: a case with a default out of range must not be importable.
    return Field(
        default, description=meaning, json_schema_extra=dict(extra), validate_default=True, **given
    )


@dataclass(frozen=True)
class Row:
    """One parameter as `lithode show` prints it.

    Attributes:
        name: Name, as in ``--set name=value``.
        value: Value in ``unit``.
        unit: Unit, empty for a pure number.
        meaning: What it is.
        source: Where the value comes from.
        provenance: Kind of source.
        allowed: What is accepted, as a phrase.
    """

    name: str
    value: Any
    unit: str
    meaning: str
    source: str
    provenance: str
    allowed: str


class CaseParameters(BaseModel):
    """Base class of the parameters of a case."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=False
    )

    # What `--set` may change when a run is resumed: all else would make another run of it.
    resumable: ClassVar[frozenset[str]] = frozenset({"end_time"})
    # How far a run goes and where it stops to look, which changes nothing on the way.
    reach: ClassVar[frozenset[str]] = frozenset({"end_time"})
    # Sources of what presets set, by preset and parameter.
    chosen: ClassVar[Mapping[str, Mapping[str, Chosen]]] = {}
    # Names of earlier versions to the present ones.
    renamed: ClassVar[Mapping[str, str]] = {}

    preset: str = choice(
        "", "set of values the run started from", source="Lithode", provenance="numerical"
    )

    @model_validator(mode="wrap")
    @classmethod
    def _one_error(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            raise _input_error(cls, error) from error

    @field_validator("*", mode="before")
    @classmethod
    def _read_text(cls, value: object, info: ValidationInfo) -> object:
        name = str(info.field_name)
        field = cls.model_fields[name]
        kinds = kinds_of(field)
        is_list = any(get_origin(kind) is tuple and float in get_args(kind) for kind in kinds)
        if isinstance(value, str) and value.strip().lower() in _UNSET:
            if type(None) in kinds:
                return None
            if is_list and value.strip():
                return ()
        if float in kinds or int in kinds:
            return _number(name, value, declared(field)["unit"], allowed_in(field))
        if is_list:
            items = value.split(",") if isinstance(value, str) else value
            if isinstance(items, Sequence):
                unit = declared(field)["unit"]
                return tuple(_number(name, item, unit, allowed_in(field)) for item in items)
        return value

    def model_value(self, name: str) -> float:
        """Return a quantity in the coherent units of the solvers.

        Args:
            name: Name of a quantity that is set.

        Raises:
            InputError: There is no such parameter, or it is not set.
        """
        field = type(self).model_fields.get(name)
        if field is None:
            raise unknown("parameter", name, type(self).model_fields)
        value = getattr(self, name)
        if value is None:
            raise InputError(name, "unset", "this run needs a value")
        return units.to_model(float(value), declared(field)["unit"])

    def plain(self) -> dict[str, Any]:
        """Return the values as YAML and JSON can hold them."""
        return self.model_dump(mode="json")

    @property
    def parameters_hash(self) -> str:
        """Short digest of all values."""
        return _digest(self.plain())

    @property
    def trajectory_hash(self) -> str:
        """Short digest of the values that a resumed run must share with its checkpoint."""
        values = self.plain()
        return _digest({name: values[name] for name in values if name not in self.resumable})


Parameters = TypeVar("Parameters", bound=CaseParameters)


def describe(parameters: CaseParameters | type[CaseParameters]) -> list[Row]:
    """Return one row per parameter, with the defaults if a class is given."""
    cls = parameters if isinstance(parameters, type) else type(parameters)
    values = (cls() if isinstance(parameters, type) else parameters).plain()
    chosen = cls.chosen.get(values["preset"], {})
    return [
        Row(
            name=name,
            value=values[name],
            meaning=field.description or "",
            allowed=allowed_in(field),
            **declared_of(field, values[name], chosen.get(name)),
        )
        for name, field in cls.model_fields.items()
    ]


def value_text(value: object) -> str:
    """Return the value of a parameter as text."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return "unset" if value is None else str(value)


def with_overrides(
    cls: type[Parameters], *layers: Mapping[str, object], pairs: Iterable[str] = ()
) -> Parameters:
    """Build parameters from layers of values; later ones win.

    Args:
        cls: Parameters of the case.
        layers: Values by name, e.g. of a preset and of a file.
        pairs: Texts ``name=value``, as given to ``--set``.

    Raises:
        InputError: A name is unknown, or a value is not allowed.
    """
    values: dict[str, object] = {}
    for layer in (*layers, parse_pairs(pairs)):
        for name, value in layer.items():
            if name in cls.renamed:
                raise InputError(name, "", f"is called {cls.renamed[name]} now")
            if name not in cls.model_fields:
                raise unknown("parameter", name, cls.model_fields)
            values[name] = value
    return cls(**values)


def differences(parameters: CaseParameters, reference: CaseParameters) -> tuple[str, ...]:
    """Return the parameters that make another physical system of a run than the reference.

    Numerical parameters, samples and the reach of a run do not.
    """
    fields, free = type(parameters).model_fields, {*parameters.reach, "preset"}
    return tuple(
        name
        for name, field in fields.items()
        if name not in free
        and declared(field)["provenance"] not in (Provenance.NUMERICAL, Provenance.SAMPLE)
        and getattr(parameters, name) != getattr(reference, name)
    )


def parse_pairs(pairs: Iterable[str]) -> dict[str, str]:
    """Split texts ``name=value``.

    Raises:
        InputError: A text has no ``=``, or a name is given twice.
    """
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not name:
            raise InputError("--set", pair, "must look like name=value")
        if name in values:
            raise InputError("--set", name, "is given twice")
        values[name] = value
    return values


def unknown(kind: str, name: object, names: Iterable[str]) -> InputError:
    """Return the error for a name that does not exist, with the nearest one that does."""
    known = sorted(names)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there is {', '.join(known) or 'none'}"
    return InputError(kind, name, f"is unknown; {hint}")


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _number(name: str, value: object, unit: str, allowed: str) -> object:
    """Read one number; the bounds and whole numbers are left to pydantic."""
    if isinstance(value, bool):
        raise InputError(name, value, f"must be {allowed}")
    if isinstance(value, str):
        return units.parse(name, value, unit)
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(name, value, f"must be {allowed}", unit)
    return value


def _input_error(cls: type[CaseParameters], error: ValidationError) -> InputError:
    """Return the first fault as one line."""
    fault = error.errors()[0]
    where, value = fault["loc"], fault["input"]
    name = str(where[0]) if where else "parameters"
    if fault["type"] == "extra_forbidden":
        return unknown("parameter", name, cls.model_fields)
    field = cls.model_fields.get(name)
    if field is None:
        return InputError(name, "", fault["msg"])
    return InputError(name, value, f"must be {allowed_in(field)}", declared(field)["unit"])
