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


def show_table(
    headings: Sequence[str], groups: Mapping[str, Rows], *, wraps: Sequence[str] = ()
) -> None:
    """Write rows in groups as one table.

    Args:
        headings: Of the columns.
        groups: Rows by the title of their group; one without title stands alone.
        wraps: Columns whose texts may take several lines of a terminal.
    """
    if not on_terminal():
        rows = [(*row,) for group in groups.values() for row in group]
        lines = aligned([headings, *rows]).splitlines()
        say("\n".join(lines[:2]))
        at = 2
        for title, group in groups.items():
            say("\n".join([*([f"\n{title}"] if title else []), *lines[at : at + len(group)]]))
            at += len(group)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, no_wrap=heading not in wraps, overflow="fold")
    for title, group in groups.items():
        if title:
            table.add_row(Text(title, style="bold cyan"))
        for row in group:
            table.add_row(*(Text(cell) for cell in row))
        table.add_section()
    Console().print(table)
