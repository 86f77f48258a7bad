"""One package per paper, one module per scenario; a new case is a new file."""
