"""Equivalent circuits as texts: ``R0-p(R1,Q1)-Wo1``.

Elements follow each other after a hyphen and lie side by side within p(..., ...). An element is one
of the letters of `KINDS`, and maybe a number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lithode.core.errors import InputError
from lithode.theory import circuit
from lithode.theory.circuit import Element, Parallel, Series

_TOKEN = re.compile(r"p\(|[A-Z][a-z]?\d*|[-,)]")
_MOST_ELEMENTS = 30


@dataclass(frozen=True)
class Scales:
    """What a spectrum spans, from which ranges follow.

    Attributes:
        modulus: Smallest and largest |Z|.
        frequency: Lowest and highest angular frequency in 1/s.
    """

    modulus: tuple[float, float]
    frequency: tuple[float, float]


Range = tuple[float, float]


def _resistance(s: Scales) -> Range:
    return 1e-3 * s.modulus[0], 10 * s.modulus[1]


def _capacitance(s: Scales) -> Range:
    return 0.1 / (s.frequency[1] * s.modulus[1]), 100 / (s.frequency[0] * s.modulus[0])


def _inductance(s: Scales) -> Range:
    return 1e-4 * s.modulus[0] / s.frequency[1], 10 * s.modulus[1] / s.frequency[0]


def _exponent(s: Scales) -> Range:
    return 0.3, 1.0


def _coefficient(s: Scales) -> Range:
    return 1e-2 * s.modulus[0] * s.frequency[0] ** 0.5, s.modulus[1] * s.frequency[1] ** 0.5


def _time_constant(s: Scales) -> Range:
    return 0.01 / s.frequency[1], 100 / s.frequency[0]


def _peak(s: Scales) -> Range:
    return 0.1 * s.frequency[0] / (2 * math.pi), 10 * s.frequency[1] / (2 * math.pi)


@dataclass(frozen=True)
class Kind:
    """A kind of element.

    Attributes:
        make: Makes one from its parameters.
        parameters: Suffix of the name to unit, in terms of {z} for that of the impedance, and the
            range that a spectrum gives.
    """

    make: Callable[..., Any]
    parameters: Mapping[str, tuple[str, Callable[[Scales], Range]]]


_R = ("{z}", _resistance)
KINDS: Mapping[str, Kind] = {
    "R": Kind(circuit.Resistor, {"": _R}),
    "C": Kind(circuit.Capacitor, {"": ("s/({z})", _capacitance)}),
    "L": Kind(circuit.Inductor, {"": ("{z} s", _inductance)}),
    "Q": Kind(circuit.ConstantPhase, {"": ("s^a/({z})", _capacitance), "_a": ("", _exponent)}),
    "W": Kind(circuit.Warburg, {"": ("{z}/s^(1/2)", _coefficient)}),
    "Ws": Kind(circuit.WarburgShort, {"": _R, "_tau": ("s", _time_constant)}),
    "Wo": Kind(circuit.WarburgOpen, {"": _R, "_tau": ("s", _time_constant)}),
    "G": Kind(circuit.Gerischer, {"": _R, "_tau": ("s", _time_constant)}),
    "Z": Kind(circuit.Zarc, {"": _R, "_f": ("Hz", _peak), "_a": ("", _exponent)}),
}
"""Resistor, capacitor, inductor, constant phase, Warburg (half space, short, open), Gerischer, arc.

An arc Z is a resistor beside a constant-phase element, by resistance, peak frequency and exponent.
"""


@dataclass(frozen=True)
class Part:
    """A part of a circuit: an element by name, or parts one after or beside the other."""

    name: str = ""
    parts: tuple[Part, ...] = ()
    is_parallel: bool = False

    def names(self) -> list[str]:
        """Return the names of its elements, in the order of the text."""
        return [self.name] if self.name else [n for part in self.parts for n in part.names()]

    def element(self, values: Mapping[str, float]) -> Element:
        """Return its impedance for values of the parameters by name."""
        if self.name:
            kind = kind_of(self.name)
            found: Element = kind.make(*(values[self.name + suffix] for suffix in kind.parameters))
            return found
        elements = tuple(part.element(values) for part in self.parts)
        return Parallel(elements) if self.is_parallel else Series(elements)


def kind_of(name: str) -> Kind:
    """Return the kind of an element by its name."""
    return KINDS[name.rstrip("0123456789")]


def parse(text: str) -> Part:
    """Read a circuit.

    Raises:
        InputError: The text is no circuit, or a name is there twice.
    """
    tokens = _tokens(text)
    part, rest = _series(text, tokens)
    if rest:
        raise InputError("--circuit", text, f'cannot be read from "{"".join(rest)}" on')
    names = part.names()
    for name in names:
        if names.count(name) > 1:
            raise InputError("--circuit", text, f"has {name} twice; number them, {name}1, {name}2")
    if len(names) > _MOST_ELEMENTS:
        raise InputError("--circuit", text, f"has more than {_MOST_ELEMENTS} elements")
    return part


def _tokens(text: str) -> list[str]:
    plain = re.sub(r"\s+", "", text)
    tokens = _TOKEN.findall(plain)
    if not plain or "".join(tokens) != plain or len(tokens) > 5 * _MOST_ELEMENTS:
        known = ", ".join(KINDS)
        raise InputError("--circuit", text, f"give one like R0-p(R1,Q1)-Wo1; elements are {known}")
    return tokens


def _series(text: str, tokens: Sequence[str]) -> tuple[Part, Sequence[str]]:
    parts, rest = [], tokens
    while True:
        part, rest = _one(text, rest)
        parts.append(part)
        if not rest or rest[0] != "-":
            return (parts[0] if len(parts) == 1 else Part(parts=tuple(parts))), rest
        rest = rest[1:]


def _one(text: str, tokens: Sequence[str]) -> tuple[Part, Sequence[str]]:
    if not tokens:
        raise InputError("--circuit", text, "ends too early")
    first, rest = tokens[0], tokens[1:]
    if first != "p(":
        if first.rstrip("0123456789") not in KINDS:
            allowed = f'"{first}" is no element; there is {", ".join(KINDS)}'
            raise InputError("--circuit", text, allowed)
        return Part(first), rest
    parts = []
    while True:
        part, rest = _series(text, rest)
        parts.append(part)
        if not rest or rest[0] not in ",)":
            raise InputError("--circuit", text, "a bracket is not closed")
        closes, rest = rest[0] == ")", rest[1:]
        if closes:
            break
    if len(parts) < 2:
        raise InputError("--circuit", text, "p(...) needs two parts, with a comma between")
    return Part(parts=tuple(parts), is_parallel=True), rest
