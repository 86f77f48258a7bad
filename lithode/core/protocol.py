"""Test protocols of cells: a YAML table of steps becomes currents over time, charge kept exactly.

A protocol is a list of entries, each one of::

    - {current: 0.3 mA/cm^2, time: 1 h}
    - {current: -0.3 mA/cm^2, capacity: 0.3 mAh/cm^2}
    - {current: 0.3 mA/cm^2, time: 1 h, until: 0.2 V}
    - {voltage: 50 mV, time: 1 h, until: 0.05 mA/cm^2}
    - {rest: 10 min}
    - Discharge at 0.3 mA/cm2 for 1 hour until 0.2 V      # as PyBaMM's experiments have it
    - repeat: 20
      steps: [...]                       # entries again

or a mapping ``{area: 0.785 cm^2, capacity: 3 mAh/cm^2, steps: [...]}``: the area for currents in A,
the capacity for C-rates. A step inside of ``repeat`` may have an ``increment`` that is added to its
current in every repetition. Every number has its unit.
Times and charges are fractions: nothing is rounded before it is asked for.

``until`` ends a step once the voltage, or in a step of voltage the current density, crosses a value
in size; ``time`` is the longest it lasts.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from lithode.core import experiment, units
from lithode.core.errors import InputError
from lithode.core.input_files import read_yaml
from lithode.core.parameters import unknown

UNITS: Mapping[str, str] = {
    "current": "mA/cm^2",
    "voltage": "V",
    "increment": "mA/cm^2",
    "time": "s",
    "rest": "s",
    "capacity": "mAh/cm^2",
}
_KEYS = (*UNITS, "until", "repeat", "steps")
_SHAPES = (
    "current and time, current and capacity, voltage and time, each maybe with until, rest, or "
    "repeat and steps"
)
_MOST_STEPS = 200_000
# The same texts come again in every repetition.
_parse = lru_cache(maxsize=1024)(units.parse_with_unit)


@dataclass(frozen=True)
class Step:
    """A constant current, or voltage, for a while.

    Attributes:
        current: In A/m^2, 0 at rest and where the voltage is given.
        duration: In s; the longest if it ends by ``until``.
        cycle: Which repetition of an innermost ``repeat`` it belongs to, counted over the protocol
            from 1; 0 outside.
        voltage: In V, None where the current is given.
        until: What it ends at: size of the voltage in V, or of the current density in A/m^2 where
            the voltage is given; None for its whole duration.
    """

    current: Fraction
    duration: Fraction
    cycle: int
    voltage: float | None = None
    until: float | None = None

    @property
    def is_conditional(self) -> bool:
        """Whether the cell decides about its charge or its end."""
        return self.voltage is not None or self.until is not None

    @property
    def charge(self) -> Fraction:
        """What it passes, with the sign of the current, in C/m^2."""
        return self.current * self.duration


@dataclass(frozen=True)
class Protocol:
    """Steps one after the other."""

    steps: tuple[Step, ...]

    @cached_property
    def is_conditional(self) -> bool:
        """Whether a cell decides about charges or times; those here are then the largest."""
        return any(step.is_conditional for step in self.steps)

    def fixed(self, field: str) -> Protocol:
        """Return itself, for models that know no voltage before they have passed the charge.

        Raises:
            InputError: It has a step of voltage or one that ends by a value.
        """
        if self.is_conditional:
            k = next(k for k, step in enumerate(self.steps, 1) if step.is_conditional)
            raise InputError(field, f"step {k}", "has a voltage or until, which this model cannot")
        return self

    @cached_property
    def cycles(self) -> int:
        """How many cycles it has."""
        return max(step.cycle for step in self.steps)

    def up_to(self, cycle: int) -> Protocol:
        """Return the protocol up to the end of a cycle."""
        last = max(k for k, step in enumerate(self.steps, 1) if step.cycle == cycle)
        return Protocol(self.steps[:last])

    @cached_property
    def _ends(self) -> list[Fraction]:
        return list(accumulate(step.duration for step in self.steps))

    @cached_property
    def _charges(self) -> list[Fraction]:
        """Net charge at the start of every step, and at the end."""
        return list(accumulate((step.charge for step in self.steps), initial=Fraction(0)))

    @cached_property
    def _throughputs(self) -> list[Fraction]:
        return list(accumulate((abs(step.charge) for step in self.steps), initial=Fraction(0)))

    @cached_property
    def ends(self) -> tuple[float, ...]:
        """Times in s at which the steps end."""
        return tuple(float(end) for end in self._ends)

    def index(self, time: float, *, after: bool) -> int:
        """Return which step runs at a time.

        Args:
            time: In s.
            after: Where one step ends, whether the next is meant.
        """
        find = bisect.bisect_right if after else bisect.bisect_left
        return min(find(self.ends, time), len(self.steps) - 1)

    def charge(self, time: float) -> Fraction:
        """Return the net charge passed up to a time, in C/m^2."""
        k, since = self._place(time)
        return self._charges[k] + self.steps[k].current * since

    def throughput(self, time: float) -> Fraction:
        """Return the charge passed in either direction up to a time, in C/m^2."""
        k, since = self._place(time)
        return self._throughputs[k] + abs(self.steps[k].current) * since

    def cut(self, index: int, since: float) -> Protocol:
        """Return the protocol up to a time within a step, with its exact charge.

        Args:
            index: Of the step; their number for the whole protocol.
            since: Time in s after its start.
        """
        if index >= len(self.steps):
            return self
        step = self.steps[index]
        duration = min(max(Fraction(since), Fraction(0)), step.duration)
        return Protocol((*self.steps[:index], replace(step, duration=duration)))

    def _place(self, time: float) -> tuple[int, Fraction]:
        """Return the step that runs at a time and how long it has; all of it at its rounded end."""
        k = self.index(time, after=False)
        if time >= self.ends[k]:
            return k, self.steps[k].duration
        start = self._ends[k] - self.steps[k].duration
        return k, max(Fraction(time) - start, Fraction(0))


def read(path: Path, field: str = "protocol") -> Protocol:
    """Read a protocol from YAML.

    Raises:
        InputError: The file, a column or a number is wrong; the message says which entry.
    """
    return parse(read_yaml(path, field), field)


def choose(name: str, shipped: Path, field: str = "protocol") -> Protocol:
    """Read a protocol of a case by its name, or a file of the user's.

    Args:
        name: Name of a file in ``shipped`` without .yaml, or a path that ends in .yaml or .yml.
        shipped: Directory of the case's protocols.
        field: Name of the parameter, for messages.

    Raises:
        InputError: There is no such protocol, or it is wrong.
    """
    known = {path.stem: path for path in sorted(shipped.glob("*.yaml"))}
    if name in known:
        return read(known[name], field)
    if Path(name).suffix.lower() not in (".yaml", ".yml"):
        allowed = f"must be one of {', '.join(known)}, or a file that ends in .yaml"
        raise InputError(field, name, allowed)
    return read(Path(name), field)


def parse(content: Any, field: str = "protocol") -> Protocol:
    """Build a protocol from a list of mappings and texts; see `read`."""
    steps: list[Step] = []
    cell = experiment.Cell()
    if isinstance(content, dict) and {"steps"} < set(content) <= {"area", "capacity", "steps"}:
        cell = _cell(content, field)
        content = content["steps"]
    counter = _Counter(cell)
    for step in _entries(content, field, counter, 0):
        steps.append(step)
        if len(steps) > _MOST_STEPS:
            raise InputError(field, "", f"has more than {_MOST_STEPS} steps")
    return Protocol(tuple(steps))


def _cell(content: Mapping[str, Any], field: str) -> experiment.Cell:
    """Read area and capacity of the cell; the capacity may be that of the whole cell."""

    def positive(key: str, unit: str) -> float:
        value = units.parse_with_unit(f"{field} {key}", str(content[key]).strip(), unit)
        if not value > 0:
            raise InputError(f"{field} {key}", content[key], "must be greater than 0")
        return value

    area = positive("area", "cm^2") if "area" in content else None
    if "capacity" not in content:
        return experiment.Cell(area)
    try:
        return experiment.Cell(area, positive("capacity", UNITS["capacity"]))
    except InputError:
        if area is None:
            raise
        return experiment.Cell(area, positive("capacity", "mAh") / area)


@dataclass
class _Counter:
    """The cell, cycles so far, and whether one is running."""

    cell: experiment.Cell
    cycles: int = 0
    within: bool = False

    @property
    def cycle(self) -> int:
        return self.cycles if self.within else 0


def _entries(content: Any, place: str, counter: _Counter, repetition: int) -> Iterator[Step]:
    if not isinstance(content, list) or not content:
        raise InputError(place, "", "must be a list of steps, at least one")
    for k, entry in enumerate(content, 1):
        here = f"{place} entry {k}"
        if isinstance(entry, str):
            entry = experiment.entry_of(entry, here, counter.cell)
        if not isinstance(entry, dict):
            raise InputError(here, entry, f"must have {_SHAPES}")
        for key in entry:
            if key not in _KEYS:
                raise unknown(f"{here} column", key, _KEYS)
        keys = set(entry) - {"increment", "until"}
        is_plain = not {"increment", "until"} & set(entry)
        if keys == {"repeat", "steps"} and is_plain:
            yield from _group(entry, here, counter)
        elif keys == {"voltage", "time"} and "increment" not in entry:
            voltage = float(_number(here, "voltage", entry))
            time, until = _number(here, "time", entry), _until(here, entry, "current")
            yield Step(Fraction(0), time, counter.cycle, voltage, until)
        elif keys == {"rest"} and is_plain:
            yield Step(Fraction(0), _number(here, "rest", entry), counter.cycle)
        elif keys in ({"current", "time"}, {"current", "capacity"}):
            yield _drive(entry, here, counter, repetition)
        else:
            given = ", ".join(sorted(map(str, entry))) or "nothing"
            raise InputError(here, given, f"must have {_SHAPES}")


def _group(entry: Mapping[str, Any], here: str, counter: _Counter) -> Iterator[Step]:
    count, inner = entry["repeat"], entry["steps"]
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise InputError(f"{here} repeat", count, "must be a whole number of at least 1")
    is_innermost = not any(
        isinstance(step, dict) and "steps" in step
        for step in (inner if isinstance(inner, list) else [])
    )
    for repetition in range(count):
        counter.cycles += is_innermost
        counter.within = is_innermost
        yield from _entries(inner, here, counter, repetition)
        counter.within = False


def _drive(entry: Mapping[str, Any], here: str, counter: _Counter, repetition: int) -> Step:
    current = first = _number(here, "current", entry)
    if "increment" in entry:
        current += repetition * _number(here, "increment", entry)
    if first == 0 or current * first <= 0:
        allowed = "must not be 0, nor change its sign by increments; a pause is a rest"
        raise InputError(f"{here} current", entry["current"], allowed)
    until = _until(here, entry, "voltage")
    if "time" in entry:
        return Step(current, _number(here, "time", entry), counter.cycle, until=until)
    time = _number(here, "capacity", entry) / abs(current)
    return Step(current, time, counter.cycle, until=until)


def _until(here: str, entry: Mapping[str, Any], key: str) -> float | None:
    """Read what a step ends at, a voltage or a current density, in coherent units."""
    if "until" not in entry:
        return None
    value = float(_number(f"{here} until", key, {key: entry["until"]}))
    if not value > 0:
        raise InputError(f"{here} until", entry["until"], "must be greater than 0: it is a size")
    return value


def _number(here: str, key: str, entry: Mapping[str, Any]) -> Fraction:
    """Read a number with its unit, in coherent units."""
    value, unit, field = entry[key], UNITS[key], f"{here} {key}"
    text = str(value).strip()
    number = _parse(field, text, unit)
    if key in ("time", "rest", "capacity") and number <= 0:
        raise InputError(field, text, "must be greater than 0")
    return Fraction(units.to_model(number, unit))
