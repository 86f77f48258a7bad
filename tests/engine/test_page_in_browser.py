"""report.html in a headless Chromium, where that, chromedriver and Selenium are installed.

``LITHODE_PACKAGES='chromium-headless-shell chromium-driver python3-selenium' ./env.sh run ...``
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvista

import lithode
from lithode.core.axis import TIME
from lithode.engine import page
from lithode.engine.registry import locate
from lithode.engine.rundir import RunDirectory
from lithode.engine.sweep import plan as plans
from lithode.engine.sweep import summary
from lithode.engine.sweep.points import run_points
from lithode.plots.interactive import of_fields

webdriver = pytest.importorskip("selenium.webdriver")
if not shutil.which("chromium-headless-shell") or not shutil.which("chromedriver"):
    pytest.skip("no headless Chromium", allow_module_level=True)

OPTIONS = (
    "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--window-size=1200,900",
)  # fmt: skip
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium-headless-shell")
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def result(toy_case, tmp_path: Path) -> lithode.RunResult:
    return lithode.run("toy", out=tmp_path / "a", cells=4, end_time="2 s")


def errors(browser: Any) -> list[Any]:
    return [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def open_page(browser: Any, path: Path) -> None:
    """Open a page, and check that it is at ease and asks for nothing but itself."""
    errors(browser)
    browser.get_log("performance")
    browser.get(path.resolve().as_uri())
    for _ in range(200):
        if browser.execute_script("return document.documentElement.dataset.ready"):
            break
        time.sleep(0.1)
    else:
        pytest.fail(f"not ready: {errors(browser)}")
    assert errors(browser) == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [
        path.resolve().as_uri()
    ]


def move(browser: Any, place: int) -> None:
    browser.execute_script(
        "const time = document.getElementById('time'); time.value = arguments[0];"
        "time.dispatchEvent(new Event('input'));",
        place,
    )


def text_of(browser: Any, name: str) -> str:
    return browser.execute_script(f"return document.getElementById('{name}').textContent")


def test_diagrams_are_drawn_and_the_slider_moves(browser, result):
    open_page(browser, result.directory / "report.html")
    lines = "return document.querySelectorAll('#history-chart .scatterlayer .trace').length"
    assert browser.execute_script(lines) == 1
    shown = []
    for place in range(3):
        move(browser, place)
        shown.append(browser.execute_script("return document.getElementById('frame').src"))
        assert text_of(browser, "time-shown") == f"t = {place} s"
    assert len(set(shown)) == 3
    width = browser.execute_script(
        "return document.querySelector('#history-chart .main-svg').clientWidth"
    )
    assert width > 900
    assert errors(browser) == []


@pytest.fixture
def sweep(toy_case, tmp_path: Path) -> Path:
    """Return the page of a sweep, one point in which has failed."""
    vary = ["factor=1..3:3", "rows=3..6:2", "diverges=false,true"]
    plan = plans.new(locate("table"), tmp_path / "s", vary)
    plan.prepare()
    run_points(plan, range(9))
    summary.conclude(plan)
    return plan.path / "report.html"


def test_a_sweep_has_a_map_and_a_table(browser, sweep):
    open_page(browser, sweep)
    chosen = "return document.getElementById(arguments[0]).selectedOptions[0].textContent"
    drawn = "return document.querySelectorAll('#map-chart .main-svg .trace').length"
    assert browser.execute_script(drawn) >= 1
    change = (
        "const select = document.getElementById(arguments[0]); select.value = arguments[1];"
        "select.dispatchEvent(new Event('change'));"
    )
    title = "return document.querySelector('#map-chart .xtitle').textContent"
    before = browser.execute_script(chosen, "map-x"), browser.execute_script(title)
    browser.execute_script(change, "map-x", 1)
    after = browser.execute_script(chosen, "map-x"), browser.execute_script(title)
    for name, shown in (before, after):
        assert shown.startswith(name)
    assert before != after
    rows = "return document.querySelectorAll('#points ~ * tbody tr, #points ~ table tr').length"
    assert browser.execute_script(rows) >= 12
    assert "the toy cannot go on" in browser.execute_script("return document.body.textContent")
    assert errors(browser) == []


def test_a_sweep_over_a_grid_has_contours(browser, toy_case, tmp_path):
    plan = plans.new(locate("table"), tmp_path / "s", ["factor=1..3:3", "rows=3..6:4"])
    plan.prepare()
    run_points(plan, range(12))
    summary.conclude(plan)
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    try:
        open_page(browser, plan.path / "report.html")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
        drawn = "return document.querySelectorAll('#map-chart .contourlayer .contour').length"
        assert browser.execute_script(drawn) == 1
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_it_fits_a_phone(browser, result):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    try:
        open_page(browser, result.directory / "report.html")
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_it_is_dark_where_the_system_is(browser, result):
    def prefer(scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def colours() -> list[str]:
        return browser.execute_script(
            "return [getComputedStyle(document.body).backgroundColor,"
            "document.querySelector('#history-chart .main-svg').style.background]"
        )

    prefer("light")
    open_page(browser, result.directory / "report.html")
    assert colours() == ["rgb(255, 255, 255)"] * 2
    prefer("dark")
    time.sleep(0.5)
    assert colours() == ["rgb(20, 24, 31)"] * 2
    prefer("light")


def test_a_scene_and_lines_are_drawn(browser, result, monkeypatch):
    grid = pyvista.ImageData(dimensions=(4, 4, 5)).cast_to_unstructured_grid().triangulate()
    z = np.asarray(grid.points, dtype=float)[:, 2]
    grid["order_parameter"], grid["temperature"] = 0.5 - 0.1 * (z - 1.5), 300 + z
    line = pyvista.UnstructuredGrid(
        {pyvista.CellType.LINE: np.array([[0, 1], [1, 2]])}, np.eye(3) * [0, 1, 0] + [[0, 0, 0]] * 3
    )
    line.points[:, 0] = (0, 1, 2)
    line["temperature"] = [1.0, 2.0, 4.0]
    directory = RunDirectory(result.directory)
    for fields, drawn in (
        ({0.0: grid, 1.0: grid}, "canvas"),
        ({0.0: line, 1.0: line}, ".scatterlayer .trace"),
    ):
        monkeypatch.setattr(page, "_fields", lambda _, f=fields: of_fields(f, TIME))
        open_page(browser, page.write(directory, result.summary, None))
        count = f"return document.querySelectorAll('#fields-chart {drawn}').length"
        assert browser.execute_script(count) >= 1
        move(browser, 0)
        assert text_of(browser, "time-shown") == "t = 0 s"
        assert errors(browser) == []
