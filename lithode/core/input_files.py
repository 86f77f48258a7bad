"""Files that users write: YAML, and tables of named cells from CSV or YAML."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from lithode.core.errors import InputError

Row: TypeAlias = tuple[str, Mapping[str, object]]
"""What to call a row in a message ("table row 3"), and its cells by column."""


def read_text(path: Path, field: str = "table") -> str:
    """Return the text of a user's file.

    Raises:
        InputError: It cannot be read, or is no text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(field, path, f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise InputError(field, path, "is no text in UTF-8") from error


class _RepeatedKeyError(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key, line)
        self.key, self.line = key, line


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Refuses a key that is there twice; YAML would take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _RepeatedKeyError(key.value, key.start_mark.line + 1)
                seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def read_yaml(path: Path, field: str) -> Any:
    """Return the content of a user's YAML file.

    Raises:
        InputError: It cannot be read, is no YAML, or has a key twice in one mapping.
    """
    try:
        return yaml.load(read_text(path, field), _Loader)
    except _RepeatedKeyError as error:
        place = f"{field} line {error.line}"
        raise InputError(place, error.key, "is there twice in one entry") from error
    except yaml.YAMLError as error:
        raise InputError(field, path, "is not YAML") from error


def read_rows(path: Path, columns: Sequence[str], required: int, field: str = "table") -> list[Row]:
    """Read a table from .csv, or from .yaml as a list of mappings.

    Empty lines of a CSV file and those that begin with ``#`` are left out.

    Args:
        path: The file.
        columns: Names that columns may have.
        required: How many of them, from the first, every row must have.
        field: Name of the parameter, for messages.

    Raises:
        InputError: The file, a column or the length of a row is wrong, or there is no row.
    """
    rows: list[Mapping[str, object]]
    if path.suffix.lower() in (".yaml", ".yml"):
        content = read_yaml(path, field)
        if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
            raise InputError(field, path, "must be a list with one mapping per row")
        rows = content
        heads = [set(row) for row in rows]
        what = "entry"
    elif path.suffix.lower() == ".csv":
        text = read_text(path, field)
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        reader = csv.DictReader(lines, skipinitialspace=True)
        rows = list(reader)
        heads = [set(reader.fieldnames or ())] if rows else []
        what = "row"
        if any(None in row or None in row.values() for row in rows):
            at = next(k for k, row in enumerate(rows, 1) if None in row or None in row.values())
            raise InputError(field, path, f"row {at} has more or fewer cells than the header")
    else:
        raise InputError(field, path, "must end in .csv, .yaml or .yml")
    if not rows:
        raise InputError(field, path, "is empty")
    for head in heads:
        if missing := [name for name in columns[:required] if name not in head]:
            raise InputError(field, path, f"has no column {missing[0]}")
        if extra := sorted(str(name) for name in head if name not in columns):
            allowed = f"has a column {extra[0]}; allowed are {', '.join(columns)}"
            raise InputError(field, path, allowed)
    return [(f"{field} {what} {k}", row) for k, row in enumerate(rows, 1)]


def cell(row: Mapping[str, object], name: str) -> str:
    """Return a cell as text, empty if it is missing."""
    content = row.get(name)
    return "" if content is None else str(content).strip()
