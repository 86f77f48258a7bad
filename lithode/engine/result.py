"""What a run left behind, for Python: numbers, verdicts, history, fields and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lithode.core.axis import Axis
from lithode.core.errors import InputError
from lithode.engine import report
from lithode.engine.rundir import RunDirectory, read_input
from lithode.engine.summary import Status
from lithode.engine.verdict import Result, Score, Verdict

if TYPE_CHECKING:
    import pandas
    import pyvista


class Fields(Mapping[float, "pyvista.UnstructuredGrid"]):
    """The stored fields of a run by time (or load), each a grid of PyVista.

    Args:
        path: Field file of a run.
    """

    def __init__(self, path: Path) -> None:
        from lithode.output.fields import FieldReader

        self._reader = FieldReader(path)

    @property
    def axis(self) -> Axis:
        """What they go along."""
        return self._reader.axis

    def __getitem__(self, time: float) -> pyvista.UnstructuredGrid:
        """Return the grid of the output nearest to a time, in the unit of the run's axis."""
        from lithode.plots.views import grid_of

        return grid_of(self._reader, self._reader.step(time))

    def __iter__(self) -> Iterator[float]:
        return iter(map(float, self._reader.times))

    def __len__(self) -> int:
        return len(self._reader.times)


@dataclass(frozen=True, repr=False)
class RunResult:
    """What a run left behind; made from the files of its directory alone.

    Attributes:
        directory: Where its files are.
        summary: Content of ``summary.json``.
    """

    directory: Path
    summary: Mapping[str, Any]

    @property
    def status(self) -> Status:
        """How it ended: completed, stopped (by an event), interrupted or failed."""
        status: Status = self.summary["status"]
        return status

    @cached_property
    def results(self) -> Mapping[str, Result]:
        """Named numbers of the run by name, each with value and unit."""
        return {entry["name"]: Result(**entry) for entry in self.summary["results"]}

    @cached_property
    def verdicts(self) -> Sequence[Verdict]:
        """The paper against this run; empty where the run is not the paper's."""
        return [Verdict.from_plain(entry) for entry in self.summary["targets"]]

    @property
    def score(self) -> Score:
        """How many of the paper's numbers are met."""
        return Score(**self.summary["score"])

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """Values of the parameters by name, in the units that ``lithode show`` prints."""
        return dict(read_input(RunDirectory(self.directory).input).parameters)

    @cached_property
    def history(self) -> pandas.DataFrame:
        """Scalars of every step, a column each with its unit in brackets."""
        import pandas

        return pandas.read_csv(RunDirectory(self.directory).history, float_precision="round_trip")

    @cached_property
    def fields(self) -> Fields:
        """Stored fields by time: ``result.fields[600]`` is a grid of PyVista.

        Raises:
            InputError: The case has no mesh, or the run wrote no fields.
        """
        path = RunDirectory(self.directory).fields
        if not path.is_file():
            raise InputError("directory", self.directory, "holds no fields.vtkhdf")
        return Fields(path)

    def plot(self, *columns: str) -> Any:
        """Draw columns of the history over its first one.

        Args:
            columns: Names, with or without unit; those of the standard picture if none are given.

        Returns:
            A figure of Matplotlib.

        Raises:
            InputError: The history has no such column.
        """
        from lithode.plots.figures import history_figure

        return history_figure(RunDirectory(self.directory).history, columns)

    def table(self) -> str:
        """Return the paper against this run as a text table."""
        return report.table(self.verdicts)

    def __str__(self) -> str:
        return report.text(self.summary)

    def __repr__(self) -> str:
        return f"<RunResult of {self.summary['case']}: {self.status}, {self.directory}>"

    def _repr_html_(self) -> str:
        return report.html(self.summary)


def load(directory: Path | str) -> RunResult:
    """Return a stored run, from its files alone: no case is imported.

    Raises:
        InputError: The directory holds no finished run.
    """
    found = RunDirectory(Path(directory))
    if not found.input.is_file():
        raise InputError("directory", directory, "holds no run (no case.yaml)")
    summary = found.read_summary()
    if not summary:
        raise InputError("directory", directory, "holds no summary.json: the run has not ended")
    return RunResult(found.path, summary)
