"""The command that starts a case of one's own: new."""

from __future__ import annotations

import keyword
from pathlib import Path
from typing import Annotated

import typer

from lithode.cli.terminal import say
from lithode.core.errors import InputError
from lithode.core.parallel import on_root, world


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the case and its file.")],
) -> None:
    """Write NAME.py here: a small case that runs as it is, to be changed."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise InputError("NAME", name, "must be a name of letters, digits and _, like garnet")
    path = Path(f"{name}.py")
    template = Path(__file__).with_name("new_case.txt").read_text(encoding="utf-8")
    on_root(world(), lambda: _write(path, template.replace("CASE_NAME", name)))
    say(f"{path} is written; to see and to run it:\n")
    say(f"  lithode show ./{path}\n  lithode run ./{path}")


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError("NAME", path, "is there already; choose another name") from error
    except OSError as error:
        raise InputError("NAME", path, f"cannot be written ({error.strerror})") from error
