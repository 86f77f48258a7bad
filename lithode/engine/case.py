"""A case: one scenario of a paper, with its parameters, its simulation and its targets.

A case is a module that holds a `Case` or `StudyCase` named ``CASE``; `lithode.engine.registry`
knows where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

from lithode.core.errors import InputError
from lithode.core.parameters import Parameters, parse_pairs, unknown, with_overrides
from lithode.core.results import Result
from lithode.engine.verdict import Target
from lithode.solvers.numerics.simulation import Simulation as Simulation

if TYPE_CHECKING:
    from mpi4py import MPI

    from lithode.core.domain import Domain
    from lithode.engine.fit.goals import Goal
    from lithode.engine.study import Progress, Study, Tables
    from lithode.output.history import History
    from lithode.solvers.numerics.model import Model


@dataclass(frozen=True, kw_only=True)
class Scenario(Generic[Parameters]):
    """What the command line knows of a case of either kind, `Case` or `StudyCase`.

    Attributes:
        name: Name on the command line.
        title: One sentence.
        parameters: Class of its parameters.
        presets: Preset name to the values it changes; the first one is the default.
        targets: What the paper reports.
        results: Reads named numbers off a run, for any parameters.
        tables: Writes further tables from the files in a run directory and returns their paths;
            called on one process, before the pictures.
        pictures: Draws figures from the files in a run directory and returns their paths; called
            on one process. None draws the standard set.
        needs: Parameters that name the directory of a run of another case, and that case.
        data: Kind of data that a fit can be held against besides spectra, curves and results, to
            what reads it: a file and a relative tolerance become a goal.
        exports: Format of another program to what writes a run in it: run directory, parameters
            and file become the path of the file.
        findings: Says in a sentence or two what a run means for its user; shown after the table.
    """

    name: str
    title: str
    parameters: type[Parameters]
    presets: Mapping[str, Mapping[str, object]]
    targets: Sequence[Target[Parameters]] = ()
    results: Callable[[History, Parameters], Sequence[Result]] | None = None
    tables: Callable[[Path, Parameters], list[Path]] | None = None
    pictures: Callable[[Path, Parameters], list[Path]] | None = None
    needs: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Callable[[Path, float], Goal]] = field(default_factory=dict)
    exports: Mapping[str, Callable[[Path, Parameters, Path], Path]] = field(default_factory=dict)
    findings: Callable[[History, Parameters], Sequence[str]] | None = None

    def targets_of(self, parameters: Parameters) -> list[Target[Parameters]]:
        """Return the targets that a run with these parameters can be held against."""
        return [
            target
            for target in self.targets
            if not target.departures(parameters) and target.applies(parameters)
        ]

    def resolve(
        self,
        preset: str | None = None,
        values: Mapping[str, object] | None = None,
        pairs: Sequence[str] = (),
    ) -> Parameters:
        """Return the parameters of a run: defaults, then preset, file values and pairs.

        Args:
            preset: Name of a preset.
            values: Values by name, e.g. of a file.
            pairs: Texts ``name=value``.

        Raises:
            InputError: A name is unknown or a value is not allowed.
        """
        given = {
            str(name)
            for source in ({"preset": preset}, values or {}, parse_pairs(pairs))
            if (name := source.get("preset"))
        }
        if len(given) > 1:
            raise InputError("preset", " and ".join(sorted(given)), "give one preset only")
        name = given.pop() if given else next(iter(self.presets))
        if name not in self.presets:
            raise unknown("preset", name, self.presets)
        layers = self.presets[name], values or {}, {"preset": name}
        return with_overrides(self.parameters, *layers, pairs=pairs)


@dataclass(frozen=True, kw_only=True)
class Case(Scenario[Parameters]):
    """A scenario that is simulated on a mesh.

    Attributes:
        build: Makes the simulation on a communicator, collectively; on the given domain if there
            is one (a resumed run), else on a new mesh.
        petsc_prefixes: Option prefixes of the blocks ("xi_c_"); a PETSc option with another one is
            refused before meshing. Empty leaves the check to the first step.
        probes: Makers of the model on a few cells, one for each set of solvers it may choose: they
            show before meshing which PETSc options are read. None leaves that to the first step.
    """

    build: Callable[[Parameters, MPI.Intracomm, Domain | None], Simulation]
    petsc_prefixes: Sequence[str] = ()
    probes: Callable[[Parameters], Iterable[Callable[[], Model]]] | None = None


@dataclass(frozen=True, kw_only=True)
class StudyCase(Scenario[Parameters]):
    """A scenario without a mesh, whose results are tables.

    Attributes:
        build: Checks all of the input and makes the study; called on one process.
        together: Computes the studies of several parameters at once, for sweeps, where that takes
            less time than one after the other; their numbers agree within the tolerance of the
            case.
    """

    build: Callable[[Parameters], Study]
    together: Callable[[Sequence[Parameters], Progress], Sequence[Tables]] | None = None


AnyCase: TypeAlias = Case[Any] | StudyCase[Any]
