"""Materials and phases: every property with unit, source and provenance."""
