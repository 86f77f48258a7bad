"""What the plate bore, beside published curves."""

from __future__ import annotations

import numpy as np

from lithode.cases.verification.notched_plate.parameters import AXIS, MIEHE, PlateParameters
from lithode.engine.verdict import Result, Target
from lithode.output.history import History

_FORCE = "force [N/m]"
# N per m of thickness, of a plate that is 1 mm thick.
KILONEWTON = 1e6

_CURVE = f"{MIEHE}, read by hand in CastillonMiguel/phasefieldx, miehe_solution.csv"
_MOLNAR = "Molnar, Gravouil, Finite Elem. Anal. Des. 130, 27 (2017), Fig. 7, read to 0.015 kN"


def largest_force(history: History, _: PlateParameters) -> float:
    """Return the largest force on a plate of 1 mm in kN."""
    return float(history[_FORCE].max()) / KILONEWTON


def stretch_at_the_peak(history: History, _: PlateParameters) -> float:
    """Return the displacement at the largest force in um."""
    return float(history[AXIS.column][np.argmax(history[_FORCE])])


def results(history: History, parameters: PlateParameters) -> list[Result]:
    """Return what the plate bore."""
    force, stretch = history[_FORCE], history[AXIS.column]
    return [
        Result("largest force", largest_force(history, parameters), "kN"),
        Result("displacement at the largest force", stretch_at_the_peak(history, parameters), "um"),
        Result("force at the end", float(force[-1]) / KILONEWTON, "kN"),
        Result("stiffness at first", float(force[1] / stretch[1]) / KILONEWTON, "kN/um"),
        Result("length of the crack at the end", float(history["crack_length [um]"][-1]), "um"),
    ]


def _is_fine(parameters: PlateParameters) -> bool:
    """The numerical parameters are those of the study, or finer, and the plate breaks."""
    p, study = parameters, PlateParameters()
    fine = p.elements_per_length >= study.elements_per_length
    long = p.last_stretch >= study.last_stretch
    return fine and long and p.stretch_step <= study.stretch_step


TARGETS: tuple[Target[PlateParameters], ...] = (
    Target(
        name="largest force, l = 0.015 mm",
        paper=0.7012,
        unit="kN",
        kind="verification",
        tolerance=0.04,
        read=largest_force,
        source=_CURVE,
        applies=_is_fine,
    ),
    Target(
        name="displacement at the largest force, l = 0.015 mm",
        paper=5.55,
        unit="um",
        kind="verification",
        tolerance=0.04,
        read=stretch_at_the_peak,
        source=_CURVE,
        applies=_is_fine,
    ),
    Target(
        name="largest force, l = 0.0075 mm",
        paper=0.7155,
        unit="kN",
        kind="verification",
        tolerance=0.04,
        read=largest_force,
        source=_MOLNAR,
        where={"length": 7.5},
        applies=_is_fine,
    ),
)
