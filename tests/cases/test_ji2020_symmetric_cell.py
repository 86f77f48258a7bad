"""The symmetric cell as a case: stored numbers on 1 and 2 ranks, protocols, bad input."""

from __future__ import annotations

import pytest

from lithode.cases.ji2020.symmetric_cell.case import CASE
from lithode.cases.ji2020.symmetric_cell.parameters import protocol_of
from lithode.core.errors import InputError
from lithode.engine import report
from lithode.engine.runner import run_case
from lithode.output.history import read_history

PATCHES = [
    "dimension=2", "contact_share=0.5", "columns=4", "element_size=4", "tolerance=0.02",
]  # fmt: skip

COARSE = ["element_size=2", "tolerance=0.01", "curve_points=1"]


def last(result):
    return {name: values[-1] for name, values in read(result).items()}


def read(result):
    return read_history(result.directory / "history.csv")


def found(result, name):
    return next(v for v in result.verdicts if v.target.name == name)


@pytest.mark.mpi
def test_stored_numbers(tmp_path, comm):
    result = run_case(CASE.name, preset="quick", out=tmp_path / "a", comm=comm)
    assert result.status == "completed"
    row = last(result)
    assert row["voltage [mV]"] == pytest.approx(-248.0, abs=1.0)
    assert row["depth_left [um]"] == pytest.approx(1.330, rel=5e-3)
    assert row["depth_right [um]"] == pytest.approx(1.330, rel=5e-3)
    assert row["net_charge [mAh/cm^2]"] == 0
    assert row["throughput [mAh/cm^2]"] == pytest.approx(1.8 + 2 / 3)
    assert result.summary["conservation"]["charge"] < 1e-8
    assert found(result, "first voltage at 0.3 mA/cm^2").computed == pytest.approx(301.57, abs=0.01)
    assert found(result, "resistance of the layers").reproduced
    if comm.rank == 0:
        names = {file.name for file in (result.directory / "figures").glob("*.png")}
        assert names == {"history.png", "profiles.png"}
        remade, _ = report.remake(result.directory)
        assert [t["computed"] for t in remade["targets"]] == [v.computed for v in result.verdicts]
        assert "um deep" in remade["findings"][1]


def test_patches_of_contact(tmp_path, comm):
    path = tmp_path / "a.yaml"
    if comm.rank == 0:
        path.write_text("- {current: 0.3 mA/cm^2, capacity: 0.3 mAh/cm^2}\n")
    comm.Barrier()
    pairs = [*PATCHES, f"protocol={path}"]
    result = run_case(CASE.name, pairs=pairs, out=tmp_path / "a", comm=comm)
    row = last(result)
    # Lithium fills the pores under the contact only, and the rest makes the current spread.
    assert row["depth_max_left [um]"] > 1.9 * row["depth_left [um]"] > 0
    assert row["plated_max_left [mA/cm^2]"] == pytest.approx(0.6, rel=0.1)
    assert row["area_resistance [ohm cm^2]"] == pytest.approx(749.8, rel=2e-3)
    assert result.summary["conservation"]["charge"] < 1e-8
    assert not result.verdicts


def test_the_activation_of_the_paper(tmp_path):
    result = run_case(CASE.name, pairs=COARSE, out=tmp_path / "a")
    stored = {
        "plateau at 0.3 mA/cm^2": (59.9, False),
        "V/i on the plateau": (199.8, True),
        "cycle from which it is within 10 mV of the plateau": (7, False),
    }
    assert result.results["voltage after 5 cycles"].value == pytest.approx(73.2, rel=0.01)
    for name, (value, reproduced) in stored.items():
        verdict = found(result, name)
        assert verdict.computed == pytest.approx(value, rel=0.01)
        assert verdict.reproduced == reproduced


# Computed value with its relative tolerance, and whether it is what the paper has.
PRESETS = {
    "capacity": {
        "V/i at 3 over V/i at 0.3 mA/cm^2": (0.935, 2e-3, True),
    },
    "time": {
        "V/i from 1 to 6 mA/cm^2 at 1 h": ("less than Ohm", None, True),
    },
    "long": {
        "V/i after 220 h": (183.66, 2e-3, False),
    },
}


RESULTS = {
    "time": {
        "V/i at 6 over V/i at 0.3 mA/cm^2": (0.867, 3e-3),
        "depth of lithium in the pores, left": (15.33, 0.01),
    },
    "long": {"depth of lithium in the pores, left": (7.23, 0.01)},
}


@pytest.mark.slow
@pytest.mark.parametrize("preset", list(PRESETS))
def test_the_other_presets_give_what_the_docs_say(preset, tmp_path):
    result = run_case(CASE.name, preset=preset, pairs=COARSE, out=tmp_path / "a")
    assert result.status == "completed"
    assert result.summary["conservation"]["charge"] < 1e-8
    for name, (value, tolerance, reproduced) in PRESETS[preset].items():
        verdict = found(result, name)
        assert verdict.reproduced is reproduced
        expected = value if tolerance is None else pytest.approx(value, rel=tolerance)
        assert verdict.computed == expected
    for name, (value, tolerance) in RESULTS.get(preset, {}).items():
        assert result.results[name].value == pytest.approx(value, rel=tolerance)


