"""The bilayer of graded-li3n: materials, geometry, bad input and a coarse run up to LZC."""

from __future__ import annotations

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.graded_li3n.bilayer.case import CASE
from lithode.cases.graded_li3n.bilayer.drawing import coarse_particles, layers
from lithode.cases.graded_li3n.bilayer.parameters import Parameters
from lithode.cases.graded_li3n.growth import parameters as growth
from lithode.core.errors import InputError
from lithode.core.parameters import describe
from lithode.engine.registry import find
from lithode.engine.runner import run_case
from lithode.meshes.shapes import bounds
from lithode.output.history import read_history
from lithode.solvers.numerics.march import march

# Two blocks at the walls and a channel of 16 um that lithium passes within a minute.
SMALL = {
    "width": 32.0,
    "height": 24.0,
    "layer_thickness": 13.0,
    "particle_positions": (4.0, 28.0),
    "particle_width": 8.0,
    "particle_height": 4.0,
    "particle_bevel": 1.0,
    "nuclei": 2,
    "nucleus_height": 2.0,
    "element_size": 1.6,
    "end_time": 90.0,
    "solver": "direct",
}


def test_the_case_is_found_and_says_where_its_numbers_are_from():
    assert find("graded-li3n/bilayer") is CASE
    quick, paper = (CASE.resolve(name) for name in ("quick", "paper"))
    assert paper.element_size < quick.element_size
    for row in describe(Parameters):
        assert row.meaning.strip(), row.name
        assert row.source.strip(), row.name
        assert row.source != "-" or row.value is None, row.name


def test_second_layers():
    lzc, lgps, none = (Parameters(second_layer=name).model for name in ("lzc", "lgps", "none"))
    assert lzc.regions["lzc"].rate_constant == lgps.regions["lgps"].rate_constant == 0
    assert lzc.regions["fine"].rate_constant > 0
    assert lzc.regions["lzc"].stiffness.shear == pytest.approx(25e3 / 2.6)
    assert lgps.regions["lgps"].conductivity == pytest.approx(1.2e6)  # uS/m
    assert set(none.regions) == {"fine", "coarse"}
    assert none.backstop is None
    assert layers(Parameters(second_layer="none")).regions == {"fine": 1, "coarse": 2}
    harder = Parameters(second_youngs_modulus="50 GPa", second_poissons_ratio=0.25)
    assert harder.model.regions["lzc"].stiffness.shear == pytest.approx(20e3)


@pytest.mark.parametrize("make", [Parameters, growth.Parameters])
def test_electrolytes(make):
    li3n, lpscl = (make(electrolyte=name).model.regions for name in ("li3n", "lpscl"))
    assert li3n["fine"].stiffness.shear == pytest.approx(48e3 / 2.5)
    assert lpscl["fine"].stiffness.shear == pytest.approx(22e3 / 2.74)
    assert lpscl["coarse"].stiffness == lpscl["fine"].stiffness
    assert lpscl["fine"].conductivity == pytest.approx(0.2e6)
    given = make(electrolyte="lpscl", conductivity="3 mS/cm").model.regions
    assert given["fine"].conductivity == pytest.approx(0.3e6)


def test_particles_carry_the_second_layer():
    p = Parameters()
    first, second = (bounds(particle.shape) for particle in coarse_particles(p))
    np.testing.assert_allclose(first[0], [0, 42])
    np.testing.assert_allclose(first[1], [28, 72])
    np.testing.assert_allclose(second[1], [80, 72])
    apart = coarse_particles(Parameters(particle_clearance=2.0))
    assert bounds(apart[0].shape)[1][1] == pytest.approx(70)
    blocks = coarse_particles(Parameters(particle_bevel=0.0))
    assert [len(block.shape.vertices) for block in blocks] == [4, 4]


@pytest.mark.parametrize(
    ("pairs", "field"),
    [
        (["layer_thickness=105um"], "layer_thickness"),
        (["layer_thickness=200um"], "layer_thickness"),
        (["particle_clearance=-5um"], "particle_clearance"),
        (["particle_clearance=0.1um"], "particles[0]"),
        (["particle_height=80um"], "particles[0]"),
        (["particle_bevel=20um"], "particle_bevel"),
        (["particle_positions=14,30"], "particles[1]"),
        (["particle_positions=5"], "particles[0]"),
        (["second_layer=lzco"], "second_layer"),
        (["electrolyte=lagp"], "electrolyte"),
        (["transport=ternary"], "transport"),
        (["concentration_limit=1"], "concentration_limit"),
        (["second_poissons_ratio=0.5"], "second_poissons_ratio"),
        (["initial_thickness=100um"], "initial_thickness"),
    ],
)
def test_mistakes_are_named_before_meshing(refused, pairs, field):
    builders = ["lithode.meshes.electrolyte.domain_from_gmsh"]
    refused(CASE.name, pairs, field=field, builders=builders)


