"""Pages for a browser: ``report.html``, one file that asks nothing of any other.

Texts of files reach a page through autoescaping templates or as JSON. A policy in its head lets
no script run but its own, and no request leave it.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from PIL import Image

from lithode.core.files import write_atomically
from lithode.core.parameters import CaseParameters, describe, value_text
from lithode.engine import report
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.verdict import KINDS, Score, Verdict
from lithode.output.history import History, read_history
from lithode.plots.panels import HISTORY_PANELS, plain_unit, readable, split_column

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_ROWS = 1500
# Of all figures together, and the width that one is shown with.
_MOST_BYTES = 900_000
_WIDEST = 1100
_DECADES = 1e3
_COUNTS = {
    "unknowns": "unknowns of a step",
    "steps": "accepted steps, or rows",
    "rejected_steps": "rejected steps",
    "nonlinear_iterations": "Newton iterations",
    "linear_iterations": "Krylov iterations",
    "ranks": "ranks",
}


def write(
    directory: RunDirectory,
    summary: Mapping[str, Any],
    parameters: CaseParameters | None,
    *,
    pictures: bool = True,
) -> Path:
    """Write ``report.html`` of a run.

    Args:
        directory: Of the run; its history, fields and figures are shown.
        summary: Content of ``summary.json``.
        parameters: Of the run; None where its case cannot be asked, and then all inputs are
            listed without their meaning.
        pictures: Whether history, fields and figures are shown, which takes seconds; without them
            the page is small.

    Returns:
        The page.
    """
    data: dict[str, Any] = {"history": None, "fields": None}
    figures: list[tuple[str, str]] = []
    left_out: list[str] = []
    if pictures:
        if directory.history.is_file() and (history := read_history(directory.history)):
            data["history"] = _history(history)
        data["fields"] = _fields(directory)
        figures, left_out = _figures(directory)
    verdicts = [Verdict.from_plain(entry) for entry in summary["targets"]]
    inputs = _inputs(directory, parameters)
    found = {
        "summary": summary,
        "facts": _facts(summary),
        "sections": _sections(data, figures),
        "result_headings": report.RESULTS,
        "results": [(*rest, plain_unit(unit)) for *rest, unit in report.result_rows(summary)],
        "paper_headings": report.PAPER,
        "verdicts": [(_paper_row(v), v.reproduced, v.target.source) for v in verdicts],
        "score": Score(**summary["score"]),
        "kinds": KINDS,
        "of_repeats": report.of_repeats(verdicts),
        "not_compared": report.why_not_compared(summary),
        **inputs,
        "history_picture": next((address for n, address in figures if n == "history"), ""),
        "pictures": [(name, address) for name, address in figures if name != "history"],
        "left_out": left_out,
        "health": list(map(_health, summary.get("health", []))),
        "conservation": [(n, f"{value:.2g}") for n, value in summary["conservation"].items()],
        "effort": _effort(summary),
        "versions": list(summary.get("versions", {}).items()),
    }
    title = f"{summary['case']}: {summary['status']}"
    has_scene = bool(data["fields"]) and data["fields"]["kind"] == "scene"
    text = render("run.html", title, data, needs_eval=has_scene, **found)
    write_atomically(directory.page, text)
    return directory.page


def render(
    template: str, title: str, data: Mapping[str, Any], *, needs_eval: bool = False, **found: Any
) -> str:
    """Return a page.

    Args:
        template: Its file.
        title: What the browser shows above it.
        data: What its script draws.
        needs_eval: Whether it has a scene, whose library makes functions of texts of its own.
        found: Names of the template.
    """
    script = (_TEMPLATES / "page.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    colours: Sequence[str] = ()
    drawn = data.get("history") or data.get("fields") or data.get("map")
    if drawn:  # else Matplotlib, which takes a while, is not needed
        from lithode.plots.maps import COLOURS

        colours = COLOURS
    return (
        _templates()
        .get_template(template)
        .render(
            title=title,
            data={**data, "colours": colours},
            style=Markup((_TEMPLATES / "page.css").read_text(encoding="utf-8")),
            script=Markup(script),
            script_hash=f"sha256-{digest}",
            plotly=_plotly() if drawn else "",
            needs_eval=needs_eval,
            **found,
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _plotly() -> str:
    """Return plotly.js packed for a page; empty where ``lithode[html]`` is not installed."""
    spec = importlib.util.find_spec("plotly")
    if spec is None or spec.origin is None:
        return ""
    file = Path(spec.origin).parent / "package_data" / "plotly.min.js"
    if not file.is_file():  # Debian's package has none
        return ""
    return base64.b64encode(gzip.compress(file.read_bytes(), 6, mtime=0)).decode()


def _facts(summary: Mapping[str, Any]) -> str:
    unknowns = summary["unknowns"]
    size = f"{summary['steps']} steps, {unknowns} unknowns" if unknowns else ""
    return (
        f"Lithode {summary['version']}, {size or str(summary['steps']) + ' rows'}, "
        f"{summary['ranks']} rank{'s' * (summary['ranks'] != 1)}, {summary['wall_seconds']:.0f} s."
    )


def _sections(data: Mapping[str, Any], figures: Sequence[Any]) -> list[tuple[str, str]]:
    shown = {
        "results": "results",
        "paper": "paper",
        "inputs": "inputs",
        "history": "history" if data["history"] else "",
        "fields-title": "fields" if data["fields"] else "",
        "figures": "figures" if figures else "",
        "health": "health and effort",
        "versions": "versions",
    }
    return [(name, words) for name, words in shown.items() if words]


def _inputs(directory: RunDirectory, parameters: CaseParameters | None) -> dict[str, Any]:
    given = read_input(directory.input)
    rows: list[tuple[str, ...]]
    if parameters is None:
        rows = [(name, value_text(value)) for name, value in given.parameters.items()]
        words = "The case is in a file of its user, which is not read for a report."
        headings: tuple[str, ...] = ("parameter", "value")
    else:
        defaults = {row.name: row.value for row in describe(type(parameters))}
        rows = [
            (
                row.name,
                f"{value_text(row.value)} {plain_unit(row.unit)}".rstrip(),
                f"{value_text(defaults[row.name])} {plain_unit(row.unit)}".rstrip(),
                row.meaning,
                f"{row.provenance}: {row.source}",
            )
            for row in describe(parameters)
            if row.value != defaults[row.name] and row.name != "preset"
        ]
        preset = f" The run started from the preset {parameters.preset}." * bool(parameters.preset)
        words = f"What differs from the defaults of the case.{preset}"
        headings = ("parameter", "value", "default", "meaning", "source of the default")
    return {
        "inputs": rows,
        "inputs_words": words,
        "input_headings": headings,
        "petsc_options": " ".join(given.petsc_options),
    }


def _paper_row(verdict: Verdict) -> tuple[str, ...]:
    unit = report.PAPER.index("unit")
    row = report.paper_row(verdict)
    return (*row[:unit], plain_unit(row[unit]), *row[unit + 1 :])


def _health(line: Mapping[str, Any]) -> tuple[str, str, str, bool, str]:
    ends = (("at least", line["low"]), ("at most", line["high"]))
    sound = " and ".join(f"{word} {end:g}" for word, end in ends if end is not None)
    unit = plain_unit(line["unit"])
    value = "not finite" if line["value"] is None else f"{line['value']:.4g} {unit}".rstrip()
    return line["name"], value, sound, line["healthy"], line["meaning"]


def _effort(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    counts = [(words, f"{summary[name]:,}") for name, words in _COUNTS.items() if summary.get(name)]
    return [*counts, ("wall time", f"{summary['wall_seconds']:.1f} s")]


def _history(history: History) -> dict[str, Any]:
    """Return the history for the script, thinned to what a screen shows."""
    from lithode.plots.interactive import packed

    first, *names = history
    name, unit = split_column(first)
    rows = len(history[first])
    kept = np.unique(np.linspace(0, rows - 1, min(rows, _MOST_ROWS)).round().astype(int))
    places = history[first]
    divisor, unit = readable(unit, float(np.max(places, initial=0.0)))
    columns = []
    for column in names:
        words, column_unit = split_column(column)
        values = packed(history[column][kept])
        columns.append({"name": words, "unit": plain_unit(column_unit), "y": values})
    shown = [
        {
            "label": panel.label,
            "unit": columns[found[0]]["unit"],
            "columns": found,
            "logarithmic": panel.logarithmic,
        }
        for panel in HISTORY_PANELS
        if (found := [names.index(column) for column in panel.columns if column in names])
    ]
    alone = [
        {"label": entry["name"], "unit": entry["unit"], "columns": [k], "logarithmic": False}
        for k, entry in enumerate(columns)
    ]
    shown_unit = plain_unit(unit)
    return {
        "axis": f"{name} ({shown_unit})" if shown_unit else name,
        "x": packed(places[kept] / divisor),
        "points": rows <= 60,
        # Loads such as frequencies span many decades.
        "logarithmic": bool(
            rows and np.min(places) > 0 and np.max(places) > _DECADES * np.min(places)
        ),
        "columns": columns,
        "shown": [*shown, *(e for e in alone if e["label"] not in {s["label"] for s in shown})],
    }


def _fields(directory: RunDirectory) -> dict[str, Any] | None:
    if not directory.fields.is_file():
        return None
    from lithode.engine.result import Fields
    from lithode.plots.interactive import of_fields

    fields = Fields(directory.fields)
    return of_fields(fields, fields.axis)


def _figures(directory: RunDirectory) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the figures as far as there is room, by name, and the names of the others."""
    from lithode.plots.interactive import picture

    shown: list[tuple[str, str]] = []
    left_out: list[str] = []
    room = _MOST_BYTES
    for file in sorted(directory.figures.glob("*.png"), key=lambda f: (f.stem != "history", f)):
        address = picture(small(file))
        room -= len(address)
        if room < 0:
            left_out.append(file.name)
        else:
            shown.append((file.stem, address))
    return shown, left_out


def small(file: Path) -> Image.Image:
    """Return a picture at the width that a page shows it with."""
    with Image.open(file) as image:
        whole = image.convert("RGB")
    whole.thumbnail((_WIDEST, _WIDEST))
    return whole