def test_plateau_is_counted_once_and_nothing_follows_by_construction():
    """What is input in nine tenths, or falls in any such model, is no prediction."""
    by_name = {t.name: t for t in CASE.targets}
    lithium = "ji2020/symmetric-cell: lithium's part of V/i on the plateau"
    for name in ("plateau at 0.3 mA/cm^2", "V/i on the plateau"):
        assert by_name[name].repeats == lithium
    for name in ("V/i at 3 over V/i at 0.3 mA/cm^2", "V/i from 1 to 6 mA/cm^2 at 1 h"):
        assert by_name[name].kind == "verification"


def test_a_stack_of_ones_own_is_not_held_against_the_paper():
    """The stack of docs/ji2020-symmetric-cell.md used to print three "NOT reproduced"."""
    own = ["thicknesses=30,500", "conductivities=1e-4,2e-3", "junction_resistances=5"]
    assert not CASE.targets_of(CASE.resolve(pairs=own))
    for pair in ("pore_diameter=0.37", "contact_area=0.3", "exchange_current_density=1"):
        assert not CASE.targets_of(CASE.resolve(pairs=[pair]))
    assert CASE.targets_of(CASE.resolve(pairs=COARSE))


def test_a_single_layer_and_a_resumed_run(tmp_path):
    (tmp_path / "a.yaml").write_text("- {current: 1 mA/cm^2, time: 10 min}\n- {rest: 5 min}\n")
    pairs = [
        f"protocol={tmp_path / 'a.yaml'}", "thicknesses=100", "conductivities=1 mS/cm",
        "junction_resistances=", "element_size=4", "curve_points=60",
    ]  # fmt: skip
    result = run_case(CASE.name, pairs=pairs, out=tmp_path / "a")
    history = read(result)
    assert history["voltage [mV]"][0] == pytest.approx(10.0 + 2 * 187.0819, rel=1e-5)
    assert history["voltage [mV]"][-1] == pytest.approx(0, abs=1e-9)
    assert result.results["first voltage"].value == pytest.approx(10.0 + 2 * 187.0819, rel=1e-5)
    assert result.results["area resistance of layers and junctions"].value == pytest.approx(10.0)
    assert not result.verdicts
    again = run_case(resume=True, out=tmp_path / "a")
    assert again.status == "completed"
    assert last(again) == last(result)
    (tmp_path / "a.yaml").write_text("- {current: 2 mA/cm^2, time: 10 min}\n- {rest: 5 min}\n")
    with pytest.raises(InputError, match=r"protocol: passes a charge of 12000 .* passed 6000: "):
        run_case(resume=True, out=tmp_path / "a")
    assert last(again) == last(result)


@pytest.mark.parametrize("name", ["activation", "capacity", "time", "long", "short"])
def test_every_protocol_returns_all_lithium(name):
    p = protocol_of(CASE.resolve(pairs=[f"protocol={name}"]))
    assert p.charge(p.ends[-1]) == 0
    hours = {"activation": 60, "capacity": 60, "time": 72, "long": 220, "short": 6}[name]
    assert p.ends[-1] / 3600 == pytest.approx(hours, rel=0.2)


@pytest.mark.parametrize(
    ("pairs", "parts"),
    [
        (["protocol=nothing"], ["protocol = nothing", "activation", ".yaml"]),
        (["protocol=gone.yaml"], ["protocol = gone.yaml", "cannot be read"]),
        (["thicknesses=200,0,200"], ["thicknesses = 0", "greater than 0"]),
        (["thicknesses="], ["thicknesses"]),
        (["thicknesses=200,800"], ["conductivities = 3 numbers", "2 layers need 2"]),
        (["junction_resistances=3"], ["junction_resistances = 1 numbers"]),
        (["conductivities=1e-3,-1,1e-3"], ["conductivities = -1"]),
        (["conductivities=1 ohm,1,1"], ["conductivities = 1 ohm"]),
        (["element_size=100"], ["element_size = 100", "quarter"]),
        (["contact_share=0.5"], ["contact_share", "dimension=2"]),
        (["dimension=2", "contact_share=0.33"], ["contact_share", "whole number"]),
        (["dimension=3"], ["dimension"]),
        (["contact_area=0"], ["contact_area"]),
    ],
)
def test_bad_input_is_refused_before_meshing(refused, pairs, parts):
    refused(CASE.name, pairs, *parts, builders=["lithode.meshes.stack.build"])


def test_a_bad_protocol_is_named(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("- {current: 1 mA/cm^2, time: -1 h}\n")
    with pytest.raises(InputError, match="protocol entry 1 time = -1 h: must be greater than 0"):
        run_case(CASE.name, pairs=[f"protocol={path}"], out=tmp_path / "b")


def test_petsc_options_are_checked(tmp_path):
    with pytest.raises(InputError, match="-cell_snes_rtoll"):
        run_case(
            CASE.name, preset="quick", petsc_options=["-cell_snes_rtoll", "1e-3"],
            out=tmp_path / "a",
        )  # fmt: skip
