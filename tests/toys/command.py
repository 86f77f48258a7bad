"""The lithode command with the toy case added."""

from pathlib import Path

import lithode.cases
from lithode.cli import main

lithode.cases.__path__.append(str(Path(__file__).parent / "cases"))
main()
