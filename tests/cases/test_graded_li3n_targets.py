"""What a run of graded-li3n is held to have shown."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.cases.graded_li3n.growth.case import CASE
from lithode.cases.graded_li3n.growth.parameters import Parameters
from lithode.cases.graded_li3n.growth.simulation import coarse_particles
from lithode.meshes.shapes import bounds

UNITS = {"contact_coarse": "1", "overhang": "1", "lobes": "1", "lithium_fraction_coarse": "1"}


def judged(particles, times=(0.0, 600.0, 1150.0, 1800.0), **columns):
    """The verdict of each target on a history made of columns."""
    units = {name: UNITS.get(name, "um" if "height" in name else "MPa") for name in columns}
    history = {f"{name} [{units[name]}]": np.array(values) for name, values in columns.items()}
    p = Parameters(particles=particles)
    history["time [s]"] = np.array(times)
    return {target.name: target.judge(history, p) for target in CASE.targets_of(p)}


FIRST, NEEDLES, BRANCHES = "growth, 600 s", "growth, 1800 s", "side branches, 1800 s"
PASSED = "coarse particles, 1800 s"


@pytest.mark.parametrize(
    ("early", "tip", "overhang", "lobes", "found"),
    [
        (21.0, 60.0, 0.2, 2, ("needles", "needles", "branching")),
        (14.0, 48.1, 0.11, 1, ("flat", "needles", "no branching")),
        (14.0, 47.9, 0.09, 3, ("flat", "flat", "no branching")),
    ],
)
def test_needles_from_the_start_and_branches_of_more_than_one_lobe(
    early, tip, overhang, lobes, found
):
    assert Parameters().nucleus_height == 4.0
    verdicts = judged(
        "fine",
        tip_height=[9.0, early, 30.0, tip],
        mean_height=[6.0, 12.0, 25.0, 40.0],
        overhang=[0.0, 0.0, 0.0, overhang],
        lobes=[0.0, 0.0, 1.0, lobes],
        pressure_mean_fine=[0.0, 5.0, 5.0, 7.0],
    )
    assert tuple(verdicts[name].computed for name in (FIRST, NEEDLES, BRANCHES)) == found
    assert verdicts[NEEDLES].reproduced == (found[1] == "needles")
    assert verdicts["pressure at the Li interface, 1800 s"].reproduced
    assert verdicts[FIRST].target.kind == "predicted"


@pytest.mark.parametrize(
    ("above", "inside", "computed"),
    [
        (1.0, 0.0, "bypass"),
        (1.0, 0.09, "bypass"),
        (1.0, 0.11, "no bypass"),
        (-1.0, 0.0, "no bypass"),
    ],
)
def test_lithium_has_gone_by_particles_when_it_is_past_their_tops(above, inside, computed):
    boxes = [bounds(particle.shape) for particle in coarse_particles(Parameters())]
    top = sorted(upper[-1] for _, upper in boxes)[1]
    assert 59 < top < 63
    verdicts = judged(
        "graded",
        tip_height=[9.0, 15.0, 30.0, top + above],
        lithium_fraction_coarse=[0.0, 0.0, 0.0, inside],
        contact_coarse=[0.0, 0.0, 0.6, 0.9],
        pressure_max_coarse=[0.0, 0.0, 10.0, 20.0],
    )
    verdict = verdicts[PASSED]
    assert (verdict.computed, verdict.reproduced) == (computed, computed == "bypass")
    assert verdicts["contact with coarse particles"].computed == 1150.0
    share = verdicts["Li share of coarse particles below the tip, 1800 s"]
    assert share.reproduced == (inside == 0)


EARLY = (0.0, 600.0, 1150.0, 1700.0)
ALL = ("tip_height", "mean_height", "overhang", "lobes", "lithium_fraction_coarse",
       "contact_coarse", "pressure_max_coarse", "pressure_mean_fine")  # fmt: skip


@pytest.mark.parametrize("particles", ["fine", "graded"])
def test_a_run_that_ended_early_gives_no_late_verdicts(particles):
    verdicts = judged(particles, times=EARLY, **dict.fromkeys(ALL, [0.0] * 4))
    del verdicts["applied overpotential"]
    verdicts.pop(FIRST, None)
    assert {verdict.computed for verdict in verdicts.values()} == {None}


def test_a_run_that_ended_by_a_short_circuit_is_judged_by_its_last_state():
    columns = {**dict.fromkeys(ALL, [0.0] * 4), "tip_height": [9.0, 15.0, 40.0, 86.5]}
    verdicts = judged(
        "graded",
        times=EARLY,
        **columns,
    )
    assert verdicts[PASSED].computed == "bypass"
    assert verdicts["largest pressure at coarse particles, 1800 s"].computed == 0.0
