"""What a run goes along: time, or the load of a sweep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """The quantity that a run goes along.

    Attributes:
        name: Name, e.g. ``"current"``.
        symbol: Symbol, e.g. ``"i"``.
        unit: Unit of its values, "1" for pure numbers.
    """

    name: str
    symbol: str
    unit: str

    @property
    def column(self) -> str:
        """First column of the history."""
        return f"{self.name} [{self.unit}]"

    @property
    def step_column(self) -> str:
        """Column of the steps along the axis."""
        return f"step_size [{self.unit}]"

    @property
    def suffix(self) -> str:
        """What follows a value in a text, empty for a pure number."""
        return "" if self.unit == "1" else f" {self.unit}"

    def at(self, value: float) -> str:
        """Return a place on the axis as text, ``"t = 600 s"``."""
        return f"{self.symbol} = {value:.6g}{self.suffix}"


TIME = Axis("time", "t", "s")
