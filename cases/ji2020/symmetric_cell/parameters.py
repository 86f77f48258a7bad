"""Parameters of the symmetric cell."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from lithode.cases.ji2020.parameters import (
    CANDIDATES,
    COMPOSITE,
    JUNCTION_RESISTANCE,
    LAYER_THICKNESS,
    LPS_THICKNESS,
    PAPER,
    CompositeFace,
)
from lithode.core import protocol as protocols
from lithode.core.parameters import choice, fill
from lithode.core.protocol import Protocol
from lithode.solvers.layered_cell.inputs import LayeredCellInputs

_SHIPPED = Path(__file__).with_name("protocols")
_OWN = CANDIDATES[COMPOSITE].ionic_conductivity


class Parameters(CompositeFace, LayeredCellInputs):
    """Parameters of the symmetric cell."""

    resumable: ClassVar[frozenset[str]] = frozenset()

    protocol: str = choice(
        "activation",
        "activation, capacity, time, long, short, or a file of your own (.yaml)",
        source=f"{PAPER}, Figs. 3a, 3b, 4a, 4b",
        provenance="paper",
    )
    thicknesses: tuple[float, ...] = fill(
        LayeredCellInputs,
        "thicknesses",
        (LAYER_THICKNESS.value, LPS_THICKNESS.value, LAYER_THICKNESS.value),
        source=f"{PAPER}, Fig. 5a",
        provenance="paper",
    )
    conductivities: tuple[float, ...] = fill(
        LayeredCellInputs,
        "conductivities",
        (_OWN.value, _OWN.value, _OWN.value),
        source=f"{_OWN.source}: the split cannot be told",
        provenance="paper",
    )
    junction_resistances: tuple[float, ...] | None = fill(
        LayeredCellInputs,
        "junction_resistances",
        (JUNCTION_RESISTANCE.value / 2, JUNCTION_RESISTANCE.value / 2),
        source=f"{JUNCTION_RESISTANCE.source}: 12.9 if it counts both",
        provenance="paper",
    )


def protocol_of(p: Parameters) -> Protocol:
    """Return the protocol of a run, a shipped one or the user's.

    Raises:
        InputError: There is no such protocol, or it is wrong.
    """
    return protocols.choose(p.protocol, _SHIPPED)
