"""Steps as texts of PyBaMM's experiments, and conditions in a protocol."""

from __future__ import annotations

import pytest

from lithode.core import protocol
from lithode.core.errors import InputError


@pytest.mark.parametrize(
    ("text", "current", "seconds", "voltage", "until"),
    [
        ("Discharge at 0.3 mA/cm2 for 1 hour", 3.0, 3600, None, None),
        ("Charge at 0.3 mA cm-2 for 30 minutes", -3.0, 1800, None, None),
        ("discharge at 1 mA/cm^2 for 2 hours until 0.2 V", 10.0, 7200, None, 0.2),
        ("Discharge at 1 mA/cm2 for 2 hours or until 200 mV", 10.0, 7200, None, 0.2),
        ("Charge at 1 mA/cm2 until 0.2 V", -10.0, 86400, None, 0.2),
        ("Rest for 90 seconds", 0.0, 90, None, None),
        ("Hold at 50 mV for 1 hour", 0.0, 3600, 0.05, None),
        ("Hold at 50 mV until 0.05 mA/cm2", 0.0, 86400, 0.05, 0.5),
        ("Discharge at 1.5 mA for 1 hour", 30.0, 3600, None, None),
        ("Hold at 1 V until 5 mA", 0.0, 86400, 1.0, 100.0),
        ("Discharge at 1C for 1 hour", 30.0, 3600, None, None),
        ("Charge at C/10 for 10 hours", -3.0, 36000, None, None),
        ("Charge at 0.5 C until 0.2 V", -15.0, 86400, None, 0.2),
        ("Hold at 1 V until C/50", 0.0, 86400, 1.0, 0.6),
    ],
)
@pytest.mark.parametrize("capacity", ["3 mAh/cm^2", "1.5 mAh", "1.5e-3 A h"])
def test_texts(text, current, seconds, voltage, until, capacity):
    content = {"area": "0.5 cm^2", "capacity": capacity, "steps": [text]}
    (step,) = protocol.parse(content).steps
    assert float(step.current) == pytest.approx(current)
    assert float(step.duration) == seconds
    assert step.voltage == (None if voltage is None else pytest.approx(voltage))
    assert step.until == (None if until is None else pytest.approx(until))


def test_texts_and_mappings_within_a_repeat():
    found = protocol.parse(
        [
            {
                "repeat": 2,
                "steps": [
                    "Discharge at 1 mA/cm2 for 1 hour",
                    {"current": "-1 mA/cm^2", "capacity": "1 mAh/cm^2", "until": "0.3 V"},
                    {"voltage": "-20 mV", "time": "1 h", "until": "0.1 mA/cm^2"},
                ],
            }
        ]
    )
    assert [step.cycle for step in found.steps] == [1, 1, 1, 2, 2, 2]
    assert found.steps[2].voltage == pytest.approx(-0.02)
    assert found.is_conditional
    with pytest.raises(InputError, match="step 2: has a voltage or until"):
        found.fixed("protocol")
    assert not protocol.parse(["Rest for 1 hour"]).is_conditional


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (["Discharge at 1C for 1 hour"], "is a C-rate, which needs the cell's capacity"),
        (["Hold at 1 V until C/50"], "give capacity: beside steps:"),
        ({"capacity": "3 mAh/cm^2", "steps": ["Charge at C/0 for 1 hour"]}, "like 1C, 0.5C or C/1"),
        ({"capacity": "3 mAh", "steps": ["Charge at 1C for 1 hour"]}, "capacity"),
        ({"capacity": "0 mAh/cm^2", "steps": ["Charge at 1C for 1 hour"]}, "greater than 0"),
        ({"capacity": "3", "steps": ["Charge at 1C for 1 hour"]}, "has no unit"),
        ({"area": "1 cm^2", "capacity": "3 s", "steps": ["Rest for 1 hour"]}, "capacity"),
        (["Discharge at 2 W for 1 hour"], "powers and resistances are not known"),
        (["Discharge at 1 mA for 1 hour"], "area: beside steps:"),
        (["Discharge at 4 Ohm for 1 hour"], "powers and resistances are not known"),
        (["Discharge at 1 mA/cm2"], "give one like"),
        (["Discharge for 1 hour"], "give one like"),
        (["Rest at 1 mA/cm2 for 1 hour"], "give one like"),
        (["Rest until 1 V"], "a rest has no until"),
        (["Rest for 1 hour until 1 V"], "a rest has no until"),
        (["Run US06"], "give one like"),
        (["Discharge at x mA/cm2 for 1 hour"], "current"),
        (["Discharge at 1 mA/cm2 for 1 hour until 3 A"], "until"),
        (["Charge at 1 mA/cm2 for 0 hours"], "greater than 0"),
        ([{"voltage": "1 V"}], "must have"),
        ([{"voltage": "1 V", "time": "1 h", "until": "1 V"}], "until"),
        ([{"voltage": "1 V", "time": "1 h", "increment": "1 mA/cm^2"}], "must have"),
        (
            [{"current": "1 mA/cm^2", "time": "1 h", "until": "-1 V"}],
            "it is a size",
        ),
        ([{"rest": "1 h", "until": "1 V"}], "must have"),
        ({"area": "0 cm^2", "steps": ["Rest for 1 hour"]}, "greater than 0"),
        ({"area": "1 s", "steps": ["Rest for 1 hour"]}, "cm"),
        ({"steps": ["Rest for 1 hour"]}, "must be a list"),
    ],
)
def test_bad_steps(content, words):
    with pytest.raises(InputError, match=words) as error:
        protocol.parse(content)
    assert "\n" not in str(error.value)
