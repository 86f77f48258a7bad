"""What a run is made of: a model at its start, how it steps, and where it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lithode.core.health import HealthLine

if TYPE_CHECKING:
    from lithode.solvers.numerics.march import StepControl
    from lithode.solvers.numerics.model import Model


@dataclass(frozen=True)
class Simulation:
    """All that the run engine needs of a case.

    Attributes:
        model: The model at its initial state.
        control: Choice of the time steps.
        end_time: When to end, in s.
        output_times: Times, in s, at which fields are written; start and end are added.
        health: Derived numbers to show and to warn about.
        conservation: Conserved quantity ("lithium", "charge") to the history column that holds
            its relative defect.
    """

    model: Model
    control: StepControl
    end_time: float
    output_times: tuple[float, ...] = ()
    health: Sequence[HealthLine] = ()
    conservation: Mapping[str, str] = field(default_factory=dict)
