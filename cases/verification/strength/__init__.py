"""An evenly strained bar, up to the stress that it bears at most."""
