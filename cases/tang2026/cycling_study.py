"""What layers do under protocols: over the recovery, over draws, and in detail."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.cycling_figures import ONE_WAY, PERCENTILES, RECOVERY, TRACE
from lithode.cases.tang2026.cycling_models import Models, critical, cycles_of, resistance, shown
from lithode.cases.tang2026.layers import Layer, Parameters, one_way
from lithode.core.protocol import Protocol
from lithode.core.units import from_model, to_model
from lithode.engine.study import Progress, Tables
from lithode.output.tables import Columns
from lithode.solvers.contact_loss.model import Contact, Course, follow

Array = npt.NDArray[np.float64]

Draws: TypeAlias = Mapping[str, tuple[Array, Array]]
"""Layer to Q0 and i*, one per draw."""

# Unity apart, evenly spread in the logarithm of what does not return.
_SHARES = 1 - np.logspace(0, -3, 61)
_HOUR = 3600.0


@dataclass(frozen=True)
class Work:
    """One computation.

    Attributes:
        p: Parameters.
        layers: Layers to compare.
        contacts: Layer to its contact by the parameters, with its recovery.
        chosen: Protocol to follow in detail.
        progress: Told the part that is done.
    """

    p: Parameters
    layers: Sequence[Layer]
    contacts: Mapping[str, Contact]
    chosen: Protocol
    progress: Progress

    def results(self) -> Tables:
        """Compare the variants, go along r, and follow the chosen protocol."""
        rng = np.random.default_rng(self.p.seed)
        drawn = {layer.name: layer.draws(self.p, rng) for layer in self.layers}
        models = Models(self.p, self.layers, drawn, self.progress)
        found, table = models.compare()
        recoveries = {name: float(contact.recovery) for name, contact in self.contacts.items()}
        shares = np.unique([*_SHARES, *recoveries.values()])
        columns = {key: np.full(len(shares), value) for key, value in found.items()}
        for layer in self.layers:
            values = {**shown(layer), f"recovery_{layer.name} [1]": recoveries[layer.name]}
            values |= self._charges(layer)
            columns |= {key: np.full(len(shares), value) for key, value in values.items()}
            over = replace(self.contacts[layer.name], recovery=shares)
            columns |= self._over_recovery(layer, over, models.tests)
        tables: dict[str, Columns] = {"models": table, "one_way": self._one_way(drawn)}
        ccd = models.tests["ccd"]
        if self.p.draws:
            columns |= self._spread(ccd, drawn, shares)
            tables |= self._draws(ccd, drawn)
        followed, detail, defects = self._follow(len(shares))
        tables |= {"trace": detail, "initial_contact": self._start(ccd)}
        return Tables({RECOVERY: shares, **columns, **followed}, tables, defects)

    def _over_recovery(
        self, layer: Layer, contact: Contact, tests: Mapping[str, Protocol]
    ) -> dict[str, Array]:
        """Return what the protocols of the paper give over r."""
        self.progress(0.6)
        return {
            f"ccd_{layer.name} [mA/cm^2]": critical(tests["ccd"], contact),
            f"life_cycles_{layer.name} [1]": cycles_of(tests["life"], contact),
            f"pressure_cycles_{layer.name} [1]": cycles_of(tests["pressure"], contact),
        }

    def _charges(self, layer: Layer) -> dict[str, float]:
        """Return the charges until failure at the currents measured."""
        return {
            f"charge_{from_model(current, 'mA/cm^2'):g}_{layer.name} [mAh/cm^2]": (
                self._one_way_charge(layer, float(current))
            )
            for current in (layer.one_way.currents if layer.one_way else ())
        }

    def _one_way_charge(self, layer: Layer, current: float) -> float:
        """Return the charge until failure at one current in mAh/cm^2, by the protocol."""
        protocol = one_way(current, layer.capacity)
        course = follow(protocol, layer.contact(self.p))
        cut = protocol.cut(int(course.step), float(course.since))
        return from_model(float(cut.charge(cut.ends[-1])), "mAh/cm^2")

    def _spread(self, ccd: Protocol, drawn: Draws, shares: Array) -> dict[str, Array]:
        """Return the CCD of the draws over r."""
        columns: dict[str, Array] = {}
        currents: dict[str, Array] = {}
        for name, contact in self.contacts.items():
            self.progress(0.8)
            capacity, limit = drawn[name]
            every = replace(
                contact, capacity=capacity, limiting_current=limit, recovery=shares[:, None]
            )
            found = currents[name] = critical(ccd, every)
            columns[f"ccd_mean_{name} [mA/cm^2]"] = found.mean(1)
            for percent in PERCENTILES:
                key = f"ccd_p{percent:02d}_{name} [mA/cm^2]"
                columns[key] = np.percentile(found, percent, axis=1, method="inverted_cdf")
        columns["ordered [1]"] = np.mean(currents["Li"] < currents["Li3N"], axis=1)
        return columns

    def _draws(self, ccd: Protocol, drawn: Draws) -> dict[str, Columns]:
        """Return the draws at the recovery of each layer, and their percentiles."""
        table: dict[str, Array] = {}
        for name, contact in self.contacts.items():
            capacity, limit = drawn[name]
            found = critical(ccd, replace(contact, capacity=capacity, limiting_current=limit))
            table |= {
                f"capacity_scale_{name} [mAh/cm^2]": capacity / to_model(1.0, "mAh/cm^2"),
                f"limiting_current_{name} [mA/cm^2]": limit / to_model(1.0, "mA/cm^2"),
                f"ccd_{name} [mA/cm^2]": found,
            }
        return {"draws": table, "percentiles": _percentiles(table)}

    def _follow(self, rows: int) -> tuple[dict[str, Array], Columns, dict[str, float]]:
        """Follow every layer through the chosen protocol: when it fails, step by step, audit."""
        ends: dict[str, float] = {}
        lines: list[tuple[object, ...]] = []
        charge = lithium = 0.0
        for layer in self.layers:
            self.progress(0.9)
            course = follow(self.chosen, self.contacts[layer.name], trace=True)
            cut = self.chosen.cut(int(course.step), float(course.since))
            end = cut.ends[-1]
            passed = float(cut.throughput(end))
            scale = passed or layer.capacity
            charge = max(charge, abs(float(course.charge) - float(cut.charge(end))) / scale)
            lost = (self.p.initial_contact - course.contact) * layer.capacity
            audit = np.abs(lost - course.stripped + course.recovered)
            lithium = max(lithium, float(np.max(audit)) / scale)
            survives = int(course.step) == len(self.chosen.steps)
            values = {
                "failing_time [hour]": end / _HOUR,
                "failing_cycle [1]": cut.steps[-1].cycle,
                "failing_throughput [mAh/cm^2]": from_model(passed, "mAh/cm^2"),
            }
            ends |= {
                key.replace(" ", f"_{layer.name} ", 1): math.nan if survives else float(value)
                for key, value in values.items()
            }
            lines += self._lines(layer, cut, course)
        detail = {head: [line[k] for line in lines] for k, head in enumerate(TRACE)}
        constants = {key: np.full(rows, value) for key, value in ends.items()}
        return constants, detail, {"charge": charge, "lithium": lithium}

    def _lines(self, layer: Layer, cut: Protocol, course: Course) -> list[tuple[object, ...]]:
        """Return two lines per step, its start and its end."""
        if course.trace is None:
            raise TypeError("the course has no trace")
        found = resistance(self.p, layer, self.p.contact_loss, np.moveaxis(course.trace, 1, 0))
        lines: list[tuple[object, ...]] = []
        start = 0.0
        for k, (step, end) in enumerate(zip(cut.steps, cut.ends, strict=True)):
            current = float(step.current)
            for place, time in ((k, start), (k + 1, end)):
                left, right = course.trace[place]
                lines.append(
                    (
                        layer.name, time / _HOUR, from_model(current, "mA/cm^2"), step.cycle,
                        left, right, from_model(current * found[place], "mV"),
                        from_model(float(cut.charge(time)), "mAh/cm^2"),
                        from_model(float(cut.throughput(time)), "mAh/cm^2"),
                    )
                )  # fmt: skip
            start = end
        return lines

    def _one_way(self, drawn: Draws) -> Columns:
        """Return charges until failure over the current, with their spread."""
        rows = []
        for layer in self.layers:
            points = layer.one_way
            measured: dict[float, list[float]] = {}
            for i, q in zip(points.currents, points.capacities, strict=True) if points else ():
                measured.setdefault(float(i), []).append(float(q))
            top = 1.3 * max(measured, default=layer.limiting_current / 2)
            spread = Contact(*drawn[layer.name], initial=self.p.initial_contact)
            for current in sorted({*map(float, np.linspace(0, top, 27)[1:]), *measured}):
                seen = from_model(float(np.mean(measured.get(current, math.nan))), "mAh/cm^2")
                ends: Sequence[float] = (math.nan, math.nan)
                if self.p.draws:
                    ends = np.percentile(spread.one_way_capacity(current), PERCENTILES)
                low, high = (from_model(float(end), "mAh/cm^2") for end in ends)
                charge = self._one_way_charge(layer, current)
                shown = from_model(current, "mA/cm^2")
                rows.append((layer.name, shown, charge, low, high, seen))
        return {head: [row[k] for row in rows] for k, head in enumerate(ONE_WAY)}

    def _start(self, ccd: Protocol) -> Columns:
        """Return the CCD over the contact at the start."""
        starts = np.round(np.arange(0.5, 1.001, 0.025), 3)
        return {
            "initial_contact [1]": starts,
            **{
                f"ccd_{name} [mA/cm^2]": critical(ccd, replace(contact, initial=starts))
                for name, contact in self.contacts.items()
            },
        }


def _percentiles(table: Mapping[str, Array]) -> Columns:
    """Return mean, standard deviation and percentiles of draws, one row per quantity."""
    percents = (5, 25, 50, 75, 95)
    with np.errstate(invalid="ignore"):
        columns: dict[str, Sequence[object]] = {
            "quantity": list(table),
            "mean": [float(np.mean(x)) for x in table.values()],
            "sd": [float(np.std(x)) for x in table.values()],
        }
    for percent in percents:
        columns[f"p{percent:02d}"] = [
            float(np.percentile(x, percent, method="inverted_cdf")) for x in table.values()
        ]
    return columns
