"""Physics and numerics; knows nothing of any paper."""
