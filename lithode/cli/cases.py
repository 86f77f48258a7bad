"""Commands on cases: list, show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lithode.cli.options import CaseName, Json, Materials, Preset, Settings
from lithode.cli.terminal import on_terminal, say, show_table
from lithode.core.errors import InputError

if TYPE_CHECKING:
    from lithode.core.parameters import CaseParameters, Row
    from lithode.engine.case import AnyCase

_OWN = "of this case"
_GROUPS = {
    "paper": "from the paper",
    "literature": "from the literature",
    "calibrated": "tuned to a measurement (calibrated)",
    "assumed": "assumed",
    "sample": "one draw of many (sample)",
    "numerical": "of the computation, no result depends on them (numerical)",
}


def list_cases(as_json: Json = False) -> None:
    """List the cases."""
    from lithode.engine.registry import entries

    known = entries()
    if as_json:
        content = [
            {"name": name, "title": entry.title, "presets": list(entry.presets)}
            for name, entry in known.items()
        ]
        say(json.dumps(content, indent=2))
        return
    listed = [(name, ", ".join(entry.presets), entry.title) for name, entry in known.items()]
    if on_terminal():
        rows = [(name, f"{title}\n{presets}") for name, presets, title in listed]
        show_table(("case", "title, presets"), {"": rows})
    else:
        show_table(("case", "presets", "title"), {"": listed})


def show(
    case: CaseName,
    preset: Preset = None,
    settings: Settings = None,
    materials: Materials = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only what differs from the defaults.")
    ] = False,
    grep: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only what has TEXT in its name, meaning or source."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the parameters of a case: value, unit, meaning, source."""
    from lithode.core.parameters import describe, value_text
    from lithode.engine.registry import find
    from lithode.materials import registry

    found = find(case)
    with registry.using(registry.load(materials) if materials else {}):
        rows = describe(found.resolve(preset, pairs=settings or ()))
    defaults = {row.name: row.value for row in describe(found.parameters)}
    if changed:
        rows = [row for row in rows if row.value != defaults[row.name] and row.name != "preset"]
    if grep is not None:
        rows = [row for row in rows if _has(row, grep)]
        if not rows:
            raise InputError("--grep", grep, "is in no name, meaning or source of a parameter")
    if as_json:
        say(json.dumps(_content(found, rows), indent=2, default=str))
        return
    say(f"{found.name}: {found.title}\npresets: {', '.join(found.presets)}\n")
    if not rows:
        say("every parameter has its default")
        return
    groups: dict[str, list[list[str]]] = {title: [] for title in (_OWN, *_GROUPS.values())}
    own = _own(found.parameters)
    for row in rows:
        title = _OWN if row.name in own else _GROUPS[row.provenance]
        default = [value_text(defaults[row.name])] if changed else []
        source = f"{row.provenance}: {row.source}"
        if on_terminal():
            value = f"{value_text(row.value)} {row.unit}".rstrip()
            text = f"{row.meaning}\n{source if title == _OWN else row.source}"
            groups[title].append([row.name, value, *default, text])
        else:
            # Whoever filters lines sees no titles.
            cells = [value_text(row.value), *default, row.unit, row.meaning, source]
            groups[title].append([row.name, *cells])
    columns = ["meaning, source"] if on_terminal() else ["unit", "meaning", "source"]
    headings = ["parameter", "value", *(["default"] if changed else []), *columns]
    show_table(headings, {title: group for title, group in groups.items() if group})


def _own(parameters: type[CaseParameters]) -> set[str]:
    """Return what a case declares beyond the inputs of a model; nothing if it has no model's."""
    bases = [base.model_fields for base in parameters.__bases__ if hasattr(base, "model_fields")]
    inherited = {name for fields in bases for name in fields}
    return set(parameters.model_fields) - inherited if inherited - {"preset"} else set()


def _has(row: Row, text: str) -> bool:
    """Whether a text is part of what a row says; of short words only as a whole."""
    part = text.casefold()
    if part in (row.unit.casefold(), row.provenance):
        return True
    return any(part in words.casefold() for words in (row.name, row.meaning, row.source))


def _content(case: AnyCase, rows: Sequence[Row]) -> dict[str, Any]:
    """Return what ``show --json`` prints."""
    return {
        "name": case.name,
        "title": case.title,
        "presets": {name: dict(values) for name, values in case.presets.items()},
        "parameters": [asdict(row) for row in rows],
        "targets": [
            {
                "name": target.name,
                "paper": target.paper,
                "unit": target.unit,
                "kind": target.kind,
                "bound": target.bound,
                "tolerance": target.tolerance,
                "source": target.source,
                "where": dict(target.where),
                "repeats": target.repeats,
            }
            for target in case.targets
        ],
    }
