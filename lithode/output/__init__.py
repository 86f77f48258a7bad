"""Files of a run: fields, history and tables; reads the solution and never changes it."""
