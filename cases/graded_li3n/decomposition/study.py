"""The study: ground states over potential and modulus, and their spread over the data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from lithode.cases.graded_li3n.decomposition.parameters import Parameters, label, phases_of
from lithode.cases.graded_li3n.decomposition.targets import POTENTIAL
from lithode.core.errors import InputError
from lithode.core.health import HealthLine
from lithode.core.units import to_model
from lithode.engine.study import Progress, Study, Tables
from lithode.materials.phases import PhaseTable
from lithode.output.tables import Columns
from lithode.solvers.decomposition.equilibrium import names_of
from lithode.solvers.decomposition.model import Decomposition

Array = npt.NDArray[np.float64]

_PER_MOLE = to_model(1.0, "kJ/mol")
_GPA = to_model(1.0, "GPa")
_QUANTILES = (0.05, 0.5, 0.95)
_PRESENT = 1e-6


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


def potentials_of(p: Parameters) -> Array:
    """Return the potentials of the axis in V."""
    steps = np.arange(round(p.largest_potential / p.potential_step) + 1)
    return np.round(steps * p.potential_step, 9)


def _compute(p: Parameters, table: PhaseTable, model: Decomposition, progress: Progress) -> Tables:
    potentials = potentials_of(p)
    history = {POTENTIAL: potentials, **_ground_states(p, model, potentials)}
    rows = [
        (modulus, potentials[first], potentials[last], products)
        for modulus in p.moduli
        for products, first, last in _stretches(labels(model, potentials, modulus))
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


def labels(model: Decomposition, potentials: Array, modulus: float) -> list[str]:
    """Return the products at every potential as text."""
    amounts = model.amounts(model.state(potentials, modulus * _GPA))
    return [names_of(row, model.assemblages.phases) for row in amounts]


def _stretches(labels: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return each stretch of equal labels with its first and last index."""
    starts = [0, *(k for k, (a, b) in enumerate(pairwise(labels), 1) if a != b)]
    return [(labels[first], first, after - 1) for first, after in pairwise([*starts, len(labels)])]
