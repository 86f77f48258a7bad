"""Parameters of aging: resistances of the interface at two ages, of the paper or your own."""

from __future__ import annotations

import math
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from lithode.cases.tang2026.aging.measured_interface import MeasuredInterface, read_interface
from lithode.cases.tang2026.measured import (
    CYCLING_CURRENT,
    PAPER,
    PELLET_THICKNESS,
    STACK_PRESSURE,
    TABLE_2,
)
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, count, material, quantity
from lithode.theory.film import FilmGrowth

EARLY, LATE = 20, 150
"""Cycles that Table 2 has for both electrodes."""


class Parameters(CaseParameters):
    """Parameters of aging; resistances are times area over thickness, of both interfaces."""

    electrode: Literal["Li3N", "Li"] = choice(
        "Li3N", "whose rows of Table 2", source=f"{PAPER}, Table 2", provenance="paper"
    )
    fresh_resistivity: float | None = quantity(
        None,
        "ohm cm",
        "of both interfaces of a new cell, instead of that of Table 2",
        source="-",
        provenance="assumed",
        ge=0,
    )
    early_resistivity: float | None = quantity(
        None, "ohm cm", "after early_cycle cycles", source="-", provenance="assumed", gt=0
    )
    late_resistivity: float | None = quantity(
        None, "ohm cm", "after late_cycle cycles", source="-", provenance="assumed", gt=0
    )
    interface_table: Path | None = choice(
        None,
        "your own interface over the cycles, columns cycle and interface, .csv or .yaml",
        source="-",
        provenance="assumed",
    )
    early_cycle: int = count(
        EARLY, "of early_resistivity", source=f"{PAPER}, Table 2", provenance="paper", ge=1
    )
    late_cycle: int = count(
        LATE, "of late_resistivity", source=f"{PAPER}, Table 2", provenance="paper", ge=2
    )
    solid_resistivity: float | None = quantity(
        None,
        "ohm cm",
        "R_b + R_gb, instead of those of Table 2",
        source="-",
        provenance="assumed",
        gt=0,
    )
    thickness: float = material(PELLET_THICKNESS, "of the electrolyte", gt=0)
    current: float = material(CYCLING_CURRENT, "of cycling", gt=0)
    last_cycle: int = count(
        5000, "up to which the film is followed", source=f"{PAPER}, Fig. 2d", provenance="paper"
    )
    limiting_current: float = quantity(
        1.80,
        "mA/cm^2",
        "i* of bare lithium, current per contact from which it fails",
        source=f"{PAPER}, text on Fig. 2c; tang2026/protocols",
        provenance="calibrated",
        gt=0,
    )
    pressure: float = quantity(
        STACK_PRESSURE.value,
        "MPa",
        "of the stack; contact as its root",
        source=f"{PAPER}, Methods",
        provenance="paper",
        gt=0,
    )
    points: int = count(
        120, "cycles shown", source="docs/tang2026-aging.md", provenance="numerical", ge=2
    )

    def check(self) -> None:
        """Refuse ages that do not rise and interfaces that are below the fresh one.

        Raises:
            InputError: There are such.
        """
        names = "fresh_resistivity", "early_resistivity", "late_resistivity"
        given = [getattr(self, name) is not None for name in names]
        if self.interface_table is not None and any(given):
            allowed = f"gives the interface already: unset {names[given.index(True)]}"
            raise InputError("interface_table", self.interface_table, allowed)
        first, second = self.ages
        if second <= first:
            allowed = f"must be above early_cycle, {first}"
            raise InputError("late_cycle", second, allowed)
        if self.last_cycle <= first:
            allowed = f"must be above early_cycle, {first}"
            raise InputError("last_cycle", self.last_cycle, allowed)
        if any(given) and not all(given):
            missing = names[given.index(False)]
            raise InputError(missing, "unset", f"give all three of {', '.join(names)}", "ohm cm")
        fresh, early, late = self.interfaces
        if early < fresh:
            raise InputError("early_resistivity", early, f"must be at least {fresh:g}", "ohm cm")
        if late <= 0:
            raise InputError("late_resistivity", late, "must be above 0", "ohm cm")

    @cached_property
    def _own(self) -> tuple[float, MeasuredInterface] | None:
        return None if self.interface_table is None else read_interface(self.interface_table)

    @cached_property
    def measured(self) -> MeasuredInterface:
        """What impedance says of the interface from the first age on."""
        if self._own is not None:
            return self._own[1]
        _, early, late = self.interfaces
        if self.early_resistivity is not None:
            ages = {self.early_cycle: early, self.late_cycle: late}
        else:
            rows = TABLE_2.items()
            ages = {n: row.interface.value for (name, n), row in rows if name == self.electrode}
            del ages[0]
        return MeasuredInterface(np.array(list(ages), dtype=float), np.array(list(ages.values())))

    @property
    def ages(self) -> tuple[int, int]:
        """Cycles of the two ages that the film goes through."""
        if self._own is None:
            return self.early_cycle, self.late_cycle
        first, second = self._own[1].cycles[:2]
        return int(first), int(second)

    @property
    def interfaces(self) -> tuple[float, float, float]:
        """Resistivity of the interfaces in ohm cm: fresh, early, late."""
        if self._own is not None:
            fresh, aged = self._own
            return fresh, float(aged.interface[0]), float(aged.interface[1])
        own = self.fresh_resistivity, self.early_resistivity, self.late_resistivity
        if own[0] is not None and own[1] is not None and own[2] is not None:
            return own[0], own[1], own[2]
        rows = [TABLE_2[self.electrode, cycle] for cycle in (0, EARLY, LATE)]
        fresh, early, late = (row.interface.value for row in rows)
        return fresh, early, late

    @property
    def film(self) -> FilmGrowth:
        """The film through both ages, in ohm cm and cycles, at the pressure of the paper."""
        fresh, early, late = self.interfaces
        first, second = self.ages
        return FilmGrowth.through(fresh, (first, early), (second, late))

    @property
    def solid(self) -> float:
        """R_b + R_gb in ohm cm, after early_cycle cycles."""
        if self.solid_resistivity is not None:
            return self.solid_resistivity
        row = TABLE_2[self.electrode, EARLY]
        return row.bulk.value + row.grain_boundary.value

    @property
    def contact_of_pressure(self) -> float:
        """Contact over that at the pressure of the paper, (p / 5 MPa)^(1/2)."""
        return math.sqrt(self.pressure / STACK_PRESSURE.value)

    @property
    def contact(self) -> float:
        """Theta of the late cell if all that its interface gained were lost contact."""
        _, early, late = self.interfaces
        return min(1.0, early / late)

    def voltage(self, resistivity: float) -> float:
        """Return the voltage in V of a cell of a resistivity in ohm cm."""
        return 1e-3 * self.current * resistivity * 1e-4 * self.thickness