# At the end of the small run. A change of the physics shows here, of the mesh generator hardly.
STORED = {
    "steric": {
        "mean_height [um]": (11.703, 2e-3),
        "covered_fraction [1]": (0.656, 0.05),
        "concentration_max [1]": (1.973, 0.01),
        "pressure_tip_mean [MPa]": (10.65, 0.03),
        "pressure_background [MPa]": (5.478, 0.01),
        "pressure_particle_mean [MPa]": (12.79, 0.02),
    },
    "single_ion": {
        "mean_height [um]": (10.966, 2e-3),
        "concentration_max [1]": (1.0, 1e-4),
        "pressure_background [MPa]": (4.826, 0.01),
        "pressure_particle_mean [MPa]": (12.11, 0.02),
        "pressure_transmitted_mean [MPa]": (-0.21, 0.1),
    },
}


# Height after 30 s and the background of the pressure, or nothing where there is none.
VARIANTS = {
    "lgps": ({"second_layer": "lgps"}, 9.409, 5.063),
    "lpscl": ({"electrolyte": "lpscl"}, 9.630, 4.300),
    "none": ({"second_layer": "none"}, 9.240, None),
    "binary": ({"transport": "binary"}, 12.307, 6.241),
    "two_potential": ({"charge": "two_potential"}, 7.566, 3.304),
}


def ended(comm, **changed):
    """The row at the end of a small run whose balances hold."""
    simulation = CASE.build(Parameters(**{**SMALL, **changed}), comm, None)
    result = march(simulation.model, simulation.control, simulation.end_time)
    assert result.status == "completed"
    row = simulation.model.measure()
    assert set(simulation.conservation) == {"lithium", "charge"}
    for name in simulation.conservation.values():
        assert row[name] < 1e-10, name
    return row


@pytest.mark.parametrize(
    "transport",
    [pytest.param(t, marks=pytest.mark.mpi if t == "steric" else ()) for t in STORED],
)
def test_coarse_run(comm, transport):
    row = ended(comm, transport=transport)
    for name, (expected, tolerance) in STORED[transport].items():
        assert row[name] == pytest.approx(expected, rel=tolerance), name


@pytest.mark.parametrize(
    "variant",
    [pytest.param(v, marks=pytest.mark.mpi if v == "two_potential" else ()) for v in VARIANTS],
)
def test_coarse_run_of_variants(comm, variant):
    changed, height, background = VARIANTS[variant]
    row = ended(comm, **changed, end_time=30.0)
    assert row["mean_height [um]"] == pytest.approx(height, rel=2e-3)
    assert row.get("pressure_background [MPa]") == pytest.approx(background, rel=0.01)
    if variant == "two_potential":
        faradaic = row["plating_current [A/m^2]"]
        assert row["counter_electrode_current [A/m^2]"] == pytest.approx(faradaic, rel=1e-6)
        assert row["electrode_current [A/m^2]"] == pytest.approx(-faradaic, rel=1e-6)


def test_run_draws_and_judges(tmp_path):
    values = {**SMALL, "end_time": 30.0, "output_times": (15.0, 30.0)}
    result = run_case("graded-li3n/bilayer", values=values, out=tmp_path / "out")
    assert result.status == "completed"
    assert not result.verdicts  # of a smaller layer the paper says nothing
    assert result.results["tip height"].unit == "um"
    assert len(list((tmp_path / "out/figures").glob("*.png"))) == 4
    history = read_history(tmp_path / "out/history.csv")
    assert history["concentration_max [1]"].max() < 2
    assert CASE.targets_of(CASE.resolve("quick", None, ["second_layer=lgps"])) == []
    assert "contact with LZC" in {target.name for target in CASE.targets_of(CASE.resolve("quick"))}


def judged(columns):
    """The verdict of each target on a history with columns given at the paper's times."""
    times = np.array([0.0, 1190.0, 1200.0, 1300.0, 1400.0, 2100.0])
    history = {"time [s]": times, **{key: np.array(values) for key, values in columns.items()}}
    history["tip_height [um]"] = np.full(6, 72.0)
    targets = CASE.targets_of(Parameters())
    return {target.name: target.judge(history, Parameters()) for target in targets}


AS_IN_THE_PAPER = {
    "covered_fraction [1]": [0.0, 0.0, 0.1, 0.9, 0.9, 0.9],
    "mean_height [um]": [6.0, 60.0, 61.0, 65.0, 66.0, 70.0],
    "pressure_transmitted_mean [MPa]": [np.nan, np.nan, 0.1, 0.3, 0.4, 1.5],
    "pressure_tip_mean [MPa]": [np.nan, np.nan, 11.0, 17.0, 17.0, 23.0],
}


