"""Conductivities of Wang 2024 at contents of nanotubes that were not measured."""

from __future__ import annotations

import pytest

from lithode.cases.wang2024.measured import COMPOSITIONS, at_content, electronic_range


def test_contents_between_the_measured_ones():
    for measured in COMPOSITIONS.values():
        found = at_content(measured.content)
        assert found.electronic.value == pytest.approx(measured.electronic.value)
        assert found.ionic.value == pytest.approx(measured.ionic.value)
    assert at_content(7).electronic.value == pytest.approx(8.36e-5, rel=1e-2)
    assert at_content(2).electronic.value == pytest.approx(2.53e-6, rel=1e-2)
    assert at_content(2).electronic.provenance == "assumed"
    assert electronic_range(5.0) == pytest.approx((2.8e-5, 2.8e-5))


@pytest.mark.parametrize("content", [0.05, 0.2, 1, 2, 12, 30, 70, 90])
def test_any_content_has_a_conductivity_with_its_range(content):
    """More nanotubes conduct electrons better and ions worse, beyond the measured ones too."""
    value = at_content(content).electronic.value
    low, high = electronic_range(content)
    assert low < value < high
    assert high / low < 30
    more = at_content(1.1 * content)
    assert more.electronic.value > value
    assert more.ionic.value < at_content(content).ionic.value
