"""CCD, CAC, life and the sequence at 20 MPa on a model of lost contact (Figs. 2, S5, S8)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

from lithode.cases.tang2026.cycling_figures import draw
from lithode.cases.tang2026.cycling_models import EARLY, LATE, LAWS
from lithode.cases.tang2026.cycling_study import Work
from lithode.cases.tang2026.layers import Parameters, layers_of, protocol_of, recovered
from lithode.cases.tang2026.measured import (
    CRITICAL_CURRENT,
    CYCLES,
    OVERPOTENTIAL_RISE,
    PAPER,
    TABLE_2,
)
from lithode.core.units import from_model
from lithode.engine.case import StudyCase
from lithode.engine.study import Study
from lithode.engine.verdict import HealthLine, Target
from lithode.output.history import History
from lithode.solvers.contact_loss.model import FACES, Faces


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    layers, chosen = layers_of(p), protocol_of(p.protocol)
    contacts = {layer.name: recovered(p, layer) for layer in layers}
    health = [
        HealthLine(f"{symbol} ({layer.name})", from_model(value, unit), meaning, unit)
        for layer in layers
        for symbol, value, unit, meaning in (
            ("Q0", layer.capacity, "mAh/cm^2", "what takes all contact, one way"),
            ("i*", layer.limiting_current, "mA/cm^2", "per contact, at which a cell fails"),
        )
    ]
    return Study(lambda progress: Work(p, layers, contacts, chosen, progress).results(), health)


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the calibration, what depends on the recovery, and the protocol followed."""
    p = parameters
    return draw(run_directory, Path(p.protocol).stem, p.contact_loss)


def findings(history: History, parameters: Parameters) -> list[str]:
    """Say when the layers fail under the protocol followed."""
    said = []
    for key in history:
        if key.startswith("failing_time_"):
            name, protocol = key.removeprefix("failing_time_").split(" ")[0], parameters.protocol
            end, cycle, passed = (
                float(history[f"failing_{what}_{name} [{unit}]"][0])
                for what, unit in (("time", "hour"), ("cycle", "1"), ("throughput", "mAh/cm^2"))
            )
            said.append(
                f"{name} survives {protocol}"
                if math.isnan(end)
                else f"{name} fails in {f'cycle {cycle:.0f} of ' if cycle else ''}{protocol}, "
                f"after {end:.4g} h and {passed:.4g} mAh/cm^2 either way"
            )
    return said


_WORDS: Mapping[Faces, str] = {"apart": "apart", "series": "in series"}


def _first(column: str) -> Callable[[History, Parameters], float]:
    """Return a reader of a column that is the same for every recovery."""
    return lambda history, _: float(history[column][0])


def _common_recovery(layer: str, faces: Faces) -> Callable[[History, Parameters], str]:
    """Say whether one recovery, whatever the current, meets both CCD and life."""

    def read(history: History, _: Parameters) -> str:
        keys = [f"recovery_{test}{{}}_{faces}_{layer} [1]" for test in ("ccd", "life")]
        low = max(float(history[key.format("")][0]) for key in keys)
        high = min(float(history[key.format("_end")][0]) for key in keys)
        return "one" if low < high else "none"

    return read


def _pressed(faces: Faces) -> Callable[[History, Parameters], str]:
    """Say whether Li3N lasts at 20 MPa with the recovery at which bare lithium lasts as it did."""

    def read(history: History, _: Parameters) -> str:
        given, needed = (
            float(history[f"recovery_pressure_{faces}_{layer} [1]"][0]) for layer in ("Li", "Li3N")
        )
        return "completed" if given >= needed else "fails"

    return read


def _is_papers(p: Parameters) -> bool:
    return p.table is None and p.initial_contact == 1 and p.spot_radius == 50


def _has_draws(p: Parameters) -> bool:
    return _is_papers(p) and p.draws > 0


# 1.41; bare lithium.
_GROWTH = TABLE_2["Li", LATE].total / TABLE_2["Li", EARLY].total
_FIG_S8 = f"{PAPER}, text on Fig. S8"
_UNIT = "mA/cm^2"
# The CCD is read to one step of its protocol.
_STEP = 0.1001


def _ccd_targets(layer: str, faces: Faces) -> list[Target[Parameters]]:
    """Return the targets of a layer's CCD: nothing recovered, and as life needs by each law.

    The threshold's i_r is read off the CCD test itself (Fig. S5), so nothing is predicted there.
    """
    paper, name = CRITICAL_CURRENT[layer], f"{faces}_{layer}"
    found = []
    for law in ("none", *LAWS):
        with_law = "r = 0" if law == "none" else f"r of life, {law}"
        source = f"{paper.source}; i_r: Fig. S5, same test" if law == "threshold" else paper.source
        chosen = " (selected knowing it)" if (law, faces) == ("creep", "series") else ""
        for key, words, applies in (("ccd", "", _is_papers), ("mean", ", mean", _has_draws)):
            if key == "ccd" or law in ("none", "creep"):
                found.append(
                    Target(
                        name=f"CCD of {layer}, faces {_WORDS[faces]}, {with_law}{words}{chosen}",
                        paper=paper.value,
                        unit=_UNIT,
                        kind="calibrated" if law == "threshold" else "predicted",
                        tolerance=_STEP / paper.value,
                        read=_first(f"{key}_{law}_{name} [{_UNIT}]"),
                        source=source,
                        applies=applies,
                    )
                )
    return found


