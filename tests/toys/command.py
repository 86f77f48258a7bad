"""The lithode command with the toy cases added."""

from pathlib import Path

import lithode.cases
from lithode.cases.index import CASES, CaseEntry
from lithode.cli import main

folder = Path(__file__).parent / "cases"
lithode.cases.__path__.append(str(folder))
for file in folder.glob("*.py"):
    CASES[file.stem] = CaseEntry(f"lithode.cases.{file.stem}", "a toy", ("quick", "paper"))
main()
