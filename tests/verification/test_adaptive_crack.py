"""A mesh that follows a crack changes what a run costs, and nothing that it says."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from mpi4py import MPI

from lithode.cases.fracture import stalled_crack
from lithode.cases.fracture.critical_current.parameters import PRESETS, CriticalCurrentParameters
from lithode.cases.graded_li3n.fracture import simulation as particle
from lithode.cases.graded_li3n.fracture.parameters import Parameters as Particle
from lithode.cases.verification.growing_crack import simulation as growing
from lithode.cases.verification.growing_crack.parameters import GrowingCrackParameters
from lithode.meshes.refined import Remesher
from lithode.solvers.lithium_crack.growth import GrowingCrack, Steps
from lithode.solvers.numerics.march import march
from tests.verification.diary import Diary

FLAW = CriticalCurrentParameters(
    **{**PRESETS["quick"], "mesh": "adaptive", "volume_step": 0.2, "last_volume": 3.0}
)


def swept(comm, domain=None, **changed):
    made = stalled_crack.simulation(FLAW.model_copy(update=changed), comm, domain)
    diary = Diary()
    march(made.model, made.control, made.end_time, made.output_times, [diary])
    return made.model, diary


@pytest.fixture(scope="module")
def following():
    return swept(MPI.COMM_WORLD)


def mesh_of(model):
    return model.domain.mesh.geometry.x


def as_fine_along_the_path(following):
    """Bisect the base of a mesh to one size wherever the crack goes and around."""
    model, p = following[0], FLAW
    size, top = stalled_crack.geometry(p).size, p.longest + 8 * p.length

    def sizes(points):
        beyond = np.maximum(abs(points[:, 0]) - 6 * p.length, points[:, 1] - top)
        return size + 0.3 * np.maximum(beyond, 0.0)

    return Remesher.again(model.domain).remade(sizes)


def test_it_says_what_a_mesh_as_fine_along_the_path_says(following):
    """The same cells around the crack: what differs is adaptation alone."""
    model, diary = following
    _, other = swept(MPI.COMM_SELF, as_fine_along_the_path(following), mesh="fixed")
    assert model.adaptations >= 2
    assert diary.unknowns[0] < diary.unknowns[-1] < 0.8 * other.unknowns[0]
    assert diary.column("crack_top [um]")[-1] > 14
    tops = (d.column("crack_top [um]") for d in (diary, other))
    np.testing.assert_allclose(*tops, rtol=1e-12)
    # Away from the crack cells are coarser, which makes the block stiffer.
    for name, tolerance in (
        ("pressure [MPa]", 1e-2),
        ("current_density [A/m^2]", 1e-2),
        ("crack_length [um]", 2e-3),
    ):
        np.testing.assert_allclose(diary.column(name), other.column(name), rtol=tolerance)


# What a transfer keeps; a potential that is not linear changes on finer cells.
KEPT = ("pressure [MPa]", "elastic_energy [uJ/m]", "fracture_energy [uJ/m]", "crack_length [um]")


def test_nothing_heals_and_no_energy_is_lost_from_mesh_to_mesh(following):
    model, _ = following
    old = model.model
    cracks = [old.steady.crack]
    ahead = model._watch.front(old.front()[1]) + np.array([0.0, 3.0])
    model._adapt(np.concatenate([model._watch.front(old.front()[1]), ahead]))
    cracks.append(model.model.steady.crack)
    assert cracks[1].unknowns > cracks[0].unknowns
    rows = [{**crack.measure(), "volume": crack.filled.volumes().sum()} for crack in cracks]
    for name in (*KEPT, "volume"):
        assert rows[1][name] == pytest.approx(rows[0][name], rel=1e-9), name
    broken = [crack.tip.broken() for crack in cracks]
    gaps = np.linalg.norm(broken[1][:, None] - broken[0], axis=2)
    assert gaps.min(axis=0).max() < 1e-9


def run_on(comm, **changed):
    """Fill the flaw by steps, of which the last lets the crack run by three lengths."""
    p = FLAW.model_copy(update={"length_ratio": 0.1, **changed})
    model = stalled_crack.simulation(p, comm, None).model
    for share in (1.0, 1.2, 1.7):
        trial = model.advance(share * p.critical_volume - model.time)
        made = model.adaptations
        model.accept()
    return p, model, trial, made


@pytest.mark.mpi
def test_a_crack_that_runs_out_of_its_cells_is_followed_within_the_step():
    p, model, trial, made = run_on(MPI.COMM_WORLD)
    row = model.measure()
    assert row["crack_top [um]"] > p.flaw_length + 3 * p.length
    assert (made, model.adaptations) == (1, 1)
    assert model.clearance() > 2 * p.length
    assert trial.nonlinear_iterations > 0
    _, alone, *_ = run_on(MPI.COMM_SELF)
    assert alone.unknowns == model.unknowns
    for name, value in alone.measure().items():
        assert row[name] == pytest.approx(value, rel=1e-3, abs=1e-9), name


@pytest.mark.slow
def test_a_jump_is_followed_wherever_it_goes():
    """At more than the critical current, in steps of any length: thirteen lengths in one."""
    ends = []
    for mesh in ("adaptive", "fixed"):
        p = GrowingCrackParameters(
            length_ratio=0.1, elements_per_length=2, last_volume=3, mesh=mesh
        )  # fmt: skip
        current = 1.5 * p.critical_current_of(p.flaw_length)
        model = stalled_crack.on_mesh(p, MPI.COMM_SELF, None, partial(jumping, p, current))
        for dt in (1.2, 1.2, 1.2, 2.4):
            model.advance(dt)
            model.accept()
        ends.append((model, model.measure()))
    (adaptive, one), (_, other) = ends
    assert one["jumps [1]"] == other["jumps [1]"] == 1
    assert adaptive.adaptations >= 2
    assert one["crack_top [um]"] > 20
    assert one["crack_top [um]"] == pytest.approx(other["crack_top [um]"], abs=1)
    assert one["pressure [MPa]"] == pytest.approx(other["pressure [MPa]"], rel=0.02)
    assert one["lithium_defect [1]"] < 1e-9


def jumping(p, current, domain):
    remake = partial(stalled_crack.fracture, p)
    steps = Steps(volume=1e3, share=1, run=1, jump=1e3)
    return GrowingCrack(remake(domain), p.lithium, lambda _: current, steps, remake=remake)


def test_growth_across_meshes_is_resumed_to_the_last_bit():
    p = GrowingCrackParameters(**{
        "length_ratio": 0.2, "elements_per_length": 2, "volume_share": 0.3, "mesh": "adaptive",
        "last_volume": 2, "rise_time": 2, "last_current": 4,
    })  # fmt: skip
    whole = growing.build(p, MPI.COMM_SELF, None).model
    control = whole.model.control(0.2, 0.5)
    march(whole, control, 1.9)
    state = whole.state()
    resumed = growing.build(p, MPI.COMM_SELF, whole.domain).model
    for name, function in resumed.state().functions.items():
        function.x.array[:] = state.functions[name].x.array
    resumed.restore(state.scalars)
    assert whole.adaptations == 0
    for model in (whole, resumed):
        march(model, control, 2.2)
        assert model.adaptations >= 1
    ends = [{name: f.x.array for name, f in m.state().functions.items()} for m in (whole, resumed)]
    for name, values in ends[0].items():
        np.testing.assert_array_equal(values, ends[1][name], err_msg=name)
    assert resumed.measure() == whole.measure()
    assert whole.measure()["lithium_defect [1]"] < 1e-9


def test_cells_are_fine_along_a_crack_that_turns():
    """It leaves its line for a tough particle, which no mesh made beforehand knows."""
    p = Particle(mesh="adaptive", length=4, elements_per_length=2, toughness_ratio=10, offset=6)
    model = particle.build(p, MPI.COMM_SELF, None).model
    for volume in p.volumes[1:-1:5]:
        model.advance(volume - model.time)
        model.accept()
    aside = abs(model.model.steady.tip.broken()[:, 0] - p.geometry.width / 2)
    assert aside.max() > 2.5 * p.length
    assert model.adaptations >= 2
    # The edge of regular cells, within half a bisection.
    assert model.front_size() == pytest.approx(p.element_size, rel=0.2)
