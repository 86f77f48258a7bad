"""Files of 0.1 are read, or refused with what to do; renamed parameters name their new name."""

from __future__ import annotations

import json

import h5py
import pytest

import lithode
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, quantity, with_overrides
from lithode.core.schema import SCHEMA
from lithode.engine.rundir import read_input
from lithode.engine.runner import run_case

INPUT = """\
# Input of this run, every value resolved. To repeat it: lithode run --from case.yaml
case: toy
version: 0.1.0
petsc_options: []
parameters:
  # [um] width of the plate
  width: 20.0
  # [s] when to end
  end_time: 1.0
  preset: quick
"""
SUMMARY = {
    "case": "toy", "version": "0.1.0", "parameters_hash": "0123456789abcdef", "status": "completed",
    "event": None, "message": "", "time": 1.0, "ranks": 1, "unknowns": 81, "steps": 2,
    "rejected_steps": 0, "nonlinear_iterations": 2, "linear_iterations": 20, "wall_seconds": 0.5,
    "conservation": {"heat": 1e-15}, "health": [],
    "targets": [{"name": "mean at the end", "paper": 0.6, "bound": None, "computed": 0.8,
                 "unit": "K", "kind": "predicted", "tolerance": 0.2, "reproduced": False,
                 "ratio": 1.33}],
    "findings": ["the plate keeps 0.8 K"],
}  # fmt: skip


def test_an_input_of_0_1_runs(toy_case, tmp_path):
    (tmp_path / "old.yaml").write_text(INPUT)
    run_case(from_file=tmp_path / "old.yaml", out=tmp_path / "a")
    assert f"schema: {SCHEMA}\n" in (tmp_path / "a" / "case.yaml").read_text()
    assert read_input(tmp_path / "a" / "case.yaml").parameters["width"] == 20.0


def test_a_summary_of_0_1_is_loaded(tmp_path):
    (tmp_path / "case.yaml").write_text(INPUT)
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY))
    old = lithode.load(tmp_path)
    assert old.status == "completed"
    assert [v.reproduced for v in old.verdicts] == [False]
    assert dict(old.results) == {}
    assert "mean at the end" in str(old)
    assert "toy" in old._repr_html_()


def test_a_checkpoint_of_0_1_is_refused_with_what_to_do(toy_case, tmp_path):
    run_case("toy", values={"end_time": 1.0, "cells": 4}, out=tmp_path / "a")
    for file in (tmp_path / "a" / "checkpoint").iterdir():
        with h5py.File(file, "r+") as content:
            header = json.loads(content.attrs["lithode_checkpoint"])
            kept = {k: v for k, v in header.items() if k not in ("values", "digests", "schema")}
            content.attrs["lithode_checkpoint"] = json.dumps({**kept, "version": "0.1.0"})
            del content.attrs["lithode_digest"]
    with pytest.raises(InputError, match=r"of version 0\.1\.0.*lithode run --from"):
        run_case(out=tmp_path / "a", resume=True)


@pytest.mark.parametrize("schema", [SCHEMA + 1, 0, "two", 1.5, True])
def test_files_of_a_later_version_are_refused(tmp_path, schema):
    (tmp_path / "case.yaml").write_text(f"schema: {json.dumps(schema)}\n{INPUT}")
    with pytest.raises(InputError, match="schema"):
        read_input(tmp_path / "case.yaml")
    (tmp_path / "case.yaml").write_text(INPUT)
    (tmp_path / "summary.json").write_text(json.dumps({**SUMMARY, "schema": schema}))
    with pytest.raises(InputError, match="schema"):
        lithode.load(tmp_path)


class Parameters(CaseParameters):
    renamed = {"breadth": "width"}  # noqa: RUF012

    width: float = quantity(1.0, "um", "width", source="tests", provenance="assumed")


def test_a_renamed_parameter_names_its_new_name():
    with pytest.raises(InputError, match="breadth: is called width now"):
        with_overrides(Parameters, {"breadth": 3.0})
