"""report.html: what it shows, what it keeps out, and what a browser makes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import pyvista

import lithode
from lithode.core.axis import TIME
from lithode.engine import page, report
from lithode.plots.interactive import of_fields

NASTY = "</script><script>alert(1)</script>"


@pytest.fixture
def result(toy_case, tmp_path: Path) -> lithode.RunResult:
    return lithode.run("toy", out=tmp_path / "a", cells=4, end_time="2 s")


def page_of(result: lithode.RunResult) -> str:
    return (result.directory / "report.html").read_text()


def data_of(text: str) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def without_plotly(text: str) -> str:
    return re.sub(r'id="plotly">[^<]*', "", text)


def test_it_says_all_there_is_to_know_of_a_run_and_asks_for_nothing(result):
    text = page_of(result)
    for words in (
        "toy: completed", "mean at the end", "NOT reproduced", "predicted 0 of 1", "Inputs",
        "numerical: ours", "cells across", "the plate burns", "largest relative defect",
        "Krylov iterations", "DOLFINx", "ParaView 5.12",
    ):  # fmt: skip
        assert words in text, words
    data = data_of(text)
    assert data["fields"]["times"] == ["t = 0 s", "t = 1 s", "t = 2 s"]
    assert "mean" in [entry["label"] for entry in data["history"]["shown"]]
    assert not data["history"]["logarithmic"]
    decades = {"frequency [Hz]": np.geomspace(1, 1e6, 9), "impedance [ohm]": np.ones(9)}
    assert page._history(decades)["logarithmic"]
    # Nothing can leave it.
    text = without_plotly(text)
    assert "default-src 'none'" in text
    addresses = re.findall(r'(?:src|href)="([^"]*)"', text)
    assert addresses
    assert all(address.startswith(("data:", "#")) or not address for address in addresses)
    assert not re.search(r"https?:|@import|url\(", text)


def test_texts_of_files_are_texts(result):
    file = result.directory / "summary.json"
    summary = json.loads(file.read_text())
    summary["results"][0]["name"] = summary["title"] = summary["event"] = NASTY
    summary["targets"][0]["source"] = summary["health"][0]["meaning"] = NASTY
    history = result.directory / "history.csv"
    history.write_text(history.read_text().replace("mean [K]", f"{NASTY} [K]"))
    page.write(report.RunDirectory(result.directory), summary, None)
    text = page_of(result)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    labels = [entry["label"] for entry in data_of(text)["history"]["shown"]]
    assert NASTY in labels


def test_without_plotly_it_has_pictures(result, monkeypatch):
    assert 'id="plotly"' in page_of(result)
    page._plotly.cache_clear()
    monkeypatch.setattr(page.importlib.util, "find_spec", lambda name: None)
    summary = dict(result.summary)
    page.write(report.RunDirectory(result.directory), summary, None)
    page._plotly.cache_clear()
    text = page_of(result)
    assert 'id="plotly"' not in text
    assert re.search(r'<img src="data:image/webp[^>]*alt="history of the run"', text)
    assert len(text) < 300_000


def test_lines_and_scenes_are_data_for_its_script(result, monkeypatch):
    line = pyvista.UnstructuredGrid({pyvista.CellType.LINE: np.array([[0, 1]])}, np.eye(3)[:2])
    block = pyvista.ImageData(dimensions=(2, 2, 2)).cast_to_unstructured_grid().triangulate()
    for grid, kind in ((line, "lines"), (block, "scene")):
        grid["temperature"] = np.arange(grid.n_points, dtype=float)
        found = of_fields({0.0: grid}, TIME)
        monkeypatch.setattr(page, "_fields", lambda _, found=found: found)
        page.write(report.RunDirectory(result.directory), result.summary, None)
        text = page_of(result)
        assert data_of(text)["fields"]["kind"] == kind
        # Only scenes need functions made of texts.
        assert ("unsafe-eval" in without_plotly(text)) == (kind == "scene")


def test_a_page_that_cannot_be_made_ends_no_run(toy_case, tmp_path, monkeypatch, caplog):
    def fail(*_: object, **__: object) -> None:
        raise ValueError("no page today")

    monkeypatch.setattr(page, "write", fail)
    result = lithode.run("toy", out=tmp_path / "a", cells=4, end_time="1 s")
    assert result.status == "completed"
    assert not (tmp_path / "a" / "report.html").exists()
    assert "no report.html" in caplog.text
