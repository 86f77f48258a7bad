"""Block solves, time march, checkpoints; knows nothing of the physics it solves."""
