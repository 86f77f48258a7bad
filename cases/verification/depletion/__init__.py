"""A binary electrolyte that a flat front uses up: Sand's problem and Cottrell's."""
