"""What a sweep leaves for people: table, map and page."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lithode.core.errors import log_mistake
from lithode.core.files import write_atomically
from lithode.engine import page
from lithode.engine.report import shown
from lithode.engine.sweep.plan import Plan
from lithode.engine.sweep.table import Table, collect, write_csv, write_netcdf
from lithode.engine.versions import versions
from lithode.plots.design_map import draw_map
from lithode.plots.interactive import colours_of, packed, picture
from lithode.plots.panels import plain_unit

logger = logging.getLogger(__name__)

_MOST_ROWS = 500
_MOST_RESULTS = 40


def conclude(plan: Plan) -> Table:
    """Write table, map and page of a sweep, finished or not; for one process."""
    table = collect(plan)
    write_csv(table, plan.path / "table.csv")
    write_netcdf(table, plan.path / "table.nc", f"{plan.case.name}: {plan.case.title}")
    pictures: list[Path] = []
    try:
        pictures = draw_map(_axes(table), _maps(table), plan.path / "figures" / "map.png")
    except Exception:
        log_mistake(logger, "no map")
    write_atomically(plan.path / "report.html", _page(plan, table, pictures))
    return table


def _axes(table: Table) -> list[tuple[str, str, bool, Any]]:
    """Return name, unit, whether it is by ratio, and values at the points of each number."""
    return [
        (
            varied.name.replace("_", " "),
            varied.unit,
            varied.logarithmic,
            np.array([point[varied.name] for point in table.points], dtype=float),
        )
        for varied in table.varied
        if varied.is_number and len({point[varied.name] for point in table.points}) > 1
    ]


def _maps(table: Table) -> list[tuple[str, str, Any]]:
    return [(name, table.names[name], table.numbers(name)) for name in table.numeric]


def _page(plan: Plan, table: Table, pictures: Sequence[Path]) -> str:
    axes = _axes(table)
    grid = _grid(table)
    results = [
        {"name": name, "unit": plain_unit(unit), "values": packed(values)}
        for name, unit, values in _maps(table)[:_MOST_RESULTS]
    ]
    data = {
        "map": {
            "axes": [
                {"name": n, "unit": plain_unit(unit), "logarithmic": log, "values": packed(values)}
                for n, unit, log, values in axes
            ],
            "grid": grid,
            "results": results,
            "colours": colours_of("viridis"),
        }
        if axes and results
        else None
    }
    failed = [
        (number, message)
        for number, (status, message) in enumerate(zip(table.statuses, table.messages, strict=True))
        if status == "failed"
    ]
    return page.render(
        "sweep.html",
        f"Sweep of {plan.case.name}",
        data,
        case=plan.case,
        facts=_facts(table),
        varied=[_varied_row(plan, k) for k in range(len(table.varied))],
        settings=[(name, str(value)) for name, value in plan.settings.items()],
        preset=plan.preset or next(iter(plan.case.presets)),
        headings=_headings(table),
        rows=_rows(table),
        left_out=max(len(table.points) - _MOST_ROWS, 0),
        failed=failed[:_MOST_ROWS],
        pictures=[(file.stem, picture(page.small(file))) for file in pictures],
        versions=list(versions().items()),
    )


def _grid(table: Table) -> list[int] | None:
    """Return the shape of a full grid of two numbers, for contours."""
    is_flat = table.is_grid and all(varied.is_number for varied in table.varied)
    return list(table.shape) if is_flat and len(table.shape) == 2 and min(table.shape) > 1 else None


def _facts(table: Table) -> str:
    counts = Counter(table.statuses)
    ended = ", ".join(f"{count} {status}" for status, count in counts.items())
    return f"{len(table.points)} points: {ended}."


def _varied_row(plan: Plan, k: int) -> tuple[str, str, str, str, str]:
    varied = plan.space.varied[k]
    field = plan.case.parameters.model_fields[varied.name]
    extra: Any = field.json_schema_extra
    given = plan.vary[k].partition("=")[2]
    source = f"{extra['provenance']}: {extra['source']}"
    return varied.name, given, plain_unit(varied.unit), field.description or "", source


def _headings(table: Table) -> list[str]:
    def headed(name: str, unit: str) -> str:
        return f"{name} ({plain_unit(unit)})" if plain_unit(unit) else name

    return [
        "point",
        *(headed(v.name, v.unit) for v in table.varied),
        "status",
        *(headed(name, unit) for name, unit in table.names.items()),
    ]


def _rows(table: Table) -> list[list[str]]:
    rows = []
    for number, point in list(enumerate(table.points))[:_MOST_ROWS]:
        found = table.results[number] or {}
        rows.append(
            [
                str(number),
                *(_short(point[varied.name]) for varied in table.varied),
                table.statuses[number],
                *(shown(found[n].value, "-") if n in found else "" for n in table.names),
            ]
        )
    return rows


def _short(value: float | int | str) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
