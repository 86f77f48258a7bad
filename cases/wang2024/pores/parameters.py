"""Parameters of strips of an interlayer that touch lithium between pores."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from lithode.cases.wang2024.layer import ContactParameters
from lithode.cases.wang2024.measured import PAPER
from lithode.core.axis import Axis
from lithode.core.errors import InputError
from lithode.core.parameters import choice, quantity

AXIS = Axis("pore_size", "d", "um")


class Parameters(ContactParameters):
    """Parameters of the contact."""

    resumable: ClassVar[frozenset[str]] = frozenset({"pore_sizes"})
    reach: ClassVar[frozenset[str]] = resumable

    pore_sizes: tuple[float, ...] = quantity(
        (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0),
        "um",
        "width of the pores, rising",
        source="not in the text",
        provenance="assumed",
    )
    porosities: tuple[float, ...] = quantity(
        (0.3, 0.5, 0.7),
        "",
        "share of the base that is pore, one model each",
        source="not in the text",
        provenance="assumed",
    )
    current: float = quantity(
        4.0,
        "mA/cm^2",
        "per area of the whole contact plane",
        source=f"{PAPER}, largest of Fig. 3",
        provenance="paper",
        gt=0,
    )
    element_size: float = quantity(
        0.001,
        "",
        "element size where a strip ends, in periods",
        source="docs/wang2024-pores.md",
        provenance="numerical",
        gt=0,
    )
    element_size_far: float = quantity(
        0.05,
        "",
        "element size far from it, in periods",
        source="docs/wang2024-pores.md",
        provenance="numerical",
        gt=0,
        le=0.25,
    )
    solver: Literal["direct", "iterative"] = choice(
        "direct", "linear solver", source="docs/wang2024-pores.md", provenance="numerical"
    )

    def check(self) -> None:
        """Refuse pore sizes that do not rise from above 0, and porosities outside (0, 1).

        Raises:
            InputError: There are such.
        """
        if not self.pore_sizes or np.any(np.diff([0.0, *self.pore_sizes]) <= 0):
            raise InputError("pore_sizes", _text(self.pore_sizes), "must rise from above 0", "um")
        for porosity in self.porosities:
            if not 0 < porosity < 1:
                allowed = "must be between 0 and 1, both excluded"
                raise InputError("porosities", porosity, allowed)
        if not self.porosities or len(set(self.porosities)) < len(self.porosities):
            raise InputError("porosities", _text(self.porosities), "give at least one, each once")


def _text(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values) or "unset"


def label(porosity: float) -> str:
    """Return the end of the names of columns and fields of a porosity."""
    return f"p{porosity:g}"
