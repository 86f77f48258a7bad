"""A plate with a cut that is pulled until it breaks."""
