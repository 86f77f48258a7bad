"""Distinct integers."""

from __future__ import annotations

import numpy as np
import pytest

from lithode.core.distinct import distinct


@pytest.mark.parametrize("values", [[], [3], [2, 2], [5, -1, 5, 3, -1], [[4, 1], [1, 9]]])
def test_is_what_numpy_finds(values):
    values = np.array(values, dtype=np.int64)
    found = distinct(values)
    assert found.dtype == values.dtype
    np.testing.assert_array_equal(found, np.unique(values))
