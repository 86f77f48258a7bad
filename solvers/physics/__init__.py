"""Physics terms: pure functions of fields and parameters that return UFL; numbers: `theory`."""
