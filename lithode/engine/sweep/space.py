"""What a sweep varies: values along each parameter, and the points that they make together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from lithode.core import units
from lithode.core.declared import declared, kinds_of
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, unknown

Point: TypeAlias = Mapping[str, "float | int | str"]
"""Value of each varied parameter, in its unit, by name."""

Way: TypeAlias = Literal["grid", "sobol", "latin", "random"]

MOST_POINTS = 100_000
_DEFAULT_COUNT = 5


@dataclass(frozen=True)
class Varied:
    """One parameter of a sweep.

    Attributes:
        name: Its name.
        unit: Its unit, empty for a pure number or a text.
        values: Its values on a grid, or the choices that samples take; empty for a range.
        low: Lower end of the range that samples are taken from.
        high: Upper end.
        logarithmic: Whether it is varied by ratio.
        whole: Whether it is a whole number.
    """

    name: str
    unit: str
    values: tuple[float | int | str, ...] = ()
    low: float = math.nan
    high: float = math.nan
    logarithmic: bool = False
    whole: bool = False

    @property
    def column(self) -> str:
        """Name with unit, as in a table."""
        return f"{self.name} [{self.unit or '1'}]" if self.is_number else self.name

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return not any(isinstance(value, str) for value in self.values)

    def at(self, part: float) -> float | int | str:
        """Return the value at a part of the range, from 0 to 1."""
        if self.values:
            return self.values[min(int(part * len(self.values)), len(self.values) - 1)]
        if self.logarithmic:
            value = self.low * (self.high / self.low) ** part
        else:
            value = self.low + part * (self.high - self.low)
        return round(value) if self.whole else float(value)


@dataclass(frozen=True)
class Space:
    """All that is varied, and how points are chosen in it.

    Attributes:
        varied: The parameters.
        way: A full grid, or a kind of sample.
        count: Number of samples; 0 for a grid.
        seed: Of the samples.
    """

    varied: Sequence[Varied]
    way: Way = "grid"
    count: int = 0
    seed: int = 1

    @property
    def size(self) -> int:
        """Number of points."""
        return math.prod(len(v.values) for v in self.varied) if self.way == "grid" else self.count

    def points(self) -> list[Point]:
        """Return all points, always in the same order; the last parameter runs fastest."""
        names = [varied.name for varied in self.varied]
        if self.way == "grid":
            rows = itertools.product(*(varied.values for varied in self.varied))
            return [dict(zip(names, row, strict=True)) for row in rows]
        return [
            {v.name: v.at(float(part)) for v, part in zip(self.varied, row, strict=True)}
            for row in self._sample()
        ]

    def _sample(self) -> npt.NDArray[np.float64]:
        if self.way == "random":
            return np.random.default_rng(self.seed).random((self.count, len(self.varied)))
        from scipy.stats import qmc

        if self.way == "latin":
            engine: Any = qmc.LatinHypercube(len(self.varied), rng=self.seed)
            return np.asarray(engine.random(self.count))
        # A whole power of two, of which the first are taken: only that is balanced.
        engine = qmc.Sobol(len(self.varied), rng=self.seed)
        drawn = engine.random_base2(max(self.count - 1, 0).bit_length())
        return np.asarray(drawn)[: self.count]


def parse(
    cls: type[CaseParameters], texts: Sequence[str], sample: str | None = None, seed: int = 1
) -> Space:
    """Read what is to be varied.

    Args:
        cls: Parameters of the case.
        texts: ``name=low..high:count``, with ``:log`` by ratio, or ``name=value,value``; for
            samples without the count.
        sample: ``sobol:64``, ``latin:64`` or ``random:64``; a full grid if not given.
        seed: Of the samples.

    Raises:
        InputError: A name is unknown, or a text does not look like that.
    """
    if not texts:
        raise InputError("--vary", "", "name what to vary: name=low..high:count, or name=a,b,c")
    way, count = _sample_of(sample)
    varied: dict[str, Varied] = {}
    for text in texts:
        name, equals, given = (part.strip() for part in text.partition("="))
        if not equals or not given:
            raise InputError("--vary", text, "must look like name=low..high:count or name=a,b,c")
        if name not in cls.model_fields or name == "preset":
            raise unknown("parameter", name, set(cls.model_fields) - {"preset"})
        if name in varied:
            raise InputError("--vary", name, "is given twice")
        varied[name] = _varied(cls, name, given, is_grid=way == "grid")
    space = Space(tuple(varied.values()), way, count, seed)
    if not 1 <= space.size <= MOST_POINTS:
        raise InputError("--vary", space.size, f"points must be at most {MOST_POINTS}")
    return space


def _sample_of(text: str | None) -> tuple[Way, int]:
    if text is None:
        return "grid", 0
    name, _, number = text.partition(":")
    ways: dict[str, Way] = {"sobol": "sobol", "latin": "latin", "random": "random"}
    if name not in ways or not number.isdecimal() or not 1 <= int(number[:9]) <= MOST_POINTS:
        raise InputError("--sample", text, "must look like sobol:64, latin:64 or random:64")
    return ways[name], int(number)


def _varied(cls: type[CaseParameters], name: str, given: str, *, is_grid: bool) -> Varied:
    field = cls.model_fields[name]
    kinds, unit = kinds_of(field), declared(field)["unit"]
    whole = int in kinds and bool not in kinds and float not in kinds
    is_number = float in kinds or whole
    if ".." not in given:
        texts = [part.strip() for part in given.split(",") if part.strip()]
        values: list[Any] = [units.parse(name, t, unit) for t in texts] if is_number else texts
        if whole:
            values = [int(v) if v == int(v) else v for v in values]
        # What is out of bounds is refused now; what does not go together fails by itself.
        kept = [getattr(cls(**{name: value}), name) for value in values]
        return Varied(name, unit, tuple(kept if is_number else values), whole=whole)
    if not is_number:
        raise InputError(name, given, "is no number: give its values, separated by commas")
    low_text, _, rest = given.partition("..")
    high_text, *options = (part.strip() for part in rest.split(":"))
    low, high = (units.parse(name, text, unit) for text in (low_text.strip(), high_text))
    logarithmic = "log" in options
    numbers = [option for option in options if option != "log"]
    if len(numbers) > 1 or not all(n.isdecimal() and int(n[:9]) > 0 for n in numbers):
        allowed = "must look like low..high:count or low..high:count:log"
        raise InputError("--vary", f"{name}={given}", allowed)
    if not low < high or (logarithmic and low <= 0):
        allowed = "must rise" if not low < high else "must be above 0 to be varied by ratio"
        raise InputError("--vary", f"{name}={given}", allowed, unit)
    for end in (low, high):
        cls(**{name: round(end) if whole else end})
    varied = Varied(name, unit, (), low, high, logarithmic, whole)
    if not is_grid:
        if numbers:
            raise InputError("--vary", f"{name}={given}", "has a count, and --sample gives another")
        return varied
    count = int(numbers[0]) if numbers else _DEFAULT_COUNT
    if count > MOST_POINTS:
        raise InputError("--vary", count, f"points must be at most {MOST_POINTS}")
    parts = np.linspace(0, 1, count) if count > 1 else np.zeros(1)
    # Whole numbers may fall together.
    values = list(dict.fromkeys(varied.at(float(part)) for part in parts))
    return Varied(name, unit, tuple(values), low, high, logarithmic, whole)
