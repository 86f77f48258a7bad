"""CCD, CAC, life and the sequence at 20 MPa on a model of lost contact (Figs. 2, S5, S8)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from lithode import protocol as protocols
from lithode.case import HealthLine, StudyCase, Target
from lithode.cases.tang2026.cycling_figures import ONE_WAY, PERCENTILES, RECOVERY, TRACE, draw
from lithode.cases.tang2026.parameters import (
    CAC,
    CRITICAL_CURRENT,
    CYCLES,
    CYCLING_CURRENT,
    OVERPOTENTIAL_RISE,
    PAPER,
    PELLET_THICKNESS,
    RECOVERY_ONSET,
    TABLE_2,
    Electrode,
)
from lithode.errors import InputError
from lithode.parameters import CaseParameters, choice, count, quantity
from lithode.protocol import Protocol, Step
from lithode.solvers import contact_loss
from lithode.solvers.contact_loss import (
    Contact,
    Course,
    Layers,
    Loss,
    OneWay,
    RecoveryLaw,
    Resistances,
)
from lithode.solvers.output.history import History
from lithode.study import Columns, Progress, Results, Study
from lithode.units import from_model, to_model

Array = npt.NDArray[np.float64]

OWN = "own"
_SHIPPED = Path(__file__).with_name("protocols")
_LAWS: tuple[RecoveryLaw, ...] = ("share", "creep", "threshold")
_LOSSES: tuple[Loss, ...] = ("spots", "edge")
# Unity apart, evenly spread in the logarithm of what does not return.
_SHARES = 1 - np.logspace(0, -3, 61)
_HOUR = 3600.0
# Cycles of Table 2 whose resistances are compared.
_EARLY, _LATE = 20, 150
_BEFORE_06 = 1600


class Parameters(CaseParameters):
    """Parameters of the protocols."""

    protocol: str = choice(
        "ccd", "to follow in detail: ccd, life, pressure, or a file of your own (.yaml)",
        source=f"{PAPER}, Methods, Figs. 2d, S8", provenance="paper",
    )  # fmt: skip
    table: Path | None = choice(
        None, "charges until failure of more layers, .csv or .yaml; a known name replaces",
        source="docs/tang2026-protocols.md", provenance="assumed",
    )  # fmt: skip
    capacity_scale: float | None = quantity(
        None, "mAh/cm^2", "Q0 of a layer of your own, with limiting_current",
        source="of CAC, at small current", provenance="assumed", gt=0,
    )  # fmt: skip
    limiting_current: float | None = quantity(
        None, "mA/cm^2", "i* of that layer", source="of CAC, where it would be 0",
        provenance="assumed", gt=0,
    )  # fmt: skip
    recovery: float = quantity(
        0.0, "", "r, share of plated lithium that returns to voids, in the protocol followed",
        source="nothing returns; what CAC knows", provenance="assumed", ge=0, le=1,
    )  # fmt: skip
    recovery_law: RecoveryLaw = choice(
        "share", "share: r at any current; creep: r min(1, i_r/i); threshold: 0 above i_r",
        source="docs/tang2026-protocols.md", provenance="assumed",
    )  # fmt: skip
    recovery_current: float | None = quantity(
        None, "mA/cm^2", "i_r; if unset that of the cycling (creep), of Fig. S5 (threshold)",
        source="docs/tang2026-protocols.md", provenance="assumed", gt=0,
    )  # fmt: skip
    initial_contact: float = quantity(
        1.0, "", "contact of the faces at the start; less for the gaps of 6 min in N2",
        source=f"{PAPER}, Fig. 1a: no gaps at 3 min", provenance="paper", gt=0, le=1,
    )  # fmt: skip
    contact_loss: Loss = choice(
        "spots", "where contact is lost, for the voltage: spots, or the edge of both electrodes",
        source="docs/tang2026-protocols.md", provenance="assumed",
    )  # fmt: skip
    spot_radius: float = quantity(
        50.0, "um", "of the tube around a spot of contact", source="as in tang2026/impedance",
        provenance="assumed", gt=0, le=4500,
    )  # fmt: skip
    capacity_spread: float = quantity(
        0.1, "", "relative standard uncertainty of a charge until failure",
        source=f"{PAPER}: at least 3 cells per point; bars are not in the text",
        provenance="assumed", ge=0, le=1,
    )  # fmt: skip
    draws: int = count(
        2000, "draws of those charges", source="Lithode", provenance="numerical", ge=0, le=100_000
    )
    seed: int = count(1, "seed of the draws", source="Lithode", provenance="numerical", ge=0)


@dataclass(frozen=True)
class Layer:
    """What is between lithium and electrolyte.

    Attributes:
        name: Its name in columns and tables.
        capacity: Q0 in C/m^2.
        limiting_current: i* in A/m^2.
        one_way: Charges that both were calibrated on, None if they were given.
    """

    name: str
    capacity: float
    limiting_current: float
    one_way: OneWay | None

    def contact(self, p: Parameters, law: RecoveryLaw | None = None) -> Contact:
        """Return its contact, under the law of the parameters or another with its own current."""
        onset = RECOVERY_ONSET.get(self.name, RECOVERY_ONSET["Li"]).model
        currents = {"share": math.inf, "creep": CYCLING_CURRENT.model, "threshold": onset}
        kind = law or p.recovery_law
        own = law is None and p.recovery_current is not None
        current = p.model_value("recovery_current") if own else currents[kind]
        return Contact(
            self.capacity, self.limiting_current, p.recovery, kind, current, p.initial_contact
        )

    def draws(self, p: Parameters, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return Q0 and i*, one per draw of the charges they are from."""
        if self.one_way is None:
            known = np.array([self.capacity, self.limiting_current])
            capacity, limit = known[:, None] * _factors(p, rng, 2)
            return capacity, limit
        points = self.one_way
        drawn = points.capacities * _factors(p, rng, len(points.capacities)).T
        return contact_loss.fit(points.currents, drawn)

    @property
    def resistances(self) -> Resistances:
        """Of the fresh cell; a layer that is not in Table 2 is taken as bare lithium."""
        known: Electrode = "Li3N" if self.name == "Li3N" else "Li"
        row, thickness = TABLE_2[known, 0], PELLET_THICKNESS.model
        resistivity = row.bulk.model + row.grain_boundary.model
        return Resistances(resistivity * thickness, row.interface.model * thickness, resistivity)


