"""Graded Li3N layers that guide lithium growth (seed paper on graded Li3N particles)."""
