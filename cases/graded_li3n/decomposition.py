"""What Li2ZrCl6 becomes with lithium when its products are mechanically constrained (Fig. 7)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from lithode.cases.graded_li3n import bands
from lithode.cases.graded_li3n.parameters import PAPER
from lithode.core.errors import InputError, fields_named
from lithode.core.parameters import CaseParameters, choice, count, quantity
from lithode.core.units import to_model
from lithode.engine.case import StudyCase
from lithode.engine.study import Progress, Study, Tables
from lithode.engine.verdict import HealthLine, Target
from lithode.materials.phases import PhaseTable, Quantity
from lithode.output.history import History
from lithode.output.tables import Columns
from lithode.plots import figures
from lithode.plots.panels import HistoryPanel
from lithode.solvers.decomposition.equilibrium import names_of
from lithode.solvers.decomposition.model import Decomposition

logger = logging.getLogger(__name__)

Array = npt.NDArray[np.float64]

SHIPPED = Path(__file__).with_name("li_zr_cl.csv")
POTENTIAL = "potential [V]"
_MODEL = "model of Fitzhugh, Ye and Li"
_PER_MOLE = to_model(1.0, "kJ/mol")
_GPA = to_model(1.0, "GPa")
_MAP_ROWS = 121


class Parameters(CaseParameters):
    """Parameters of the constrained decomposition."""

    table: Path | None = choice(
        None,
        "thermodynamic data, .csv or .yaml; unset takes the table that comes with the case",
        source="docs/graded-li3n-decomposition.md",
        provenance="literature",
    )
    reactant: str = choice("Li2ZrCl6", "what decomposes", source=PAPER, provenance="paper")
    free_product: str = choice(
        "Zr", "product that the constraint should suppress", source=PAPER, provenance="paper"
    )
    constrained_product: str = choice(
        "ZrCl2", "product that should take its place", source=PAPER, provenance="paper"
    )
    left_out: str = choice(
        "ZrCl",
        "phases of the table to leave out, separated by commas",
        source=f"not among the products of {PAPER}; its energy is an estimate",
        provenance="assumed",
    )
    zrcl2_enthalpy: float | None = quantity(
        None,
        "kJ/mol",
        "of formation, instead of the table's",
        source="published values lie between -569 and -405",
        provenance="literature",
    )
    zrcl2_volume: float | None = quantity(
        None,
        "cm^3/mol",
        "instead of the table's",
        source="X-ray 38.5, handbook densities 45.0 and 51.3",
        provenance="literature",
        gt=0,
    )
    zrcl3_enthalpy: float | None = quantity(
        None,
        "kJ/mol",
        "of formation, instead of the table's",
        source="published values lie between -775 and -714",
        provenance="literature",
    )
    moduli: tuple[float, ...] = quantity(
        (0.0, 5.0, 10.0, 15.0),
        "GPa",
        "effective moduli K_eff",
        source=f"{PAPER}, Fig. 7",
        provenance="paper",
    )
    strain_energy: Literal["linear", "quadratic"] = choice(
        "linear",
        "K dV, or K dV^2 / (2 V_0) of an elastic surrounding",
        source=_MODEL,
        provenance="literature",
    )
    lithium_volume: bool = choice(
        False,
        "count the volume of the lithium that reacts as lost",
        source=f"{_MODEL}: lithium comes from an open reservoir",
        provenance="assumed",
    )
    temperature: float = quantity(
        298.15, "K", "temperature", source="of the data", provenance="assumed", gt=0, le=600
    )
    largest_potential: float = quantity(
        2.4,
        "V",
        "end of the axis, against Li",
        source="Lithode",
        provenance="numerical",
        gt=0,
        le=10,
    )
    potential_step: float = quantity(
        0.01, "V", "step of the axis", source="Lithode", provenance="numerical", ge=1e-4
    )
    map_modulus: float = quantity(
        25.0, "GPa", "end of the map", source="Lithode", provenance="numerical", gt=0, le=1000
    )
    draws: int = count(
        2000, "draws of the data", source="Lithode", provenance="numerical", ge=0, le=1_000_000
    )
    seed: int = count(1, "seed of the draws", source="Lithode", provenance="numerical", ge=0)


def phases_of(parameters: Parameters) -> PhaseTable:
    """Return the data of a run, with what is left out and replaced.

    Raises:
        InputError: The table or a name is wrong.
    """
    p = parameters
    table = PhaseTable.read(p.table or SHIPPED)
    for phase, kind, value in (
        ("ZrCl2", "enthalpy", p.zrcl2_enthalpy),
        ("ZrCl2", "volume", p.zrcl2_volume),
        ("ZrCl3", "enthalpy", p.zrcl3_enthalpy),
    ):
        if value is not None:
            quantity_of: Quantity = "volume" if kind == "volume" else "enthalpy"
            with fields_named({"phase": f"{phase.lower()}_{kind}"}):
                table = table.with_value(phase, quantity_of, value, "given by --set")
    names = [name.strip() for name in p.left_out.split(",") if name.strip()]
    for name in names:
        if name not in table.phases:
            logger.warning("left_out = %s: is not in the table", name)
    table = table.without(name for name in names if name in table.phases)
    for field in ("reactant", "free_product", "constrained_product"):
        with fields_named({"phase": field}):
            table[getattr(p, field)]
    return table


def decomposition_of(
    parameters: Parameters, table: PhaseTable, draws: np.random.Generator | None = None
) -> Decomposition:
    """Return the equilibrium for the data, or for draws of them."""
    p = parameters
    return Decomposition.of(
        table,
        p.reactant,
        p.temperature,
        strain_energy=p.strain_energy,
        lithium_volume=p.lithium_volume,
        draws=None if draws is None else (p.draws, draws),
    )


def label(modulus: float) -> str:
    """Return how columns name a modulus in GPa."""
    return f"{modulus:g}GPa"


def build(parameters: Parameters) -> Study:
    """Make the study; all input is checked here."""
    p = parameters
    moduli = p.moduli
    if not moduli:
        raise InputError("moduli", "unset", "give at least one", "GPa")
    for modulus in moduli:
        if not 0 <= modulus <= 1000:
            raise InputError("moduli", modulus, "must be between 0 and 1000", "GPa")
    if any(after <= before for before, after in pairwise(moduli)):
        raise InputError("moduli", ", ".join(f"{m:g}" for m in moduli), "must ascend", "GPa")
    if p.potential_step > p.largest_potential:
        allowed = f"must be at most largest_potential, {p.largest_potential:g} V"
        raise InputError("potential_step", p.potential_step, allowed, "V")
    table = phases_of(p)
    model = decomposition_of(p, table)
    return Study(lambda progress: _compute(p, table, model, progress), _health(p, model))


def _health(p: Parameters, model: Decomposition) -> list[HealthLine]:
    lines = []
    for name in (p.free_product, p.constrained_product):
        for corner in np.flatnonzero(model.assemblages.holds(name)):
            reaction = model.assemblages.reaction(p.reactant, int(corner))
            strain = model.volume_changes[corner] / model.reactant_volume
            lines.append(HealthLine("volume change", 100 * float(strain), reaction, "%"))
    return lines


def _potentials(p: Parameters) -> Array:
    steps = np.arange(round(p.largest_potential / p.potential_step) + 1)
    return np.round(steps * p.potential_step, 9)


def _compute(p: Parameters, table: PhaseTable, model: Decomposition, progress: Progress) -> Tables:
    potentials = _potentials(p)
    history = {POTENTIAL: potentials, **_ground_states(p, model, potentials)}
    rows = [
        (modulus, potentials[first], potentials[last], products)
        for modulus in p.moduli
        for products, first, last in _stretches(_labels(model, potentials, modulus))
    ]
    heads = "modulus [GPa]", "from [V]", "to [V]", "products"
    tables: dict[str, Columns] = {
        "phases": table.columns(),
        "products": {name: [row[k] for row in rows] for k, name in enumerate(heads)},
    }
    if p.draws:
        drawn = decomposition_of(p, table, np.random.default_rng(p.seed))
        history |= _spread(p, drawn, potentials, progress)
        if p.strain_energy == "linear":
            tables["draws"] = _ends(p, drawn)
    return Tables(history, tables, {"elements": model.assemblages.defect})


def _ground_states(p: Parameters, model: Decomposition, potentials: Array) -> dict[str, Array]:
    columns = {}
    for modulus in p.moduli:
        state, name = model.state(potentials, modulus * _GPA), label(modulus)
        columns[f"energy_{name} [kJ/mol]"] = state.energy / _PER_MOLE
        columns[f"lithium_{name} [1]"] = model.lithium(state)
        amounts = model.amounts(state).T
        for phase, amount in zip(model.assemblages.phases, amounts, strict=True):
            columns[f"{phase}_{name} [1]"] = amount
    if p.strain_energy == "linear":
        columns["switch_modulus [GPa]"] = _switch_modulus(p, model, potentials)
    return columns


def _ends(p: Parameters, drawn: Decomposition) -> Columns:
    """Return K* and the ends of the free product's potential, one row a draw."""
    product = p.free_product
    return {
        "switch_modulus_0V [GPa]": _switch_modulus(p, drawn, 0.0),
        **{
            f"highest_potential_{label(modulus)} [V]": drawn.highest_potential(
                product, modulus * _GPA
            )
            for modulus in p.moduli
        },
    }


