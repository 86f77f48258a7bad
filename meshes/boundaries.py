"""Names and numbers of the boundaries that every builder gives; growth is along the last axis."""

from __future__ import annotations

BOUNDARIES = {"electrode": 1, "counter_electrode": 2, "sides": 3}
