"""Vectorised assembly of UFL forms: FFCx's kernels for several cells at a time."""
