"""Parameters of the reaction, and the bilayer run that it goes on from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import field_validator

from lithode.cases.graded_li3n.bilayer import case as bilayer
from lithode.cases.graded_li3n.bilayer.parameters import Parameters as Bilayer
from lithode.cases.graded_li3n.parameters import PAPER, absolute
from lithode.core.axis import Axis
from lithode.core.errors import InputError
from lithode.core.parameters import CaseParameters, choice, quantity
from lithode.engine.rundir import RunDirectory, read_input
from lithode.materials import registry

EXTENT = Axis("extent", "r", "%")


class Parameters(CaseParameters):
    """Parameters of the reaction; all others are those of the bilayer run."""

    bilayer_run: Path | None = choice(
        None,
        "directory of a run of graded-li3n/bilayer",
        source="-: whether it is the paper's is judged by its own parameters",
        provenance="sample",
    )
    time: float = quantity(
        2100.0,
        "s",
        "stored time of that run",
        source=f"{PAPER}, Fig. 8",
        provenance="paper",
        ge=0,
    )
    extents: tuple[float, ...] = quantity(
        (0.0, 25.0, 50.0, 75.0, 100.0),
        "%",
        "rising extents of the reaction to solve for",
        source="docs/graded-li3n-reaction-stress.md",
        provenance="numerical",
    )
    expansion_ratio: float = quantity(
        2.0,
        "",
        "expansion of reacted LZC over that of the coarse Li3N phase",
        source=f"{PAPER}, Methods",
        provenance="paper",
        ge=0,
    )
    reaction_depth: float = quantity(
        4.0,
        "um",
        "LZC up to this distance from lithium reacts",
        source="Lithode",
        provenance="assumed",
        gt=0,
    )
    product_youngs_modulus: float | None = quantity(
        None,
        "GPa",
        "of the products, instead of LZC's",
        source="-",
        provenance="assumed",
        gt=0,
        le=1e4,
    )
    product_poissons_ratio: float | None = quantity(
        None,
        "",
        "of the products, instead of LZC's",
        source="-",
        provenance="assumed",
        gt=-1,
        lt=0.45,
    )
    displacement: Literal["quadratic", "linear"] = choice(
        "quadratic",
        "elements of the displacement",
        source="docs/graded-li3n-reaction-stress.md",
        provenance="numerical",
    )
    solver: Literal["direct", "iterative"] = choice(
        "direct", "linear solver", source="docs/numerics.md", provenance="numerical"
    )

    _absolute = field_validator("bilayer_run")(absolute)

    @property
    def run(self) -> RunDirectory:
        """The run that is gone on from.

        Raises:
            InputError: None is named, or there is no such directory.
        """
        if self.bilayer_run is None:
            allowed = "name the directory of a run of graded-li3n/bilayer"
            raise InputError("bilayer_run", "unset", allowed)
        if not self.bilayer_run.is_dir():
            raise InputError("bilayer_run", self.bilayer_run, "is no directory")
        return RunDirectory(self.bilayer_run)


def first_step(parameters: Parameters) -> Bilayer:
    """Return the parameters of the bilayer run.

    Raises:
        InputError: The directory is of another case, or of a run without a second layer.
    """
    directory = parameters.run
    given = read_input(directory.input)
    if given.case != bilayer.CASE.name:
        allowed = f"is of case {given.case or 'unknown'}, not of {bilayer.CASE.name}"
        raise InputError("bilayer_run", directory.path, allowed)
    with registry.using(given.materials):
        first = bilayer.CASE.resolve(None, given.parameters)
    if first.second_layer == "none":
        raise InputError("bilayer_run", directory.path, "has no second layer that could react")
    return first