def _faces_targets(faces: Faces) -> list[Target[Parameters]]:
    """Return what else tells the models of the faces apart."""
    words = f"faces {_WORDS[faces]}"
    return [
        *_ccd_targets("Li", faces),
        *_ccd_targets("Li3N", faces),
        Target(
            name=f"share of draws with CCD Li < Li3N, {words}, r = 0",
            paper=None,
            kind="predicted",
            read=_first(f"ordered_none_{faces} [1]"),
            source="smaller, by Figs. 2a, 2b",
            applies=_has_draws,
        ),
        Target(
            name=f"life of Li, {words}, r = 0",
            paper=CYCLES["life"]["Li"],
            kind="predicted",
            tolerance=0.1,
            read=_first(f"life_none_{faces}_Li [1]"),
            source=f"{PAPER}, Fig. 2d",
            applies=_is_papers,
        ),
        *(
            Target(
                name=f"r that life of {layer} needs, {words}",
                paper=None,
                kind="calibrated",
                read=_first(f"recovery_life_{faces}_{layer} [1]"),
                source=f"{PAPER}, Fig. 2d",
                applies=_is_papers,
            )
            for layer in CRITICAL_CURRENT
        ),
        *(
            Target(
                name=f"one r for CCD and life of {layer}, {words}",
                paper="one",
                kind="predicted",
                read=_common_recovery(layer, faces),
                source="one cell, one interface",
                applies=_is_papers,
            )
            for layer in CRITICAL_CURRENT
        ),
        Target(
            name=f"20 MPa: Li3N with the r of Li, {words}",
            paper="completed",
            kind="predicted",
            read=_pressed(faces),
            source=_FIG_S8,
            applies=_is_papers,
        ),
    ]


TARGETS: tuple[Target[Parameters], ...] = (
    *(
        Target(
            name=f"charge one way of {layer} at {current:g} mA/cm^2",
            paper=charge,
            unit="mAh/cm^2",
            kind="calibrated",
            tolerance=0.01,
            read=_first(f"charge_{current:g}_{layer} [mAh/cm^2]"),
            source=f"{PAPER}, text on Fig. 2c",
            applies=_is_papers,
        )
        for layer, current, charge in (
            ("Li", 0.2, 4.0),
            ("Li", 0.6, 3.0),
            ("Li3N", 0.1, 8.0),
            ("Li3N", 0.8, 6.0),
        )
    ),
    *_faces_targets("apart"),
    *_faces_targets("series"),
    *(
        Target(
            name=f"V/i of Li at cycle {LATE} over cycle {EARLY}, {loss}",
            paper=_GROWTH,
            kind="predicted",
            tolerance=0.1,
            read=_first(f"growth_{loss}_Li [1]"),
            source=f"{PAPER}, sums of Table 2",
            applies=_is_papers,
        )
        for loss in FACES
    ),
    *(
        Target(
            name=f"rise of V/i at 0.8 mA/cm^2, Li, {loss}",
            paper=OVERPOTENTIAL_RISE["Li"].value,
            unit="%",
            kind="predicted",
            tolerance=0.1,
            read=_first(f"rise_{loss}_Li [%]"),
            source=OVERPOTENTIAL_RISE["Li"].source,
            applies=_is_papers,
        )
        for loss in FACES
    ),
    *(
        Target(
            name=f"largest rise of V/i from 0.5 to 1.1 mA/cm^2, Li3N, {loss}",
            paper=OVERPOTENTIAL_RISE["Li3N"].value,
            unit="%",
            kind="predicted",
            read=_first(f"most_rise_{loss}_Li3N [%]"),
            source=OVERPOTENTIAL_RISE["Li3N"].source,
            applies=_is_papers,
            bound="below",
        )
        for loss in FACES
    ),
)

CASE = StudyCase(
    name="tang2026/protocols",
    title="CCD, CAC, life and the 20 MPa sequence on a model of lost contact (Figs. 2, S5, S8)",
    parameters=Parameters,
    presets={
        "ccd": {},
        "life": {"protocol": "life"},
        "pressure": {"protocol": "pressure", "recovery_law": "share", "recovery_test": "pressure"},
        "apart": {"contact_loss": "spots", "recovery_law": "share", "recovery": 0.0},
        "quick": {"draws": 300},
    },
    build=build,
    targets=TARGETS,
    pictures=pictures,
    findings=findings,
)
