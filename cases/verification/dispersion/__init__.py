"""One wave on a flat front in a single-ion conductor."""
