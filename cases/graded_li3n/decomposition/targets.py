"""What the paper reports of Fig. 7, how it is read, and results for any data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lithode.cases.graded_li3n.decomposition.parameters import Parameters, label
from lithode.cases.graded_li3n.parameters import PAPER
from lithode.core.results import Result
from lithode.engine.verdict import Target
from lithode.output.history import History
from lithode.solvers.decomposition.equilibrium import names_of

POTENTIAL = "potential [V]"

_FREE, _HELD = "LiCl + Zr", "LiCl + ZrCl2"
_TEXT = f"{PAPER}, text on Fig. 7"


def results(history: History, parameters: Parameters) -> list[Result]:
    """Return energies and products at 0 V, and what the constraint changes."""
    p, potentials = parameters, history[POTENTIAL]
    found = []
    for modulus in dict.fromkeys((p.moduli[0], p.moduli[-1])):
        at = f"0 V, {modulus:g} GPa"
        energy = history[f"energy_{label(modulus)} [kJ/mol]"]
        taken = float(history[f"lithium_{label(modulus)} [1]"][0])
        found += [
            Result(f"products at {at}", products(history, modulus, 0)),
            Result(f"decomposition energy at {at}", float(energy[0]), "kJ/mol"),
            Result(f"Li taken up per formula at {at}", taken),
        ]
        if len(reduced := potentials[energy < -1e-9]):
            name = f"reduced up to, {modulus:g} GPa"
            found.append(Result(name, float(reduced[-1]), "V"))
    row = _switch_row(history, p)
    if row is not None:
        name = f"lowest potential at which {p.constrained_product} replaces {p.free_product}"
        found.append(Result(name, float(potentials[row]), "V"))
    if "switch_modulus [GPa]" in history:
        largest = float(history["switch_modulus [GPa]"][0])
        found.append(Result(f"largest K_eff with {p.free_product} at 0 V", largest, "GPa"))
    if "switch_share [1]" in history:
        share = history["switch_share [1]"]
        found.append(Result("share of draws with that change at 0 V", float(share[0])))
        found.append(Result("largest share of draws with that change", float(share.max())))
    return found


def products(history: History, modulus: float, row: int) -> str | None:
    """Return the phases that are there at one potential and modulus in GPa."""
    ending = f"_{label(modulus)} [1]"
    amounts = {
        name.removesuffix(ending): values[row]
        for name, values in history.items()
        if name.endswith(ending) and not name.startswith("lithium_")
    }
    return names_of(np.array(list(amounts.values())), list(amounts)) if amounts else None


def _switch_row(history: History, p: Parameters) -> int | None:
    """Return where one product replaces the other from the first modulus to the last.

    That is the row nearest to lithium, or None.
    """
    for row in range(len(history[POTENTIAL])):
        free, held = (
            (products(history, modulus, row) or "").split(" + ")
            for modulus in (p.moduli[0], p.moduli[-1])
        )
        gone = p.free_product in free and p.free_product not in held
        if gone and p.constrained_product in held and p.constrained_product not in free:
            return row
    return None


def _change(history: History, p: Parameters) -> str:
    """Return the products before and after at the first potential at which they change."""
    row = _switch_row(history, p)
    if row is None:
        return "nowhere"
    ends = (products(history, modulus, row) for modulus in (p.moduli[0], p.moduli[-1]))
    return " -> ".join(map(str, ends))


def _at_lithium(modulus: float) -> Callable[[History, Parameters], str | None]:
    return lambda history, _: products(history, modulus, 0)


TARGETS: tuple[Target[Parameters], ...] = (
    Target(
        name="largest K_eff",
        paper=15.0,
        unit="GPa",
        kind="input",
        tolerance=1e-9,
        read=lambda _, p: p.moduli[-1],
        source=_TEXT,
    ),
    Target(
        name="products at 0 V, 0 GPa",
        paper=_FREE,
        kind="predicted",
        read=_at_lithium(0.0),
        source=_TEXT,
    ),
    Target(
        name="products at 0 V, 15 GPa",
        paper=_HELD,
        kind="predicted",
        read=_at_lithium(15.0),
        source=_TEXT,
    ),
    Target(
        name="change from 0 to 15 GPa at some potential",
        paper=f"{_FREE} -> {_HELD}",
        kind="verification",
        read=_change,
        source=f"{_TEXT}; needs only that the products be smaller",
        repeats="graded-li3n/decomposition: products at 0 V, 15 GPa",
    ),
)
