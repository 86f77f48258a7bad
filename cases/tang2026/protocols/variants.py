"""Every layer under every variant of the model: faces apart or in series, laws of recovery."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

import numpy as np
import numpy.typing as npt

from lithode.cases.tang2026.measured import (
    CRITICAL_CURRENT,
    CYCLES,
    HIGH_PRESSURE,
    RISE_FROM,
    STACK_PRESSURE,
)
from lithode.cases.tang2026.protocols.layers import Draws, Layer, protocol_of
from lithode.cases.tang2026.protocols.parameters import Parameters
from lithode.core.protocol import Protocol
from lithode.core.units import from_model, to_model
from lithode.engine.study import Progress
from lithode.output.tables import Columns
from lithode.solvers.contact_loss.model import (
    FACES,
    Contact,
    Course,
    Faces,
    Loss,
    RecoveryLaw,
    completed_cycles,
    critical_current,
    follow,
    share_that_lasts,
)
from lithode.solvers.contact_loss.resistance import area_resistance

Array = npt.NDArray[np.float64]

LAWS: tuple[RecoveryLaw, ...] = get_args(RecoveryLaw)
EARLY, LATE = 20, 150
"""Cycles of Table 2 whose resistances are compared."""
_TABLE = (
    "layer",
    "faces",
    "law",
    "recovery [1]",
    "ccd [mA/cm^2]",
    "mean [mA/cm^2]",
    "sd [mA/cm^2]",
    "measured [mA/cm^2]",
)


def critical(protocol: Protocol, contact: Contact) -> Array:
    """Return the CCD in mA/cm^2, without the rounding of its increments."""
    course = follow(protocol, contact)
    found = critical_current(protocol, course) / to_model(1.0, "mA/cm^2")
    return np.asarray(np.round(found, 9))


def cycles_of(protocol: Protocol, contact: Contact) -> Array:
    """Return how many cycles are completed."""
    course = follow(protocol, contact)
    return completed_cycles(protocol, course).astype(float)


def resistance(p: Parameters, layer: Layer, loss: Loss, faces: Array) -> Array:
    """Return V/i in coherent units for contacts of shape (2, ...)."""
    contact = np.moveaxis(faces, 0, -1)[..., None]
    spot = p.model_value("spot_radius")
    return area_resistance(contact, layer.resistances, loss, spot, p.initial_contact)[..., 0]


@dataclass(frozen=True)
class Variants:
    """The variants, all calibrated on CAC, and on life where the law of recovery counts.

    Attributes:
        p: Parameters.
        layers: Layers to compare.
        draws: Layer to Q0 and i*, one per draw.
        progress: Told the part that is done.
        tests: Protocols of the paper by name.
    """

    p: Parameters
    layers: Sequence[Layer]
    draws: Draws
    progress: Progress
    tests: Mapping[str, Protocol] = field(
        default_factory=lambda: {name: protocol_of(name) for name in CYCLES}
    )

    def compare(self) -> tuple[dict[str, float], Columns]:
        """Return numbers as columns of the history name them, and the CCD of all as a table."""
        found: dict[str, float] = {}
        rows: list[tuple[object, ...]] = []
        for faces in get_args(Faces):
            currents: dict[tuple[str, str], Array] = {}
            for layer in self.layers:
                self.progress(0.1)
                numbers, variants = self._calibrate(layer, faces)
                found |= numbers
                measured = CRITICAL_CURRENT.get(layer.name)
                seen = measured.value if measured else math.nan
                for law, contact in variants.items():
                    values = currents[law, layer.name] = self._ccd(layer, contact)
                    summary = _summary(values)
                    found |= {
                        f"{key}_{law}_{faces}_{layer.name} [mA/cm^2]": value
                        for key, value in summary.items()
                    }
                    row = layer.name, faces, law, contact.recovery, *summary.values(), seen
                    rows.append(row)
            for law in ("none", *LAWS) if self.p.draws else ():
                if {(law, "Li"), (law, "Li3N")} <= currents.keys():
                    below = currents[law, "Li"][1:] < currents[law, "Li3N"][1:]
                    found[f"ordered_{law}_{faces} [1]"] = float(np.mean(below))
        return found, {head: [row[k] for row in rows] for k, head in enumerate(_TABLE)}

    def _calibrate(self, layer: Layer, faces: Faces) -> tuple[dict[str, float], dict[str, Contact]]:
        """Return numbers of a layer, and its contact without recovery and by each law."""
        name, plain = f"{faces}_{layer.name}", layer.contact(self.p, "share", faces)
        ranges = self._ranges(layer, faces)
        numbers = {f"{key}_{name} [1]": value for key, value in ranges.items()}
        numbers[f"life_none_{name} [1]"] = float(cycles_of(self.tests["life"], plain))
        most = replace(layer.contact(self.p, "creep", faces), recovery=1.0)
        pressed = float(cycles_of(self.tests["pressure"], most))
        numbers[f"most_pressure_cycles_creep_{name} [1]"] = pressed
        variants = {"none": plain}
        lasting = ranges.get("recovery_life", math.nan)
        if math.isfinite(lasting):
            numbers |= self._resistances(layer, faces, lasting)
            for law in LAWS:
                contact = layer.contact(self.p, law, faces)
                variants[law] = replace(contact, recovery=lasting)
            ratio = HIGH_PRESSURE.value / STACK_PRESSURE.value
            pressed = float(cycles_of(self.tests["pressure"], variants["creep"].pressed(ratio)))
            numbers[f"root_pressure_cycles_{name} [1]"] = pressed
        return numbers, variants

    def _ranges(self, layer: Layer, faces: Faces) -> dict[str, float]:
        """Return between which r, whatever the current, a layer completes the cycles measured."""
        found: dict[str, float] = {}
        contact = layer.contact(self.p, "share", faces)
        for name, protocol in self.tests.items():
            if (cycles := CYCLES[name].get(layer.name)) is None:
                continue
            self.progress(0.1)
            found[f"recovery_{name}"] = share_that_lasts(protocol, contact, cycles)
            found[f"recovery_{name}_end"] = (
                share_that_lasts(protocol, contact, cycles + 1) if cycles < protocol.cycles else 1.0
            )
        return found

    def _ccd(self, layer: Layer, contact: Contact) -> Array:
        """Return the CCD, then that of the draws; r stays."""
        capacity, limit = self.draws[layer.name]
        together = replace(
            contact,
            capacity=np.append(layer.capacity, capacity),
            limiting_current=np.append(layer.limiting_current, limit),
        )
        return critical(self.tests["ccd"], together)

    def _resistances(self, layer: Layer, faces: Faces, lasting: float) -> dict[str, float]:
        """Return what Table 2 and Fig. S5 say of V/i: its growth in life, its rise in the CCD."""
        found: dict[str, float] = {}
        life, ccd = self.tests["life"], self.tests["ccd"]
        early, late = (len(life.up_to(cycle).steps) for cycle in (EARLY, LATE))
        creep = replace(layer.contact(self.p, "creep", faces), recovery=lasting)
        none = layer.contact(self.p, "share", faces)
        aged = follow(life.up_to(LATE), creep, trace=True)
        risen = {
            "rise": follow(ccd, creep, trace=True),
            "rise_none": follow(ccd, none, trace=True),
        }
        at, low, high = _places(ccd), RISE_FROM.value, CRITICAL_CURRENT["Li3N"].value
        for loss in (loss for loss in get_args(Loss) if FACES[loss] == faces):
            name = f"{loss}_{layer.name}"
            found[f"growth_{name} [1]"] = self._ratio(layer, loss, aged, early, late)
            for key, course in risen.items():
                rises = {
                    current: 100 * (self._ratio(layer, loss, course, *places) - 1)
                    for current, places in at.items()
                }
                completed = [
                    rise for i, rise in rises.items() if low <= i <= high and math.isfinite(rise)
                ]
                found[f"{key}_{name} [%]"] = rises[CRITICAL_CURRENT["Li"].value]
                found[f"most_{key}_{name} [%]"] = max(completed, default=math.nan)
        return found

    def _ratio(self, layer: Layer, loss: Loss, course: Course, start: int, end: int) -> float:
        """Return V/i after so many steps over that after fewer, nan if the cell has failed."""
        if course.trace is None or int(course.step) < end:
            return math.nan
        first, last = (
            float(resistance(self.p, layer, loss, course.trace[k])) for k in (start, end)
        )
        return last / first


def _places(protocol: Protocol) -> dict[float, tuple[int, int]]:
    """Return at which step each current in mA/cm^2 begins, either way, and ends."""
    found: dict[float, tuple[int, int]] = {}
    for k, step in enumerate(protocol.steps):
        if current := round(from_model(abs(float(step.current)), "mA/cm^2"), 9):
            first, _ = found.get(current, (k, k))
            found[current] = first, k + 1
    return found


def _summary(values: Array) -> dict[str, float]:
    """Return the first value, and mean and standard deviation of the draws that follow."""
    first, drawn = float(values[0]), values[1:]
    if not len(drawn):
        return {"ccd": first, "mean": math.nan, "sd": math.nan}
    return {"ccd": first, "mean": float(drawn.mean()), "sd": float(drawn.std())}
