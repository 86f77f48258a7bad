"""Own stacks of layers and compositions in the cases of Wang 2024: one form, an answer each."""

from __future__ import annotations

import pytest
from mpi4py import MPI

from lithode.cases.wang2024.cells.limits import limits_of_measured, limits_of_run
from lithode.cases.wang2024.cells.parameters import Parameters as Cells
from lithode.cases.wang2024.criterion.parameters import Parameters as Criterion
from lithode.cases.wang2024.criterion.parameters import closed_form
from lithode.cases.wang2024.gradient.parameters import Parameters as Gradient
from lithode.cases.wang2024.gradient.parameters import interlayers
from lithode.cases.wang2024.measured import DUAL_LAYER, at_content, electronic_range
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.solvers.numerics.march import march

DUAL = {"layer_thicknesses": (27.25, 27.25), "layer_contents": (7.0, 2.0)}
DUAL_PAIRS = [f"{name}={','.join(map(str, values))}" for name, values in DUAL.items()]
THREE = ["layer_thicknesses=20,15,25", "layer_contents=12,3,0.2"]
SAFE = "safe up to (CCD), two potentials"


def swept(name, pairs, comm=MPI.COMM_SELF):
    """Return the last row of a sweep of a case."""
    case = find(name)
    simulation = case.build(case.resolve(None, None, pairs), comm, None)
    march(simulation.model, simulation.control, simulation.end_time)
    return simulation.model.measure()


def test_the_papers_dual_layer_as_an_own_stack_gives_its_numbers():
    """In all three cases, and by both models."""
    sweep = ["currents=3,6", "element_size=2"]
    built_in, own = (
        swept("wang2024/gradient", [*sweep, *more])
        for more in ([], ["layer_contents=7,2", "layer_thicknesses=27.25,27.25"])
    )
    alone = swept("wang2024/criterion", [*sweep, *DUAL_PAIRS])
    checked = 0
    for column, value in built_in.items():
        name, _, unit = column.partition(" [")
        if "defect" in name or "iterations" in name:
            continue
        assert own[f"{name.replace('_dual', '_stack')} [{unit}"] == pytest.approx(value, rel=1e-9)
        if name.endswith("_dual"):
            single = f"{name.removesuffix('_dual')} [{unit}"
            assert alone[single] == pytest.approx(value, rel=1e-6), column
            checked += 1
    assert checked > 5
    assert closed_form(Criterion(**DUAL)).verdict == interlayers(Gradient())["dual"].form.verdict
    cells, papers = limits_of_run(Cells(**DUAL)), limits_of_measured(Cells(), DUAL_LAYER)
    assert (cells.least, cells.limit) == (pytest.approx(papers.least), papers.limit)


@pytest.mark.parametrize("name", ["wang2024/criterion", "wang2024/gradient"])
def test_three_layers_end_with_an_answer(tmp_path, name):
    """With named results, no verdict, and a word where a content is beyond the measured ones."""
    sweep = ["currents=0.5,2,6", "element_size=2"]
    run = run_case(name, pairs=[*THREE, *sweep], out=tmp_path / "a")
    assert run.status == "completed"
    assert run.verdicts == []
    label = " (stack)" if "gradient" in name else ""
    assert 0 < run.results[f"{SAFE}{label}"].value <= 6
    assert run.results[f"what limits it, closed form{label}"].value
    lower, upper = (
        run.results[f"safe up to (CCD), closed form{label}, {word} end of the conductivity"].value
        for word in ("lower", "upper")
    )
    assert lower != upper
    assert min(lower, upper) > 0
    contents = run.results["contents of carbon nanotubes"].value
    assert contents == "beyond the measured 0.5 to 50 % (0.2 %): by the fitted law alone"
    found = run.results["electronic conductivity, layer 3"].value
    low, high = electronic_range(0.2)
    assert low < found < high
    assert any(line.startswith("electrons at 12 / 3 / 0.2 % CNT") for line in _findings(run))
    assert max(run.summary["conservation"].values()) < 1e-10
    assert (run.directory / "figures" / "profiles.png").is_file()


def _findings(run):
    return run.summary["findings"]


def test_compositions_between_the_papers_move_as_physics_says():
    """More electrons at the electrolyte: more lithium there. At lithium: nuclei reach further."""
    sweep = ["currents=3", "element_size=4", "layer_thicknesses=20,20,20"]
    near = [
        swept("wang2024/criterion", [*sweep, f"layer_contents=7,4,{content}"])
        for content in (0.5, 1, 2, 4)
    ]
    plated = [row["reaction_current_electrolyte [A/m^2]"] for row in near]
    assert plated == sorted(plated)
    shares = [0.1 * row / 3 for row in plated]
    parts = [(each.electronic.value, each.ionic.value) for each in map(at_content, (0.5, 1, 2, 4))]
    assert shares == pytest.approx([e / (e + li) for e, li in parts], rel=0.25)
    lengths = [
        float(
            closed_form(
                Criterion(layer_thicknesses=(20, 20, 20), layer_contents=(content, 2, 1))
            ).nucleation_length(30.0)
        )
        for content in (1, 2, 4, 8)
    ]
    assert lengths == sorted(set(lengths))


