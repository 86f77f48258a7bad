"""Which cases there are: those of the package, of installed packages, and of a user's files."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

from lithode.cases.index import CASES, CaseEntry
from lithode.core.errors import InputError
from lithode.core.parameters import unknown
from lithode.engine.case import AnyCase, Case, StudyCase

GROUP = "lithode.cases"
"""Entry-point group by which an installed package adds cases: ``name = "module:CASE"``."""


@dataclass(frozen=True)
class Found:
    """A case and where it is from.

    Attributes:
        case: The case.
        file: The user's file that holds it; None for an installed case.
    """

    case: AnyCase
    file: Path | None = None


def entries() -> Mapping[str, CaseEntry]:
    """Return what is known of every installed case by name, without importing any."""
    added = {
        point.name: CaseEntry(point.module, f"of the package {_package(point)}", ())
        for point in entry_points(group=GROUP)
    }
    return dict(sorted({**added, **CASES}.items()))


def find(name: str) -> AnyCase:
    """Return a case by its name, or from a file that is named (``./garnet.py``).

    Raises:
        InputError: There is none, or the file holds none; the message has the nearest name.
    """
    return locate(name).case


def locate(name: str) -> Found:
    """Return a case with where it is from; see `find`."""
    if is_file(name):
        return Found(_of_file(Path(name)), Path(name).absolute())
    return Found(installed(name))


def installed(name: str) -> AnyCase:
    """Return an installed case by its name; of a name that stands in a file no file is imported.

    Raises:
        InputError: There is none; the message has the nearest name.
    """
    if name in CASES:
        return _of(importlib.import_module(CASES[name].module), name)
    for point in entry_points(group=GROUP):
        if point.name == name:
            return _checked(point.load(), name, f"{_package(point)}: {point.value}")
    raise unknown("case", name, entries())


def is_file(name: str) -> bool:
    """Whether a case is named by its file."""
    return name.endswith(".py")


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.module


def _of_file(path: Path) -> AnyCase:
    """Import a user's file under a name of its own and return its case."""
    if not path.is_file():
        raise InputError("case", path, "is no file; lithode new NAME writes one to start from")
    name = f"lithode_case_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError("case", path, "cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickles look it up
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise InputError("case", path, f"line {error.lineno}: {error.msg}") from error
    except ImportError as error:
        raise InputError("case", path, f"cannot be imported: {error}") from error
    return _of(module, path)


def _of(module: ModuleType, name: object) -> AnyCase:
    return _checked(getattr(module, "CASE", None), name, module.__name__)


def _checked(found: object, name: object, place: str) -> AnyCase:
    if not _is_case(found):
        raise InputError("case", name, f"{place} defines no Case or StudyCase named CASE")
    return found


def _is_case(found: object) -> TypeGuard[AnyCase]:
    return isinstance(found, Case | StudyCase)
