"""A crack at an edge that lithium fills, against closed forms."""
