"""What the commands print: tables that fit a terminal, and aligned text anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from lithode.output.tables import aligned

Rows = Sequence[Sequence[str]]


def say(text: str) -> None:
    """Write a text to standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def on_terminal() -> bool:
    """Whether the output goes to a terminal, not to a file or another program."""
    return sys.stdout.isatty()


def show_table(headings: Sequence[str], groups: Mapping[str, Rows]) -> None:
    """Write rows in groups as one table.

    On a terminal the last column takes what the others leave, and wide cells take several lines;
    what follows the first line of a cell is dim.

    Args:
        headings: Of the columns.
        groups: Rows by the title of their group; one without title stands alone.
    """
    rows = [row for group in groups.values() for row in group]
    if not on_terminal():
        lines = aligned([headings, *rows]).splitlines()
        say("\n".join(lines[:2]))
        at = 2
        for title, group in groups.items():
            say("\n".join([*([f"\n{title}"] if title else []), *lines[at : at + len(group)]]))
            at += len(group)
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    widths = [max(map(_width, column)) for column in zip(headings, *rows, strict=True)]
    most = [console.width // 2, *(console.width // 5 for _ in headings[2:])]

    def print_rows(group: Rows, *, show_header: bool = False) -> None:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=show_header)
        for heading, width, limit in zip(headings[:-1], widths, most, strict=False):
            table.add_column(heading, width=min(width, limit), overflow="fold")
        table.add_column(headings[-1], overflow="fold")
        for row in group:
            parts = (cell.partition("\n") for cell in row)
            table.add_row(*(Text.assemble(head, end, (rest, "dim")) for head, end, rest in parts))
        console.print(table)

    print_rows([], show_header=True)
    for title, group in groups.items():
        if title:
            console.print(Text(f"\n{title}", style="bold cyan"))
        print_rows(group)


def _width(cell: str) -> int:
    return max(map(len, cell.split("\n")))
