"""What the shell offers on TAB: cases, presets and parameters."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import typer

from lithode.core.errors import LithodeError

if TYPE_CHECKING:
    from lithode.engine.case import AnyCase

Offer = tuple[str, str]
"""A word and its explanation."""


def cases(incomplete: str) -> Iterator[Offer]:
    """Offer the cases, and the files of cases where a path is begun."""
    from lithode.engine.registry import entries

    for name, entry in entries().items():
        if name.startswith(incomplete):
            yield name, _short(entry.title)
    if incomplete.startswith((".", "/", "~")):
        for path in sorted(Path(incomplete).parent.glob("*")):
            word = f"./{path}" if incomplete.startswith("./") else str(path)
            if word.startswith(incomplete) and (path.is_dir() or path.suffix == ".py"):
                yield (f"{word}/", "") if path.is_dir() else (word, "")


def presets(context: typer.Context, incomplete: str) -> Iterator[Offer]:
    """Offer the presets of the case that is named."""
    if case := _case(context):
        for name, values in case.presets.items():
            if name.startswith(incomplete):
                yield name, _short(", ".join(f"{key}={value}" for key, value in values.items()))


def settings(context: typer.Context, incomplete: str) -> Iterator[Offer]:
    """Offer ``NAME=`` for the parameters of the case that is named, and the choices of a name."""
    case = _case(context)
    if case is None:
        return
    fields: dict[str, Any] = dict(case.parameters.model_fields)
    name, equals, begun = incomplete.partition("=")
    if equals and name in fields:
        for word in _choices(fields[name].annotation):
            if word.startswith(begun):
                yield f"{name}={word}", ""
    for key, field in fields.items():
        if not equals and key.startswith(name) and key != "preset":
            yield f"{key}=", _short(field.description or "")


def _short(text: str) -> str:
    """Return a text on one line: shells take the next one for another word."""
    return textwrap.shorten(text, 50, placeholder="...")


def _choices(annotation: Any) -> list[str]:
    if annotation is bool:
        return ["true", "false"]
    return [str(word) for word in get_args(annotation)] if get_origin(annotation) is Literal else []


def _case(context: typer.Context) -> AnyCase | None:
    """Return the installed case on the line; a user's file is not run for a TAB."""
    from lithode.engine.registry import find, is_file

    # An option whose value is still missing keeps click from naming the arguments before it.
    name = context.params.get("case") or next(iter(context.args), None)
    if not name or is_file(name):
        return None
    try:
        return find(name)
    except LithodeError:
        return None