@pytest.mark.parametrize("parts", [(60.0,), (10.0, 50.0), (5.0, 15.0, 25.0, 15.0)])
def test_layers_alike_are_one(parts):
    """However it is cut, by content or by its conductivities; the graded one is level then."""
    alike = {"layer_thicknesses": parts, "layer_contents": (12.0,) * len(parts)}
    whole = closed_form(Criterion(thickness=60, cnt_content=12)).verdict
    assert closed_form(Criterion(**alike)).verdict.current == pytest.approx(whole.current)
    for profile in interlayers(Gradient(cnt_content=12, **alike)).values():
        assert profile.form.verdict.current == pytest.approx(whole.current, rel=1e-6)
    lists = [f"{name}={','.join(map(str, values))}" for name, values in alike.items()]
    sweep = ["currents=2", "element_size=2"]
    one = swept("wang2024/criterion", [*sweep, "thickness=60", "cnt_content=12"])
    cut = swept("wang2024/criterion", [*sweep, *lists])
    for name in ("lithium_share [1]", "potential [V]", "nucleation_length [um]"):
        assert cut[name] == pytest.approx(one[name], rel=0.02), name


def test_given_conductivities_go_before_those_of_a_content():
    p = Criterion(
        **DUAL, layer_conductivities=(1e-4, 1e-6), layer_ionic_conductivities=(1e-3, 2e-3)
    )
    assert [layer.electronic for layer in p.layers] == [1e-4, 1e-6]
    assert [layer.ionic for layer in p.layers] == [1e-3, 2e-3]
    assert p.at_ends is None
    assert [layer.ionic for layer in Criterion(**DUAL, ionic_conductivity=5e-4).layers] == [
        5e-4
    ] * 2


@pytest.mark.mpi
@pytest.mark.parametrize("name", ["wang2024/criterion", "wang2024/gradient"])
def test_ranks_and_dimensions_agree(comm, name):
    pairs = [*THREE, "currents=2", "width=6", "element_size=2"]
    together, alone = (
        swept(name, [*pairs, "dimension=2"], group) for group in (comm, MPI.COMM_SELF)
    )
    line = swept(name, pairs)
    assert together.keys() == alone.keys() == line.keys()
    for column, value in alone.items():
        if "defect" not in column and "variation" not in column:
            assert together[column] == pytest.approx(value, rel=1e-7, abs=1e-9), column
            assert line[column] == pytest.approx(value, rel=0.1), column


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (["layer_thicknesses=10,20"], "give one for each of the 2 layer_thicknesses"),
        (["layer_contents=7,2"], "give one for each of the 0 layer_thicknesses"),
        (["layer_thicknesses=10,20", "layer_contents=5"], "give one for each of the 2"),
        (["layer_thicknesses=10,-20", "layer_contents=7,2"], "must be above 0"),
        (["layer_thicknesses=10,20", "layer_contents=95,2"], "must be 0.05 to 90"),
        ([*DUAL_PAIRS, "layer_ionic_conductivities=1e-4"], "give one for each of the 2"),
    ],
)
@pytest.mark.parametrize(
    "name", ["wang2024/cells", "wang2024/criterion", "wang2024/gradient", "wang2024/transport"]
)
def test_bad_input(refused, name, pairs, words):
    builders = [] if "cells" in name else ["lithode.cases.wang2024.design_model.layered_interval"]
    refused(name, pairs, words, builders=builders)


@pytest.mark.mpi
def test_transport_through_a_stack(comm, tmp_path):
    """Layers alike are one; electrons get further into a better conductor at lithium."""
    coarse = ["element_size=4", "element_size_far=8", "end_time=0.5s", "output_times=0.1"]

    def last(*pairs):
        return swept("wang2024/transport", [*coarse, *pairs], comm)

    halves = "layer_thicknesses=10,80"
    alike, one = (
        row["plating_current [A/m^2]"] for row in (last(halves, "layer_contents=5,5"), last())
    )
    assert alike == pytest.approx(one, rel=0.03)
    rows = [last(halves, f"layer_contents={content},0.5") for content in (0.5, 2, 5)]
    (column,) = (name for name in rows[0] if name.startswith("electrons ["))
    rising = [row[column] for row in rows]
    assert rising == sorted(set(rising))
    pairs = [*coarse, "layer_thicknesses=10,30,40", "layer_contents=7,2,0.2"]
    run = run_case("wang2024/transport", pairs=pairs, out=tmp_path / "t")
    assert run.verdicts == []
    assert run.results["where lithium nucleates"].value
    assert "0.2 %" in run.results["contents of carbon nanotubes"].value
    assert max(run.summary["conservation"].values()) < 1e-9