def _factors(p: Parameters, rng: np.random.Generator, points: int) -> Array:
    drawn = rng.normal(1.0, p.capacity_spread, (points, p.draws))
    return np.asarray(np.maximum(drawn, 1e-3))


def protocol_of(name: str) -> Protocol:
    """Return a shipped protocol or a user's file; see `protocols.choose`."""
    return protocols.choose(name, _SHIPPED)


def one_way(current: float, capacity: float) -> Protocol:
    """Return the protocol of CAC: one current in A/m^2 until more than a capacity in C/m^2."""
    return Protocol((Step(Fraction(current), 2 * Fraction(capacity) / Fraction(current), 1),))


def layers_of(p: Parameters) -> list[Layer]:
    """Return the layers of the paper and the user's.

    Raises:
        InputError: The table is wrong, i* cannot be had from it, or one of Q0 and i* is missing.
    """
    found: Layers = dict(CAC)
    if p.table is not None:
        found |= contact_loss.read_layers(p.table)
    layers = []
    for name, points in found.items():
        capacity, limit = contact_loss.fit(points.currents, points.capacities)
        if not np.isfinite(limit):
            raise InputError("table", name, "its charge must fall with the current, to give i*")
        layers.append(Layer(name, float(capacity), float(limit), points))
    given = p.capacity_scale, p.limiting_current
    if any(value is not None for value in given):
        for field, value in zip(("capacity_scale", "limiting_current"), given, strict=True):
            if value is None:
                raise InputError(field, "unset", "give capacity_scale and limiting_current")
        if OWN in found:
            raise InputError("table", OWN, "is the name of the layer given by capacity_scale")
        layers.append(
            Layer(OWN, p.model_value("capacity_scale"), p.model_value("limiting_current"), None)
        )
    return layers


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    layers, chosen = layers_of(p), protocol_of(p.protocol)
    health = [
        HealthLine(f"{symbol} ({layer.name})", from_model(value, unit), meaning, unit)
        for layer in layers
        for symbol, value, unit, meaning in (
            ("Q0", layer.capacity, "mAh/cm^2", "what takes all contact, one way"),
            ("i*", layer.limiting_current, "mA/cm^2", "per contact, at which a cell fails"),
        )
    ]
    return Study(lambda progress: _Work(p, layers, chosen, progress).results(), health)


