"""Protocols: what they become, exact charge, and what is refused in one line."""

from __future__ import annotations

from fractions import Fraction

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from lithode.core import protocol
from lithode.core.errors import InputError

CYCLE = """
- repeat: 3
  steps:
    - {current: 0.3 mA/cm^2, capacity: 0.1 mAh/cm^2}
    - {rest: 10 min}
    - {current: -0.3 mA/cm^2, capacity: 0.1 mAh/cm^2}
"""


def parse(text):
    return protocol.parse(yaml.safe_load(text))


def test_steps_in_coherent_units():
    p = parse(CYCLE)
    assert len(p.steps) == 9
    assert [step.cycle for step in p.steps] == [1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [float(step.current) for step in p.steps[:3]] == [3.0, 0.0, -3.0]
    assert p.ends[:3] == pytest.approx((1200.0, 1800.0, 3000.0))


def test_increments_and_nested_repeats():
    p = parse("""
- {rest: 1 s}
- repeat: 2
  steps:
    - repeat: 3
      steps:
        - {current: 0.1 mA/cm^2, increment: 0.1 mA/cm^2, time: 30 min}
    - {rest: 5 s}
""")
    assert [round(float(s.current), 9) for s in p.steps] == [0, 1, 2, 3, 0, 1, 2, 3, 0]
    assert [s.cycle for s in p.steps] == [0, 1, 2, 3, 0, 4, 5, 6, 0]
    assert p.cycles == 6


def test_a_balanced_protocol_passes_nothing_net():
    p = parse(CYCLE)
    assert p.charge(p.ends[-1]) == 0
    # 0.1 mAh/cm^2 is 3600 C/m^2 up to the rounding of its text, six times the same number.
    one = p.steps[0].charge
    assert one == Fraction(3600.0) or abs(one - 3600) < 1e-9
    assert p.throughput(p.ends[-1]) == 6 * one
    assert p.charge(p.ends[0]) == p.charge(p.ends[1]) == one
    assert p.charge(-1.0) == 0
    assert p.charge(1e9) == 0


STEPS = st.lists(
    st.tuples(
        st.floats(-8, 8).filter(lambda i: abs(i) > 1e-3),
        st.sampled_from(["time", "capacity"]),
        st.floats(1e-3, 50),
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=40)
@given(STEPS, st.integers(1, 40), st.lists(st.floats(0, 1), max_size=5))
def test_charge_is_conserved_to_the_last_bit(steps, count, parts):
    units = {"time": "s", "capacity": "mAh/cm^2"}
    there = [{"current": f"{i!r} mA/cm^2", kind: f"{x!r} {units[kind]}"} for i, kind, x in steps]
    back = [{**step, "current": f"{-i!r} mA/cm^2"} for step, (i, *_) in zip(there, steps)]  # noqa: B905
    p = protocol.parse([{"repeat": count, "steps": [*there, *back]}])
    assert p.charge(p.ends[-1]) == 0
    assert p.throughput(p.ends[-1]) == sum(abs(step.charge) for step in p.steps)
    passed = Fraction(0)
    for end, step in zip(p.ends, p.steps):  # noqa: B905
        passed += step.charge
        assert p.charge(end) == passed
    # Any division of the time gives pieces that add up to the whole.
    times = sorted({0.0, *(part * p.ends[-1] for part in parts), p.ends[-1]})
    pieces = [p.throughput(b) - p.throughput(a) for a, b in zip(times, times[1:])]  # noqa: B905,RUF007
    assert sum(pieces) == p.throughput(p.ends[-1])
    assert all(piece >= 0 for piece in pieces)


def test_which_step_runs_where_two_meet():
    p = parse(CYCLE)
    assert (p.index(p.ends[0], after=False), p.index(p.ends[0], after=True)) == (0, 1)
    assert p.index(0.0, after=True) == 0
    assert p.index(p.ends[-1], after=True) == 8


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("- {current: 1 mA/cm^2, time: -5 s}", ["entry 1 time = -5 s", "greater than 0"]),
        ("- {rest: 0 s}", ["entry 1 rest = 0 s", "greater than 0"]),
        ("- {current: 1 mA/cm^2, capacity: -1 mAh/cm^2}", ["capacity", "greater than 0"]),
        ("- {curent: 1 mA/cm^2, time: 5 s}", ["entry 1 column = curent", "did you mean current?"]),
        ("- {current: 1, time: 5 s}", ["entry 1 current = 1", "no unit", "mA/cm^2"]),
        ("- {current: 1 mA/cm^2, time: 5}", ["entry 1 time = 5", "no unit"]),
        ("- {current: 1 mA, time: 5 s}", ["entry 1 current = 1 mA", "mA/cm^2"]),
        ("- {current: 0 mA/cm^2, time: 5 s}", ["entry 1 current", "a pause is a rest"]),
        ("- {current: 1 mA/cm^2}", ["entry 1 = current", "must have"]),
        ("- {current: 1 mA/cm^2, time: 5 s, capacity: 1 mAh/cm^2}", ["must have"]),
        ("- 5", ["entry 1 = 5", "must have"]),
        ("rest: 5 s", ["list of steps"]),
        ("[]", ["list of steps"]),
        ("- {repeat: 0, steps: [{rest: 1 s}]}", ["entry 1 repeat = 0", "whole number"]),
        ("- {repeat: 2.5, steps: [{rest: 1 s}]}", ["repeat = 2.5"]),
        ("- {repeat: 2, steps: [{rest: -1 s}]}", ["entry 1 entry 1 rest = -1 s"]),
        ("- {repeat: 1000000, steps: [{rest: 1 s}]}", ["more than"]),
        (
            "- {repeat: 4, steps: [{current: 1 mA/cm^2, increment: -0.5 mA/cm^2, time: 1 s}]}",
            ["change its sign"],
        ),
        ("- {current: '0,3 mA/cm^2', time: 5 s}", ["current = 0,3 mA/cm^2", "decimal point"]),
        ("- {current: 1 mA/cm^2, time: [1]}", ["entry 1 time = [1]", "give a number in s"]),
        ("- {current: 1 mA/cm^2, time: 1 2}", ["entry 1 time = 1 2", "give a number in s"]),
        ("- {rest: {a: 1}}", ["entry 1 rest = {'a': 1}", "give a number in s"]),
    ],
)
def test_mistakes_are_named(text, parts):
    with pytest.raises(InputError) as caught:
        parse(text)
    line = str(caught.value)
    assert "\n" not in line
    for part in parts:
        assert part in line


