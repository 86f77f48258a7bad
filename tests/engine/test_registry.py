"""The index of cases against the cases."""

from __future__ import annotations

import importlib
import pkgutil

import lithode.cases
from lithode.cases.index import CASES
from lithode.engine.registry import entries, find


def test_the_index_is_what_the_cases_say(toy_case):
    assert find("toy") is toy_case
    assert "toy" in entries()
    for name, entry in CASES.items():
        if entry.title != "a toy":
            case = find(name)
            assert (case.name, case.title, tuple(case.presets)) == (
                name,
                entry.title,
                entry.presets,
            )


def test_the_index_has_every_case_of_the_package():
    packages = [p for p in pkgutil.walk_packages(lithode.cases.__path__, "lithode.cases.")]
    modules = (importlib.import_module(package.name) for package in packages)
    named = {module.CASE.name for module in modules if hasattr(module, "CASE")}
    assert named == set(CASES)