@dataclass(frozen=True)
class _Work:
    """One computation."""

    p: Parameters
    layers: Sequence[Layer]
    chosen: Protocol
    progress: Progress

    def results(self) -> Results:
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
            if (lasting := constants.get(f"recovery_life_{layer.name} [1]")) is not None:
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
        for law in _LAWS:
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
            passed = float(cut.throughput(end)) or 1.0
            charge = max(charge, abs(float(course.charge) - float(cut.charge(end))) / passed)
            lost = (self.p.initial_contact - course.contact) * layer.capacity
            audit = np.abs(lost - course.stripped + course.recovered)
            lithium = max(lithium, float(np.max(audit)) / passed)
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


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the calibration, what depends on the recovery, and the protocol followed."""
    p = parameters
    return draw(run_directory, p.recovery, Path(p.protocol).stem, p.contact_loss)


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say when the layers fail under the protocol followed."""
    said = []
    for key in history:
        if key.startswith("failing_time_"):
            name = key.removeprefix("failing_time_").split(" ")[0]
            end, cycle, passed = (
                float(history[f"failing_{what}_{name} [{unit}]"][0])
                for what, unit in (("time", "hour"), ("cycle", "1"), ("throughput", "mAh/cm^2"))
            )
            said.append(
                f"{name} survives {parameters.protocol}"
                if math.isnan(end)
                else f"{name} fails in cycle {cycle:.0f} of {parameters.protocol}, after "
                f"{end:.4g} h and {passed:.4g} mAh/cm^2 either way"
            )
    return said


_GROWTH = 1.497


def _at(column: str, recovery: str | float = 0.0) -> Callable[[History, Parameters], float]:
    """Return a reader of a column at a recovery, or at the recovery that a column holds."""

    def read(history: History, _: Parameters) -> float:
        wanted = recovery if isinstance(recovery, float) else float(history[recovery][0])
        row = int(np.argmin(np.abs(history[RECOVERY] - wanted)))
        return float(history[column][row])

    return read


def _survival(column: str, recovery: str, cycles: int) -> Callable[[History, Parameters], str]:
    def read(history: History, p: Parameters) -> str:
        found = _at(column, recovery)(history, p)
        return "completed" if found >= cycles else "fails"

    return read


def _below(percent: float, loss: Loss) -> Callable[[History, Parameters], str]:
    def read(history: History, p: Parameters) -> str:
        rise = _at(f"rise_{loss}_Li3N [%]")(history, p)
        return f"below {percent:g} %" if rise < percent else f"{rise:.3g} %"

    return read


def _common_recovery(names: Sequence[str]) -> Callable[[History, Parameters], str]:
    """Say whether one recovery meets CCD and life of a layer, or of several."""

    def read(history: History, _: Parameters) -> str:
        keys = [f"recovery_{test}{{}}_{name} [1]" for test in ("ccd", "life") for name in names]
        low = max(float(history[key.format("")][0]) for key in keys)
        high = min(float(history[key.format("_end")][0]) for key in keys)
        return "one" if low < high else "none"

    return read


def _is_papers(p: Parameters) -> bool:
    plain = p.recovery_law == "share" and p.recovery_current is None
    return p.table is None and plain and p.initial_contact == 1 and p.spot_radius == 50


def _has_draws(p: Parameters) -> bool:
    return _is_papers(p) and p.draws > 0


def _target(
    name: str, paper: float | str | None, unit: str, kind: Literal["calibrated", "predicted"],
    tolerance: float, read: Callable[[History, Parameters], float | str], source: str,
    applies: Callable[[Parameters], bool] = _is_papers,
) -> Target[Parameters]:  # fmt: skip
    return Target(name, paper, unit, kind, tolerance, read, source, applies)


def _ccd_targets(name: str) -> list[Target[Parameters]]:
    """Return the targets of one layer's CCD: 1 of its steps of 0.1 mA/cm^2 is what it resolves."""
    value, unit = CRITICAL_CURRENT[name], "mA/cm^2"
    step = 0.1001 / value.value
    return [
        _target(
            f"CCD of {name}, nothing recovered", value.value, unit, "predicted", step,
            _at(f"ccd_{name} [{unit}]"), value.source,
        ),
        _target(
            "the same, mean of draws", value.value, unit, "predicted", step,
            _at(f"ccd_mean_{name} [{unit}]"), value.source, _has_draws,
        ),
        *(
            _target(
                f"CCD of {name}, recovery of its life, {law}", value.value, unit, "predicted",
                step, _at(f"ccd_after_life_{law}_{name} [{unit}]"), value.source,
            )
            for law in _LAWS
        ),
    ]  # fmt: skip


