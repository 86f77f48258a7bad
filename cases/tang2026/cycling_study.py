"""What layers do under protocols: over the recovery, over draws, and in detail."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.cycling_figures import ONE_WAY, PERCENTILES, RECOVERY, TRACE
from lithode.cases.tang2026.layers import Layer, Parameters, one_way, protocol_of
from lithode.cases.tang2026.parameters import CRITICAL_CURRENT, CYCLES
from lithode.protocol import Protocol
from lithode.solvers import contact_loss
from lithode.solvers.contact_loss import Contact, Course, Loss, RecoveryLaw
from lithode.study import Columns, Progress, Results
from lithode.units import from_model, to_model

Array = npt.NDArray[np.float64]

LAWS: tuple[RecoveryLaw, ...] = ("share", "creep", "threshold")
_LOSSES: tuple[Loss, ...] = ("spots", "edge")
# Unity apart, evenly spread in the logarithm of what does not return.
_SHARES = 1 - np.logspace(0, -3, 61)
_HOUR = 3600.0
# Cycles of Table 2 whose resistances are compared.
_EARLY, _LATE = 20, 150
_BEFORE_06 = 1600


@dataclass(frozen=True)
class Work:
    """One computation.

    Attributes:
        p: Parameters.
        layers: Layers to compare.
        chosen: Protocol to follow in detail.
        progress: Told the part that is done.
    """

    p: Parameters
    layers: Sequence[Layer]
    chosen: Protocol
    progress: Progress

    def results(self) -> Results:
        """Do it."""
        tests = {name: protocol_of(name) for name in CYCLES}
        ranges = {layer.name: self._ranges(layer, tests) for layer in self.layers}
        known = [r for found in ranges.values() for r in found.values() if math.isfinite(r)]
        shares = np.unique([*_SHARES, self.p.recovery, *known])
        columns: dict[str, Array] = {}
        for k, layer in enumerate(self.layers):
            self.progress(0.3 + 0.4 * k / len(self.layers))
            contact = replace(layer.contact(self.p), recovery=shares)
            columns |= self._over_recovery(layer, contact, tests)
            constants = {**ranges[layer.name], **self._constants(layer, tests)}
            lasting = constants.get(f"recovery_life_{layer.name} [1]", math.nan)
            if math.isfinite(lasting):
                constants |= self._after_life(layer, lasting, tests["ccd"])
            columns |= {key: np.full(len(shares), value) for key, value in constants.items()}
        self.progress(0.7)
        draws, tables = self._draws(tests["ccd"], shares)
        self.progress(0.9)
        followed, detail, defects = self._follow(len(shares))
        tables |= {"trace": detail, "one_way": self._one_way(), **self._start(tests["ccd"])}
        return Results({RECOVERY: shares, **columns, **draws, **followed}, tables, defects)

    def _ranges(self, layer: Layer, tests: Mapping[str, Protocol]) -> dict[str, float]:
        """Return between which recoveries a layer completes the cycles measured, and no more."""
        found: dict[str, float] = {}
        contact = layer.contact(self.p, "share")
        for name, protocol in tests.items():
            self.progress(0.1)
            if (cycles := CYCLES[name].get(layer.name)) is None:
                continue
            low = contact_loss.share_that_lasts(protocol, contact, cycles)
            high = 1.0
            if cycles < protocol.steps[-1].cycle:
                high = contact_loss.share_that_lasts(protocol, contact, cycles + 1)
            found |= {
                f"recovery_{name}_{layer.name} [1]": low,
                f"recovery_{name}_end_{layer.name} [1]": high,
            }
        return found

    def _over_recovery(
        self, layer: Layer, contact: Contact, tests: Mapping[str, Protocol]
    ) -> dict[str, Array]:
        """Return what the protocols of the paper give over r."""
        name, ccd = layer.name, tests["ccd"]
        course = contact_loss.follow(ccd, contact, trace=True)
        columns = {f"ccd_{name} [mA/cm^2]": _critical(ccd, course)}
        for key in ("life", "pressure"):
            self.progress(0.4)
            found = contact_loss.follow(tests[key], contact)
            cycles = contact_loss.completed_cycles(tests[key], found)
            columns[f"{key}_cycles_{name} [1]"] = cycles.astype(float)
        early = tests["life"].cut(2 * _LATE, 0.0)
        cycled = contact_loss.follow(early, contact, trace=True)
        for loss in _LOSSES:
            columns[f"rise_{loss}_{name} [%]"] = self._rise(layer, loss, ccd, course)
            ends = [self._resistance(layer, loss, cycled, 2 * n) for n in (_EARLY, _LATE)]
            columns[f"growth_{loss}_{name} [1]"] = ends[1] / ends[0]
        return columns

    def _resistance(self, layer: Layer, loss: Loss, course: Course, after: int) -> Array:
        """Return V/i after so many steps in ohm cm^2, nan where it failed before."""
        if course.trace is None or after >= len(course.trace):
            return np.full(course.step.shape, np.nan)
        resistance = contact_loss.area_resistance(
            np.moveaxis(course.trace[after], 0, -2), layer.resistances, loss,
            self.p.model_value("spot_radius"),
        )  # fmt: skip
        return np.where(course.step < after, np.nan, resistance)

    def _rise(self, layer: Layer, loss: Loss, ccd: Protocol, course: Course) -> Array:
        """Return how much V/i rises in the cycle of 0.8 mA/cm^2 in %, nan where it failed."""
        wanted = CRITICAL_CURRENT["Li"].model
        steps = [k for k, s in enumerate(ccd.steps) if math.isclose(abs(float(s.current)), wanted)]
        first, last = (self._resistance(layer, loss, course, k) for k in (steps[0], steps[-1] + 1))
        return np.asarray(100 * (last / first - 1))

    def _constants(self, layer: Layer, tests: Mapping[str, Protocol]) -> dict[str, float]:
        """Return what does not depend on r: calibrated numbers, and charges until failure."""
        name, contact = layer.name, layer.contact(self.p, "share")
        values = {
            f"capacity_scale_{name} [mAh/cm^2]": from_model(layer.capacity, "mAh/cm^2"),
            f"limiting_current_{name} [mA/cm^2]": from_model(layer.limiting_current, "mA/cm^2"),
        }
        for current in layer.one_way.currents if layer.one_way else ():
            key = f"charge_{from_model(current, 'mA/cm^2'):g}_{name} [mAh/cm^2]"
            values[key] = self._one_way_charge(layer, float(current))
        # From full contact and without recovery, so the worst of what 0.6 mA/cm^2 can do.
        late = Protocol(tests["pressure"].steps[_BEFORE_06:])
        worst = contact_loss.follow(late, replace(contact, recovery=0.0))
        cycles = contact_loss.completed_cycles(late, worst) - _BEFORE_06 // 2
        return {**values, f"least_cycles_at_0.6_{name} [1]": float(cycles)}

    def _one_way_charge(self, layer: Layer, current: float) -> float:
        """Return the charge until failure at one current in mAh/cm^2, by the protocol."""
        protocol = one_way(current, layer.capacity)
        course = contact_loss.follow(protocol, layer.contact(self.p))
        cut = protocol.cut(int(course.step), float(course.since))
        return from_model(float(cut.charge(cut.ends[-1])), "mAh/cm^2")

    def _after_life(self, layer: Layer, recovery: float, ccd: Protocol) -> dict[str, float]:
        """Return the CCD with the recovery that life needs, by each law."""
        found = {}
        for law in LAWS:
            contact = replace(layer.contact(self.p, law), recovery=recovery)
            current = float(_critical(ccd, contact_loss.follow(ccd, contact)))
            found[f"ccd_after_life_{law}_{layer.name} [mA/cm^2]"] = current
        return found

    def _draws(self, ccd: Protocol, shares: Array) -> tuple[dict[str, Array], dict[str, Columns]]:
        """Return the spread of the CCD over r, and the draws at the r of the parameters."""
        if not self.p.draws:
            return {}, {}
        rng, columns, drawn = np.random.default_rng(self.p.seed), {}, {}
        table: dict[str, Array] = {}
        own = int(np.flatnonzero(shares == self.p.recovery)[0])
        for layer in self.layers:
            self.progress(0.8)
            capacity, limit = layer.draws(self.p, rng)
            contact = replace(
                layer.contact(self.p), capacity=capacity, limiting_current=limit,
                recovery=shares[:, None],
            )  # fmt: skip
            name = layer.name
            currents = drawn[name] = _critical(ccd, contact_loss.follow(ccd, contact))
            columns[f"ccd_mean_{name} [mA/cm^2]"] = currents.mean(1)
            columns[f"ccd_sd_{name} [mA/cm^2]"] = currents.std(1)
            for percent in PERCENTILES:
                found = np.percentile(currents, percent, axis=1, method="inverted_cdf")
                columns[f"ccd_p{percent:02.0f}_{name} [mA/cm^2]"] = found
            table |= {
                f"capacity_scale_{name} [mAh/cm^2]": capacity / to_model(1.0, "mAh/cm^2"),
                f"limiting_current_{name} [mA/cm^2]": limit / to_model(1.0, "mA/cm^2"),
                f"ccd_{name} [mA/cm^2]": currents[own],
            }
        columns["ordered [1]"] = np.mean(drawn["Li"] < drawn["Li3N"], axis=1)
        return columns, {"draws": table, "percentiles": _percentiles(table)}

    def _follow(self, rows: int) -> tuple[dict[str, Array], Columns, dict[str, float]]:
        """Follow every layer through the chosen protocol: when it fails, step by step, audit."""
        ends: dict[str, float] = {}
        lines: list[tuple[object, ...]] = []
        charge = lithium = 0.0
        for layer in self.layers:
            self.progress(0.9)
            contact = layer.contact(self.p)
            course = contact_loss.follow(self.chosen, contact, trace=True)
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
        spot, resistances = self.p.model_value("spot_radius"), layer.resistances
        found = contact_loss.area_resistance(
            course.trace[..., None], resistances, self.p.contact_loss, spot
        )[:, 0]
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

    def _one_way(self) -> Columns:
        """Return charges until failure over the current, with their spread."""
        rng, rows = np.random.default_rng(self.p.seed), []
        for layer in self.layers:
            points = layer.one_way
            measured: dict[float, list[float]] = {}
            for i, q in zip(points.currents, points.capacities, strict=True) if points else ():
                measured.setdefault(float(i), []).append(float(q))
            top = 1.3 * max(measured, default=layer.limiting_current / 2)
            capacity, limit = layer.draws(self.p, rng)
            drawn = Contact(capacity, limit, initial=self.p.initial_contact)
            for current in sorted({*map(float, np.linspace(0, top, 27)[1:]), *measured}):
                seen = from_model(float(np.mean(measured.get(current, math.nan))), "mAh/cm^2")
                ends: Sequence[float] = (math.nan, math.nan)
                if self.p.draws:
                    ends = np.percentile(drawn.one_way_capacity(current), PERCENTILES)
                low, high = (from_model(float(end), "mAh/cm^2") for end in ends)
                charge = self._one_way_charge(layer, current)
                shown = from_model(current, "mA/cm^2")
                rows.append((layer.name, shown, charge, low, high, seen))
        return {head: [row[k] for row in rows] for k, head in enumerate(ONE_WAY)}

    def _start(self, ccd: Protocol) -> dict[str, Columns]:
        """Return the CCD over the contact at the start."""
        starts = np.round(np.arange(0.5, 1.001, 0.025), 3)
        columns: dict[str, Array] = {"initial_contact [1]": starts}
        for layer in self.layers:
            contact = replace(layer.contact(self.p), initial=starts)
            course = contact_loss.follow(ccd, contact)
            columns[f"ccd_{layer.name} [mA/cm^2]"] = _critical(ccd, course)
        return {"initial_contact": columns}


def _critical(protocol: Protocol, course: Course) -> Array:
    """Return the CCD in mA/cm^2, without the rounding of its increments."""
    found = contact_loss.critical_current(protocol, course) / to_model(1.0, "mA/cm^2")
    return np.asarray(np.round(found, 9))


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
