"""Fields, history and figures; reads the solution and never changes it."""
