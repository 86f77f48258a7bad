"""Configuration of the documentation site: ``make docs`` builds it, and a warning is an error."""

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

_top = Path(__file__).parent.parent
_package = Path(__file__).parent / "_build" / "lithode"

# AutoAPI follows no links, and the package's solvers, meshes and cases are links.
shutil.rmtree(_package, ignore_errors=True)
shutil.copytree(_top / "lithode", _package, ignore=shutil.ignore_patterns("__pycache__", "cases"))

project = "Lithode"
author = "The Lithode developers"
release = tomllib.loads((_top / "pyproject.toml").read_text())["project"]["version"]
extensions = ["myst_parser", "autoapi.extension", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"Lithode {release}"
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
autoapi_dirs = [str(_package)]
autoapi_root = "api"
autoapi_add_toctree_entry = False
autoapi_options = ["members", "show-module-summary"]
autoapi_member_order = "bysource"
# Cases are left out of the reference, for their pages describe them; models share names on purpose.
suppress_warnings = ["autoapi.python_import_resolution", "ref.python"]


def _take_literally(
    _app: Any, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]
) -> None:
    """Let |grad xi| and c_ be what they are in a docstring: physics, not markup."""
    for number, line in enumerate(lines):
        parts = re.split(r"(``.*?``)", line)
        parts[::2] = [re.sub(r"(\||\w_(?!\w))", _escaped, part) for part in parts[::2]]
        lines[number] = "".join(parts)


def _escaped(found: re.Match[str]) -> str:
    return "".join(rf"\{sign}" if sign in "|_" else sign for sign in found[0])


def _leave_out_of_the_menu(_app: Any, page: str, source: list[str]) -> None:
    """Reach the reference by its index alone: a menu of 200 modules is slow and long."""
    if page.startswith("api/"):
        source[0] = ":orphan:\n\n" + re.sub(r"\.\. toctree::\n(?:(?: .*)?\n)+", "", source[0])


def setup(app: Any) -> None:
    """Register what reads pages and docstrings first."""
    app.connect("source-read", _leave_out_of_the_menu)
    app.connect("autodoc-process-docstring", _take_literally, priority=100)
