"""Electrolytes by name: those of the library and a user's own.

A user's file is YAML, one entry a material::

    garnet:
      youngs_modulus: {value: 150 GPa, source: "Ni et al., J. Mater. Sci. 47 (2012) 7978",
                       provenance: literature}
      poissons_ratio: {value: 0.26, source: guess}
      conductivity: {value: 0.4 mS/cm, source: own measurement}
      activation_energy: {value: 0.35 eV, source: own measurement}
      reference_temperature: {value: 30 degC, source: own measurement}

An entry may also say ``name`` and, where lithium does not grow in it, why: ``no_plating``. A number
without a ``provenance`` is assumed. The conductivity holds at the reference temperature, 25 degC
unless it is given; without an activation energy, at no other one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args

from pydantic import AfterValidator, ValidationInfo

from lithode.core import units
from lithode.core.errors import InputError
from lithode.core.parameters import unknown
from lithode.materials.library import (
    LGPS,
    LI3N,
    LLZO,
    LLZTO,
    LPSCL,
    LZC,
    Electrolyte,
    SourceKind,
    Value,
)

Materials: TypeAlias = Mapping[str, Electrolyte]
"""Electrolytes by the name that a parameter gives."""

BUILT_IN: Materials = {
    "li3n": LI3N,
    "lpscl": LPSCL,
    "lzc": LZC,
    "lgps": LGPS,
    "llzo": LLZO,
    "llzto": LLZTO,
}
UNITS: Mapping[str, str] = {
    "youngs_modulus": "GPa",
    "poissons_ratio": "",
    "conductivity": "S/m",
    "activation_energy": "eV",
    "reference_temperature": "K",
    "fracture_toughness": "MPa*m^0.5",
}
"""The numbers of an entry, each with the unit that it is kept in."""

_ENTRY = (*UNITS, "name", "no_plating")
_NUMBER = ("value", "source", "provenance")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
_FIELD = "materials"

_OF_CASES: dict[str, Electrolyte] = {}
_added: ContextVar[Materials | None] = ContextVar("materials", default=None)


def known() -> Materials:
    """Return all electrolytes by name: those of the library, of cases, and in use here."""
    return {**BUILT_IN, **_OF_CASES, **(_added.get() or {})}


def add(name: str, material: Electrolyte) -> None:
    """Make an electrolyte of a case known by its name, for as long as the program runs.

    Raises:
        InputError: The library has another one of this name.
    """
    if name.lower() in BUILT_IN:
        raise InputError(_FIELD, name, "is a material of the library; choose another name")
    _OF_CASES[name] = material


@contextmanager
def using(materials: Materials) -> Iterator[None]:
    """Know further electrolytes while parameters are resolved, which keep them."""
    token = _added.set({**(_added.get() or {}), **materials})
    try:
        yield
    finally:
        _added.reset(token)


def key_of(name: str, field: str) -> str:
    """Return the key of an electrolyte that is known, in whatever case its name is given.

    Raises:
        InputError: There is none; the message has the nearest name.
    """
    keys = {key.lower(): key for key in known()} | {key: key for key in known()}
    if name not in keys and name.lower() not in keys:
        raise unknown(field, name, known())
    return keys.get(name) or keys[name.lower()]


def _key_of(name: str, info: ValidationInfo) -> str:
    return key_of(name, str(info.field_name))


MaterialName = Annotated[str, AfterValidator(_key_of)]
"""Annotation of a parameter that names an electrolyte."""


def load(path: Path) -> Materials:
    """Read a user's electrolytes from YAML.

    Raises:
        InputError: The file, an entry or a number is wrong; it names the entry and the field.
    """
    # Most runs have no file, and loading YAML takes a while.
    from lithode.core.input_files import read_yaml

    return parse(read_yaml(path, _FIELD))


def parse(content: object) -> Materials:
    """Read a user's electrolytes from a mapping as the file holds one.

    Raises:
        InputError: As `load`.
    """
    if not isinstance(content, dict) or not content:
        raise InputError(_FIELD, "", "must hold one entry for each material")
    return {str(name): _material(str(name), entry) for name, entry in content.items()}


def plain(materials: Materials) -> dict[str, Any]:
    """Return electrolytes as `parse` takes them and YAML can hold them."""
    return {key: _plain(material) for key, material in materials.items()}


def _plain(material: Electrolyte) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": material.name}
    for key in UNITS:
        value: Value | None = getattr(material, key)
        if value is not None:
            number = f"{value.value!r} {value.unit}".strip()
            entry[key] = {"value": number, "source": value.source, "provenance": value.provenance}
    return entry | ({"no_plating": material.no_plating} if material.no_plating else {})


def _material(name: str, entry: object) -> Electrolyte:
    if not _NAME.fullmatch(name):
        raise InputError(_FIELD, name, "a material is named like llzo or Li6PS5Cl-cold")
    if name in BUILT_IN:
        raise InputError(_FIELD, name, "is in the library; choose another name")
    fields = _mapping(name, entry, _ENTRY)
    for key in ("name", "no_plating"):
        if not isinstance(fields.get(key, ""), str):
            raise InputError(_FIELD, fields[key], f"{name} {key} must be a text")
    numbers: dict[str, Any] = {k: _value(name, k, fields[k]) for k in UNITS if k in fields}
    return Electrolyte(fields.get("name", name), no_plating=fields.get("no_plating", ""), **numbers)


def _value(name: str, key: str, entry: object) -> Value:
    fields, what, unit = _mapping(f"{name} {key}", entry, _NUMBER), f"{name} {key}", UNITS[key]
    if "value" not in fields:
        raise InputError(_FIELD, "", f"{what} has no value")
    source, provenance = fields.get("source"), fields.get("provenance", "assumed")
    if not isinstance(source, str) or not source.strip():
        raise InputError(_FIELD, "", f"{what} has no source")
    kind: SourceKind | None = next((k for k in get_args(SourceKind) if k == provenance), None)
    if kind is None:
        allowed = f"{what} provenance must be one of {', '.join(get_args(SourceKind))}"
        raise InputError(_FIELD, provenance, allowed)
    given = fields["value"]
    if isinstance(given, bool) or not isinstance(given, str | float | int):
        raise InputError(_FIELD, given, f"{what} must be a number with its unit")
    read = units.parse_with_unit if unit else units.parse
    number = read(f"{_FIELD} {what}", str(given), unit)
    if not (-1 < number < 0.45 if key == "poissons_ratio" else number > 0):
        bounds = "greater than -1 and less than 0.45" if key == "poissons_ratio" else "above 0"
        raise InputError(f"{_FIELD} {what}", number, f"must be {bounds}", unit)
    return Value(number, unit, source.strip(), kind)


def _mapping(what: str, entry: object, allowed: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise InputError(_FIELD, "", f"{what} must hold {', '.join(allowed)}")
    if extra := [str(key) for key in entry if key not in allowed]:
        raise InputError(_FIELD, "", f"{what} has {extra[0]}; allowed are {', '.join(allowed)}")
    return entry