_PRESSED = f"{PAPER}, text on Fig. S8"

TARGETS: tuple[Target[Parameters], ...] = (
    *(
        _target(
            f"charge one way of {name} at {current:g} mA/cm^2", charge, "mAh/cm^2", "calibrated",
            0.01, _at(f"charge_{current:g}_{name} [mAh/cm^2]"), f"{PAPER}, text on Fig. 2c",
        )
        for name, current, charge in (
            ("Li", 0.2, 4.0), ("Li", 0.6, 3.0), ("Li3N", 0.1, 8.0), ("Li3N", 0.8, 6.0)
        )
    ),
    *_ccd_targets("Li"),
    *_ccd_targets("Li3N"),
    _target(
        "share of draws with CCD of Li below that of Li3N", None, "", "predicted", 0,
        _at("ordered [1]"), "below, by Figs. 2a, 2b", _has_draws,
    ),
    _target(
        "cycles of Li at 0.3 mA/cm^2, nothing recovered", 257.0, "", "predicted", 0.1,
        _at("life_cycles_Li [1]"), f"{PAPER}, Fig. 2d",
    ),
    _target(
        "cycles of Li at 0.3 mA/cm^2, recovery set for them", 257.0, "", "calibrated", 0.01,
        _at("life_cycles_Li [1]", "recovery_life_Li [1]"), f"{PAPER}, Fig. 2d",
    ),
    _target(
        "recovery that life of Li needs", None, "", "calibrated", 0,
        _at("recovery_life_Li [1]"), "-",
    ),
    _target(
        "recovery that life of Li3N needs, at least", None, "", "calibrated", 0,
        _at("recovery_life_Li3N [1]"), f"{PAPER}: 5000 cycles without failure",
    ),
    _target(
        "recovery for both CCD and life, Li", "one", "", "predicted", 0, _common_recovery(["Li"]),
        "one cell, one interface",
    ),
    _target(
        "recovery for both CCD and life, Li3N", "one", "", "predicted", 0,
        _common_recovery(["Li3N"]), "one cell, one interface",
    ),
    _target(
        "V/i at cycle 150 over cycle 20 of Li, spots", _GROWTH, "", "predicted", 0.1,
        _at("growth_spots_Li [1]", "recovery_life_Li [1]"), f"{PAPER}, sums of Table 2",
    ),
    _target(
        "the same, edge lost", _GROWTH, "", "predicted", 0.1,
        _at("growth_edge_Li [1]", "recovery_life_Li [1]"), f"{PAPER}, sums of Table 2",
    ),
    _target(
        "rise of V/i at 0.8 mA/cm^2, Li, spots", OVERPOTENTIAL_RISE.value, "%", "predicted", 0.1,
        _at("rise_spots_Li [%]"), OVERPOTENTIAL_RISE.source,
    ),
    _target(
        "the same, edge lost", OVERPOTENTIAL_RISE.value, "%", "predicted", 0.1,
        _at("rise_edge_Li [%]"), OVERPOTENTIAL_RISE.source,
    ),
    _target(
        "rise of V/i at 0.8 mA/cm^2, Li3N, edge lost", "below 7 %", "", "predicted", 0,
        _below(7.0, "edge"), f"{PAPER}, text on Fig. S5",
    ),
    _target(
        "20 MPa, cycles of Li, recovery set for them", 803.0, "", "calibrated", 0.01,
        _at("pressure_cycles_Li [1]", "recovery_pressure_Li [1]"), _PRESSED,
    ),
    _target(
        "20 MPa, Li3N with the recovery of Li", "completed", "", "predicted", 0,
        _survival("pressure_cycles_Li3N [1]", "recovery_pressure_Li [1]", 1600), _PRESSED,
    ),
    _target(
        "20 MPa, cycles of Li at 0.6 mA/cm^2, at least", 3.0, "", "predicted", 0.1,
        _at("least_cycles_at_0.6_Li [1]"), _PRESSED,
    ),
)  # fmt: skip

CASE = StudyCase(
    name="tang2026/protocols",
    title="CCD, CAC, life and the 20 MPa sequence on a model of lost contact (Figs. 2, S5, S8)",
    parameters=Parameters,
    presets={
        "ccd": {},
        "life": {"protocol": "life", "recovery": 0.9},
        "pressure": {"protocol": "pressure", "recovery": 0.985},
        "quick": {"draws": 300},
    },
    build=build,
    targets=TARGETS,
    pictures=pictures,
    findings=findings,
)
