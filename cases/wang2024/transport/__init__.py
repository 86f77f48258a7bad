"""Li+ and electrons in an interlayer with a lithium protrusion: where lithium grows (Fig. 2)."""
