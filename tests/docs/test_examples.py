"""The literate examples of docs/examples: every block of theirs runs as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
_BLOCK = re.compile(r"^```(bash|python|yaml)\n(.*?)^```$", re.M | re.S)


@pytest.mark.parametrize("page", sorted(path.stem for path in EXAMPLES.glob("*.md")))
def test_an_example_runs(page, tmp_path):
    blocks = _BLOCK.findall((EXAMPLES / f"{page}.md").read_text(encoding="utf-8"))
    assert any(language == "bash" for language, _ in blocks)
    # What MPI has put into the environment of this process must not reach the commands.
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PMI", "OMPI_COMM_"))}
    keep.setdefault("PRTE_MCA_mapby", ":oversubscribe")
    keep["MPLBACKEND"] = "agg"
    for language, text in blocks:
        if language == "yaml":
            name = text.splitlines()[0].removeprefix("# ")
            (tmp_path / name).write_text(text, encoding="utf-8")
            continue
        command = ["bash", "-euc"] if language == "bash" else [sys.executable, "-W", "error", "-c"]
        done = subprocess.run(
            [*command, text], cwd=tmp_path, env=keep, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{text}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
