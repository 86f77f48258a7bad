"""A crack that is filled until it grows, in a large block."""
