"""What the mesh and the length l change in the closed forms of a crack full of lithium.

    ./env.sh run python3 benchmarks/crack_convergence.py [--row "J*, no flow"] [--out DIR]

Each row of ``lithode verify`` is run at three meshes and up to three lengths, and read as there.
Runs that are in the directory already are read, so that it can be stopped and gone on with.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lithode.cases.fracture.readings import over_law
from lithode.cases.verification.lithium_crack.case import CASE as LITHIUM
from lithode.cases.verification.lithium_crack.targets import fin_ratio, stall_ratio
from lithode.cases.verification.pressurised_crack.case import CASE as PRESSURISED
from lithode.cases.verification.pressurised_crack.targets import opening_pressure, pressure_ratio
from lithode.engine.case import Case
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.runner import run_case
from lithode.output.history import read_history
from lithode.output.tables import markdown

ELEMENTS = (3, 4, 6)
LENGTHS = (0.1, 0.05, 0.025)


@dataclass(frozen=True)
class Row:
    """A known answer.

    Attributes:
        case: Whose run it is read off.
        read: Ours over the known one.
        values: Parameters.
        lengths: Of the phase field, over the crack's.
    """

    case: Case[Any]
    read: Callable[[Any, Any], float | None]
    values: Mapping[str, object]
    lengths: Sequence[float] = LENGTHS


_FILLED = {"last_volume": 0.2}
_PRESSED = {"compression": 100.0}
_OPENED = {**_PRESSED, "last_volume": 0.2}


def _opening_ratio(history: Any, parameters: Any) -> float:
    return opening_pressure(history, parameters) / float(parameters.compression)


ROWS: Mapping[str, Row] = {
    "inflow, S = 1000": Row(LITHIUM, fin_ratio, {**_FILLED, "interface_resistance": 2e-3}),
    "stalling pressure, S = 0.5": Row(
        LITHIUM, stall_ratio, {**_FILLED, "interface_resistance": 4.0}
    ),
    "stalling pressure, S = 1": Row(LITHIUM, stall_ratio, _FILLED),
    "stalling pressure, S = 3": Row(
        LITHIUM, stall_ratio, {**_FILLED, "interface_resistance": 0.6667}
    ),
    "J*, one pressure, S = 1": Row(LITHIUM, over_law, {}),
    "J*, no flow, r = 0": Row(
        LITHIUM,
        over_law,
        {"flow": "none", "interface_resistance": 2e-6, "last_volume": 0.75},
    ),
    "pressure that opens a crack under 100 MPa": Row(PRESSURISED, _opening_ratio, _OPENED),
    "pressure beyond 100 MPa that extends it": Row(
        PRESSURISED, pressure_ratio, _PRESSED, LENGTHS[:2]
    ),
}


def value(name: str, row: Row, length: float, elements: int, folder: Path) -> float:
    """Run a row if it was not, and return ours over the known answer."""
    words = [*name.replace("*", "").replace(",", "").replace("=", "").split()]
    out = folder / "-".join([*words, f"{length:g}", f"{elements}"])
    if not RunDirectory(out).summary.is_file():
        values = {**row.values, "length_ratio": length, "elements_per_length": elements}
        run_case(row.case, values=values, out=out, overwrite=True)
    directory = RunDirectory(out)
    parameters = row.case.resolve(None, read_input(directory.input).parameters)
    found = row.read(read_history(directory.history), parameters)
    return math.nan if found is None else found


def order(values: Sequence[float], ratio: float) -> str:
    """Return the power by which successive differences shrink, where they do.

    Args:
        values: Of ever smaller steps.
        ratio: Of successive steps.
    """
    if len(values) < 3:
        return "-"
    first, second = values[-2] - values[-3], values[-1] - values[-2]
    if first * second <= 0:
        return "none"
    return f"{math.log(first / second) / math.log(ratio):.1f}"


def main() -> None:
    """Run what is missing and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/crack-convergence"))
    parser.add_argument("--row", choices=ROWS, action="append")
    parser.add_argument("--length", type=float, choices=LENGTHS, action="append")
    given = parser.parse_args()
    lengths = given.length or LENGTHS
    heads = ["h = " + f"l/{n}" for n in ELEMENTS]
    lines: list[Sequence[str]] = [("ours over the closed form", "l/c", *heads)]
    orders: list[Sequence[str]] = [("", f"order in l at h = l/{ELEMENTS[1]}")]
    for name in given.row or ROWS:
        row, found = ROWS[name], []
        for length in (length for length in row.lengths if length in lengths):
            values = [value(name, row, length, n, given.out) for n in ELEMENTS]
            found.append(values[1])
            lines.append((name, f"{length:g}", *(f"{v:.4f}" for v in values)))
            print(" | ".join(lines[-1]), flush=True)
        orders.append((name, order(found, 2.0)))
    print(f"\n{markdown(lines)}\n\n{markdown(orders)}", flush=True)


if __name__ == "__main__":
    main()