def _spread(
    p: Parameters, drawn: Decomposition, potentials: Array, progress: Progress
) -> dict[str, Array]:
    """Return what the draws say at every potential."""
    free_corners = drawn.assemblages.holds(p.free_product)
    held_corners = drawn.assemblages.holds(p.constrained_product)
    share = np.empty(len(potentials))
    quantiles = np.empty((len(_QUANTILES), len(potentials)))
    is_linear = p.strain_energy == "linear"
    for k, potential in enumerate(potentials):
        progress(k / len(potentials))
        free, held = (
            drawn.state(potential, modulus * _GPA).weights
            for modulus in (p.moduli[0], p.moduli[-1])
        )
        starts = (free @ free_corners > _PRESENT) & (free @ held_corners < _PRESENT)
        ends = (held @ held_corners > _PRESENT) & (held @ free_corners < _PRESENT)
        share[k] = np.mean(starts & ends)
        if is_linear:
            moduli = _switch_modulus(p, drawn, potential)
            quantiles[:, k] = np.quantile(moduli, list(_QUANTILES), method="inverted_cdf")
    columns = {"switch_share [1]": share}
    if is_linear:
        names = (f"switch_modulus_p{100 * q:02.0f} [GPa]" for q in _QUANTILES)
        columns |= dict(zip(names, quantiles, strict=True))
    return columns


