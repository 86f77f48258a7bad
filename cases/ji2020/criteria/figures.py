"""Pictures of the screening, from the files of a run."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lithode.cases.ji2020.criteria.bars import Bars, draw_ranking
from lithode.cases.ji2020.criteria.numbers import critical_overpotential
from lithode.cases.ji2020.criteria.parameters import Parameters
from lithode.materials import candidates
from lithode.plots.curves import Curve, CurvePanel, draw_curves
from lithode.plots.panels import formula, with_unit
from lithode.theory import screening

Array = npt.NDArray[np.float64]


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw the ranking, eta* over the pore radius and the energies of Fig. 1a."""
    p, out = parameters, run_directory / "figures"
    with (run_directory / "tables" / "ranking.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = [row["material"] for row in rows]

    def column(key: str, unit: str) -> Array:
        return np.array([float(row[f"{key} [{unit}]"]) for row in rows])

    charts = [
        Bars("index $\\Pi$ (J/m$^2$), empirical", column("index", "J/m^2")),
        Bars(
            f"$\\eta^*$ (mV), r = {p.ranking_radius:g} nm", column("critical_overpotential", "mV")
        ),
        Bars(
            "nucleation $\\eta$ (V)",
            column("nucleation_overpotential", "V"),
            missing="reacts: no barrier",
        ),
        Bars("i L/$\\sigma_{ion}$ (mV)", column("ohmic_drop", "mV"), p.ohmic_budget, True),
        Bars("electron leakage / i", column("leakage_share", "1"), p.leakage_budget, True),
    ]
    return [
        draw_ranking(out / "ranking.png", names, charts),
        draw_curves(out / "overpotentials.png", _overpotentials(p, run_directory, names)),
    ]


def _overpotentials(p: Parameters, run_directory: Path, names: list[str]) -> list[CurvePanel]:
    materials = candidates.read(run_directory / "tables" / "materials.csv")
    radii = np.geomspace(p.radii[0], p.radii[-1], 60)
    curves = []
    for name in names:
        etas = [1e3 * critical_overpotential(p, materials[name], float(r)) for r in radii]
        if max(etas) > 0:
            curves.append(Curve(formula(name), radii, np.array(etas)))
    place = np.linspace(-0.6, 1.6, 200)
    lam, shift = 1.0, 0.25
    deposit = [
        Curve("Li$^+$ + e$^-$", place, lam * place**2),
        Curve("Li in the solid, $\\eta$ = 0", place, lam * (place - 1) ** 2 + shift, "--"),
        Curve("at $\\eta^*$", place, lam * (place - 1) ** 2),
    ]
    barriers = [
        Curve(label, x, values)
        for x in (np.linspace(0.0, 2.0, 50),)
        for label, values in zip(
            ("plating", "stripping"), screening.barriers(np.array(lam), shift * (1 - x)),
            strict=True,
        )
    ]  # fmt: skip
    return [
        CurvePanel((with_unit("pore radius", "nm"), with_unit("$\\eta^*$", "mV")), curves, "xy"),
        CurvePanel(("reaction coordinate", "energy / $\\lambda$"), deposit),
        CurvePanel(("$\\eta$ / $\\eta^*$", "barrier / $\\lambda$"), barriers),
    ]
