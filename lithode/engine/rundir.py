"""The directory of a run: its files, whether it may be used, and the input it was started with."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lithode
from lithode.core.errors import InputError
from lithode.core.files import read_text, refuse_links, write_atomically
from lithode.core.parameters import CaseParameters, describe
from lithode.core.schema import SCHEMA, check_schema
from lithode.engine import lock
from lithode.materials import registry
from lithode.materials.registry import Materials


@dataclass(frozen=True)
class RunInput:
    """What ``case.yaml`` holds.

    Attributes:
        case: Name of the case.
        version: Version of Lithode that wrote it, empty in a file written by hand.
        parameters: Values by name.
        petsc_options: Words as given after ``--``.
        case_file: Name of the user's file that the case is in, empty if it is installed.
        materials: Electrolytes that the user added, by name.
    """

    case: str
    version: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    petsc_options: tuple[str, ...] = ()
    case_file: str = ""
    materials: Materials = field(default_factory=dict)


@dataclass(frozen=True)
class RunDirectory:
    """Names in the directory of a run."""

    path: Path

    @property
    def input(self) -> Path:
        """The resolved input; ``run --from`` of it repeats the run."""
        return self.path / "case.yaml"

    @property
    def fields(self) -> Path:
        """Fields over time, for ParaView."""
        return self.path / "fields.vtkhdf"

    @property
    def history(self) -> Path:
        """Scalars after every step."""
        return self.path / "history.csv"

    @property
    def tables(self) -> Path:
        """Directory of a study's other tables."""
        return self.path / "tables"

    @property
    def checkpoints(self) -> Path:
        """Directory of the checkpoint."""
        return self.path / "checkpoint"

    @property
    def figures(self) -> Path:
        """Directory of the pictures."""
        return self.path / "figures"

    @property
    def log(self) -> Path:
        """The log."""
        return self.path / "log.txt"

    @property
    def summary(self) -> Path:
        """How the run went."""
        return self.path / "summary.json"

    @property
    def report(self) -> Path:
        """The paper against this run."""
        return self.path / "report.md"

    @property
    def page(self) -> Path:
        """All there is to see of this run, for a browser."""
        return self.path / "report.html"

    def make(self, *, resume: bool) -> bool:
        """Make the directory if it is missing, and check that it can be written.

        Returns:
            Whether it was made now.

        Raises:
            InputError: It is a file, missing on resume, or cannot be written.
        """
        is_new = not self.path.exists()
        if not is_new and not self.path.is_dir():
            raise InputError("out", self.path, "is a file; give a directory")
        if resume and is_new:
            raise InputError("out", self.path, "holds no run to resume")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.path):
                pass
        except OSError as error:
            raise InputError("out", self.path, f"cannot be written ({error.strerror})") from error
        return is_new

    def check_free(self, *, resume: bool, overwrite: bool) -> None:
        """Check that a run may write here; nothing that is there is touched.

        Raises:
            InputError: It is used already, or holds a link where a run would write.
        """
        refuse_links(self.path)
        # Whoever is killed before his first file is whole leaves no more than these.
        leftovers = lock.FILE_NAME, f".{self.input.name}.part"
        is_used = any(entry.name not in leftovers for entry in self.path.iterdir())
        is_run = self.input.is_file()
        if (resume or overwrite) and is_used and not is_run:
            raise InputError("out", self.path, "holds other files and no run of Lithode")
        if is_used and not resume and not overwrite:
            raise InputError(
                "out",
                self.path,
                "is used already; give --resume, --overwrite or another directory",
            )

    def clear(self) -> None:
        """Delete what an earlier run wrote, and only that."""
        for directory in (self.checkpoints, self.figures, self.tables):
            shutil.rmtree(directory, ignore_errors=True)
        names = (self.fields, self.history, self.log, self.summary, self.report, self.page)
        more = *self.path.glob("movie.*"), *self.path.glob("fields-kept-*")
        # The input last: without it the rest would be no run, which nobody may replace.
        for file in (*names, *more, self.input):
            file.unlink(missing_ok=True)

    def write_input(
        self,
        case: str,
        parameters: CaseParameters,
        petsc_options: Sequence[str],
        case_file: Path | None = None,
        materials: Materials | None = None,
    ) -> None:
        """Write ``case.yaml``."""
        again = f"./{case_file.name} " if case_file else ""
        origin = {"case_file": case_file.name} if case_file else {}
        lines = [
            "# Input of this run, every value resolved.",
            f"# To repeat it: lithode run {again}--from case.yaml",
            *_yaml({"schema": SCHEMA, "case": case, **origin, "version": lithode.__version__}),
            *_yaml({"petsc_options": list(petsc_options)}),
            *(_yaml({"materials": registry.plain(materials)}) if materials else []),
            "parameters:",
        ]
        for row in describe(parameters):
            lines.append(f"  # {f'[{row.unit}] ' if row.unit else ''}{row.meaning}")
            lines += [f"  {line}" for line in _yaml({row.name: row.value})]
        write_atomically(self.input, "\n".join(lines) + "\n")

    def write_summary(self, summary: Mapping[str, object]) -> None:
        """Write ``summary.json``."""
        write_atomically(self.summary, json.dumps(summary, indent=2, allow_nan=False) + "\n")

    def read_summary(self) -> dict[str, Any]:
        """Return ``summary.json``, empty while the run has none.

        Raises:
            InputError: It is damaged, or of a later version.
        """
        if not self.summary.is_file():
            return {}
        try:
            content = json.loads(read_text(self.summary, "summary"))
        except (ValueError, RecursionError) as error:
            raise InputError("summary", self.summary, "is damaged") from error
        if not isinstance(content, dict):
            raise InputError("summary", self.summary, "is damaged")
        if check_schema("summary", content.get("schema")) < SCHEMA:
            # 0.1 knew verdicts only.
            content = {**_OLD, **content}
        return content