def _switch_modulus(p: Parameters, model: Decomposition, potential: Array | float) -> Array:
    """Return K* in GPa, 0 where the free product is not found at any modulus."""
    return np.maximum(model.largest_modulus(p.free_product, potential) / _GPA, 0.0)


def _labels(model: Decomposition, potentials: Array, modulus: float) -> list[str]:
    """Return the products at every potential as text."""
    amounts = model.amounts(model.state(potentials, modulus * _GPA))
    return [names_of(row, model.assemblages.phases) for row in amounts]


def _stretches(labels: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return each stretch of equal labels with its first and last index."""
    starts = [0, *(k for k, (a, b) in enumerate(pairwise(labels), 1) if a != b)]
    return [(labels[first], first, after - 1) for first, after in pairwise([*starts, len(labels)])]


def pictures(run_directory: Path, parameters: Parameters) -> list[Path]:
    """Draw products over potential for each modulus, over both, and energies and spread."""
    p, out = parameters, run_directory / "figures"
    model = decomposition_of(p, PhaseTable.read(run_directory / "tables" / "phases.csv"))
    potentials = _potentials(p)
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
            {f"{modulus:g} GPa": _labels(model, potentials, modulus) for modulus in p.moduli},
            title,
        ),
        bands.draw_state_map(
            out / "map.png",
            (axis, "effective modulus (GPa)"),
            potentials,
            moduli,
            [_labels(model, potentials, modulus) for modulus in moduli],
            p.moduli,
            title,
        ),
        *figures.draw_history(run_directory / "history.csv", out, panels),
    ]


_QUANTILES = (0.05, 0.5, 0.95)
_PRESENT = 1e-6


def _products(history: History, p: Parameters, modulus: float, row: int) -> str | None:
    """Return which of the two products is there, with what goes with it, at one potential."""
    ending = f"_{label(modulus)} [1]"
    amounts = {
        name.removesuffix(ending): values[row]
        for name, values in history.items()
        if name.endswith(ending) and not name.startswith("lithium_")
    }
    return names_of(np.array(list(amounts.values())), list(amounts)) if amounts else None


def _at_lithium(modulus: float) -> Callable[[History, Parameters], str | None]:
    return lambda history, p: _products(history, p, modulus, 0)


def _switch_row(history: History, p: Parameters) -> int | None:
    """Return where the products change from the first modulus to the last, nearest to lithium."""
    for row in range(len(history[POTENTIAL])):
        free = _products(history, p, p.moduli[0], row)
        held = _products(history, p, p.moduli[-1], row)
        if (free, held) == (_FREE, _HELD):
            return row
    return None


def _switch_potential(history: History, p: Parameters) -> float | None:
    row = _switch_row(history, p)
    return None if row is None else float(history[POTENTIAL][row])


def _switch(history: History, p: Parameters) -> str:
    return "nowhere" if _switch_row(history, p) is None else f"{_FREE} -> {_HELD}"


def _is_papers(p: Parameters) -> bool:
    own = p.reactant, p.free_product, p.constrained_product
    return own == ("Li2ZrCl6", "Zr", "ZrCl2") and (p.moduli[0], p.moduli[-1]) == (0.0, 15.0)


def _first(column: str) -> Callable[[History, Parameters], float]:
    return lambda history, _: float(history[column][0])


def _has_draws(p: Parameters) -> bool:
    return _is_papers(p) and p.draws > 0


_FREE, _HELD = "LiCl + Zr", "LiCl + ZrCl2"
_TEXT = f"{PAPER}, text on Fig. 7"

TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="largest K_eff",
        paper=15.0,
        unit="GPa",
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: p.moduli[-1],
        source=_TEXT,
        applies=_is_papers,
    ),
    Target(
        name="products at 0 V, 0 GPa",
        paper=_FREE,
        kind="predicted",
        read=_at_lithium(0.0),
        source=_TEXT,
        applies=_is_papers,
    ),
    Target(
        name="products at 0 V, 15 GPa",
        paper=_HELD,
        kind="predicted",
        read=_at_lithium(15.0),
        source=_TEXT,
        applies=_is_papers,
    ),
    Target(
        name="change from 0 to 15 GPa at some potential",
        paper=f"{_FREE} -> {_HELD}",
        kind="predicted",
        read=_switch,
        source=_TEXT,
        applies=_is_papers,
    ),
    Target(
        name="lowest potential of that change",
        paper=None,
        unit="V",
        kind="predicted",
        read=_switch_potential,
        source="not in the text",
        applies=_is_papers,
    ),
    Target(
        name="largest K_eff with Zr at 0 V",
        paper=None,
        unit="GPa",
        kind="predicted",
        read=_first("switch_modulus [GPa]"),
        source="at most 15 by the text",
        applies=lambda p: _is_papers(p) and p.strain_energy == "linear",
    ),
    Target(
        name="share of draws with that change at 0 V",
        paper=None,
        kind="predicted",
        read=_first("switch_share [1]"),
        source="not in the paper",
        applies=_has_draws,
    ),
    Target(
        name="largest share of draws with that change",
        paper=None,
        kind="predicted",
        read=lambda history, _: float(history["switch_share [1]"].max()),
        source="not in the paper",
        applies=_has_draws,
    ),
)

CASE = StudyCase(
    name="graded-li3n/decomposition",
    title="What Li2ZrCl6 becomes with Li under mechanical constraint (Fig. 7)",
    parameters=Parameters,
    presets={"quick": {}, "paper": {"potential_step": 0.002, "draws": 20000}},
    build=build,
    targets=TARGETS,
    pictures=pictures,
)