def test_files(tmp_path):
    (tmp_path / "a.yaml").write_text(CYCLE)
    assert protocol.read(tmp_path / "a.yaml") == parse(CYCLE)
    (tmp_path / "a.yaml").write_text("- {current: [")
    with pytest.raises(InputError, match="is not YAML"):
        protocol.read(tmp_path / "a.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        protocol.read(tmp_path / "b.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {rest: 1 s}\n- {rest: 1 s, rest: 2 s}", "protocol line 2 = rest: is there twice"),
        ("- repeat: 2\n  steps: [{rest: 1 s}]\n  repeat: 3", "protocol line 3 = repeat"),
    ],
)
def test_a_repeated_key_is_refused(tmp_path, text, message):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        protocol.read(tmp_path / "a.yaml")
    assert "\n" not in str(caught.value)


def test_a_cut_keeps_the_exact_charge():
    p = parse(CYCLE)
    third = p.steps[0].duration / 3
    cut = p.cut(3, float(third))
    assert len(cut.steps) == 4
    assert cut.charge(cut.ends[-1]) == p.steps[3].current * Fraction(float(third))
    assert cut.throughput(cut.ends[-1]) == 2 * p.steps[0].charge + cut.charge(cut.ends[-1])
    assert cut.ends[-1] == pytest.approx(float(p.steps[0].duration) * (2 + 1 / 3) + 600)
    assert p.cut(9, 0.0) is p
    assert p.cut(0, -1.0).steps[0].duration == 0
    assert p.cut(0, 1e9).steps == p.steps[:1]


def test_a_protocol_is_chosen_by_name_or_file(tmp_path):
    (tmp_path / "cycle.yaml").write_text(CYCLE)
    assert protocol.choose("cycle", tmp_path) == parse(CYCLE)
    (tmp_path / "own.yml").write_text("- {rest: 1 h}\n")
    assert len(protocol.choose(str(tmp_path / "own.yml"), tmp_path).steps) == 1
    with pytest.raises(InputError, match="protocol = cycles: must be one of cycle, or a file"):
        protocol.choose("cycles", tmp_path)
    with pytest.raises(InputError, match=r"gone.yaml: cannot be read"):
        protocol.choose("gone.yaml", tmp_path)
