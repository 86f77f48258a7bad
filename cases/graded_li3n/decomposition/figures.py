"""Pictures of the decomposition."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lithode.cases.graded_li3n.decomposition import bands
from lithode.cases.graded_li3n.decomposition.parameters import Parameters, label
from lithode.cases.graded_li3n.decomposition.study import decomposition_of, labels, potentials_of
from lithode.materials.phases import PhaseTable
from lithode.plots import figures
from lithode.plots.panels import HistoryPanel

_MAP_ROWS = 121


def draw(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw products over potential for each modulus, over both, and energies and spread."""
    p, out = parameters, run_directory / "figures"
    model = decomposition_of(p, PhaseTable.read(run_directory / "tables" / "phases.csv"))
    potentials = potentials_of(p)
    moduli = np.linspace(0.0, max(p.map_modulus, p.moduli[-1]), _MAP_ROWS)
    axis = "potential against Li (V)"
    title = f"products of {p.reactant}"
    names = [label(modulus) for modulus in p.moduli]
    panels = [
        HistoryPanel("decomposition energy", [f"energy_{name} [kJ/mol]" for name in names]),
        HistoryPanel("Li taken up per formula", [f"lithium_{name} [1]" for name in names]),
        HistoryPanel(
            f"largest K with {p.free_product}",
            ("switch_modulus [GPa]", *(f"switch_modulus_p{q:02.0f} [GPa]" for q in (5, 95))),
        ),
        HistoryPanel(f"share {p.free_product} to {p.constrained_product}", ("switch_share [1]",)),
    ]
    return [
        bands.draw_bands(
            out / "products.png",
            axis,
            potentials,
            {f"{modulus:g} GPa": labels(model, potentials, modulus) for modulus in p.moduli},
            title,
        ),
        bands.draw_state_map(
            out / "map.png",
            (axis, "effective modulus (GPa)"),
            potentials,
            moduli,
            [labels(model, potentials, modulus) for modulus in moduli],
            p.moduli,
            title,
        ),
        *figures.draw_history(run_directory / "history.csv", out, panels),
    ]
