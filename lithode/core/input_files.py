"""Files that users write: YAML, and tables of named cells from CSV or YAML."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import yaml

from lithode.core.errors import InputError
from lithode.core.files import read_text

Row: TypeAlias = tuple[str, Mapping[str, object]]
"""What to call a row in a message ("table row 3"), and its cells by column."""


class _RepeatedKeyError(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key, line)
        self.key, self.line = key, line


_DEPTH = 20
_MOST_ROWS = 100_000


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Numbers and texts as YAML 1.2 has them, and no key twice, of which YAML would take the last.

    YAML 1.1 reads 1:30 as 90, 2020-01-01 as a date and no as false.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise _RepeatedKeyError(key.value, key.start_mark.line + 1)
                seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", [*"-+0123456789"]),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
        [*"-+.0123456789"],
    ),
):
    _tagged = f"tag:yaml.org,2002:{_tag}"
    _Loader.add_implicit_resolver(_tagged, re.compile(rf"(?:{_pattern})\Z"), _first)


def read_yaml(path: Path, field: str) -> Any:
    """Return the content of a user's YAML file.

    Raises:
        InputError: It cannot be read, is no YAML, is nested too deeply, uses aliases, or has a key
            twice in one mapping.
    """
    text = read_text(path, field)
    try:
        _check_nesting(text, path, field)
        return yaml.load(text, _Loader)
    except _RepeatedKeyError as error:
        place = f"{field} line {error.line}"
        raise InputError(place, error.key, "is there twice in one entry") from error
    except (yaml.YAMLError, ValueError) as error:  # a number of 5,000 digits is a ValueError
        raise InputError(field, path, "is not YAML") from error


def _check_nesting(text: str, path: Path, field: str) -> None:
    """Refuse what would exhaust the stack, or grow without end by aliases."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise InputError(field, path, "uses aliases, which are not read")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEPTH:
                raise InputError(field, path, f"is nested more than {_DEPTH} levels deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


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
        try:
            rows = list(reader)
        except csv.Error as error:
            raise InputError(field, path, f"is no table ({error})") from error
        heads = [set(reader.fieldnames or ())] if rows else []
        what = "row"
        if any(None in row or None in row.values() for row in rows):
            at = next(k for k, row in enumerate(rows, 1) if None in row or None in row.values())
            raise InputError(field, path, f"row {at} has more or fewer cells than the header")
    else:
        raise InputError(field, path, "must end in .csv, .yaml or .yml")
    if not rows:
        raise InputError(field, path, "is empty")
    if len(rows) > _MOST_ROWS:
        raise InputError(field, path, f"has more than {_MOST_ROWS} rows")
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
