"""Layers through the protocol chosen: when they fail, step by step, with an audit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lithode.cases.tang2026.protocols.layers import Layer
from lithode.cases.tang2026.protocols.parameters import Parameters
from lithode.cases.tang2026.protocols.variants import resistance
from lithode.core.protocol import Protocol
from lithode.core.units import from_model
from lithode.engine.study import Progress
from lithode.output.tables import Columns
from lithode.solvers.contact_loss.model import Contact, Course, follow

COLUMNS = (
    "layer",
    "time [hour]",
    "current [mA/cm^2]",
    "cycle [1]",
    "contact_left [1]",
    "contact_right [1]",
    "voltage [mV]",
    "charge [mAh/cm^2]",
    "throughput [mAh/cm^2]",
)
_HOUR = 3600.0


@dataclass(frozen=True)
class Trace:
    """What became of the layers.

    Attributes:
        ends: When each failed, by column of the history; nan for one that did not.
        table: Two lines per step, its start and its end.
        defects: Largest relative defects of charge and lithium.
    """

    ends: Mapping[str, float]
    table: Columns
    defects: Mapping[str, float]


def trace(
    p: Parameters,
    layers: Sequence[Layer],
    contacts: Mapping[str, Contact],
    chosen: Protocol,
    progress: Progress,
) -> Trace:
    """Follow every layer through a protocol."""
    ends: dict[str, float] = {}
    lines: list[tuple[object, ...]] = []
    charge = lithium = 0.0
    for layer in layers:
        progress(0.9)
        course = follow(chosen, contacts[layer.name], trace=True)
        cut = chosen.cut(int(course.step), float(course.since))
        end = cut.ends[-1]
        passed = float(cut.throughput(end))
        scale = passed or layer.capacity
        charge = max(charge, abs(float(course.charge) - float(cut.charge(end))) / scale)
        lost = (p.initial_contact - course.contact) * layer.capacity
        audit = np.abs(lost - course.stripped + course.recovered)
        lithium = max(lithium, float(np.max(audit)) / scale)
        survives = int(course.step) == len(chosen.steps)
        values = {
            "failing_time [hour]": end / _HOUR,
            "failing_cycle [1]": cut.steps[-1].cycle,
            "failing_throughput [mAh/cm^2]": from_model(passed, "mAh/cm^2"),
        }
        ends |= {
            key.replace(" ", f"_{layer.name} ", 1): math.nan if survives else float(value)
            for key, value in values.items()
        }
        lines += _lines(p, layer, cut, course)
    table = {head: [line[k] for line in lines] for k, head in enumerate(COLUMNS)}
    return Trace(ends, table, {"charge": charge, "lithium": lithium})


def _lines(p: Parameters, layer: Layer, cut: Protocol, course: Course) -> list[tuple[object, ...]]:
    if course.trace is None:
        raise TypeError("the course has no trace")
    found = resistance(p, layer, p.contact_loss, np.moveaxis(course.trace, 1, 0))
    lines: list[tuple[object, ...]] = []
    start = 0.0
    for k, (step, end) in enumerate(zip(cut.steps, cut.ends, strict=True)):
        current = float(step.current)
        for place, time in ((k, start), (k + 1, end)):
            line = (
                time / _HOUR,
                from_model(current, "mA/cm^2"),
                step.cycle,
                *course.trace[place],
                from_model(current * found[place], "mV"),
                from_model(float(cut.charge(time)), "mAh/cm^2"),
                from_model(float(cut.throughput(time)), "mAh/cm^2"),
            )
            lines.append((layer.name, *line))
        start = end
    return lines
