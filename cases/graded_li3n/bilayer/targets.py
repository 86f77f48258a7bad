"""What the paper reports of Fig. 8A-C, and how it is read."""

from __future__ import annotations

from lithode.cases.graded_li3n.bilayer.parameters import Parameters
from lithode.cases.graded_li3n.readings import applied_overpotential, at, first, value
from lithode.engine.verdict import Kind, Target
from lithode.output.history import History

# Time in s, mean pressure in MPa at the tip of lithium on LZC (text on Fig. 8C), kind of target.
TIP_PRESSURES: tuple[tuple[float, float, Kind], ...] = (
    (1200.0, 10.0, "predicted"),
    (1300.0, 18.0, "predicted"),
    (2100.0, 20.0, "calibrated"),
)
# Half an interface width in each corner of the channel stays free of lithium.
COVERED = 0.85


def _accumulates(history: History, parameters: Parameters) -> str | None:
    covered = value(history, "mean_height [um]", 1300.0, parameters)
    end = value(history, "mean_height [um]", 2100.0, parameters)
    if covered is None or end is None:
        return None
    return "accumulates" if end > 1.02 * covered else "stops"


_contact, _covered = (first("covered_fraction [1]", level) for level in (0.0, COVERED))


def _covering(history: History, parameters: Parameters) -> float | None:
    contact, covered = (read(history, parameters) for read in (_contact, _covered))
    if not isinstance(contact, float) or not isinstance(covered, float):
        return None
    return covered - contact


TARGETS: tuple[Target[Parameters], ...] = (
    applied_overpotential(repeats="graded-li3n: applied overpotential"),
    Target(
        name="contact with LZC",
        paper=1200.0,
        unit="s",
        kind="calibrated",
        tuned=("exchange_current_density", "diffusivity", "layer_thickness"),
        tolerance=0.1,
        read=_contact,
        source="text on Fig. 8A",
    ),
    Target(
        name="from contact to an interface covered but for its corners",
        paper=100.0,
        unit="s",
        kind="predicted",
        tolerance=0.2,
        read=_covering,
        source="text on Fig. 8A: 1200 and 1300 s; the first is calibrated",
    ),
    Target(
        name="lithium, 1300 to 2100 s",
        paper="accumulates",
        kind="predicted",
        read=_accumulates,
        source="text on Fig. 8A",
    ),
    Target(
        name="pressure transmitted to LZC, 2100 s",
        paper=1.0,
        unit="MPa",
        kind="predicted",
        read=at("pressure_transmitted_mean [MPa]", 2100.0),
        source="text on Fig. 8B",
        bound="above",
    ),
    *(
        Target(
            name=f"mean pressure at the tip, {time:g} s",
            paper=paper,
            unit="MPa",
            kind=kind,
            tuned=("eigenstrain_second",) if kind == "calibrated" else (),
            tolerance=0.2,
            read=at("pressure_tip_mean [MPa]", time),
            source="text on Fig. 8C",
        )
        for time, paper, kind in TIP_PRESSURES
    ),
)
