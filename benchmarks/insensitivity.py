"""How much the results of a run change with its numerical parameters.

python3 benchmarks/insensitivity.py [CASE]

Each line is two runs that differ in one parameter: the largest relative change of any result, and
which one it is. The table is in docs/verification.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import lithode
from lithode.core.results import Result

# Case, what keeps the runs short, parameter, the other value.
STUDIES = (
    ("cheng2020/interphase", {"preset": "fit"}, "resolved_depth", "x2"),
    ("cheng2020/interphase", {"preset": "fit"}, "time_tolerance", "x0.25"),
    ("graded-li3n", {"preset": "quick", "end_time": "600 s"}, "element_size_inside", "x0.5"),
    ("graded-li3n", {"preset": "quick", "end_time": "600 s"}, "time_tolerance", "x0.5"),
    ("graded-li3n/decomposition", {"draws": 200}, "potential_step", "x0.5"),
    ("graded-li3n/decomposition", {"draws": 200}, "largest_potential", "x1.5"),
    ("graded-li3n/decomposition", {"draws": 200}, "map_modulus", "x1.5"),
    ("ji2020/symmetric-cell", {"preset": "quick"}, "curve_points", "x2"),
    ("wang2024/wetting", {"end_time": "100 h"}, "time_tolerance", "x0.25"),
    ("wang2024/wetting", {"end_time": "100 h"}, "output_times", "50 h"),
    ("wang2024/transport", {}, "time_tolerance", "x0.5"),
)


def other_value(before: object, change: str) -> object:
    """Return a value times a factor (``x2``), or what is given."""
    if not change.startswith("x") or not isinstance(before, int | float):
        return change
    after = before * float(change[1:])
    return round(after) if isinstance(before, int) else after


def largest_change(first: Mapping[str, Result], second: Mapping[str, Result]) -> tuple[float, str]:
    """Return the largest relative change of a number, and its name."""
    changes = [(0.0, "-")]
    for name, one in first.items():
        other = second[name].value if name in second else None
        if isinstance(one.value, float) and isinstance(other, float):
            size = max(abs(one.value), abs(other))
            changes.append((abs(one.value - other) / size if size else 0.0, name))
    return max(changes)


def main() -> None:
    print("| case | parameter | from | to | largest change | result |")
    print("|---|---|---|---|---|---|")
    wanted = sys.argv[1:] or [case for case, *_ in STUDIES]
    with tempfile.TemporaryDirectory() as folder:
        made: dict[str, lithode.RunResult] = {}

        def run(case: str, given: Mapping[str, object]) -> lithode.RunResult:
            key = f"{case} {sorted(given.items())}"
            if key not in made:
                out = Path(folder) / str(len(made))
                made[key] = lithode.run(case, out=str(out), figures=False, **given)
            return made[key]

        for case, given, name, change in STUDIES:
            if case not in wanted:
                continue
            first = run(case, given)
            before = first.parameters[name]
            after = other_value(before, change)
            second = run(case, {**given, name: after})
            change_found, result = largest_change(first.results, second.results)
            cells = case, name, before, after, f"{100 * change_found:.2g} %", result
            print(f"| {' | '.join(str(cell) for cell in cells)} |", flush=True)


if __name__ == "__main__":
    main()
