"""The folder of a sweep: what is to be run in it, and where each point is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lithode.core.errors import InputError
from lithode.core.files import refuse_links, write_atomically
from lithode.core.parallel import on_root, world
from lithode.core.parameters import CaseParameters, parse_pairs
from lithode.core.schema import SCHEMA, check_schema
from lithode.engine.case import AnyCase
from lithode.engine.registry import Found, installed, locate
from lithode.engine.rundir import RunDirectory
from lithode.engine.sweep.space import Point, Space, parse
from lithode.materials import registry
from lithode.materials.registry import Materials

DONE = "completed", "stopped"
"""How a point that need not be run again has ended."""

_ENTRIES = {
    "schema", "case", "case_file", "preset", "set", "vary", "sample", "seed", "materials",
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """A sweep of a case.

    Attributes:
        case: The case.
        path: Folder of the sweep.
        vary: What is varied, as given.
        sample: How samples are taken, as given; None for a grid.
        seed: Of the samples.
        preset: Preset of all points.
        settings: Values by name that all points share.
        materials: Electrolytes of the user.
        case_file: The user's file that holds the case; None for an installed one.
    """

    case: AnyCase
    path: Path
    vary: Sequence[str]
    sample: str | None = None
    seed: int = 1
    preset: str | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    materials: Materials = field(default_factory=dict)
    case_file: Path | None = None

    @cached_property
    def space(self) -> Space:
        """What is varied, read."""
        return parse(self.case.parameters, self.vary, self.sample, self.seed)

    @cached_property
    def points(self) -> list[Point]:
        """All points in their order."""
        return self.space.points()

    @property
    def file(self) -> Path:
        """Where the plan is kept."""
        return self.path / "sweep.yaml"

    def directory(self, number: int) -> RunDirectory:
        """Return the run directory of a point."""
        return RunDirectory(self.path / "points" / f"{number:0{len(str(self.space.size - 1))}d}")

    def failure_file(self, number: int) -> Path:
        """Return where it is said why a point has failed."""
        return self.path / "failures" / f"{number:0{len(str(self.space.size - 1))}d}.txt"

    def is_done(self, number: int) -> bool:
        """Whether a point has its results."""
        return self.directory(number).read_summary().get("status") in DONE

    def parameters(self, number: int) -> CaseParameters:
        """Return the parameters of a point.

        Raises:
            InputError: Its values do not go together.
        """
        values = {**self.settings, **self.points[number]}
        with registry.using(self.materials):
            found: CaseParameters = self.case.resolve(self.preset, values)
        return found

    def check(self) -> None:
        """Check what all points share, and that it is not varied too.

        Raises:
            InputError: Something is wrong.
        """
        for name in self.space.points()[0]:
            if name in self.settings:
                raise InputError("--vary", name, "is set too; vary it or set it")
        with registry.using(self.materials):
            self.case.resolve(self.preset, self.settings)

    def plain(self) -> dict[str, Any]:
        """Return what the file holds."""
        return {
            "schema": SCHEMA,
            "case": self.case.name,
            "case_file": self.case_file.name if self.case_file else None,
            "preset": self.preset,
            "set": {name: str(value) for name, value in self.settings.items()},
            "vary": list(self.vary),
            "sample": self.sample,
            "seed": self.seed,
            "materials": registry.plain(self.materials) if self.materials else None,
        }

    def prepare(self) -> None:
        """Make the folder, or check that it is of this sweep; for one process.

        Raises:
            InputError: It holds something else, or cannot be written.
        """
        import yaml

        if self.path.exists() and not self.path.is_dir():
            raise InputError("out", self.path, "is a file; give a directory")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            refuse_links(self.path)
            if self.file.is_file():
                if _read(self.file) != self.plain():
                    allowed = "is of another sweep; give another directory, or the same options"
                    raise InputError("out", self.path, allowed)
                return
            if any(self.path.iterdir()):
                raise InputError("out", self.path, "is used already and holds no sweep")
            text = yaml.safe_dump(self.plain(), sort_keys=False)
            write_atomically(self.file, f"# A sweep; lithode sweep goes on with it.\n{text}")
        except OSError as error:
            raise InputError("out", self.path, f"cannot be written ({error.strerror})") from error


def new(
    found: Found,
    path: Path,
    vary: Sequence[str],
    *,
    sample: str | None = None,
    seed: int = 1,
    preset: str | None = None,
    pairs: Sequence[str] = (),
    materials: Materials | None = None,
) -> Plan:
    """Return the plan of a sweep of a case; see `Plan`.

    Raises:
        InputError: Something about it is wrong.
    """
    settings = parse_pairs(pairs)
    plan = Plan(found.case, path, vary, sample, seed, preset, settings, materials or {}, found.file)
    plan.check()
    return plan


def stored(name: str | None, path: Path) -> Plan:
    """Return the plan of a folder; collective.

    Args:
        name: The case, which must be named where it is in a file of the user.
        path: The folder.

    Raises:
        InputError: It holds no sweep, or one of another case.
    """
    file = path / "sweep.yaml"

    def read() -> dict[str, Any]:
        if not file.is_file():
            raise InputError("out", path, "holds no sweep (no sweep.yaml): name a case and --vary")
        return _read(file)

    content = on_root(world(), read)
    if content["case_file"] and name is None:
        # No file in a folder may make the command import a module.
        allowed = f"is of the file {content['case_file']}: lithode sweep ./{content['case_file']}"
        raise InputError("case", content["case"], f"{allowed} --out {path} goes on with it")
    found = locate(name) if name else Found(installed(str(content["case"])))
    if found.case.name != content["case"]:
        raise InputError("case", found.case.name, f"{file} is of case {content['case']}")
    plan = Plan(
        found.case,
        path,
        tuple(map(str, content["vary"])),
        content["sample"] and str(content["sample"]),
        int(content["seed"]),
        content["preset"] and str(content["preset"]),
        {str(key): str(value) for key, value in content["set"].items()},
        registry.parse(content["materials"]) if content["materials"] else {},
        found.file,
    )
    plan.check()
    return plan


def _read(file: Path) -> dict[str, Any]:
    from lithode.core.input_files import read_yaml

    content = read_yaml(file, "sweep")
    if (
        not isinstance(content, dict)
        or set(content) != _ENTRIES
        or not isinstance(content["set"], dict)
        or not isinstance(content["vary"], list)
    ):
        raise InputError("sweep", file, f"must hold {', '.join(sorted(_ENTRIES))}")
    if not isinstance(content["seed"], int):
        raise InputError("sweep seed", content["seed"], "must be a whole number")
    check_schema("sweep", content["schema"])
    return dict(content)
