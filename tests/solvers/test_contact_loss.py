"""Contact lost by stripping: closed forms, splitting of steps, recovery, fit, resistance."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lithode.core.errors import InputError
from lithode.core.protocol import Protocol, Step
from lithode.solvers.contact_loss import one_way, resistance
from lithode.solvers.contact_loss.model import (
    Contact,
    completed_cycles,
    critical_current,
    follow,
    share_that_lasts,
)
from lithode.solvers.contact_loss.resistance import Resistances

CAPACITY, LIMIT = 162000.0, 18.0


def protocol(*steps: tuple[float, float, int]) -> Protocol:
    return Protocol(tuple(Step(Fraction(i), Fraction(t), k) for i, t, k in steps))


def cycling(currents, seconds: float = 1800.0) -> Protocol:
    return protocol(
        *(
            step
            for k, current in enumerate(currents, 1)
            for step in ((current, seconds, k), (0.0, 300.0, k), (-current, seconds, k))
        )
    )


@settings(max_examples=50)
@given(st.floats(1e3, 1e6), st.floats(1.0, 50.0), st.floats(0.01, 0.99), st.floats(0.3, 1.0))
def test_one_way_fails_at_the_closed_form(capacity, limit, part, initial):
    current = part * initial * limit
    contact = Contact(capacity, limit, initial=initial)
    whole = protocol((current, 2 * capacity / current, 1))
    course = follow(whole, contact)
    cut = whole.cut(int(course.step), float(course.since))
    expected = capacity * (initial - current / limit)
    assert course.step == 0
    assert float(cut.charge(cut.ends[-1])) == pytest.approx(expected, rel=1e-12)
    assert contact.one_way_capacity(current) == pytest.approx(expected, rel=1e-12)
    # What the engine passed is what the protocol passed, to the last bit of a float.
    assert cut.charge(cut.ends[-1]) == Fraction(current) * Fraction(float(course.since))
    assert course.charge == pytest.approx(expected, rel=1e-14)
    assert current / course.contact[0] == pytest.approx(limit, rel=1e-9)


@settings(max_examples=50)
@given(st.floats(5e4, 1e6), st.floats(8.0, 60.0))
def test_rising_currents_without_recovery_fail_at_the_closed_form(capacity, limit):
    steps = cycling([float(n) for n in range(1, 60)])
    course = follow(steps, Contact(capacity, limit))
    stripped, failed = {1: 0.0, -1: 0.0}, None
    for n in range(1, 60):
        for side in (1, -1):
            if n >= limit * (1 - stripped[-side] / capacity) and failed is None:
                failed = n
            stripped[side] += n * 1800
            if n >= limit * (1 - stripped[side] / capacity) and failed is None:
                failed = n
    assert completed_cycles(steps, course) == failed - 1
    assert critical_current(steps, course) == failed - 1


def test_a_failure_at_the_end_of_a_step_counts():
    """Q0 = 4.5 mAh/cm^2 and i* = 1.8 mA/cm^2 meet 0.9 mA/cm^2 just as its first half ends."""
    steps = cycling([float(n) for n in range(1, 20)])
    for shift, completed in ((0.0, 8), (1e-12, 8), (-1e-12, 8), (1e-6, 9)):
        course = follow(steps, Contact(CAPACITY * (1 + shift), LIMIT))
        assert completed_cycles(steps, course) == completed


@pytest.mark.parametrize("recovery", [0.0, 0.5, 0.9, 0.99])
def test_equal_cycles_fail_at_the_closed_form(recovery):
    current, charge = 3.0, 5400.0
    steps = cycling([current] * 4000)
    course = follow(steps, Contact(CAPACITY, LIMIT, recovery))
    # The left face has lost q (1 + (n - 1)(1 - r)) when it has been stripped n times.
    most = CAPACITY * (1 - current / LIMIT) / charge
    strips = math.ceil(1 + (most - 1) / (1 - recovery) - 1e-6)
    assert completed_cycles(steps, course) == strips - 1


CELLS = st.tuples(st.floats(3e4, 3e5), st.floats(5, 40), st.floats(0, 1), st.floats(0.3, 1))
STEPS = st.lists(
    st.tuples(
        st.floats(-10, 10).filter(lambda i: i == 0 or abs(i) > 1e-6),
        st.floats(1, 7200),
        st.floats(0.05, 0.95),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40)
@given(
    STEPS,
    CELLS,
    st.sampled_from(["share", "creep", "threshold"]),
    st.sampled_from(["apart", "series"]),
)
def test_splitting_steps_changes_nothing_and_lithium_is_conserved(steps, numbers, law, faces):
    capacity, limit, recovery, initial = numbers
    contact = Contact(capacity, limit, recovery, law, 4.0, initial, faces)
    whole = protocol(*((i, t, 1) for i, t, _ in steps))
    pieces = protocol(*(piece for i, t, x in steps for piece in ((i, x * t, 1), (i, t - x * t, 1))))
    one, two = follow(whole, contact), follow(pieces, contact)
    np.testing.assert_allclose(two.contact, one.contact, atol=1e-8)
    ends = [
        each.cut(int(course.step), float(course.since))
        for each, course in ((whole, one), (pieces, two))
    ]
    assert ends[0].ends[-1] == pytest.approx(ends[1].ends[-1], rel=1e-6)
    cut = ends[0]
    scale = float(cut.throughput(cut.ends[-1])) + 1.0
    assert abs(float(one.charge) - float(cut.charge(cut.ends[-1]))) < 1e-12 * scale
    lost = (initial - one.contact) * capacity
    np.testing.assert_allclose(lost, one.stripped - one.recovered, atol=1e-10 * (scale + capacity))
    assert np.all(one.contact <= initial + 1e-12)
    assert np.all(one.recovered <= one.stripped * (1 + 1e-9) + 1e-6)


def test_a_face_that_lost_contact_fails_as_it_is_plated():
    steps = protocol((2.0, 40000.0, 1), (-10.0, 1000.0, 1))
    course = follow(steps, Contact(CAPACITY, LIMIT, recovery=0.9))
    assert course.contact[0] == pytest.approx(1 - 80000 / CAPACITY)
    assert (course.step, course.since) == (1, 0)
    assert steps.cut(1, 0.0).charge(1e9) == 80000
    # The other way round the fresh face is plated, and all is well.
    there = follow(protocol((2.0, 40000.0, 1), (10.0, 1000.0, 1)), Contact(CAPACITY, 40.0))
    assert there.step == 2


@pytest.mark.parametrize("recovery", [0.0, 0.4, 1.0])
def test_faces_in_series_fail_where_neither_has_lost(recovery):
    first, current, initial = 30000.0, 9.0, 0.9
    contact = Contact(CAPACITY, LIMIT, recovery, initial=initial, faces="series")
    steps = protocol((first / 5000, 5000.0, 1), (-current, 1e5, 1))
    course = follow(steps, contact)
    # Of 0.9 half must be left; the face stripped first wins back until it is whole.
    spare = (initial - current / LIMIT) * CAPACITY - first
    charge = spare / (1 - recovery) if recovery * spare < (1 - recovery) * first else spare + first
    assert course.step == 1
    assert course.since == pytest.approx(charge / current)
    assert course.contact.sum() - initial == pytest.approx(current / LIMIT)
    assert -course.charge + first == pytest.approx(charge)


def test_equal_cycles_of_faces_in_series_fail_at_the_closed_form():
    steps, charge, recovery = cycling([3.0] * 600), 5400.0, 0.9
    course = follow(steps, Contact(CAPACITY, LIMIT, recovery, faces="series"))
    # Each half-cycle loses q and wins back r q on the other face, but for the first.
    most = CAPACITY * (1 - 3.0 / LIMIT) / charge
    half_cycles = np.arange(1, 1200)
    lost = 1 + (half_cycles - 1) * (1 - recovery)
    failing = int(np.argmax(lost >= most - 1e-9))
    assert completed_cycles(steps, course) == failing // 2


def test_many_cells_are_as_each_alone():
    steps = cycling(np.linspace(0.5, 25, 40))
    capacities, recoveries = np.array([8e4, 2e5, 5e5]), np.array([[0.0], [0.7], [1.0]])
    contact = Contact(capacities, np.array([12.0, 18.0, np.inf]), recoveries)
    together = follow(steps, contact, trace=True)
    assert together.trace.shape[1:] == (2, 3, 3)
    for j, recovery in enumerate(recoveries[:, 0]):
        for k in range(3):
            limit = contact.limiting_current[k]
            alone = follow(steps, Contact(capacities[k], limit, recovery))
            assert (alone.step, alone.since) == (together.step[j, k], together.since[j, k])
            np.testing.assert_array_equal(alone.contact, together.contact[:, j, k])


def test_recovery_by_the_current():
    contact = Contact(1.0, 1.0, 0.8, "creep", 4.0)
    assert [contact.recovered_share(i) for i in (2.0, 4.0, 8.0)] == [0.8, 0.8, 0.4]
    contact = replace(contact, law="threshold")
    assert [contact.recovered_share(i) for i in (2.0, 4.0, 4.1)] == [0.8, 0.8, 0.0]


@pytest.mark.parametrize(
    ("steps", "limit", "completed", "current"),
    [
        ([(5, 0), (1, 1), (-1, 1), (4, 2)], 4.0, 0, 0.0),
        ([(5, 0), (1, 1), (-1, 1), (4, 2)], 100.0, 2, 5.0),
        ([(1, 1), (-1, 1), (3, 2), (-9, 2)], 5.0, 1, 1.0),
        ([(1, 1), (-1, 1), (3, 2), (-3, 2), (9, 0)], 5.0, 2, 3.0),
        ([(1, 0), (-2, 0), (9, 0)], 5.0, 0, 2.0),
    ],
)
def test_steps_outside_of_cycles(steps, limit, completed, current):
    steps = protocol(*((i, 10.0, k) for i, k in steps))
    course = follow(steps, Contact(1e5, limit))
    assert completed_cycles(steps, course) == completed
    assert critical_current(steps, course) == current


def test_rounding_does_not_decide_at_the_plated_face():
    """The left face keeps 0.6 of its contact, at which 6 A/m^2 of at most 10 fail."""
    for shift, failed in ((0.0, 1), (1e-12, 1), (-1e-12, 1), (-1e-6, 2)):
        steps = protocol((2.0, 20000.0, 1), (-6.0 * (1 + shift), 10.0, 1))
        course = follow(steps, Contact(1e5, 10.0, recovery=0.5))
        assert course.step == failed


def test_recovery_that_lasts():
    steps, contact = cycling([3.0] * 600), Contact(CAPACITY, LIMIT)
    found = share_that_lasts(steps, contact, 257)
    assert found == pytest.approx(1 - (25 - 1) / (257 - 1), abs=1e-5)
    for share, lasts in ((found, True), (found - 1e-4, False)):
        course = follow(steps, replace(contact, recovery=share))
        assert (completed_cycles(steps, course) >= 257) == lasts
    assert share_that_lasts(steps, contact, 3) == 0
    assert math.isnan(share_that_lasts(cycling([20.0] * 9), contact, 9))


def test_fit():
    currents = np.array([2.0, 6.0])
    capacity, limit = one_way.fit(currents, np.array([144000.0, 108000.0]))
    assert (capacity, limit) == (pytest.approx(CAPACITY), pytest.approx(LIMIT))
    rng = np.random.default_rng(3)
    currents = np.linspace(1, 8, 6)
    measured = 1e5 * (1 - currents / 20) * rng.normal(1, 0.05, (4, 6))
    capacity, limit = one_way.fit(currents, measured)
    for row, q, i in zip(measured, capacity, limit, strict=True):
        slope, top = np.polyfit(currents, row, 1, w=1 / row)
        assert (q, i) == (pytest.approx(top), pytest.approx(-top / slope))
    flat, none = one_way.fit(np.array([1.0, 2.0]), np.array([3.0, 3.5]))
    assert none == np.inf
    assert 3 < flat < 3.5


def test_resistance():
    cell = Resistances(pellet=100.0, interface=8.0, resistivity=0.2)

    def at(left, right, loss, spot=50.0, initial=1.0):
        faces = np.array([[left], [right]])
        return float(resistance.area_resistance(faces, cell, loss, spot, initial)[0])

    for loss in ("spots", "edge", "opposite"):
        assert at(1.0, 1.0, loss) == pytest.approx(108, rel=1e-3)
    assert at(0.5, 0.8, "edge") == at(0.5, 0.5, "edge") == pytest.approx(216)
    assert at(0.7, 0.8, "opposite") == pytest.approx(216)
    assert at(0.5, 0.8, "opposite", initial=0.9) == pytest.approx(108 / 0.4)
    assert at(0.5, 1.0, "spots", 0.0) == pytest.approx(100 + 8 + 4)
    # A small contact: rho / (4 a) on pi b^2, less the tube.
    radius = math.sqrt(1e-4) * 50.0
    lone = 0.2 / (4 * radius) * math.pi * 50.0**2 * (1 - 1.40978e-2)
    assert at(1e-4, 1.0, "spots") - at(1e-4, 1.0, "spots", 0.0) == pytest.approx(lone, rel=1e-3)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["Li,0.2 mA/cm^2"], "row 1 has more or fewer cells"),
        (["Li,0.2,4 mAh/cm^2"], "table row 1 current = 0.2: has no unit; give one like mA/cm\\^2"),
        (["Li,0.2 mA/cm^2,4"], "table row 1 capacity = 4: has no unit"),
        (["Li,-1 mA/cm^2,4 mAh/cm^2"], "current = -1 mA/cm\\^2: must be greater than 0"),
        (["Li,1 mA/cm^2,0 mAh/cm^2"], "capacity = 0 mAh/cm\\^2: must be greater than 0"),
        (["Li,1 mA/cm^2,4 mA/cm^2"], "capacity = 4 mA/cm\\^2: give a number in mAh/cm\\^2"),
        (["a b,1 mA/cm^2,4 mAh/cm^2"], "a layer is named"),
        (["Li,1 mA/cm^2,4 mAh/cm^2"] * 2, "table = Li: needs charges at two currents"),
    ],
)
def test_bad_tables(tmp_path, lines, message):
    path = tmp_path / "cac.csv"
    path.write_text("\n".join(["layer,current,capacity", *lines, ""]))
    with pytest.raises(InputError, match=message) as caught:
        one_way.read_layers(path)
    assert "\n" not in str(caught.value)