_OLD: Mapping[str, Any] = {
    "title": "",
    "results": [],
    "score": {
        "predicted": 0,
        "predicted_met": 0,
        "calibrated": 0,
        "calibrated_met": 0,
        "median_ratio": None,
        "median_factor": None,
    },
    "departures": [],
    "findings": [],
}


def read_input(path: Path) -> RunInput:
    """Read a ``case.yaml``, or one written by hand with ``case`` and ``parameters``.

    Raises:
        InputError: The file cannot be read or has other entries.
    """
    # Here, and in `_yaml`: loading YAML takes a while, and a refused input needs none.
    from lithode.core.input_files import read_yaml

    content = read_yaml(path, "file")
    allowed = "schema", "case", "case_file", "version", "petsc_options", "materials", "parameters"
    if not isinstance(content, dict) or not isinstance(content.get("parameters", {}), dict):
        raise InputError("file", path, "must hold parameters: with one name: value per line")
    if extra := sorted(str(key) for key in content if key not in allowed):
        raise InputError("file", path, f"has {extra[0]}; allowed are {', '.join(allowed)}")
    check_schema("file", content.get("schema"))
    options = content.get("petsc_options") or []
    if not isinstance(options, list):
        raise InputError("petsc_options", options, "must be a list of words")
    return RunInput(
        case=str(content.get("case", "")),
        version=str(content.get("version", "")),
        parameters={str(key): value for key, value in content.get("parameters", {}).items()},
        petsc_options=tuple(str(word) for word in options),
        case_file=str(content.get("case_file", "")),
        materials=registry.parse(content["materials"]) if "materials" in content else {},
    )


def _yaml(entry: Mapping[str, object]) -> list[str]:
    """Return lines of YAML."""
    import yaml

    return str(yaml.safe_dump(dict(entry), default_flow_style=False, sort_keys=False)).splitlines()
