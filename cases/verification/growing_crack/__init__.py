"""A crack at an edge that lithium fills in time, at a rising current."""