@pytest.mark.parametrize(
    ("name", "column", "values", "computed", "reproduced"),
    [
        ("contact with LZC", "", [], 1200.0, True),
        ("contact with LZC", "covered_fraction", [0, 0, 0, 0, 0.1, 0.9], 1400.0, False),
        ("contact with LZC", "covered_fraction", [0.0] * 6, None, False),
        ("from contact to an interface covered but for its corners", "", [], 100.0, True),
        ("from contact to an interface covered but for its corners", "covered_fraction",
         [0, 0, 0.1, 0.8, 0.9, 0.9], 200.0, False),
        ("from contact to an interface covered but for its corners", "covered_fraction",
         [0, 0, 0.1, 0.8, 0.8, 0.8], None, False),
        ("lithium, 1300 to 2100 s", "", [], "accumulates", True),
        ("lithium, 1300 to 2100 s", "mean_height", [6, 60, 61, 65, 65, 66.4], "accumulates", True),
        ("lithium, 1300 to 2100 s", "mean_height", [6, 60, 61, 65, 66, 66.2], "stops", False),
        ("pressure transmitted to LZC, 2100 s", "", [], 1.5, True),
        ("pressure transmitted to LZC, 2100 s", "pressure_transmitted_mean",
         [np.nan, 0, 2, 2, 2, 0.95], 0.95, False),
        ("mean pressure at the tip, 1200 s", "", [], 11.0, True),
        ("mean pressure at the tip, 1200 s", "pressure_tip_mean", [10, 10, 7.9, 10, 10, 10], 7.9,
         False),
        ("mean pressure at the tip, 1200 s", "pressure_tip_mean", [np.nan] * 6, None, False),
        ("mean pressure at the tip, 1300 s", "", [], 17.0, True),
        ("mean pressure at the tip, 1300 s", "pressure_tip_mean", [18, 18, 18, 14, 18, 18], 14.0,
         False),
        ("mean pressure at the tip, 2100 s", "", [], 23.0, True),
        ("mean pressure at the tip, 2100 s", "pressure_tip_mean", [20, 20, 20, 20, 20, 25], 25.0,
         False),
    ],
)  # fmt: skip
def test_what_the_paper_saw_is_read_and_judged(name, column, values, computed, reproduced):
    unit = {"covered_fraction": "1", "mean_height": "um"}.get(column, "MPa")
    columns = {**AS_IN_THE_PAPER, **({f"{column} [{unit}]": values} if column else {})}
    verdict = judged(columns)[name]
    assert (verdict.computed, verdict.reproduced) == (computed, reproduced)


def test_a_run_that_ended_early_gives_no_late_numbers():
    target = next(t for t in CASE.targets if t.name == "lithium, 1300 to 2100 s")
    ones = {name: np.ones(3) for name in ("mean_height [um]", "tip_height [um]")}
    history = {"time [s]": np.array([0.0, 1300.0, 2000.0]), **ones}
    assert target.judge(history, Parameters()).computed is None


def test_no_gauges_without_a_second_layer():
    p = Parameters(**{**SMALL, "second_layer": "none"})
    row = CASE.build(p, MPI.COMM_SELF, None).model.measure()
    assert "covered_fraction [1]" not in row


@pytest.mark.mpi
def test_mesh_file_instead_of_the_geometry(comm, layers_file):
    given = {**SMALL, "particle_positions": (), "nuclei": 0, "mesh_unit": "mm"}
    path = layers_file(32e-3, {"fine": 13e-3, "lzc": 11e-3}, size=1e-3)
    model = CASE.build(Parameters(**given, mesh_file=path), comm, None).model
    assert set(model.domain.regions) == {"fine", "lzc"}
    assert model.measure()["lithium [um^2]"] == pytest.approx(32 * 6, rel=0.01)
    model.advance(0.01)
    assert model.measure()["covered_fraction [1]"] == 0.0
    with pytest.raises(InputError, match=r"mesh_file.*has no region coarse"):
        CASE.build(Parameters(**SMALL, mesh_file=path, mesh_unit="mm"), comm, None)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"second_layer": "none"},
        {"particle_positions": ()},
        {"second_layer": "lgps"},
        {"dimension": 3, "depth": 16.0, "particle_rows": ()},
    ],
)
def test_regions_are_named_in_the_order_of_the_drawn_ones(changes):
    p = Parameters(**{**SMALL, **changes})
    assert p.region_names == tuple(layers(p).regions)
