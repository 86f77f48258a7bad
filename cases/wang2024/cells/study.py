"""What the cells of a run do over the current density, and the interlayers of the text."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from lithode.cases.wang2024.cells.limits import (
    CURRENT,
    limits_of_measured,
    limits_of_run,
    side_of_run,
)
from lithode.cases.wang2024.cells.parameters import Parameters
from lithode.cases.wang2024.cells.readings import KINDS, resistance_of_cell
from lithode.cases.wang2024.measured import CRITICAL_CURRENTS
from lithode.core.health import HealthLine
from lithode.core.units import to_model
from lithode.engine.study import Progress, Study, Tables
from lithode.output.tables import Columns

Array = npt.NDArray[np.float64]

AXIS = f"current [{CURRENT}]"


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    p.check()
    found = limits_of_run(p)
    health = [
        HealthLine("p", p.pores, "porosity by mass and thickness"),
        HealthLine("eta_c", 1e3 * p.eta_c, "critical overpotential of nucleation", "mV"),
        HealthLine("theta", found.theta, "share of contact, R_0 / R", ""),
    ]
    return Study(lambda progress: _compute(p, progress), health)


def _compute(p: Parameters, progress: Progress) -> Tables:
    progress(0.0)
    currents = np.geomspace(0.01, 10.0, p.points)
    inside = currents * to_model(1.0, CURRENT)
    found = limits_of_run(p)
    history: Mapping[str, Array] = {
        AXIS: currents,
        "voltage [mV]": 1e3 * inside * resistance_of_cell(p),
        "overpotential_of_side [mV]": 1e3 * inside * side_of_run(p),
        "critical_overpotential [mV]": np.full_like(currents, 1e3 * p.eta_c),
        f"current_per_contact [{CURRENT}]": currents / found.theta,
        "growth_length [um]": p.growth(1.0) * inside * p.model_value("duration"),
    }
    return Tables(history, {"interlayers": interlayers(p)})


def interlayers(p: Parameters) -> Columns:
    """Return the interlayers of the text with their three limits, a row each."""
    rows = []
    for measured in CRITICAL_CURRENTS:
        if not measured.contents:
            continue
        found = limits_of_measured(p, measured)
        given = measured.value.value
        numbers = found.contact, found.nucleation, found.pores, found.least
        texts = [f"{value:.4g}" for value in (*numbers, found.least / given)]
        kind = KINDS[measured.name]
        rows.append((measured.name, given, measured.is_bound, *texts, found.limit, kind))
    heads = (
        *("interlayer", f"measured [{CURRENT}]", "is_bound", f"contact [{CURRENT}]"),
        *(f"nucleation [{CURRENT}]", f"pores [{CURRENT}]", f"least [{CURRENT}]"),
        *("ratio", "limit", "kind"),
    )
    return dict(zip(heads, zip(*rows, strict=True), strict=True))


def by_content(p: Parameters, contents: Array) -> dict[str, Array]:
    """Return the three limits over the content of carbon nanotubes, in mA/cm^2."""
    found = [limits_of_run(p.model_copy(update={"cnt_content": float(x)})) for x in contents]
    return {
        name: np.array([getattr(limits, name) for limits in found])
        for name in ("contact", "nucleation", "pores")
    }
